# SPDX-License-Identifier: Apache-2.0
"""An acknowledgement must never become a weapon: who gets none, and why, seen from outside."""

import unittest

import shield


class Suppressed(shield.SystemTest):
    def test_a_machine_gets_none(self):
        daemon = self.shield()
        machines = {
            "null reverse-path": dict(sender=""),
            "auto-submitted": dict(headers=["Auto-Submitted: auto-generated"]),
            "bulk": dict(headers=["Precedence: bulk"]),
            "list": dict(headers=["List-Id: <news.example.org>"]),
            "unsubscribe": dict(headers=["List-Unsubscribe: <https://news.example.org/u>"]),
            "suppress": dict(headers=["X-Auto-Response-Suppress: OOF"]),
            "no-reply": dict(sender="no-reply@shop.example"),
            "daemon": dict(sender="MAILER-DAEMON@shop.example"),
            "bounces": dict(sender="list-bounces@shop.example"),
            "owner": dict(sender="owner-list@shop.example"),
            "ourselves": dict(sender="security@example.com"),
            "delivery report": dict(headers=["MIME-Version: 1.0", "Content-Type: multipart/report; "
                                             'report-type=delivery-status; boundary="b"'], body="--b\n\nfailed\n--b--"),
            "calendar": dict(headers=["MIME-Version: 1.0", "Content-Type: text/calendar; method=REPLY"]),
        }
        for number, (name, parts) in enumerate(machines.items()):
            with self.subTest(name):
                sender = parts.pop("sender", f"machine{number}@shop{number}.example")
                case = daemon.decided(daemon.send(sender=sender, **parts))
                self.assertEqual(case["acknowledgement"]["state"], "suppressed", case["acknowledgement"])
                self.assertTrue(case["acknowledgement"]["reason"])
        self.assertEqual(daemon.replies(), [])

    def test_auto_submitted_no_is_a_person(self):
        daemon = self.shield()
        case = daemon.decided(daemon.send(headers=["Auto-Submitted: no"]))
        self.assertEqual(case["acknowledgement"]["state"], "sent")

    def test_postmaster_and_abuse_always_take_mail_and_never_answer(self):
        daemon = self.shield()
        for number, to in enumerate(("postmaster", "postmaster@example.com", "Postmaster@mx.example.com",
                                     "abuse@example.com")):
            with self.subTest(to):
                case = daemon.decided(daemon.send(to=to, sender=f"p{number}@reporter.example", subject="Hello",
                                                  body="Your opening hours, please."))
                self.assertNotEqual(case["acknowledgement"]["state"], "sent")
                self.assertEqual(case["category"], "urgent" if to.startswith("abuse") else "support")
        self.assertEqual(daemon.replies(), [])


class Held(shield.SystemTest):
    def test_an_unverified_sender_is_held_until_a_person_releases_it(self):
        daemon = self.shield(unverified="hold")
        reference = daemon.send()
        case = daemon.decided(reference)
        self.assertEqual(case["acknowledgement"]["state"], "held")
        self.assertEqual(case["authentication"]["reply_address"], "unverified")
        self.assertEqual([row["reference"] for row in daemon.json("queue", "--held")], [reference])
        self.assertEqual(daemon.replies(), [])

        daemon.done("release", reference)
        shield.wait_until(daemon.replies, what="the released acknowledgement")
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertEqual(daemon.ctl("release", reference).returncode, 1, "at most one (invariant 4)")
        self.assertEqual(len(daemon.replies()), 1)

    def test_mail_that_names_no_mailbox_of_ours_is_held(self):
        daemon = self.shield()
        octets = shield.mail(to="undisclosed-recipients:;")
        case = daemon.decided(daemon.send(octets))
        self.assertEqual(case["acknowledgement"]["state"], "held")

    def test_a_reverse_path_gets_one_in_24_hours(self):
        daemon = self.shield()
        states = [daemon.decided(daemon.send(subject=f"number {number}"))["acknowledgement"]["state"]
                  for number in range(3)]
        self.assertEqual(states, ["sent", "held", "held"])
        self.assertEqual(len(daemon.replies()), 1)

    def test_a_burst_from_many_senders_stops_at_the_caps(self):
        caps = {
            "acknowledgements_domain_day_max": lambda number: f"r{number}@one.example",
            "acknowledgements_network_day_max": lambda number: f"r@site{number}.example",
            "acknowledgements_day_max": lambda number: f"r@site{number}.example",
        }
        for cap, sender in caps.items():
            with self.subTest(cap):
                daemon = self.shield(limits={cap: 2})
                references = [daemon.send(sender=sender(number)) for number in range(6)]
                states = [daemon.decided(reference)["acknowledgement"]["state"] for reference in references]
                self.assertEqual(sorted(states), ["held"] * 4 + ["sent"] * 2)
                self.assertEqual(len(daemon.replies()), 2)

    def test_the_caps_outlive_a_restart(self):
        daemon = self.shield()
        daemon.decided(daemon.send())
        daemon.stop()
        daemon.start()
        case = daemon.decided(daemon.send(subject="again"))
        self.assertEqual(case["acknowledgement"]["state"], "held")


if __name__ == "__main__":
    unittest.main()
