# SPDX-License-Identifier: Apache-2.0
"""Every form of tests/support/end_of_data_forms.txt against the running daemon, cut at each of its octets: nothing is
executed, the conversation stays in step, and the queue holds exactly the messages that were answered 250. Then the same
forms against Postfix at its default settings."""

import ast
import re
import socket
import time
import unittest

import postfix
import shield

# The thirteen that differ from CRLF "." CRLF in one or two octets at most, of those that have names in public.
PUBLIC = ("lf_dot_lf", "lf_dot_crlf", "crlf_dot_lf", "cr_dot_cr", "cr_dot_crlf", "crlf_dot_cr", "lf_dot_cr", "cr_dot_lf",
          "lf_lf_dot_crlf", "crlf_dot_crcrlf", "crlf_nul_dot_crlf", "crlf_dot_nul_crlf", "crlf_nul_dot_cr")
ENVELOPE = b"MAIL FROM:<%s>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\n"
SENDER, FORGED = "ada@reporter.example", "forged@bank.example"


def forms():
    """(name, fate, octets) of each row."""
    rows = (shield.SOURCE / "tests" / "support" / "end_of_data_forms.txt").read_text().splitlines()
    for name, fate, octets in (row.split(maxsplit=2) for row in rows if row and not row.startswith("#")):
        yield name, fate, ast.literal_eval("b" + octets)


def without_stuffed_dots(content):
    return content.replace(b"\r\n.", b"\r\n")


def smuggled(number):
    return ENVELOPE % FORGED.encode() + b"Subject: forged %d\r\n\r\nforged" % number


class Client(shield.Raw):
    """A connection that cuts its octets in two writes, far enough apart to be two reads."""

    def __init__(self, port):
        super().__init__(port)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reply()
        self.ask("EHLO client.reporter.example")

    def send_cut(self, octets, cut):
        self.send(octets[:cut])
        time.sleep(0.002)
        self.send(octets[cut:])

    def codes(self, count):
        return [reply[0][:3] if reply else "closed" for reply in (self.reply() for _ in range(count))]


class Smuggling(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield(unverified="hold")
        self.number = 0
        self.kept = {}  # reference of a 250 → octets that it stands for

    def content(self, form, rest):
        """Content that is no repeat of another, and where the form begins in it."""
        self.number += 1
        before = b"Subject: %d\r\n\r\nfirst" % self.number
        return before + form + rest, len(before)

    def expect_message(self, client, fate, octets):
        """The one reply to a message that has the form in it; then one without, on the same connection."""
        reply = client.reply()[0]
        self.assertEqual(reply[:3], "250" if fate == "kept" else "554", reply)
        if fate == "kept":
            self.kept[shield.reference_in(reply)] = octets
        legitimate, _ = self.content(b"", b"\r\n")
        client.send(ENVELOPE % SENDER.encode() + legitimate + b".\r\n")
        self.assertEqual(client.codes(3), ["250", "250", "354"])
        self.kept[shield.reference_in(client.reply()[0])] = legitimate

    def send_as_data(self, client, fate, form, rest, cut):
        content, begin = self.content(form, rest)
        head = ENVELOPE % SENDER.encode()
        client.send_cut(head + content + b"\r\n.\r\n", len(head) + begin + cut)
        self.assertEqual(client.codes(3), ["250", "250", "354"])
        self.expect_message(client, fate, without_stuffed_dots(content) + b"\r\n")

    def send_as_chunk(self, client, fate, form, rest, cut):
        content, begin = self.content(form, rest + b"\r\n.\r\n")
        head = ENVELOPE.removesuffix(b"DATA\r\n") % SENDER.encode() + b"BDAT %d LAST\r\n" % len(content)
        client.send_cut(head + content, len(head) + begin + cut)
        self.assertEqual(client.codes(2), ["250", "250"])
        self.expect_message(client, fate, content)

    def expect_queue(self):
        metrics = self.daemon.metrics()
        self.assertEqual(metrics['shield_smtp_messages_total{result="accepted"}'], len(self.kept))
        for reference, octets in self.kept.items():
            self.assertEqual(self.daemon.octets(reference), octets, reference)
        verified = self.daemon.ask(command="verify")["result"]
        self.assertEqual((verified["cases"], verified["messages"], verified["faults"]), (len(self.kept), len(self.kept), []))
        self.assertNotIn(f"sender={FORGED}", self.daemon.log_text())

    def test_no_form_ends_a_message_or_hides_commands_wherever_it_is_cut(self):
        for name, fate, form in forms():
            if fate == "command":
                continue
            with self.subTest(form=name), Client(self.daemon.port) as client:
                for cut in range(len(form) + 1):
                    for send in (self.send_as_data, self.send_as_chunk):
                        send(client, fate, form, b"rest", cut)
                        send(client, fate, form, smuggled(self.number), cut)
        self.expect_queue()
        print(f"{self.number} messages sent, {len(self.kept)} kept, none smuggled")

    def test_nothing_is_answered_before_the_true_end(self):
        for name, fate, form in forms():
            if fate == "command":
                continue
            with self.subTest(form=name), Client(self.daemon.port) as client:
                client.send(ENVELOPE % SENDER.encode())
                self.assertEqual(client.codes(3), ["250", "250", "354"])
                content, _ = self.content(form, b"rest\r\n")
                client.send(content.removesuffix(b"rest\r\n"))
                client.socket.settimeout(0.05)
                with self.assertRaises(TimeoutError):
                    client.socket.recv(1)
                client.socket.settimeout(20)
                client.send(b"rest\r\n.\r\n")
                self.expect_message(client, fate, without_stuffed_dots(content))
        self.expect_queue()

    def test_no_line_hides_a_second_command(self):
        for name, fate, form in forms():
            if fate != "command":
                continue
            with self.subTest(form=name), Client(self.daemon.port) as client:
                for cut in range(len(form) + 1):
                    client.send_cut(b"NOOP" + form + b"MAIL FROM:<%s>\r\n" % FORGED.encode(), 4 + cut)
                    self.assertEqual(client.codes(1), ["500"])
                    client.send(b"RCPT TO:<shield@example.com>\r\n")
                    self.assertEqual(client.codes(1), ["503"])
                    self.send_as_data(client, "kept", b"", b"rest", 0)
        self.expect_queue()


def executed(port, form):
    """Whether the server takes the form for the end of a message and what follows for commands."""
    with Client(port) as client:
        client.send(ENVELOPE % SENDER.encode() + b"Subject: first\r\n\r\nfirst" + form + smuggled(0) + b"\r\n.\r\nQUIT\r\n")
        replies = iter(client.reply, [])
        return sum(reply[0].startswith("354") for reply in replies) > 1


class Comparison(shield.SystemTest):
    def test_postfix_at_its_defaults_executes_some_and_we_none(self):
        if not postfix.words():
            self.skipTest("Postfix needs root or unprivileged namespaces (unshare)")
        ours = self.shield()
        # Outside mynetworks, like any client on the internet: clients inside are trusted more.
        theirs = self.stack.enter_context(postfix.Postfix(domains="example.com", settings="mynetworks = 192.0.2.0/24"))
        version = re.search(r"-- version ([^,]*)", theirs.log_text())[1]
        rows = {name: (executed(theirs.port, form), executed(ours.port, form), fate) for name, fate, form in forms()
                if fate != "command"}
        for name, (by_postfix, by_us, _) in rows.items():
            print(f"{name:24}{'public ' if name in PUBLIC else '       '}"
                  f"Postfix: {'executed' if by_postfix else '-':9} Shield: {'executed' if by_us else '-'}")
        public = [rows[name] for name in PUBLIC]
        print(f"Postfix {version}: {sum(row[0] for row in rows.values())} of {len(rows)} forms executed, "
              f"{sum(row[0] for row in public)} of {len(public)} public ones; Shield: {sum(row[1] for row in rows.values())}")
        self.assertFalse([name for name, row in rows.items() if row[1]])
        self.assertTrue(rows["lf_dot_lf"][0], "the comparison compares nothing")


if __name__ == "__main__":
    unittest.main()
