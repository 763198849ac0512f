# SPDX-License-Identifier: Apache-2.0
"""A full disk is expected in the life of a server: 452, everything kept, and open again by itself. The state directory
is a small tmpfs in a mount namespace of this test."""

import subprocess

import shield

SIZE, RESERVE, BALLAST = 144 << 20, 64 << 20, 56 << 20  # the reserve has room for the write-ahead log, as by default
# 100 KB, none of it text: what is derived from text would go on taking space after its 250.
MESSAGE = shield.mail(body="SGVscCBtZSwgcGxlYXNlLg==\n" * 4000,
                      headers=["MIME-Version: 1.0", "Content-Type: application/octet-stream",
                               "Content-Transfer-Encoding: base64"])


class DiskFull(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.unstarted(limits={"disk_reserve": RESERVE, "disk_reserve_attack": 0})
        self.daemon.state.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "none", str(self.daemon.state)], check=True)
        self.stack.callback(subprocess.run, ["umount", "--lazy", str(self.daemon.state)], check=False)
        self.stack.callback(self.daemon.close)  # before the mount goes
        self.daemon.start()

    def deliver(self, number=0, to="security@example.com"):
        sender = f"r{number}@reporter.example"
        with self.daemon.connect() as client:
            return client.deliver(MESSAGE, sender, [to])

    def fill(self):
        """References of what was taken, and the reply that ended it."""
        taken = []
        for number in range(2000):
            code, text = self.deliver(number)
            if code != 250:
                return taken, f"{code} {text}"
            taken.append(shield.reference_in(text))
        raise AssertionError("the disk never filled up")

    def test_mail_gets_452_until_there_is_space_and_then_is_taken_again_without_a_restart(self):
        ballast = self.daemon.state / "ballast"
        ballast.write_bytes(bytes(BALLAST))
        taken, refusal = self.fill()
        self.assertTrue(taken)
        self.assertTrue(refusal.startswith("452 4.3.1"), refusal)
        status, text = self.daemon.http("/readyz")
        self.assertEqual(status, 503, text)
        self.assertEqual(self.daemon.http("/healthz")[0], 200, "full is not broken")
        for reference in taken:
            self.assertEqual(self.daemon.ask(command="show", reference=reference)["status"], 0)

        ballast.unlink()
        reply = shield.wait_until(lambda: (lambda code, text: code == 250 and text)(*self.deliver(999)), 30,
                                  "mail taken again after space was freed")
        taken.append(shield.reference_in(reply))
        for reference in taken:  # what was being assessed meanwhile is tried again
            self.assertEqual(self.daemon.decided(reference, 100)["reference"], reference)
        self.daemon.done("verify")
        self.assertEqual(self.daemon.http("/readyz")[0], 200)

    def test_the_last_part_of_the_disk_takes_only_reports_of_attacks_and_opens_again_by_itself(self):
        self.daemon.stop()
        self.daemon.limits["disk_reserve_attack"] = 32 << 20
        self.daemon.write_config()
        self.daemon.start()
        self.assertEqual(self.deliver()[0], 250)
        ballast = self.daemon.state / "ballast"
        ballast.write_bytes(bytes(BALLAST))
        shield.wait_until(lambda: self.deliver(1)[0] == 452, 10, "the reserve")
        code, text = self.deliver(2)
        self.assertEqual((code, text[:5]), (452, "4.3.1"))
        self.assertIn("kept for reports of attacks", text, "said at RCPT")
        self.assertEqual(self.deliver(3, "shield@example.com")[0], 250)
        status, text = self.daemon.http("/readyz")
        self.assertEqual(status, 200)
        self.assertIn("only mail for attack mailboxes", text)
        metrics = self.daemon.metrics()
        self.assertEqual(metrics["shield_store_reserved"], 1)
        self.assertGreater(metrics["shield_limit_disk_reserve_attack_total"], 1)
        self.assertIn("store_reserved", self.daemon.log_text())

        shares = [self.deliver(number, "shield@example.com") for number in range(10, 40)]
        self.assertEqual({code for code, _ in shares}, {250, 452}, "one network does not take all of it")
        ballast.unlink()
        shield.wait_until(lambda: self.deliver(99)[0] == 250, 30, "mail for everybody taken again")
        self.assertEqual(self.daemon.http("/readyz"), (200, "ready\n"))
        self.daemon.done("verify")

    def test_what_was_taken_survives_a_kill_on_a_disk_without_one_free_octet(self):
        ballast = self.daemon.state / "ballast"
        ballast.write_bytes(bytes(BALLAST))
        taken = [shield.reference_in(self.deliver(number)[1]) for number in range(5)]
        with open(self.daemon.state / "more", "wb") as more, self.assertRaises(OSError):
            while True:
                more.write(bytes(65536))
                more.flush()
        self.assertEqual(self.deliver(998)[0], 452)
        self.daemon.kill()
        self.daemon.start(wait=False)
        shield.wait_until(lambda: self.daemon.http("/healthz")[0] == 200, what="a start on a full disk")
        for reference in taken:
            self.assertEqual(self.daemon.ask(command="show", reference=reference)["status"], 0)
        ballast.unlink()
        (self.daemon.state / "more").unlink()
        shield.wait_until(lambda: self.deliver(999)[0] == 250, 30, "mail taken again")
        self.daemon.done("verify")

    def test_half_sent_large_messages_do_not_close_intake_to_small_ones(self):
        half = [self.stack.enter_context(shield.Raw(self.daemon.port)) for _ in range(8)]
        for number, client in enumerate(half):
            client.reply()
            for line in ("EHLO x.example", f"MAIL FROM:<h{number}@x.example>", "RCPT TO:<security@example.com>", "DATA"):
                client.ask(line)
            client.send(b"Subject: large\r\n\r\n" + b"0123456789abcde\r\n" * (8 << 16))
        self.assertEqual([self.deliver(number)[0] for number in range(20)], [250] * 20)
        self.assertEqual(self.daemon.http("/readyz")[0], 200)
        replies = [client.ask(".")[0] for client in half]
        self.assertIn("452 4.3.1", [reply[:9] for reply in replies], replies)
        self.assertFalse([reply for reply in replies if reply[:3] not in ("250", "452")])
        for reply in replies:
            if reply.startswith("250"):
                self.assertEqual(self.daemon.ask(command="show", reference=shield.reference_in(reply))["status"], 0)


if __name__ == "__main__":
    shield.main_isolated()
