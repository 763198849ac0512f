# SPDX-License-Identifier: Apache-2.0
"""What monitoring sees: health, readiness and metrics in the format of Prometheus."""

import re
import socket
import subprocess
import unittest

import shield

SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*"'
                    r'(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*")*\})? (-?[0-9.eE+-]+|NaN|[+-]Inf)$')


class Watching(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield()

    def test_healthy_and_ready(self):
        self.assertEqual(self.daemon.http("/healthz")[0], 200)
        self.assertEqual(self.daemon.http("/readyz")[0], 200)
        self.assertEqual(self.daemon.http("/nothing")[0], 404)

    def test_metrics_are_in_the_text_format_each_with_help_and_type(self):
        self.daemon.decided(self.daemon.send())
        status, text = self.daemon.http("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(text.endswith("\n"))
        types, samples = {}, set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.assertNotIn(name, types, "one TYPE a name")
                self.assertIn(kind, ("counter", "gauge", "histogram", "summary"))
                types[name] = kind
            elif line.startswith("# HELP "):
                self.assertGreater(len(line.split(" ", 3)), 3, line)
            else:
                found = SAMPLE.match(line)
                self.assertTrue(found, line)
                self.assertIn(found.group(1), types, "TYPE stands before its samples")
                self.assertNotIn(line.rsplit(" ", 1)[0], samples, "one sample a series")
                samples.add(line.rsplit(" ", 1)[0])
        for name, kind in types.items():
            self.assertTrue(name.startswith("shield_"), name)
            self.assertEqual(kind == "counter", name.endswith("_total"), f"{name} is a {kind}")

    def test_figures_move_with_the_mail(self):
        before = self.daemon.metrics()
        self.daemon.decided(self.daemon.send())
        after = self.daemon.metrics()
        grown = [name for name in after if after[name] > before.get(name, 0)]
        self.assertTrue(any("assessed" in name for name in grown), grown)
        self.assertTrue(any("message" in name or "received" in name or "accepted" in name for name in grown), grown)

    def test_every_limit_that_names_a_metric_has_it(self):
        run = subprocess.run([self.daemon.command()[0], "--limits"], capture_output=True, text=True, timeout=30)
        named = set(re.findall(r"shield_[a-z_]+_total", run.stdout))
        self.assertTrue(named)
        present = {name.split("{")[0] for name in self.daemon.metrics()}
        self.assertEqual(named - present, set())

    def test_hostile_requests_are_refused_and_forgotten(self):
        for octets in (b"\0" * 100, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000, b"POST /metrics HTTP/1.1\r\n\r\n",
                       b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", b"GET /metrics\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.daemon.metrics_port), timeout=20) as client:
                try:
                    client.sendall(octets)
                    client.shutdown(socket.SHUT_WR)
                    answer = client.recv(65536)
                except OSError:
                    continue
                self.assertFalse(answer.startswith(b"HTTP/1.1 200") and b"metrics" not in octets[:20], answer[:100])
        self.assertEqual(self.daemon.http("/healthz")[0], 200)

    def test_the_log_is_one_line_an_event_and_holds_no_text_of_messages(self):
        reference = self.daemon.send(subject="Zebra subject", body="Zebra text", sender="ada@reporter.example",
                                     headers=["X-Zebra: Zebra"])
        self.daemon.decided(reference)
        log = self.daemon.log_text()
        self.assertIn(reference, log)
        self.assertNotIn("Zebra", log)
        for line in log.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z \w+ event=\w+", line)


if __name__ == "__main__":
    unittest.main()
