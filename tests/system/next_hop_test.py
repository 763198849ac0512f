# SPDX-License-Identifier: Apache-2.0
"""Delivery through a smarthost that behaves and one that does not. At most one acknowledgement, whatever happens."""

import email
import time
import unittest

import shield
from smtp_peer import SmtpPeer


class NextHop(shield.SystemTest):
    def relayed(self, peer, **options):
        return self.shield(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{peer.port}"', **options)

    def peer(self, *arguments, **options):
        return self.stack.enter_context(SmtpPeer(*arguments, **options))

    def test_an_acknowledgement_reaches_the_next_hop_with_a_null_reverse_path(self):
        peer = self.peer()
        daemon = self.relayed(peer)
        reference = daemon.send(sender="ada@reporter.example")
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        (sender, recipients, octets), = peer.accepted
        self.assertEqual((sender, recipients), ("", ["ada@reporter.example"]))
        self.assertIn(b"Auto-Submitted: auto-replied\r\n", octets)
        self.assertNotIn(b"Return-Path", octets)
        self.assertTrue(all(line.endswith(b"\r\n") for line in octets.splitlines(keepends=True)))

    def test_what_is_deferred_is_tried_again_until_it_is_taken(self):
        peer = self.peer(lambda number, _: "defer" if number < 1 else "accept")
        daemon = self.relayed(peer)
        reference = daemon.send()
        shield.wait_until(lambda: peer.messages, what="a first attempt")
        shield.wait_until(lambda: "Greylisted" in daemon.done("show", reference), what="the peer's words on the case")
        self.assertEqual(daemon.show(reference)["acknowledgement"]["state"], "queued")
        attempts = daemon.show(reference)["outgoing"][0]["attempts"]
        self.assertEqual([attempt["outcome"] for attempt in attempts], ["deferred"])

    def test_a_refusal_is_final_and_shown(self):
        for action, words in (("refuse", "We do not want this"), ("refuse recipient", "No such user here")):
            with self.subTest(action):
                peer = self.peer(lambda *_: action)
                daemon = self.relayed(peer)
                reference = daemon.send()
                self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "failed")
                self.assertIn(words, daemon.done("show", reference))
                self.assertEqual(peer.accepted, [])

    def test_an_answer_lost_after_the_final_dot_is_unknown_and_never_tried_again(self):
        peer = self.peer(lambda number, _: "drop" if number == 0 else "accept")
        daemon = self.relayed(peer)
        reference = daemon.send()
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "unknown")
        self.assertIn("unknown", daemon.done("show", reference))
        daemon.stop()
        daemon.start()
        time.sleep(2)
        self.assertEqual(len(peer.messages), 1)
        self.assertEqual(daemon.show(reference)["acknowledgement"]["state"], "unknown")

    def test_a_crash_between_the_final_dot_and_its_answer_is_unknown(self):
        peer = self.peer(lambda *_: "hang")
        daemon = self.relayed(peer)
        reference = daemon.send()
        shield.wait_until(lambda: peer.messages, what="a final dot")
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "unknown")
        self.assertEqual(len(peer.messages), 1)

    def test_a_next_hop_that_is_away_costs_nothing_but_time(self):
        peer = self.peer()
        port = shield.free_port()
        daemon = self.shield(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{port}"')
        reference = daemon.send()
        shield.wait_until(lambda: any(mail["attempts"] and mail["attempts"][0]["outcome"] == "deferred"
                                      for mail in daemon.show(reference)["outgoing"]), what="a deferred attempt")
        self.assertEqual(peer.messages, [])
        self.assertEqual(daemon.http("/healthz")[0], 200)

    def test_many_replies_share_connections(self):
        peer = self.peer()
        daemon = self.relayed(peer)
        references = [daemon.send(sender=f"r{number}@site{number}.example") for number in range(20)]
        for reference in references:
            self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertEqual(len(peer.accepted), 20)
        self.assertLess(peer.connections, 20)

    def test_an_international_recipient_is_not_downgraded(self):
        peer = self.peer()
        daemon = self.relayed(peer)
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            for line, code in (("MAIL FROM:<zoë@reporter.example> SMTPUTF8", "250"),
                               ("RCPT TO:<security@example.com>", "250"), ("DATA", "354")):
                self.assertTrue(client.ask(line)[0].startswith(code), line)
            client.send(shield.mail(sender="zoë@reporter.example") + b".\r\n")
            reference = shield.reference_in(client.reply()[0])
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "failed")
        self.assertIn("SMTPUTF8", daemon.done("show", reference))
        self.assertEqual(peer.messages, [])

    def test_an_international_recipient_reaches_a_peer_that_can(self):
        peer = self.peer(extensions=("SMTPUTF8", "8BITMIME"))
        daemon = self.relayed(peer)
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<zoë@reporter.example> SMTPUTF8")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("DATA")
            client.send(shield.mail(sender="zoë@reporter.example") + b".\r\n")
            reference = shield.reference_in(client.reply()[0])
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertTrue(any(command.startswith("MAIL") and "SMTPUTF8" in command for command in peer.commands))

    def test_a_persons_reply_is_retried_on_its_own_clock_and_warned_about(self):
        peer = self.peer()
        daemon = self.relayed(peer)
        reference = daemon.send()
        daemon.decided(reference)
        run = daemon.ctl("reply", reference, stdin="Hello Ada.\n")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("not verified", run.stdout + run.stderr)
        shield.wait_until(lambda: len(peer.accepted) == 2, what="the person's mail")
        sender, recipients, octets = peer.accepted[1]
        self.assertRegex(sender, r"^security\+[a-z2-7]{25}@example\.com$")
        self.assertNotIn(b"Auto-Submitted", octets)

    def test_words_in_any_script_reach_a_peer_that_takes_ascii_alone(self):
        peer = self.peer(extensions=("PIPELINING",))
        daemon = self.relayed(peer)
        reference = daemon.send()
        daemon.decided(reference)
        run = daemon.ctl("reply", reference, stdin="Grüße, アカウント\n")
        self.assertEqual(run.returncode, 0, run.stderr)
        shield.wait_until(lambda: len(peer.accepted) == 2, what="the person's mail")
        octets = peer.accepted[1][2]
        self.assertTrue(octets.isascii())
        mail = email.message_from_bytes(octets)
        self.assertEqual(mail.get_payload(decode=True).decode(), "Grüße, アカウント\r\n")
        self.assertTrue(mail["Subject"].endswith(f" [{reference}]"), mail["Subject"])

    def test_a_persons_reply_that_is_refused_makes_its_case_due(self):
        peer = self.peer(lambda number, recipient: "accept" if number == 0 else "refuse")
        daemon = self.relayed(peer)
        reference = daemon.send()
        daemon.decided(reference)
        self.assertEqual(daemon.ctl("reply", reference, stdin="Hello Ada.\n").returncode, 0)
        shield.wait_until(lambda: "undelivered" in daemon.show(reference)["flags"], what="the mark")
        case = daemon.show(reference)
        self.assertEqual(case["state"], "in_progress")
        self.assertIsNotNone(case["due_at"])


if __name__ == "__main__":
    unittest.main()
