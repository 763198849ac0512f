# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, again and again. Two sentences are proven: every message that was answered 250 is there, and none
was acknowledged twice."""

import collections
import os
import random
import smtplib
import threading
import time
import unittest

import shield
from smtp_peer import SmtpPeer

ROUNDS = int(os.environ.get("SHIELD_CRASH_ROUNDS", "100" if shield.LONG else "20"))
SENDERS = 4


class Load:
    """Threads that send as fast as they are answered, and remember every reference of a 250."""

    def __init__(self, daemon, round_number):
        self.daemon = daemon
        self.round = round_number
        self.lock = threading.Lock()
        self.answered = {}  # reference → address of its sender
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        count = 0
        try:
            with self.daemon.connect() as client:
                while True:
                    # Of three messages one is large enough to be spooled.
                    body = "Help me, please.\n" * (20000 if count % 3 == 2 else 3)
                    sender = f"r{count}@r{self.round}.t{number}.example"
                    code, text = client.deliver(shield.mail(sender=sender, body=body), sender, ["shield@example.com"])
                    if code == 250:
                        with self.lock:
                            self.answered[shield.reference_in(text)] = sender
                    count += 1
        except (OSError, smtplib.SMTPException):
            return

    def join(self):
        for thread in self.threads:
            thread.join(30)
        return self.answered


class Crash(shield.SystemTest):
    def test_what_was_answered_250_is_kept_and_nothing_is_acknowledged_twice(self):
        peer = self.stack.enter_context(SmtpPeer())
        many = 1000000
        daemon = self.shield(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{peer.port}"',
                             limits={"acknowledgements_domain_day_max": many, "acknowledgements_day_max": many,
                                     "acknowledgements_network_day_max": many})
        answered = {}
        chance = random.Random(20)
        for number in range(ROUNDS):
            load = Load(daemon, number)
            time.sleep(chance.uniform(0.2, 1.2))
            daemon.kill()
            answered.update(load.join())
            daemon.start()
        self.assertGreater(len(answered), ROUNDS, "the load was no load")

        daemon.done("verify")
        for reference, sender in answered.items():
            found = daemon.ask(command="show", reference=reference)
            self.assertEqual(found["status"], 0, f"{reference} was answered 250 and is gone")
            self.assertEqual(found["result"]["messages_detail"][0]["envelope"]["reverse_path"], sender)

        def quiet():
            before = len(peer.messages)
            time.sleep(1.5)
            return len(peer.messages) == before
        shield.wait_until(quiet, 120 + 6 * ROUNDS, "the end of delivery")
        counts = collections.Counter(recipients[0] for _, recipients, _ in peer.messages)
        twice = {recipient: count for recipient, count in counts.items() if count > 1}
        self.assertEqual(twice, {}, "acknowledged twice")
        print(f"{ROUNDS} kills, {len(answered)} messages answered 250, {len(peer.messages)} acknowledgements")


class Restart(shield.SystemTest):
    def test_a_restart_after_a_kill_without_load_needs_no_repair(self):
        daemon = self.shield()
        reference = daemon.send()
        daemon.kill()
        daemon.start()
        state = daemon.decided(reference)["acknowledgement"]["state"]
        self.assertIn(state, ("sent", "unknown"))
        self.assertLessEqual(len(daemon.replies()), 1)


if __name__ == "__main__":
    unittest.main()
