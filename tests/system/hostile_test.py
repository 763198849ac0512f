# SPDX-License-Identifier: Apache-2.0
"""Hostile clients at the real daemon. Each test sets the bound it is about, so that few connections are enough, exempts
nobody, and ends with every place given back. The clients come from addresses of their own: all of 127.0.0.0/8 is ours."""

import contextlib
import pathlib
import resource
import socket
import threading
import time
import unittest

import shield

ENVELOPE = (b"EHLO client.reporter.example\r\nMAIL FROM:<ada@reporter.example>\r\n"
            b"RCPT TO:<security@example.com>\r\nDATA\r\n")


class Client(shield.Raw):
    """A connection from an address of its own."""

    def __init__(self, port, source, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, (source, 0))
        self.file = self.socket.makefile("rb")

    def rest(self):
        """Everything until the end of the connection, however it ends."""
        with contextlib.suppress(ConnectionError):
            return self.file.read()
        return b""

    def begin_message(self):
        self.send(ENVELOPE)
        return [self.reply()[0][:3] for _ in range(4)]


def resident(daemon):
    for line in pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def processor_time(daemon):
    fields = pathlib.Path(f"/proc/{daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class HostileTest(shield.SystemTest):
    def strict(self, **limits):
        self.daemon = self.shield(limits={"exempt": "[]", "greeting_pause": 0, **limits})
        return self.daemon

    def client(self, source):
        return self.stack.enter_context(contextlib.closing(Client(self.daemon.port, source)))

    def greeted(self, source):
        client = self.client(source)
        self.assertTrue(client.reply()[0].startswith("220"), source)
        return client

    def counted(self, bound):
        return self.daemon.metrics()[f"shield_limit_{bound}_total"]

    def assert_mail_is_taken_from(self, source):
        with contextlib.closing(Client(self.daemon.port, source)) as client:
            self.assertTrue(client.reply()[0].startswith("220"))
            self.assertEqual(client.begin_message(), ["250", "250", "250", "354"])
            client.send(shield.mail() + b".\r\n")
            shield.reference_in(client.reply()[0])

    def assert_everything_comes_back(self):
        shield.wait_until(lambda: self.daemon.metrics()["shield_smtp_connections"] == 0, 30, "the end of every connection")
        self.assertEqual(self.daemon.metrics()["shield_smtp_reply_backlog_octets"], 0)


class AtTheDoor(HostileTest):
    def test_connections_of_one_address_and_of_its_network_are_bounded(self):
        self.strict(client_connections_max=3, network_connections_max=5)
        held = [self.greeted("127.1.1.1") for _ in range(3)]
        self.assertTrue(self.client("127.1.1.1").rest().startswith(b"421 4.7.0"))
        held += [self.greeted("127.1.1.2") for _ in range(2)]
        self.assertTrue(self.client("127.1.1.2").rest().startswith(b"421 4.7.0"))
        self.assertEqual((self.counted("client_connections"), self.counted("network_connections")), (1, 1))
        self.assert_mail_is_taken_from("127.1.2.1")
        for client in held:
            client.close()
        self.assert_everything_comes_back()
        self.assert_mail_is_taken_from("127.1.1.1")

    def test_new_connections_a_minute_are_bounded(self):
        self.strict(client_connections_minute_max=20, network_connections_minute_max=30)
        greeted = 0
        for number in range(100):
            with contextlib.closing(Client(self.daemon.port, f"127.1.1.{1 + number % 4}")) as client:
                greeted += client.reply()[0].startswith("220")
        self.assertGreaterEqual(greeted, 30)
        self.assertLess(greeted, 40)
        self.assertGreater(self.counted("network_connections_minute"), 50)
        self.assert_mail_is_taken_from("127.1.2.1")
        self.assert_everything_comes_back()

    def test_who_does_not_wait_for_the_greeting_is_refused_and_known_senders_do_not_wait(self):
        self.strict(greeting_pause=1)
        hasty = self.client("127.1.1.1")
        hasty.send(b"EHLO hasty.example\r\nMAIL FROM:<>\r\n")
        self.assertEqual(hasty.rest(), b"554 5.5.1 You did not wait for the greeting\r\n")
        self.assertEqual(self.counted("greeting_pause"), 1)
        self.assert_mail_is_taken_from("127.1.2.1")
        before = time.monotonic()
        self.greeted("127.1.2.99").close()
        self.assertLess(time.monotonic() - before, 0.9)
        hasty.close()
        self.assert_everything_comes_back()

    def test_one_network_cannot_keep_others_out(self):
        self.strict(connections_max=40, connections_crowded=1000)
        held = [self.greeted(f"127.1.1.{1 + number}") for number in range(40)]
        for number in range(10):
            self.assert_mail_is_taken_from(f"127.1.{2 + number}.1")
        self.assertTrue(self.client("127.1.1.99").rest().startswith(b"421 4.7.0"))
        self.assertTrue(held[-1].rest().startswith(b"421 4.7.0"), "the newest of the busiest network made room")
        self.assertTrue(held[0].ask("NOOP")[0].startswith("250"), "the oldest did not")
        for client in held:
            client.close()
        self.assert_everything_comes_back()

    def test_a_crowd_is_met_with_less_patience(self):
        self.strict(connections_crowded=10, crowded_wait_max=1)
        held = [self.client(f"127.1.{number}.1") for number in range(30)]
        self.assertTrue(all(client.rest().endswith(b"closing\r\n") for client in held[12:]))
        self.assertGreater(self.counted("crowded_wait"), 10)
        for client in held:
            client.close()
        self.assert_everything_comes_back()

    def test_other_protocols_hear_one_word_and_the_end(self):
        self.strict()
        for number, octets in enumerate((b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\n\r\nMAIL FROM:<>\r\n",
                                         b"CONNECT mx.example.com:25 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
                                         b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\nEHLO x\r\n")):
            client = self.greeted(f"127.1.{number}.1")
            client.send(octets)
            self.assertTrue(client.rest().startswith(b"554 5.5.1"), octets)
            client.close()
        self.assert_everything_comes_back()

    def test_without_descriptors_it_waits_and_does_not_spin(self):
        self.daemon = self.unstarted(limits={"exempt": "[]", "greeting_pause": 0})
        self.daemon.start(prefix=("prlimit", "--nofile=128:128"))
        held = [Client(self.daemon.port, f"127.1.{number}.1") for number in range(200)]
        shield.wait_until(lambda: "event=accept" in self.daemon.log_text(), what="the want of descriptors in the log")
        before = processor_time(self.daemon)
        time.sleep(2)
        self.assertLess(processor_time(self.daemon) - before, 0.5)
        self.assertLess(self.daemon.log_text().count("event=accept"), 100)
        for client in held:
            client.close()
        shield.wait_until(lambda: self.daemon.metrics().get("shield_smtp_connections") == 0, 30, "places given back")
        self.assert_mail_is_taken_from("127.2.1.1")


class InTheSession(HostileTest):
    def storm(self, before, line):
        """The end of what 100,000 of these are answered, and by how much memory grew."""
        before_octets = resident(self.daemon)
        client = self.greeted("127.1.1.1")
        client.send(before)
        flood = line * 1000

        def pour():
            with contextlib.suppress(OSError):
                for _ in range(100):
                    client.send(flood)

        thread = threading.Thread(target=pour)
        thread.start()
        answers = client.rest()
        thread.join()
        client.close()
        return answers, resident(self.daemon) - before_octets

    def test_a_pipelined_storm_ends_in_421_with_memory_flat(self):
        self.strict(error_pause=0)
        self.assert_mail_is_taken_from("127.1.2.1")
        for before, line in ((b"", b"NOOP\r\n"), (b"EHLO x.example\r\n", b"RSET\r\n"),
                             (ENVELOPE[:-6], b"RCPT TO:<security@example.com>\r\n"),
                             (ENVELOPE[:-6], b"RCPT TO:<nobody@example.com>\r\n")):
            answers, growth = self.storm(before, line)
            self.assertIn(b"\r\n421 4.7.0", answers, line)
            self.assertLess(len(answers), 64 << 10)
            self.assertLess(growth, 2 << 20, line)
        self.assert_mail_is_taken_from("127.1.2.1")
        self.assert_everything_comes_back()

    def test_errors_past_a_few_are_answered_slowly_and_nobody_else_waits(self):
        self.strict(session_errors_slow=2, session_errors_max=4)
        client = self.greeted("127.1.1.1")
        before = time.monotonic()
        client.send(b"NONSENSE\r\n" * 10)
        self.assert_mail_is_taken_from("127.1.2.1")
        self.assertLess(time.monotonic() - before, 2)
        answers = client.rest()
        self.assertGreater(time.monotonic() - before, 2.5)
        self.assertTrue(answers.split(b"\r\n")[-2].startswith(b"421 4.7.0"))
        self.assertEqual(self.counted("session_errors_slow"), 3)
        client.close()
        self.assert_everything_comes_back()

    def test_messages_a_minute_are_bounded_and_the_sender_is_asked_to_try_again(self):
        self.strict(client_messages_minute_max=5, network_messages_minute_max=8)
        codes = {}
        for source in ("127.1.1.1", "127.1.1.2", "127.1.2.1"):
            with contextlib.closing(Client(self.daemon.port, source)) as client:
                client.reply()
                client.ask("EHLO client.reporter.example")
                for number in range(7):
                    codes.setdefault(source, []).append(client.ask(f"MAIL FROM:<r{number}@reporter.example>")[0][:9])
                    if codes[source][-1].startswith("450"):
                        break
                    client.ask("RCPT TO:<security@example.com>")
                    client.ask("DATA")
                    client.send(shield.mail(subject=f"{source} {number}") + b".\r\n")
                    shield.reference_in(client.reply()[0])
        self.assertEqual(codes["127.1.1.1"], ["250 2.1.0"] * 5 + ["450 4.7.1"])
        self.assertEqual(codes["127.1.1.2"], ["250 2.1.0"] * 3 + ["450 4.7.1"])
        self.assertEqual(codes["127.1.2.1"], ["250 2.1.0"] * 5 + ["450 4.7.1"])
        self.assert_everything_comes_back()

    def test_a_relay_of_ours_is_not_bounded_by_what_it_hands_on(self):
        self.daemon = self.shield(extra='[[relay]]\nnetworks = ["127.1.1.1"]',
                                  limits={"exempt": "[]", "greeting_pause": 0, "client_messages_minute_max": 5})
        for source, taken in (("127.1.1.1", 8), ("127.1.2.1", 5)):
            kept = 0
            with contextlib.closing(Client(self.daemon.port, source)) as client:
                client.reply()
                client.ask("EHLO relay.example.com")
                while kept < 8 and client.ask(f"MAIL FROM:<r{kept}@reporter.example>")[0].startswith("250"):
                    client.ask("RCPT TO:<security@example.com>")
                    client.ask("DATA")
                    client.send(shield.mail(subject=f"{source} {kept}") + b".\r\n")
                    shield.reference_in(client.reply()[0])
                    kept += 1
            self.assertEqual(kept, taken, source)

    def test_a_message_that_trickles_is_ended(self):
        self.strict(content_rate_min=1000, content_rate_window=2)
        slow = [self.greeted(f"127.1.1.{1 + number}") for number in range(10)]
        for client in slow:
            self.assertEqual(client.begin_message(), ["250", "250", "250", "354"])
        ends = time.monotonic() + 4
        while time.monotonic() < ends:
            for client in slow:
                with contextlib.suppress(OSError):
                    client.send(b"x")
            time.sleep(0.2)
        self.assert_mail_is_taken_from("127.1.2.1")
        for client in slow:
            self.assertTrue(client.rest().startswith(b"421 4.4.2"))
            client.close()
        self.assertEqual(self.counted("content_rate_min"), 10)
        self.assert_everything_comes_back()

    def test_replies_that_nobody_reads_are_bounded(self):
        self.strict(reply_backlogs_max=4096, write_wait_max=2)
        deaf = []
        for number in range(20):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.bind((f"127.1.{number}.1", 0))
            client.connect(("127.0.0.1", self.daemon.port))
            deaf.append(client)
            client.setblocking(False)
            with contextlib.suppress(OSError):
                client.send(b"EHLO x\r\n" * 90)  # 17 KB of replies
        shield.wait_until(lambda: self.counted("reply_backlogs") + self.counted("write_wait") >= 15, 30, "the bound")
        self.assert_mail_is_taken_from("127.2.1.1")
        for client in deaf:
            client.close()
        self.assert_everything_comes_back()

    def test_who_was_refused_for_size_is_seen_by_people(self):
        self.strict(message_size_max=65536)
        client = self.greeted("127.1.1.1")
        client.ask("EHLO client.reporter.example")
        for _ in range(2):
            self.assertTrue(client.ask("MAIL FROM:<ada@reporter.example> SIZE=70000")[0].startswith("552 5.3.4"))
        client.begin_message()
        client.send((b"x" * 998 + b"\r\n") * 80 + b".\r\n")
        self.assertIn("send the text without the file", client.reply()[0])
        rows = shield.wait_until(lambda: len(self.daemon.json("refused")) == 2 and self.daemon.json("refused"), 30, "the list")
        self.assertEqual({(row["sender"], row["mailbox"], row["client"], row["size"], row["attempts"]) for row in rows},
                         {("ada@reporter.example", "", "127.1.1.1", 70000, 2),
                          ("ada@reporter.example", "security@example.com", "127.1.1.1", 80000, 1)})
        self.assertIn("ada@reporter.example", self.daemon.done("refused"))
        client.close()
        self.assert_everything_comes_back()

    def test_twenty_slow_senders_of_large_mail_leave_room_for_others(self):
        self.strict(incoming_octets_max=16 << 20)
        slow = [self.greeted(f"127.1.1.{1 + number}") for number in range(20)]
        for client in slow:
            self.assertEqual(client.begin_message(), ["250", "250", "250", "354"])
            client.send((b"x" * 1022 + b"\r\n") * 1024)
        shield.wait_until(lambda: self.counted("incoming_octets") >= 12, what="the share of one network")
        other = self.greeted("127.1.2.1")
        other.begin_message()
        other.send((b"y" * 1022 + b"\r\n") * 3000 + b".\r\n")
        shield.reference_in(other.reply()[0])
        replies = [client.ask(".")[0] for client in slow]
        self.assertEqual({reply[:9] for reply in replies}, {"250 2.0.0", "452 4.3.2"})
        self.assertLessEqual(sum(reply.startswith("250") for reply in replies), 8)
        for client in [*slow, other]:
            client.close()
        self.assert_everything_comes_back()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    unittest.main()
