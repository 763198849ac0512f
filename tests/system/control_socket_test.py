# SPDX-License-Identifier: Apache-2.0
"""Garbage on the control socket harms nobody."""

import json
import random
import socket
import stat
import unittest

import shield


class ControlSocket(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield(limits={"control_wait_max": 2, "control_connections_max": 8})

    def connect(self):
        control = socket.socket(socket.AF_UNIX)
        control.settimeout(20)
        control.connect(str(self.daemon.state / "control"))
        return control

    def answer_to(self, octets):
        with self.connect() as control:
            try:
                control.sendall(octets)
                control.shutdown(socket.SHUT_WR)
                answer = b""
                while part := control.recv(65536):
                    answer += part
                return answer
            except OSError:
                return b""

    def still_works(self):
        self.assertEqual(self.daemon.http("/healthz")[0], 200)
        self.assertEqual(self.daemon.ctl("queue").returncode, 0)
        self.daemon.send(sender=f"r{random.random()}@reporter.example")

    def test_it_is_for_owner_and_group_only(self):
        mode = (self.daemon.state / "control").stat().st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o660)

    def test_random_octets(self):
        chance = random.Random(4)
        for size in (0, 1, 3, 4, 5, 100, 5000):
            for _ in range(5):
                self.answer_to(chance.randbytes(size))
        self.still_works()

    def test_a_length_past_the_limit(self):
        for length in (1 << 20, (1 << 20) + 1, (1 << 31) - 1, (1 << 32) - 1):
            self.answer_to(length.to_bytes(4, "big") + b"{}")
        self.still_works()

    def test_json_that_is_no_request(self):
        texts = [b"", b"{}", b"[]", b"null", b"1e999", b"{" * 100000, b'{"command": 7}', b'{"command": "queue", "limit": -1}',
                 b'{"command": "queue", "limit": 1e300}', b'{"command": "show"}', b'{"command": "show", "reference": []}',
                 b'{"command": "show", "reference": "SR-\xff\xfe"}', b'{"command": "note", "reference": "SR-0000-0000"}',
                 b'{"command": "search", "words": "\\u0000\\u202e"}', b'{"command": "\\ud800"}',
                 b'{"command": "backup", "file": "/proc/self/mem"}']
        for text in texts:
            with self.subTest(text[:60]):
                answer = self.answer_to(len(text).to_bytes(4, "big") + text)
                if answer:
                    self.assertIn(json.loads(answer[4:])["status"], (0, 1, 2, 3) if b"search" in text else (1, 2, 3))
        self.still_works()

    def test_clients_that_dawdle_are_ended_and_keep_nobody_out(self):
        slow = [self.connect() for _ in range(20)]
        for control in slow:
            try:
                control.sendall(b"\0\0\0")
            except OSError:
                pass
        shield.wait_until(lambda: self.daemon.ctl("queue").returncode == 0, 15, "an answer beside slow clients")
        for control in slow:
            self.assertIn(self.ended(control), (b"", None))
            control.close()
        self.still_works()

    def ended(self, control):
        try:
            return control.recv(1)
        except ConnectionError:
            return None

    def test_who_asked_is_on_record(self):
        reference = self.daemon.send()
        self.daemon.done("note", reference, "hello")
        note, = (event for event in self.daemon.show(reference)["events"] if event["kind"] == "note")
        self.assertTrue(note["who"])
        self.assertNotEqual(note["who"], "shieldd")


if __name__ == "__main__":
    unittest.main()
