# SPDX-License-Identifier: Apache-2.0
"""The walls around the daemon and around the processes that read messages, and what happens when one of those dies."""

import collections
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
import unittest

import shield

ROOT = os.geteuid() == 0
UNIT = shield.SOURCE / "packaging/systemd/shieldd.service"


def children(process):
    return [int(number) for number in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def status(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def zygote_of(daemon):
    [zygote] = children(daemon.process.pid)
    return zygote


def workers_of(daemon):
    return children(zygote_of(daemon))


def state_of(process):
    try:
        return status(process)["State"][0]
    except OSError:
        return None


class Walls(shield.SystemTest):
    def with_its_own_user(self):
        """A daemon that root started and that became somebody else, where there is a root."""
        daemon = self.unstarted()
        if ROOT:
            daemon.directory.chmod(0o755)
            daemon.maildir.mkdir()
            shutil.chown(daemon.maildir, "nobody")
            daemon.config.write_text('user = "nobody"\n' + daemon.config.read_text())
        return daemon.start()

    def test_nobody_has_capabilities_and_everybody_that_reads_has_a_filter(self):
        daemon = self.with_its_own_user()
        daemon.decided(daemon.send())
        zygote = zygote_of(daemon)
        workers = workers_of(daemon)
        self.assertTrue(workers, "a message was read, and nobody read it")
        for process in (daemon.process.pid, zygote, *workers):
            facts = status(process)
            self.assertEqual(int(facts["CapEff"], 16), 0, facts)
            self.assertEqual(int(facts["CapPrm"], 16), 0, facts)
            self.assertEqual(facts["NoNewPrivs"], "1")
            if ROOT:
                self.assertNotIn("0", facts["Uid"].split())
            if process != zygote:
                self.assertEqual(facts["Seccomp"], "2")

    @unittest.skipUnless(ROOT, "only root sees what others have open")
    def test_a_worker_has_one_channel_and_its_zygote_no_more_than_it_must(self):
        daemon = self.shield()
        daemon.decided(daemon.send())
        for worker in workers_of(daemon):
            descriptors = pathlib.Path(f"/proc/{worker}/fd")
            self.assertEqual([link.name for link in descriptors.iterdir()], ["3"])
            self.assertRegex(os.readlink(descriptors / "3"), "^socket:")
        kinds = [os.readlink(link) for link in pathlib.Path(f"/proc/{zygote_of(daemon)}/fd").iterdir()]
        self.assertFalse([kind for kind in kinds if "shield.db" in kind or "lock" in kind], kinds)
        own = {os.readlink(link) for link in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir()}
        shared = {kind for kind in kinds if kind in own and not kind.startswith("anon_inode")}
        self.assertEqual(shared, {str(daemon.log)}, "the daemon and the zygote share standard error alone")

    def test_the_log_says_what_stands(self):
        line = re.search("event=confinement .*", self.shield().log_text()).group()
        if "not offered" in line:  # then a warning says so, which is all there is to see
            self.skipTest("needs Landlock and seccomp filters")
        self.assertIn('landlock="in force" seccomp="in force" workers="behind both"', line)

    def test_a_wall_that_is_off_is_warned_of(self):
        daemon = self.shield(extra="[confinement]\nlandlock = false\nseccomp = false\nworkers = false")
        self.assertIn("event=confinement_partial", daemon.log_text())
        self.assertEqual(children(daemon.process.pid), [])
        self.assertEqual(daemon.decided(daemon.send())["acknowledgement"]["state"], "sent")

    def test_files_are_read_again_from_behind_the_walls(self):
        daemon = self.shield()
        template = daemon.templates / "attack.en.txt"
        changed = daemon.directory / "changed"
        changed.write_text(template.read_text() + "\nThis line is new.\n")
        changed.rename(template)
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "event=reloaded" in daemon.log_text(), 20, "the reload")
        daemon.decided(daemon.send())
        self.assertIn("This line is new.", daemon.replies()[0].get_content())

    def test_a_directory_that_was_not_named_at_the_start_stays_closed(self):
        daemon = self.shield()
        if 'landlock="in force"' not in daemon.log_text():
            self.skipTest("needs Landlock")
        other = self.unstarted()
        daemon.config.write_text(daemon.config.read_text().replace(str(daemon.templates), str(other.templates)))
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "event=reload_refused" in daemon.log_text(), 20, "the refusal")
        self.assertEqual(daemon.decided(daemon.send())["acknowledgement"]["state"], "sent")

    def test_attachments_come_out_of_a_worker(self):
        daemon = self.shield()
        reference = daemon.send(octets=b"From: ada@reporter.example\r\nTo: security@example.com\r\nSubject: proof\r\n"
                                b"Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n")
        daemon.decided(reference)
        file = daemon.directory / "proof.pdf"
        daemon.done("show", reference, "--attachment", "1", "--to", str(file))
        self.assertTrue(file.read_bytes().startswith(b"%PDF-1.4"))


class Deaths(shield.SystemTest):
    def test_workers_that_are_killed_under_load_lose_nothing(self):
        many = 1000000
        daemon = self.shield(limits={"assessment_attempts_max": 50, "acknowledgements_domain_day_max": many,
                                     "acknowledgements_day_max": many, "acknowledgements_network_day_max": many})
        sent, lock = {}, threading.Lock()

        def send(thread):
            with daemon.connect() as client:
                for number in range(60):
                    sender = f"k{number}@t{thread}.example"
                    code, text = client.deliver(shield.mail(sender=sender), sender, ["security@example.com"])
                    self.assertEqual(code, 250)
                    with lock:
                        sent[shield.reference_in(text)] = sender

        threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        killed = 0
        while killed < 20 or any(thread.is_alive() for thread in threads):
            for worker in workers_of(daemon):
                try:
                    os.kill(worker, signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
            if killed < 20 and not any(thread.is_alive() for thread in threads):
                daemon.send(sender=f"late{killed}@late.example")
            time.sleep(0.02)
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(sent), 240)
        for reference in sent:
            def settled():
                case = daemon.ask(command="show", reference=reference)["result"]
                return case if case["acknowledgement"]["state"] not in ("pending", "queued") else None
            case = shield.wait_until(settled, 30, f"a decision about {reference}")
            self.assertNotIn("unreadable", case["flags"])
            self.assertEqual(case["acknowledgement"]["state"], "sent")
        replies = collections.Counter(str(reply["To"]) for reply in daemon.replies())
        self.assertEqual({sender: replies[sender] for sender in sent.values()}, dict.fromkeys(sent.values(), 1))
        daemon.done("verify")
        self.assertGreater(daemon.metrics()["shield_workers_total"], 1)

    def test_a_worker_that_stands_still_costs_time_and_no_message(self):
        daemon = self.unstarted(limits={"worker_time_max": 1})
        daemon.config.write_text("assess_threads = 1\n" + daemon.config.read_text())
        daemon.start()
        daemon.decided(daemon.send())
        [worker] = workers_of(daemon)
        os.kill(worker, signal.SIGSTOP)
        references = [daemon.send(sender=f"s{number}@s{number}.example") for number in range(4)]
        for reference in references:
            case = daemon.decided(reference)
            self.assertEqual(case["acknowledgement"]["state"], "sent")
            self.assertNotIn("unreadable", case["flags"])
        self.assertGreater(daemon.metrics()["shield_limit_worker_time_total"], 0)
        self.assertIn("(worker_time_max)", daemon.log_text())

    def test_a_message_that_is_too_much_for_a_worker_is_a_case_marked_unreadable(self):
        # The least memory that may be set is too little for a message of this size.
        daemon = self.shield(limits={"worker_memory_max": 134217728})
        program = (shield.programs() / "shieldd").read_bytes()
        if b"__asan_init" in program or b"__tsan_init" in program:
            self.skipTest("needs a build without sanitizers")
        large = b"".join((b"From: ada@reporter.example\r\nTo: security@example.com\r\nSubject: large\r\n",
                          b"Content-Type: application/octet-stream\r\n\r\n", (b"x" * 76 + b"\r\n") * 800000))
        reference = daemon.send(octets=large)
        small = daemon.send(sender="small@small.example")
        self.assertEqual(daemon.decided(small)["acknowledgement"]["state"], "sent")
        case = daemon.decided(reference, 60)
        self.assertIn("unreadable", case["flags"])
        self.assertEqual(case["acknowledgement"]["state"], "held")
        self.assertEqual(daemon.metrics()["shield_limit_worker_memory_total"], 3)
        self.assertIn("(worker_memory_max)", daemon.done("show", reference))

    def test_without_its_zygote_the_daemon_finishes_and_ends_and_keeps_everything(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("DATA")
            os.kill(zygote_of(daemon), signal.SIGKILL)
            shield.wait_until(lambda: "event=workers_gone" in daemon.log_text(), 20, "the log line")
            code, text = daemon.http("/readyz")
            self.assertEqual(code, 503)
            self.assertIn("workers", text)
            client.send(shield.mail() + b".\r\n")
            reference = shield.reference_in(client.reply()[0])
        self.assertEqual(daemon.process.wait(60), 1)
        daemon.process = None
        daemon.start()
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertEqual(len(daemon.replies()), 1)

    def test_what_the_daemon_made_ends_with_it_however_it_ends(self):
        daemon = self.shield()
        daemon.decided(daemon.send())
        family = [zygote_of(daemon), *workers_of(daemon)]
        daemon.kill()
        shield.wait_until(lambda: all(state_of(process) in (None, "Z") for process in family), 20, "the end of all")
        daemon.start()
        family = [zygote_of(daemon), *workers_of(daemon)]
        self.assertEqual(daemon.stop(), 0)
        shield.wait_until(lambda: all(state_of(process) in (None, "Z") for process in family), 20, "the end of all")

    def test_signals_for_the_daemon_do_not_end_its_workers(self):
        daemon = self.shield()
        reference = daemon.send()
        family = [zygote_of(daemon), *workers_of(daemon)]
        for process in family:  # a service manager and a terminal signal the whole group
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGINT)
        time.sleep(0.2)
        self.assertEqual(zygote_of(daemon), family[0])
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "sent")
        self.assertEqual(daemon.stop(), 0)


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_the_unit_is_exposed_by_one_and_a_half_at_most(self):
        run = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", str(UNIT)],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr)


if __name__ == "__main__":
    unittest.main()
