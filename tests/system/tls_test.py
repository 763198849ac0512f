# SPDX-License-Identifier: Apache-2.0
"""TLS on the wire: with openssl's own client and with certificates that change or are broken."""

import os
import signal
import socket
import ssl
import subprocess
import unittest

import shield

LOOKS_AGAIN = 25  # seconds; the daemon looks at the files every ten


class Tls(shield.SystemTest):
    def shown(self, daemon, name=None):
        """The certificate that a client is shown, in PEM."""
        with daemon.connect() as client:
            client.ehlo()
            client.docmd("STARTTLS")
            with shield.unverified_tls().wrap_socket(client.sock, server_hostname=name) as secured:
                return ssl.DER_cert_to_PEM_cert(secured.getpeercert(binary_form=True))

    def test_a_message_arrives_sealed_and_the_case_says_so(self):
        daemon = self.shield(tls="starttls", certificates=["mx.example.com"])
        with daemon.connect() as client:
            client.starttls(context=shield.unverified_tls())
            code, text = client.deliver(shield.mail(), "ada@reporter.example", ["security@example.com"])
        self.assertEqual(code, 250, text)
        received = daemon.done("show", shield.reference_in(text))
        self.assertIn("TLSv1.3", received)
        self.assertGreater(daemon.metrics()["shield_tls_certificate_expiry_timestamp_seconds"], 1.7e9)

    def test_openssl_says_a_whole_message_over_implicit_tls(self):
        daemon = self.shield(tls="implicit", certificates=["mx.example.com"])
        with subprocess.Popen(["openssl", "s_client", "-quiet", "-crlf", "-connect", f"127.0.0.1:{daemon.port}",
                               "-servername", "mx.example.com", "-CAfile", daemon.certificates[0][0],
                               "-verify_return_error", "-verify_hostname", "mx.example.com"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as client:
            def ask(line, code):
                if line:
                    client.stdin.write(line + "\n")
                    client.stdin.flush()
                answer = client.stdout.readline()
                while answer[3:4] == "-":
                    answer = client.stdout.readline()
                self.assertTrue(answer.startswith(code), f"{line}: {answer}")
                return answer
            ask("", "220")
            ask("EHLO client.reporter.example", "250")
            ask("MAIL FROM:<ada@reporter.example>", "250")
            ask("RCPT TO:<shield@example.com>", "250")
            ask("DATA", "354")
            client.stdin.write("Subject: sealed\n\nHelp.\n")
            reference = shield.reference_in(ask(".", "250"))
            ask("QUIT", "221")
            self.assertEqual(client.wait(20), 0)
        self.assertEqual(daemon.decided(reference)["subject"], "sealed")

    def test_openssl_starts_tls_inside_smtp(self):
        daemon = self.shield(tls="starttls", certificates=["mx.example.com"])
        run = subprocess.run(["openssl", "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{daemon.port}",
                              "-CAfile", daemon.certificates[0][0], "-verify_return_error"],
                             input="QUIT\r\n", capture_output=True, text=True, timeout=30)
        self.assertIn("Verify return code: 0 (ok)", run.stdout)

    def test_required_tls_keeps_clear_text_out(self):
        port = shield.free_port()
        daemon = self.shield(certificates=["mx.example.com"],
                             listen=[f'address = "127.0.0.1:{port}"\ntls = "starttls"\ntls_required = true'])
        with daemon.connect(port) as client:
            client.ehlo()
            self.assertEqual(client.mail("ada@reporter.example")[0], 530)
            client.starttls(context=shield.unverified_tls())
            self.assertEqual(client.deliver(shield.mail(), "ada@reporter.example", ["security@example.com"])[0], 250)

    def test_a_certificate_that_is_renamed_in_is_shown_soon(self):
        daemon = self.shield(tls="starttls", certificates=["mx.example.com"])
        before = self.shown(daemon)
        for new, old in zip(shield.make_certificate(daemon.directory, "new", ["mx.example.com"]), daemon.certificates[0]):
            os.rename(new, old)
        shield.wait_until(lambda: self.shown(daemon) != before, LOOKS_AGAIN, "the new certificate")

    def test_a_broken_one_changes_nothing_at_reload_and_the_log_says_why(self):
        daemon = self.shield(tls="starttls", certificates=["mx.example.com"])
        before = self.shown(daemon)
        chain, key = daemon.certificates[0]
        kept = key.read_bytes()
        key.write_text("no key")
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "certificate_refused" in daemon.log_text(), 10, "a word in the log")
        self.assertIn(f"{key}: holds no key", daemon.log_text())
        self.assertEqual(self.shown(daemon), before)
        key.write_bytes(kept)
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "certificates_read" in daemon.log_text(), 10, "its recovery")

    def test_a_certificate_that_expires_soon_is_warned_of(self):
        daemon = self.unstarted(tls="starttls")
        daemon.certificates = [shield.make_certificate(daemon.directory, "soon", ["mx.example.com"], days=20)]
        daemon.write_config()
        daemon.start()
        self.assertIn("certificate_expires", daemon.log_text())

    def test_start_refuses_what_cannot_be_shown(self):
        daemon = self.unstarted(tls="starttls", certificates=["one", "two"])
        (chain, key), (other, _) = daemon.certificates
        faults = {
            (daemon.directory / "nowhere.pem", key): "nowhere.pem: is missing",
            (chain, daemon.directory / "nowhere.key"): "nowhere.key: is missing",
            (other, key): f"{key}: is not the key of {other}",
        }
        for pair, words in faults.items():
            with self.subTest(words):
                daemon.certificates = [pair]
                daemon.write_config()
                check = daemon.check()
                self.assertEqual(check.returncode, 1)
                self.assertIn(words, check.stderr)
                self.assertIn("; ", check.stderr, "a remedy")
                start = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=30)
                self.assertEqual(start.returncode, 1)
                self.assertIn(words, start.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to make a file that another user cannot read")
    def test_a_key_that_cannot_be_read_is_named(self):
        daemon = self.unstarted(tls="starttls", certificates=["one"])
        key = daemon.certificates[0][1]
        key.chmod(0o600)
        daemon.directory.chmod(0o755)
        run = subprocess.run(daemon.command() + ["--check"], capture_output=True, text=True, timeout=30, user=65534)
        self.assertIn(f"{key}: cannot be read: Permission denied", run.stderr)

    def test_one_that_says_nothing_or_noise_harms_nobody(self):
        daemon = self.shield(tls="implicit", certificates=["mx.example.com"], limits={"tls_handshake_wait_max": 2})
        silent = socket.create_connection(("127.0.0.1", daemon.port))
        noisy = socket.create_connection(("127.0.0.1", daemon.port))
        noisy.sendall(b"\x16\x03\x01\xff\xff" + os.urandom(2000))
        for client in (silent, noisy):
            client.settimeout(10)
            with client:
                while client.recv(4096):
                    pass
        metrics = shield.wait_until(lambda: (found := daemon.metrics()) and
                                    found.get('shield_tls_handshakes_total{result="failed"}') == 2 and found, 10, "both")
        self.assertEqual(metrics["shield_limit_tls_handshake_wait_total"], 1)
        self.assertEqual(daemon.log_text().count("tls_handshake_failed"), 2)


if __name__ == "__main__":
    unittest.main()
