# SPDX-License-Identifier: Apache-2.0
"""The circuit breaker: a next hop that refuses stops automatic replies, and neither a person's nor intake."""

import unittest

import shield
from smtp_peer import SmtpPeer

PAUSE = 12  # so long that on a busy machine no second one is tried while the test looks


class CircuitBreaker(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.action = "refuse"
        plan = lambda _, recipient: "accept" if recipient.startswith("person") else self.action
        self.peer = self.stack.enter_context(SmtpPeer(plan))
        self.daemon = self.shield(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{self.peer.port}"',
                                  limits={"breaker_attempts": 4, "breaker_refused_max": 50, "breaker_pause": PAUSE,
                                          "breaker_deferred_max": 100, "breaker_wait_max": 600})
        self.sent = 0

    def report(self):
        self.sent += 1
        return self.daemon.send(sender=f"ada{self.sent}@reporter{self.sent}.example", body=f"Number {self.sent}.")

    def state(self):
        return self.daemon.metrics().get("shield_breaker_state")

    def open(self):
        for reference in [self.report() for _ in range(4)]:
            self.daemon.decided(reference)
        self.assertEqual(self.state(), 2)

    def test_refusals_open_it_a_person_is_heard_meanwhile_and_one_that_is_taken_closes_it(self):
        self.open()
        status, text = self.daemon.http("/readyz")
        self.assertEqual(status, 200, "intake goes on")
        self.assertIn("automatic replies are stopped until", text)
        self.assertIn("100 % of the last 4 automatic replies were refused (breaker_refused_max)", text)
        self.assertIn("automatic_replies_stopped", self.daemon.log_text())

        waiting = [self.report() for _ in range(2)]
        self.daemon.done("reply", waiting[0], "--to", "person@reporter.example", stdin="We look into it.\n")
        shield.wait_until(lambda: self.peer.accepted, PAUSE, "a person's reply while automatic ones are stopped")
        self.assertEqual([recipients for _, recipients, _ in self.peer.accepted], [["person@reporter.example"]])
        self.assertEqual([self.daemon.show(one)["acknowledgement"]["state"] for one in waiting], ["queued"] * 2)
        attempts = len(self.peer.messages)

        # Half open, and the one that is tried is refused as well.
        self.daemon.decided(waiting[0], PAUSE + 20)
        self.assertEqual(len(self.peer.messages), attempts + 1, "one is tried")
        self.assertEqual(self.daemon.show(waiting[1])["acknowledgement"]["state"], "queued")
        self.assertEqual(self.state(), 2)
        self.assertIn("one was tried and was failed", self.daemon.http("/readyz")[1])

        self.action = "accept"
        later = self.report()
        for reference in (waiting[1], later):
            self.assertEqual(self.daemon.decided(reference, PAUSE + 20)["acknowledgement"]["state"], "sent")
        self.assertEqual(self.state(), 0)
        self.assertEqual(self.daemon.http("/readyz"), (200, "ready\n"))
        self.assertIn("automatic_replies_go_on", self.daemon.log_text())
        self.assertEqual(self.daemon.metrics()["shield_breaker_opened_total"], 2)
        self.assertEqual(self.daemon.ask(command="verify")["result"]["faults"], [])

    def test_it_begins_closed_after_a_restart_and_loses_nothing_that_waits(self):
        self.open()
        waiting = self.report()
        self.daemon.stop()
        self.action = "accept"
        self.daemon.start()
        self.assertEqual(self.daemon.decided(waiting)["acknowledgement"]["state"], "sent")


if __name__ == "__main__":
    unittest.main()
