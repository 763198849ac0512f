# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, again and again. Two sentences are proven: every message that was answered 250 is there, and none
was acknowledged twice."""

import collections
import itertools
import os
import random
import smtplib
import threading
import time
import unittest

import shield
from smtp_peer import SmtpPeer

ROUNDS = int(os.environ.get("SHIELD_CRASH_ROUNDS", "200" if shield.LONG else "20"))
SMALL, LARGE = "Help me, please.\n" * 3, "Help me, please.\n" * 20000  # the large one is spooled


class Load:
    """Threads that send as fast as they are answered, each in its own way, and a person who works on what came. It
    remembers every message that was answered 250, and every act that was answered 0."""

    def __init__(self, daemon, round_number, replies):
        self.daemon = daemon
        self.round = round_number
        self.replies = replies  # acknowledgements of earlier rounds
        self.lock = threading.Lock()
        self.answered = {}  # reference → address of its sender
        self.noted = []  # (reference, text of a note)
        ways = (self.send_small, self.send_mixed, self.send_chunks, self.send_pipelined, self.answer_replies, self.work)
        self.threads = [threading.Thread(target=self.run, args=(way,), daemon=True) for way in ways]
        for thread in self.threads:
            thread.start()

    def run(self, way):
        try:
            way()
        except (OSError, ValueError, smtplib.SMTPException):  # killed in the middle of a reply or an answer
            return

    def sender(self, count, way):
        return f"r{count}@r{self.round}.{way}.example"

    def note(self, code, text, sender):
        if code == 250:
            with self.lock:
                self.answered[shield.reference_in(text)] = sender

    def send_small(self):
        self.send("small", lambda count: SMALL)

    def send_mixed(self):
        self.send("mixed", lambda count: LARGE if count % 2 else SMALL)

    def send(self, way, body_of):
        with self.daemon.connect() as client:
            for count in itertools.count():
                sender = self.sender(count, way)
                self.note(*client.deliver(shield.mail(sender=sender, body=body_of(count)), sender,
                                          ["shield@example.com"]), sender)

    def send_chunks(self):
        with self.daemon.connect() as client:
            client.ehlo()
            for count in itertools.count():
                sender = self.sender(count, "chunks")
                octets = shield.mail(sender=sender, body=LARGE if count % 3 == 2 else SMALL)
                half = len(octets) // 2
                client.send(f"MAIL FROM:<{sender}>\r\nRCPT TO:<shield@example.com>\r\nBDAT {half}\r\n".encode()
                            + octets[:half] + f"BDAT {len(octets) - half} LAST\r\n".encode() + octets[half:])
                for _ in range(4):
                    code, text = client.getreply()
                self.note(code, text.decode(), sender)

    def send_pipelined(self):
        with self.daemon.connect() as client:
            client.ehlo()
            for count in itertools.count():
                senders = [self.sender(f"{count}-{number}", "pipelined") for number in range(3)]
                # The next envelope rides behind the end of the message before it (RFC 2920); content waits for 354.
                for number, sender in enumerate(senders):
                    envelope = f"MAIL FROM:<{sender}>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\n".encode()
                    if number == 0:
                        client.send(envelope)
                    for _ in range(3):
                        client.getreply()
                    following = (f"MAIL FROM:<{senders[number + 1]}>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\n"
                                 if number + 1 < len(senders) else "")
                    client.send(shield.mail(sender=sender, body=SMALL) + b".\r\n" + following.encode())
                    code, text = client.getreply()
                    self.note(code, text.decode(), sender)

    def answer_replies(self):
        """Follow-ups, each from an address of its own: the token in the recipient's makes them one."""
        with self.daemon.connect() as client:
            for count, reply in enumerate(self.replies):
                sender, to = self.sender(count, "follow-up"), reply["Reply-To"].addresses[0].addr_spec
                self.note(*client.deliver(shield.mail(subject="Re: Help", body="More.", sender=sender), sender, [to]),
                          sender)

    def work(self):
        """claim, note and close, over the control socket."""
        for count in itertools.count():
            with self.lock:
                references = list(self.answered)
            if not references:
                time.sleep(0.01)
                continue
            reference, text = references[count % len(references)], f"seen {self.round} {count}"
            self.daemon.ask(command="claim", reference=reference)
            if self.daemon.ask(command="note", reference=reference, text=text)["status"] == 0:
                with self.lock:
                    self.noted.append((reference, text))
            self.daemon.ask(command="close", reference=reference, code="test")

    def join(self):
        for thread in self.threads:
            thread.join(30)


class Crash(shield.SystemTest):
    def test_what_was_answered_250_is_kept_and_nothing_is_acknowledged_twice(self):
        peer = self.stack.enter_context(SmtpPeer())
        many = 1000000
        daemon = self.shield(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{peer.port}"',
                             limits={"acknowledgements_domain_day_max": many, "acknowledgements_day_max": many,
                                     "acknowledgements_network_day_max": many})
        answered, noted = {}, []
        chance = random.Random(20)
        for number in range(ROUNDS):
            load = Load(daemon, number, peer.parsed(last=20))
            time.sleep(chance.uniform(0.2, 1.2))
            daemon.kill()
            load.join()
            answered.update(load.answered)
            noted += load.noted
            daemon.start()
        self.assertGreater(len(answered), ROUNDS, "the load was no load")

        verified = daemon.ask(command="verify")["result"]
        self.assertEqual(verified["faults"], [])
        for reference, sender in answered.items():
            found = daemon.ask(command="show", reference=reference)
            self.assertEqual(found["status"], 0, f"{reference} was answered 250 and is gone")
            message, = (one for one in found["result"]["messages_detail"] if one["reference"] == reference)
            self.assertEqual(message["envelope"]["reverse_path"], sender)
        for reference, text in noted:
            events = daemon.ask(command="show", reference=reference)["result"]["events"]
            self.assertTrue(any(text in event["detail"] for event in events), f"a note on {reference} is gone: {text}")

        def quiet():
            before = len(peer.messages)
            time.sleep(1.5)
            return len(peer.messages) == before
        shield.wait_until(quiet, 120 + 6 * ROUNDS, "the end of delivery")
        counts = collections.Counter(recipients[0] for _, recipients, _ in peer.messages)
        twice = {recipient: count for recipient, count in counts.items() if count > 1}
        self.assertEqual(twice, {}, "acknowledged twice")
        follow_ups = sum(".follow-up." in sender for sender in answered.values())
        self.assertGreater(follow_ups, 0)
        self.assertGreater(len(noted), 0)
        print(f"{ROUNDS} kills, {len(answered)} messages answered 250, {follow_ups} of them follow-ups, "
              f"{len(noted)} notes, {len(peer.messages)} acknowledgements")


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
