# SPDX-License-Identifier: Apache-2.0
"""Calls that fail under mail (tests/support/faults). After each fault, and a restart: what was answered 250 is found,
octet for octet, `verify` is clean, and nothing was acknowledged twice (invariants 1 to 4)."""

import collections
import errno
import os
import pathlib
import smtplib
import threading
import time
import unittest

import shield
from faults import Faults
from smtp_peer import SmtpPeer

LARGE = "Help me, please.\r\n" * 20000  # is spooled
DAY = 86400


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FaultsTest(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.peer = self.stack.enter_context(SmtpPeer())
        many = 1000000
        self.daemon = self.unstarted(delivery=f'transport = "smarthost"\nsmarthost = "127.0.0.1:{self.peer.port}"',
                                     limits={"acknowledgements_domain_day_max": many, "acknowledgements_day_max": many,
                                             "acknowledgements_network_day_max": many})
        self.faults = Faults(self.daemon)
        self.daemon.start()
        self.number = 0
        self.kept = {}  # reference of a 250 → (sender, octets)

    # What is sent.

    def content(self, body):
        self.number += 1
        sender = f"r{self.number}@reporter{self.number}.example"
        return sender, shield.mail(subject=str(self.number), body=body.replace("\r\n", "\n"), sender=sender)

    def deliver(self, body="Help me."):
        """The code of the reply to one message sent by DATA; 0 when the connection did not last."""
        sender, octets = self.content(body)
        try:
            with self.daemon.connect() as client:
                code, text = client.deliver(octets, sender, ["security@example.com"])
        except (OSError, smtplib.SMTPException):
            return 0
        return self.note(code, text, sender, octets)

    def deliver_chunks(self, body="Help me."):
        sender, octets = self.content(body)
        half = len(octets) // 2
        try:
            with self.daemon.connect() as client:
                client.ehlo()
                client.mail(sender)
                client.rcpt("security@example.com")
                for chunk, last in ((octets[:half], ""), (octets[half:], " LAST")):
                    client.send(b"BDAT %d%s\r\n" % (len(chunk), last.encode()) + chunk)
                    code, text = client.getreply()
        except (OSError, smtplib.SMTPException):
            return 0
        return self.note(code, text.decode(), sender, octets)

    def note(self, code, text, sender, octets):
        if code == 250:
            self.kept[shield.reference_in(text)] = (sender, octets)
        return code

    def mixed(self, rounds=4):
        """The codes of small, spooled and chunked messages."""
        codes = []
        for _ in range(rounds):
            codes += [self.deliver(), self.deliver(LARGE), self.deliver_chunks(), self.deliver_chunks(LARGE)]
        return codes

    # What is demanded.

    def restart(self):
        self.faults.disarm()
        if self.daemon.process.poll() is None:
            self.daemon.stop()
        self.daemon.start()

    def expect_invariants(self, unreadable_max=0):
        unreadable = []
        for reference, (sender, octets) in self.kept.items():
            self.assertEqual(self.daemon.octets(reference), octets, f"{reference} was answered 250")
            case = self.daemon.decided(reference, 90)
            if "unreadable" in case["flags"]:
                self.assertEqual(case["acknowledgement"]["state"], "held", reference)
                unreadable.append(reference)
            else:
                self.assertIn(case["acknowledgement"]["state"], ("sent", "unknown"), reference)
        self.assertLessEqual(len(unreadable), unreadable_max, unreadable)
        verified = self.daemon.ask(command="verify")["result"]
        self.assertEqual(verified["faults"], [])
        self.assertGreaterEqual(verified["messages"], len(self.kept))
        counts = collections.Counter(recipient for _, recipients, _ in self.peer.accepted for recipient in recipients)
        self.assertEqual({recipient: count for recipient, count in counts.items() if count > 1}, {}, "acknowledged twice")

    def expect_as_before(self, codes):
        self.assertEqual(set(codes), {250}, codes)
        self.assertEqual(self.daemon.http("/healthz")[0], 200)

    def expect_closed_until_a_restart(self, rule):
        """A failed write or sync: nothing is 250 any more, even when the disk works again."""
        before = set(self.kept)
        codes = self.mixed(2)
        self.assertGreater(self.faults.met(rule), 0, "the fault was never met")
        self.assertNotIn(250, codes[1:])  # the first may have come in before it
        self.faults.disarm()
        for _ in range(5):
            self.assertEqual(self.deliver(), 451)
        self.assertEqual(self.daemon.http("/healthz")[0], 503)
        self.assertLessEqual(len(set(self.kept) - before), 1)
        for reference in before:
            self.assertEqual(self.daemon.octets(reference), self.kept[reference][1], "reading goes on")
        self.restart()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()


class Disk(FaultsTest):
    def test_short_writes_change_nothing(self):
        rule = self.faults.arm("write")
        self.expect_as_before(self.mixed())
        self.assertGreater(self.faults.met(rule), 100)
        self.restart()
        self.expect_invariants()

    def test_interrupted_writes_change_nothing(self):
        for _ in range(3):
            self.faults.arm("write", errno.EINTR, "shield.db", skip=20, times=20)
        self.faults.arm("write", errno.EINTR, " nameless", times=5)
        self.expect_as_before(self.mixed())
        self.restart()
        self.expect_invariants()

    def test_a_failed_sync_closes_intake_until_a_restart_though_the_next_would_succeed(self):
        self.expect_as_before(self.mixed(1))
        self.expect_closed_until_a_restart(self.faults.arm("sync", errno.EIO, "shield.db-wal", times=1))

    def test_a_failed_sync_of_what_is_written_back_closes_intake_too(self):
        rule = self.faults.arm("sync", errno.EIO, "shield.db$", times=1)
        self.expect_as_before([self.deliver()])
        shield.wait_until(lambda: self.faults.met(rule), 30, "the log to be written back")
        shield.wait_until(lambda: self.daemon.http("/healthz")[0] == 503, 20, "the store to notice")
        self.faults.disarm()
        self.assertEqual(set(self.mixed(1)), {451})
        self.restart()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()

    def test_a_failed_write_closes_intake_until_a_restart(self):
        self.expect_as_before(self.mixed(1))
        self.expect_closed_until_a_restart(self.faults.arm("write", errno.EIO, "shield.db-wal", times=1))

    def test_a_full_disk_is_452_and_opens_again_by_itself(self):
        self.expect_as_before(self.mixed(1))
        rule = self.faults.arm("write", errno.ENOSPC, "shield.db")
        codes = self.mixed(2)
        self.assertGreater(self.faults.met(rule), 0)
        self.assertEqual(set(codes), {452}, codes)
        self.assertEqual(self.daemon.http("/healthz")[0], 200, "full is not broken")
        self.faults.disarm()
        shield.wait_until(lambda: self.deliver() == 250, 30, "mail taken again")
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()

    def test_a_full_disk_of_the_spool_refuses_large_messages_alone(self):
        self.faults.arm("write", errno.ENOSPC, " nameless")
        self.assertEqual([self.deliver(LARGE), self.deliver(), self.deliver_chunks(LARGE)], [452, 250, 452])
        self.faults.disarm()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()

    def test_an_error_of_the_spool_refuses_large_messages_alone(self):
        for call in ("write", "open"):
            rule = self.faults.arm(call, errno.EIO if call == "write" else errno.EMFILE, " nameless")
            self.assertEqual([self.deliver(LARGE), self.deliver(), self.deliver_chunks(LARGE)], [451, 250, 451])
            self.assertGreaterEqual(self.faults.met(rule), 2)
            self.faults.disarm()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()

    def test_no_file_that_can_be_opened_any_more_loses_nothing(self):
        rule = self.faults.arm("open", errno.EMFILE)
        codes = self.mixed(1)
        self.assertFalse(set(codes) - {250, 451}, codes)
        self.assertGreater(self.faults.met(rule), 0)
        self.restart()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()


class Maildir(shield.SystemTest):
    def test_a_reply_that_cannot_be_made_durable_is_not_sent_but_tried_again(self):
        daemon = self.unstarted()
        faults = Faults(daemon)
        daemon.start()
        rule = faults.arm("sync", errno.EIO, str(daemon.maildir)[-60:], times=1)
        reference = daemon.send()
        shield.wait_until(lambda: faults.met(rule), 20, "an attempt")
        shield.wait_until(lambda: daemon.show(reference)["outgoing"][0]["attempts"][0]["outcome"], 20, "its end")
        self.assertEqual(daemon.show(reference)["outgoing"][0]["attempts"][0]["outcome"], "deferred")
        self.assertEqual(daemon.replies(), [])
        self.assertEqual(daemon.decided(reference, 120)["acknowledgement"]["state"], "sent")
        self.assertEqual(len(daemon.replies()), 1)


class Sockets(FaultsTest):
    def test_without_descriptors_for_connections_the_daemon_waits_and_does_not_spin(self):
        rule = self.faults.arm("accept", errno.EMFILE)
        with shield.Raw(self.daemon.port) as waiting:
            before = cpu_seconds(self.daemon.process)
            time.sleep(2)
            self.assertLess(cpu_seconds(self.daemon.process) - before, 0.3)
            self.assertLess(self.faults.met(rule), 60)
            self.faults.disarm()
            self.assertEqual(waiting.reply()[0][:3], "220", "taken as soon as there is a descriptor")
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()

    def test_pieces_of_one_octet_change_nothing(self):
        self.faults.arm("send")
        self.faults.arm("receive", path="accepted")
        codes = [self.deliver(), self.deliver_chunks(), self.deliver()]
        self.expect_as_before(codes)
        self.expect_invariants()

    def test_a_250_that_is_lost_is_asked_for_again_and_acknowledged_once(self):
        sender, octets = self.content("Help me.")
        for _ in range(3):
            with shield.Raw(self.daemon.port) as client:
                client.reply()
                for line in ("EHLO x.example", f"MAIL FROM:<{sender}>", "RCPT TO:<security@example.com>", "DATA"):
                    client.ask(line)
                rule = self.faults.arm("send", errno.ECONNRESET, "accepted", times=1)
                client.send(octets + b".\r\n")
                self.assertEqual(client.reply(), [])
                self.assertEqual(self.faults.met(rule), 1)
            self.faults.disarm()
        with self.daemon.connect() as client:
            self.note(*client.deliver(octets, sender, ["security@example.com"]), sender, octets)
        self.assertEqual(len(self.kept), 1)
        self.assertEqual(len(self.daemon.json("queue")), 1, "a repeat joins its case")
        self.expect_invariants()
        self.assertEqual(len(self.peer.messages), 1)

    def test_connections_that_break_leave_nothing_and_lose_nothing(self):
        self.faults.arm("receive", errno.ECONNRESET, "accepted", skip=20, times=3)
        self.faults.arm("send", errno.EPIPE, "accepted", skip=30, times=3)
        codes = self.mixed()
        self.assertIn(0, codes)
        self.restart()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()


class Memory(FaultsTest):
    def test_allocations_that_fail_cost_a_message_or_a_restart_and_never_what_was_answered(self):
        met = unreadable_max = 0
        for at_least in (65536, 4096, 256):
            for skip in (0, 3, 10, 50, 200):
                rule = self.faults.arm("allocate", amount=at_least, skip=skip, times=3)
                codes = self.mixed(2)
                self.assertFalse(set(codes) - {0, 250, 421, 451}, codes)
                met += self.faults.met(rule)
                unreadable_max += self.faults.met(rule) // 3  # as many attempts as there are to read one message
                self.restart()
        self.assertGreater(met, 20)
        self.expect_as_before(self.mixed(1))
        self.expect_invariants(unreadable_max)

    def test_a_start_without_memory_for_the_index_of_the_log_says_so_or_works(self):
        self.expect_as_before(self.mixed(1))
        self.daemon.stop()
        self.faults.arm("map", errno.ENOMEM, "shield.db-shm")
        self.daemon.start(wait=False)
        def started_or_ended():
            return self.daemon.process.poll() is not None or self.daemon.http("/readyz")[0] == 200
        shield.wait_until(started_or_ended, 20, "a decision")
        if self.daemon.process.poll() is not None:
            self.assertEqual(self.daemon.process.returncode, 3)  # as when the store is unavailable
            self.assertIn("shield.db cannot be used", self.daemon.log_text().splitlines()[-1])
        self.restart()
        self.expect_as_before(self.mixed(1))
        self.expect_invariants()


class Clock(FaultsTest):
    def jump(self, seconds):
        self.faults.disarm()
        self.faults.arm("clock", amount=seconds)

    def test_jumps_under_load_lose_nothing_and_acknowledge_nothing_twice(self):
        for seconds in (0, DAY, 0, -DAY, 3600, -60, 0):
            self.jump(seconds)
            self.expect_as_before(self.mixed(1))
        self.faults.disarm()
        self.expect_invariants()
        self.restart()
        self.expect_invariants()

    def test_a_jump_past_every_lease_repeats_no_attempt_under_way(self):
        held = threading.Event()
        self.peer.plan = lambda number, recipient: held.wait(30) and "accept"
        self.assertEqual(self.deliver(), 250)
        reference, = self.kept
        shield.wait_until(lambda: any(command.startswith("RCPT") for command in self.peer.commands), 20, "an attempt")
        self.jump(DAY)  # the attempt under way is taken for one that nobody is at any more
        time.sleep(3)
        held.set()
        self.expect_invariants()
        self.faults.disarm()
        time.sleep(2)
        self.expect_invariants()
        self.assertLessEqual(len(self.peer.messages), 1)

    def test_a_jump_back_does_not_hold_up_what_is_under_way(self):
        self.jump(DAY)
        self.peer.plan = lambda number, recipient: "accept" if number else "defer"
        self.assertEqual(self.deliver(), 250)
        shield.wait_until(lambda: self.peer.messages, 20, "a first attempt")
        self.jump(0)
        self.expect_as_before(self.mixed(2))
        self.expect_invariants()  # the one that was to be tried again tomorrow too
        self.assertEqual(len(self.peer.accepted), len(self.kept))


if __name__ == "__main__":
    unittest.main()
