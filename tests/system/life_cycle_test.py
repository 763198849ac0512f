# SPDX-License-Identifier: Apache-2.0
"""Start, reload, drain, stop: what init systems and operators do to a daemon."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import shield


class Stopping(shield.SystemTest):
    def test_sigterm_lets_a_transaction_under_way_finish(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("DATA")
            octets = shield.mail()
            client.send(octets[:40])
            daemon.process.send_signal(signal.SIGTERM)
            shield.wait_until(lambda: not self.accepts(daemon), what="the end of listening")
            client.send(octets[40:] + b".\r\n")
            reference = shield.reference_in(client.reply()[0])
            self.assertTrue((client.reply() or ["421"])[0].startswith("421"))
        self.assertEqual(daemon.process.wait(40), 0)
        daemon.process = None
        daemon.start()
        self.assertEqual(daemon.decided(reference)["reference"], reference)

    def accepts(self, daemon):
        try:
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=5) as connection:
                return connection.recv(3) == b"220"
        except OSError:
            return False

    def test_sigterm_ends_idle_clients_with_421_at_once(self):
        daemon = self.shield()
        with daemon.raw() as client:
            client.reply()
            daemon.process.send_signal(signal.SIGTERM)
            self.assertTrue(client.reply()[0].startswith("421"))
        self.assertEqual(daemon.process.wait(10), 0)
        daemon.process = None

    def test_a_client_that_dawdles_cannot_keep_us_up(self):
        daemon = self.shield(limits={"drain_time_max": 2})
        with daemon.raw() as client:
            client.reply()
            client.ask("EHLO client.reporter.example")
            client.ask("MAIL FROM:<ada@reporter.example>")
            client.ask("RCPT TO:<security@example.com>")
            client.ask("DATA")
            daemon.process.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.process.wait(15), 0)
            daemon.process = None


class Reloading(shield.SystemTest):
    def reload(self, daemon, words):
        size = len(daemon.log_text())
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: any(word in daemon.log_text()[size:] for word in words), what=f"{words} in the log")

    def reply_to_rcpt(self, daemon, address):
        with daemon.connect() as client:
            client.ehlo()
            client.mail("ada@reporter.example")
            return client.rcpt(address)[0]

    def test_sighup_takes_new_mailboxes_and_templates(self):
        daemon = self.shield()
        self.assertEqual(self.reply_to_rcpt(daemon, "psirt@example.com"), 550)
        daemon.mailboxes.append(("psirt@example.com", "urgent"))
        daemon.write_config()
        template = daemon.templates / "urgent.en.txt"
        template.write_text(template.read_text() + "\nA sentence that was not there before.\n")
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: self.reply_to_rcpt(daemon, "psirt@example.com") == 250, what="the new mailbox")
        daemon.send(to="psirt@example.com", body="Your export has a cross-site scripting hole.")
        reply, = shield.wait_until(daemon.replies, what="a reply")
        self.assertIn("A sentence that was not there before.", reply.get_content())

    def test_a_broken_configuration_keeps_the_old_one_and_says_so(self):
        daemon = self.shield()
        daemon.config.write_text(daemon.config.read_text() + "\nnonsense = [[[\n")
        self.reload(daemon, ["shieldd.toml:"])
        self.assertEqual(self.reply_to_rcpt(daemon, "security@example.com"), 250)
        self.assertEqual(daemon.http("/readyz")[0], 200)

    def test_a_broken_template_keeps_the_old_ones(self):
        daemon = self.shield()
        template = daemon.templates / "urgent.en.txt"
        template.write_text("Subject: x\n\n{{nobody}}\n")
        self.reload(daemon, ["urgent.en.txt"])
        daemon.send()
        reply, = shield.wait_until(daemon.replies, what="a reply")
        self.assertNotIn("nobody", reply.get_content())


# systemd-socket-activate is not on every machine; the protocol is three lines (sd_listen_fds(3)).
ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ["LISTEN_FDS"] = "1"
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class Systemd(shield.SystemTest):
    def test_a_socket_that_systemd_opened_is_used(self):
        daemon = self.unstarted()
        with socket.create_server(("127.0.0.1", daemon.port)) as listener:
            with open(daemon.log, "ab") as log:
                daemon.process = subprocess.Popen(
                    [sys.executable, "-c", ACTIVATE, str(listener.fileno()), *daemon.command()],
                    pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            daemon.wait_ready()
            daemon.send()
            self.assertEqual(daemon.stop(), 0)
            # The socket outlives the daemon: a client that connects now waits for the next one.
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=5):
                pass

    def test_a_socket_without_a_listen_is_refused(self):
        daemon = self.unstarted()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            run = subprocess.run([sys.executable, "-c", ACTIVATE, str(listener.fileno()), *daemon.command()],
                                 pass_fds=[listener.fileno()], capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"the socket 127.0.0.1:{port} from the service manager has no [[listen]]; add one", run.stderr)

    def test_readiness_and_stopping_are_notified(self):
        daemon = self.unstarted()
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(os.path.join(folder, "notify"))
            notify.settimeout(20)
            os.environ["NOTIFY_SOCKET"] = os.path.join(folder, "notify")
            self.addCleanup(os.environ.pop, "NOTIFY_SOCKET", None)
            daemon.start()
            self.assertIn("READY=1", notify.recv(4096).decode())
            self.assertEqual(daemon.stop(), 0)
            texts = []
            notify.setblocking(False)
            try:
                while True:
                    texts.append(notify.recv(4096).decode())
            except BlockingIOError:
                pass
            self.assertTrue(any("STOPPING=1" in text for text in texts), texts)


@unittest.skipUnless(os.geteuid() == 0, "only root has privileges to drop")
class Privileges(shield.SystemTest):
    def test_root_becomes_the_configured_user(self):
        daemon = self.unstarted()
        daemon.directory.chmod(0o755)
        daemon.maildir.mkdir()
        shutil.chown(daemon.maildir, "nobody")
        daemon.config.write_text('user = "nobody"\n' + daemon.config.read_text())
        daemon.start()
        lines = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        self.assertNotIn("0", status["Uid"].split() + status["Gid"].split() + status["Groups"].split())
        self.assertEqual(int(status["CapEff"], 16), 0)
        daemon.send()


if __name__ == "__main__":
    unittest.main()
