# SPDX-License-Identifier: Apache-2.0
"""Copies of one message are one row of the queue, and one decision; what a person wrote is not among them."""

import unittest

import shield

TEXT = ("Dear team, your account has been selected for our exclusive partnership programme. We offer guaranteed placement on the first\n"
        "page of every search engine, a thousand links a month and a personal manager. Order today and save forty percent of the\n"
        "usual price. Reply to this message and our experts will call you within one working day.\n")
REPORT = ("I found that the export of invoices takes any customer number from the address bar.\n"
          "With two accounts of mine I read the invoices of the other. Steps and screenshots follow on request.\n")


class Campaigns(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield()

    def send(self, number, body=TEXT):
        sender = f"sales{number}@offers{number}.example"
        return self.daemon.send(sender=sender, subject=f"Partnership offer {number * 7919}", body=f"{body}\nOffer {number * 104729}\n")

    def rows(self, *options):
        return [row["reference"] for row in self.daemon.json("queue", *options)]

    def copies(self, count=12):
        return [self.send(number) for number in range(count)]

    def folded(self, copies):
        """The one that stands for all of them, once it does: which was read first is left to the threads that read."""
        def stands():
            rows = self.rows("--campaigns")
            return rows if len(rows) == 1 and len(self.rows("--campaign", rows[0])) == len(copies) else None
        first, = shield.wait_until(stands, 20, "one row for all of them")
        return first, [copy for copy in copies if copy != first]

    def test_copies_are_one_row_and_a_report_is_its_own(self):
        copies = self.copies()
        report = self.daemon.send(sender="ada@reporter.example", subject="Invoices of others", body=REPORT)
        first, others = self.folded(copies)
        self.assertCountEqual(self.rows(), [first, report])
        listed = self.daemon.done("queue")
        self.assertIn("11 folded into 1 campaign", listed.splitlines()[0])
        self.assertIn("[x12]", listed)
        shown = self.daemon.done("show", others[3])
        self.assertIn(f"Folded behind {first}", shown)
        self.assertIn("12 senders", shown)
        campaign = self.daemon.show(report)["campaign"]
        self.assertIsNone(campaign)

    def test_the_campaign_is_known_again_after_a_restart(self):
        copies = self.copies()
        self.folded(copies)
        self.daemon.stop()
        self.daemon.start()
        copies.append(self.send(99))
        self.folded(copies)

    def test_one_decision_closes_all_and_what_comes_later_is_behind_it(self):
        copies = self.copies()
        first, others = self.folded(copies)
        said = self.daemon.done("close", first, "spam", "--campaign")
        self.assertTrue(said.startswith("12 cases"), said)
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.daemon.show(others[7])["code"], "spam")
        later = self.send(77)
        shield.wait_until(lambda: self.daemon.show(later)["campaign"], 20, "the later one to be folded")
        self.assertEqual(self.rows(), [])
        self.assertRegex(self.daemon.done("queue").splitlines()[0], r"1 folded into \d campaign")

    def test_a_muted_campaign_is_counted_and_unfolded_at_will(self):
        copies = self.copies()
        first, others = self.folded(copies)
        self.daemon.done("mute", first, "24h")
        self.assertEqual(self.rows(), [])
        self.assertIn("muted", self.daemon.done("show", first))
        self.daemon.done("unfold", first)
        self.assertEqual(self.rows(), [first])
        self.daemon.done("unfold", others[5])
        self.assertCountEqual(self.rows(), [first, others[5]])
        self.daemon.done("unfold", first, "--campaign")
        self.assertCountEqual(self.rows(), copies)

    def test_what_cannot_be_done_is_said(self):
        report = self.daemon.send(sender="ada@reporter.example", body=REPORT)
        for words, why in ((("mute", report, "24h"), "stands for no campaign"),
                           (("mute", report, "soon"), "90m, 24h or 7d"),
                           (("unfold", report), "is not folded"),
                           (("queue", "--campaign", report), "is of no campaign"),
                           (("queue", "--campaigns", "--held"), "only a limit goes with them"),
                           (("close", report, "spam", "--campaign"), "stands for no campaign")):
            done = self.daemon.ctl(*words)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(why, done.stderr)
        self.assertEqual(self.rows(), [report])


if __name__ == "__main__":
    unittest.main()
