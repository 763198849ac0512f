# SPDX-License-Identifier: Apache-2.0
"""Who answers us comes back to the same case, and only by a token that we gave."""

import unittest

import shield


class FollowUp(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield()
        self.reference = self.daemon.send(sender="ada@reporter.example")
        self.reply, = shield.wait_until(self.daemon.replies, what="an acknowledgement")
        self.address = self.reply["Reply-To"].addresses[0].addr_spec

    def messages(self):
        return self.daemon.show(self.reference)["messages_detail"]

    def wait_for_messages(self, count):
        return shield.wait_until(lambda: self.messages() if len(self.messages()) == count else None,
                                 what=f"a case of {count} messages")

    def test_an_answer_to_the_reply_address_joins_the_case(self):
        second = self.daemon.send(to=self.address, sender="ada@reporter.example", subject="Re: Help", body="More.")
        kinds = [message["kind"] for message in self.wait_for_messages(2)]
        self.assertEqual(kinds, ["first", "follow_up"])
        self.assertEqual(self.daemon.show(second)["reference"], self.reference, "any reference names the case")
        self.assertEqual(len(self.daemon.json("queue")), 1)
        self.assertEqual(self.daemon.show(self.reference)["state"], "in_progress")
        self.assertFalse(self.messages()[1]["from_another_address"])

    def test_a_follow_up_gets_no_acknowledgement_of_its_own(self):
        self.daemon.send(to=self.address, sender="ada@reporter.example", subject="Re: Help", body="More.")
        second = self.wait_for_messages(2)[1]
        self.assertIn(second["acknowledgement"]["state"], ("held", "suppressed"))
        self.assertEqual(len(self.daemon.replies()), 1)

    def test_an_answer_that_names_our_message_joins_the_case(self):
        self.daemon.send(to="security@example.com", sender="ada@reporter.example", subject="Something new",
                         headers=[f"In-Reply-To: {self.reply['Message-ID']}"])
        self.wait_for_messages(2)

    def test_a_human_follow_up_reopens_a_closed_case_and_starts_its_clock(self):
        self.daemon.done("close", self.reference, "resolved")
        self.daemon.send(to=self.address, sender="ada@reporter.example", subject="Re: Help", body="It is back.")
        self.wait_for_messages(2)
        case = self.daemon.show(self.reference)
        self.assertEqual(case["state"], "in_progress")
        self.assertIsNotNone(case["due_at"])

    def test_a_machine_only_adds_to_a_closed_case(self):
        self.daemon.done("close", self.reference, "resolved")
        self.daemon.send(to=self.address, sender="ada@reporter.example", subject="Out of office",
                         headers=["Auto-Submitted: auto-replied"])
        self.wait_for_messages(2)
        self.assertEqual(self.daemon.show(self.reference)["state"], "closed")

    def test_an_answer_from_another_address_is_flagged(self):
        self.daemon.send(to=self.address, sender="mallory@elsewhere.example", subject="Re: Help", body="Send it to me.")
        self.assertTrue(self.wait_for_messages(2)[1]["from_another_address"])
        self.assertIn("another address", self.daemon.done("show", self.reference))

    def test_a_forged_token_begins_a_case_of_its_own(self):
        local, domain = self.address.split("@")
        last = "a" if local[-1] != "a" else "b"
        other = self.daemon.send(to=f"{local[:-1]}{last}@{domain}", sender="mallory@elsewhere.example", subject="Re: Help")
        self.assertEqual(self.daemon.decided(other)["reference"], other)
        self.assertEqual(len(self.messages()), 1)

    def test_the_same_subject_joins_nothing(self):
        other = self.daemon.send(sender="ada@reporter.example", subject=f"Re: [{self.reference}] Help", body="More.")
        self.assertEqual(self.daemon.decided(other)["reference"], other)

    def test_the_same_octets_again_are_a_repeat(self):
        octets = shield.mail(subject="Only once", headers=["Message-ID: <once@reporter.example>"])
        first = self.daemon.send(octets, sender="eve@reporter.example")
        second = self.daemon.send(octets, sender="eve@reporter.example")
        self.assertNotEqual(first, second, "every message has a reference of its own")
        shield.wait_until(lambda: self.daemon.show(second)["reference"] == first, what="the repeat to join")
        kinds = [message["kind"] for message in self.daemon.show(first)["messages_detail"]]
        self.assertEqual(kinds, ["first", "repeat"])
        self.daemon.decided(first)
        self.assertEqual(len(self.daemon.replies_to("eve@reporter.example")), 1)

    def test_two_cases_are_joined_by_a_person(self):
        other = self.daemon.send(sender="bob@reporter.example", subject="Same thing", body="The same as Ada.")
        self.daemon.decided(other)
        self.daemon.done("join", other, self.reference)
        self.assertEqual(self.daemon.show(other)["reference"], self.reference)
        self.assertEqual(len(self.messages()), 2)
        self.assertEqual(len(self.daemon.json("queue")), 1)


if __name__ == "__main__":
    unittest.main()
