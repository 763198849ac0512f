# SPDX-License-Identifier: Apache-2.0
"""What is special about a real socket: LMTP, pipelining, limits, impatience, and clients that go away."""

import socket
import unittest

import shield


class Smtp(shield.SystemTest):
    def test_ehlo_announces_what_is_honoured(self):
        daemon = self.shield()
        with daemon.raw() as client:
            self.assertTrue(client.reply()[0].startswith("220 mx.example.com"))
            lines = client.ask("EHLO client.reporter.example")
            words = {line[4:].split(" ")[0] for line in lines}
            self.assertLessEqual({"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES",
                                  "LIMITS"}, words)
            self.assertNotIn("STARTTLS", words)

    def test_recipients_are_ours_or_refused_each_with_its_code(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            for recipient, code in (("security@example.com", "250 2.1.5"), ("SECURITY+tag@EXAMPLE.com", "250 2.1.5"),
                                    ("nobody@example.com", "550 5.1.1"), ("a@elsewhere.example", "550 5.7.1"),
                                    ("postmaster", "250 2.1.5")):
                self.assertTrue(client.ask(f"RCPT TO:<{recipient}>")[0].startswith(code), recipient)

    def test_a_pipelined_transaction_is_answered_in_order(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.send(b"MAIL FROM:<ada@reporter.example>\r\nRCPT TO:<nobody@example.com>\r\n"
                        b"RCPT TO:<security@example.com>\r\nDATA\r\n")
            self.assertEqual([client.reply()[0][:3] for _ in range(4)], ["250", "550", "250", "354"])
            client.send(shield.mail() + b".\r\nNOOP\r\nQUIT\r\n")
            shield.reference_in(client.reply()[0])
            self.assertEqual([client.reply()[0][:3] for _ in range(2)], ["250", "221"])

    def test_a_message_in_chunks_is_stored_whole(self):
        daemon = self.shield()
        octets = shield.mail(body="a line\n.\n..dots stay as they are")
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.send(f"BDAT {len(octets) - 10}\r\n".encode() + octets[:-10])
            self.assertTrue(client.reply()[0].startswith("250"))
            client.send(b"BDAT 10 LAST\r\n" + octets[-10:])
            reference = shield.reference_in(client.reply()[0])
        self.assertEqual(daemon.ctl("show", reference, "--raw", stdin=b"").stdout, octets)

    def test_dots_are_taken_off_and_nothing_else(self):
        daemon = self.shield()
        octets = shield.mail(body=".\n..\n.hidden\nend")
        self.assertEqual(daemon.ctl("show", daemon.send(octets), "--raw", stdin=b"").stdout, octets)

    def test_a_large_message_is_spooled_and_kept_to_the_octet(self):
        daemon = self.shield()
        octets = shield.mail(body="\n".join("%06d " % number + "x" * 70 for number in range(80000)))
        self.assertEqual(daemon.ctl("show", daemon.send(octets), "--raw", stdin=b"").stdout, octets)

    def test_one_that_is_too_large_is_refused_and_the_session_goes_on(self):
        daemon = self.shield(limits={"message_size_max": 100000})
        with daemon.connect() as client:
            client.ehlo()
            self.assertEqual(client.docmd("MAIL FROM:<ada@reporter.example> SIZE=100001")[0], 552)
            code, text = client.deliver(shield.mail(body="x" * 900 + "\n" * 200000), "ada@reporter.example",
                                        ["security@example.com"])
            self.assertEqual(code, 552, text)
            self.assertEqual(client.deliver(shield.mail(), "ada@reporter.example", ["security@example.com"])[0], 250)

    def test_a_bare_line_feed_does_not_end_the_message(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("DATA")
            client.send(b"Subject: one\r\n\r\ntext\n.\nMAIL FROM:<b@x.example>\r\nRCPT TO:<shield@example.com>\r\n"
                        b"DATA\r\nSubject: two\r\n\r\n.\r\n")
            self.assertTrue(client.reply()[0].startswith("5"), "refused at the true end of data")
            self.assertTrue(client.ask("NOOP")[0].startswith("250"), "and nothing in it was a command")
        self.assertEqual(daemon.json("queue"), [])

    def test_a_client_that_goes_away_in_the_middle_leaves_nothing(self):
        daemon = self.shield()
        for cut in (b"MAIL FROM:<ada@rep", b"MAIL FROM:<a@b.example>\r\nRCPT TO:<security@example.com>\r\nDATA\r\nSubject: x"):
            client = daemon.raw()
            client.reply()
            client.send(b"EHLO x.example\r\n" + cut)
            client.close()
        with daemon.raw() as client:
            self.assertTrue(client.reply()[0].startswith("220"))
        self.assertEqual(daemon.json("queue"), [])

    def test_silence_is_ended_with_421(self):
        daemon = self.shield(limits={"command_wait_max": 1})
        with daemon.raw() as client:
            client.reply()
            self.assertTrue(client.reply()[0].startswith("421 4.4.2"))
            self.assertEqual(client.reply(), [])

    def test_nonsense_is_ended_after_so_many_errors(self):
        daemon = self.shield(limits={"session_errors_max": 5})
        with daemon.raw() as client:
            client.reply()
            codes = []
            for _ in range(10):
                try:
                    reply = client.ask("FROB")
                except OSError:
                    break
                if not reply:
                    break
                codes.append(reply[0][:3])
            self.assertEqual(codes[-1], "421")
            self.assertLessEqual(len(codes), 7)

    def test_one_connection_too_many_is_told_421(self):
        daemon = self.shield(limits={"connections_max": 2})
        with daemon.raw() as one, daemon.raw() as two:
            one.reply()
            two.reply()
            with daemon.raw() as three:
                self.assertTrue(three.reply()[0].startswith("421 4.7.0"))
        shield.wait_until(lambda: self.greeting(daemon) == "220", what="a place after the two left")

    def greeting(self, daemon):
        with daemon.raw() as client:
            return client.reply()[0][:3]

    def test_a_client_that_does_not_read_cannot_hold_us(self):
        daemon = self.shield(limits={"write_wait_max": 1})
        client = socket.create_connection(("127.0.0.1", daemon.port), timeout=5)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            for _ in range(2000):
                client.sendall(b"NOOP " + b"x" * 1000 + b"\r\n")
        except OSError:
            pass
        self.assertEqual(self.greeting(daemon), "220")
        client.close()


class Lmtp(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.port = shield.free_port()
        self.daemon = self.shield(listen=[f'address = "127.0.0.1:{self.port}"\nprotocol = "lmtp"\ntls = "none"'])

    def test_every_recipient_has_its_reply_and_the_message_one_reference(self):
        with self.daemon.raw(self.port) as client:
            client.reply()
            self.assertTrue(client.ask("LHLO relay.example.com")[0].startswith("250"))
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("RCPT TO:<nobody@example.com>")
            client.ask("RCPT TO:<shield@example.com>")
            client.ask("DATA")
            client.send(shield.mail(to="security@example.com") + b".\r\n")
            references = [shield.reference_in(client.reply()[0]) for _ in range(2)]
            self.assertEqual(len(set(references)), 1)
        case = self.daemon.decided(references[0])
        self.assertEqual(case["category"], "attack", "one case at the most pressing category")

    def test_helo_is_not_spoken_here(self):
        with self.daemon.raw(self.port) as client:
            client.reply()
            self.assertTrue(client.ask("EHLO relay.example.com")[0].startswith("5"))


if __name__ == "__main__":
    unittest.main()
