# SPDX-License-Identifier: Apache-2.0
"""What a user has at the end: a report arrives, is answered and is worked on until it is closed."""

import email
import email.policy
import shutil
import subprocess
import unittest

import shield


class QuickStart(shield.SystemTest):
    def test_a_report_is_answered_once_with_our_words_only(self):
        daemon = self.shield()
        octets = (shield.SOURCE / "packaging/samples/report.eml").read_bytes()
        octets = octets.replace(b"%DATE%", b"Mon, 23 Nov 2026 10:00:00 +0000").replace(b"\n", b"\r\n")
        reference = daemon.send(octets, sender="zoe@reporter.invalid")
        reply, = shield.wait_until(daemon.replies, what="a reply")

        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertEqual(reply["To"], "zoe@reporter.invalid")
        self.assertEqual(reply["Return-Path"], "<>")
        self.assertIn("security@example.com", str(reply["From"]))
        self.assertEqual(reply["Auto-Submitted"], "auto-replied")
        self.assertEqual(reply["X-Auto-Response-Suppress"], "All")
        self.assertEqual(reply["In-Reply-To"], "<invoice-export@reporter.invalid>")
        self.assertEqual(reply["References"], "<invoice-export@reporter.invalid>")
        self.assertRegex(str(reply["Reply-To"]), r"security\+[a-z2-7]{25}@example\.com")
        self.assertRegex(str(reply["Message-ID"]), r"^<[a-z2-7]{25}\.[a-z0-9]+@mx\.example\.com>$")
        self.assertEqual(reply.get_content_type(), "text/plain")
        self.assertIsNotNone(reply["Date"])
        self.assertEqual(reply["MIME-Version"], "1.0")
        text = reply.get_content()
        self.assertIn(reference, str(reply["Subject"]) + text)
        self.assertIn("message", text)
        for word in ("vulnerab", "incident", "report"):
            self.assertNotIn(word, text.lower(), f"an acknowledgement of an urgent message says {word!r}")
        for ours in ("Stored XSS", "script", "Zoë"):
            self.assertNotIn(ours, str(reply), "octets of the incoming message came back")
        self.assertLess(len(bytes(reply)), 2048)

    def test_a_cry_for_help_says_what_to_do_now(self):
        daemon = self.shield()
        daemon.send(to="shield@example.com", sender="sam@customer.example")
        reply, = shield.wait_until(daemon.replies, what="a reply")
        text = reply.get_content()
        self.assertIn("https://account.shield.test/recover", text)
        self.assertIn("bank", text, "the one mail that a mailbombing buries")

    def test_a_support_question_is_told_where_to_go(self):
        daemon = self.shield()
        daemon.send(to="help@example.com", subject="How do I change my language?", body="I cannot find the setting.")
        reply, = shield.wait_until(daemon.replies, what="a reply")
        self.assertIn("https://support.shield.test/", reply.get_content())

    def test_a_case_is_worked_on_from_claim_to_close(self):
        daemon = self.shield()
        octets = shield.mail(subject="Wörter", body="Your export has a cross-site scripting hole.",
                             headers=["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"])
        reference = daemon.send(octets)
        daemon.decided(reference)

        case, = daemon.json("queue")
        self.assertEqual(case["reference"], reference)
        self.assertEqual((case["state"], case["category"], case["mailbox"]), ("new", "urgent", "security@example.com"))
        for key in ("from", "subject", "received_at", "due_at", "assignee", "messages", "reasons", "authentication",
                    "acknowledgement", "similar"):
            self.assertIn(key, case)
        self.assertIn(reference, daemon.done("queue"))
        self.assertIn("Wörter", daemon.done("show", reference))
        raw = daemon.ctl("show", reference, "--raw", stdin=b"")
        self.assertEqual(raw.stdout, octets, "the stored message is byte for byte what arrived")

        daemon.done("claim", reference)
        self.assertEqual(daemon.show(reference)["state"], "triaged")
        self.assertTrue(daemon.show(reference)["assignee"])
        daemon.done("note", reference, "seen this before")
        self.assertIn("seen this before", daemon.done("show", reference))
        daemon.done("reclassify", reference, "attack")
        self.assertEqual(daemon.show(reference)["category"], "attack")
        daemon.done("set", reference, "in_progress")
        self.assertEqual(daemon.show(reference)["state"], "in_progress")

        before = len(daemon.replies())
        daemon.done("reply", reference, stdin="Thank you, we are on it.\n")
        shield.wait_until(lambda: len(daemon.replies()) > before, what="the person's mail")
        answer = daemon.replies()[-1]
        self.assertIn("Thank you, we are on it.", answer.get_content())
        self.assertIsNone(answer["Auto-Submitted"], "a person wrote it")
        self.assertRegex(str(answer["Return-Path"]), r"<security\+[a-z2-7]{25}@example\.com>")
        case = daemon.show(reference)
        self.assertEqual(case["state"], "waiting")
        self.assertIsNone(case["due_at"], "a person's words stop the clock")

        daemon.done("close", reference, "fixed")
        self.assertEqual(daemon.show(reference)["state"], "closed")
        self.assertEqual(daemon.json("queue"), [])
        self.assertEqual(len(daemon.json("queue", "--state", "closed")), 1)
        daemon.done("reopen", reference)
        self.assertNotEqual(daemon.show(reference)["state"], "closed")
        self.assertIsNotNone(daemon.show(reference)["due_at"])

    def test_what_is_wrong_is_refused_with_a_sentence_and_a_status(self):
        daemon = self.shield()
        reference = daemon.send()
        daemon.decided(reference)
        for status, arguments in ((1, ("show", "SR-0000-0000")), (1, ("claim", "SR-0000-0000")),
                                  (1, ("reopen", reference)), (1, ("release", reference)),
                                  (2, ("close", reference, "duplicate")), (2, ("reclassify", reference, "hot")),
                                  (2, ("close", reference, "because")), (2, ("set", reference, "sleeping")),
                                  (2, ("frobnicate",)), (2, ("show",)), (1, ("show", "hello"))):
            with self.subTest(arguments=arguments):
                run = daemon.ctl(*arguments)
                self.assertEqual(run.returncode, status, run.stdout + run.stderr)
                self.assertTrue(run.stderr.strip(), "said on stderr")

    def test_search_finds_words_of_subject_sender_and_text(self):
        daemon = self.shield()
        wanted = daemon.send(subject="Kerberos relay", body="the gateway trusts a header", sender="eve@lab.example")
        daemon.send(subject="Something else", body="entirely", sender="bob@other.example")
        for words in ("kerberos", "gateway header", "eve"):
            def found():
                return [case["reference"] for case in daemon.json("search", words)]
            shield.wait_until(lambda: wanted in found(), what=f"a search for {words!r}")
            self.assertEqual(found(), [wanted])
        self.assertEqual(daemon.json("search", 'nothing"like* (this) -AND'), [])

    def test_the_queue_shows_the_most_pressing_first(self):
        daemon = self.shield()
        references = {to: daemon.send(to=f"{to}@example.com", sender=f"{to}@reporter.example", subject="Hello",
                                      body="A question.") for to in ("help", "security", "shield")}
        for reference in references.values():
            daemon.decided(reference)
        order = [case["reference"] for case in daemon.json("queue")]
        self.assertEqual(order, [references["shield"], references["security"], references["help"]])
        self.assertEqual([case["reference"] for case in daemon.json("queue", "--category", "attack")],
                         [references["shield"]])
        self.assertEqual(len(daemon.json("queue", "--limit", "2")), 2)

    def test_an_attachment_comes_out_as_it_went_in(self):
        daemon = self.shield()
        octets = (shield.SOURCE / "packaging/samples/report.eml").read_bytes().replace(b"\n", b"\r\n")
        reference = daemon.send(octets)
        daemon.decided(reference)
        file = daemon.directory / "request.http"
        daemon.done("show", reference, "--attachment", "1", "--to", str(file))
        parsed = email.message_from_bytes(octets, policy=email.policy.default)
        wanted, = (part for part in parsed.walk() if part.get_filename() == "request.http")
        self.assertEqual(file.read_bytes(), wanted.get_payload(decode=True))

    def test_verify_and_stats_count_what_is_there(self):
        daemon = self.shield()
        references = [daemon.send(sender=f"r{number}@reporter.example") for number in range(3)]
        for reference in references:
            daemon.decided(reference)
        self.assertIn("3", daemon.done("verify"))
        self.assertTrue(daemon.json("stats"))

    def test_a_backup_of_a_running_daemon_is_a_whole_store(self):
        daemon = self.shield()
        reference = daemon.send()
        daemon.decided(reference)
        copy = daemon.directory / "copy.db"
        daemon.done("backup", str(copy))
        self.assertEqual(copy.stat().st_mode & 0o027, 0, "a copy of everybody's mail is for owner and group only")
        original = next(file for file in daemon.state.iterdir() if file.suffix in (".db", ".sqlite", ".sqlite3"))
        other = self.unstarted()
        other.state.mkdir()
        shutil.copy(copy, other.state / original.name)
        self.assertEqual(other.show(reference)["reference"], reference, "shieldctl without a daemon opens it itself")

    @unittest.skipUnless(shutil.which("swaks"), "needs swaks")
    def test_swaks_delivers(self):
        daemon = self.shield()
        run = subprocess.run(["swaks", "--server", f"127.0.0.1:{daemon.port}", "--from", "you@customer.example", "--to",
                              "shield@example.com", "--header", "Subject: my account", "--body", "please help me"],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        reference = shield.reference_in(run.stdout)
        self.assertEqual(daemon.decided(reference)["category"], "attack")


if __name__ == "__main__":
    unittest.main()
