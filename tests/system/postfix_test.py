# SPDX-License-Identifier: Apache-2.0
"""A real mail server beside us: Postfix sends us mail, sealed too, and takes ours."""

import email
import email.policy
import subprocess

import nsd
import opendkim
import postfix
import shield

ZONE = """$ORIGIN senders.example.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
signed A 192.0.2.1
_dmarc.signed TXT "v=DMARC1; p=reject"
"""


class RoundTrip(shield.SystemTest):
    def test_postfix_relays_mail_to_us_and_delivers_our_answer(self):
        daemon = self.unstarted()
        server = self.stack.enter_context(postfix.Postfix(domains="reporter.example",
                                                          relay=f"[127.0.0.1]:{daemon.port}"))
        daemon.delivery = f'transport = "smarthost"\nsmarthost = "127.0.0.1:{server.port}"'
        daemon.write_config()
        daemon.start()

        with shield.Connection("127.0.0.1", server.port, timeout=30) as client:
            code, text = client.deliver(shield.mail(subject="Over a relay", body="ümlaut\n.dot\n"),
                                        "ada@reporter.example", ["security@example.com"])
        self.assertEqual(code, 250, text)
        case, = shield.wait_until(lambda: daemon.json("queue"), 60, "the mail in our queue")
        self.assertEqual(daemon.decided(case["reference"])["acknowledgement"]["state"], "sent")
        octets, = shield.wait_until(server.delivered, 60, "the answer in Ada's mailbox")
        reply = email.message_from_bytes(octets, policy=email.policy.default)
        self.assertEqual(reply["Return-Path"], "<>")
        self.assertEqual(reply["Auto-Submitted"], "auto-replied")
        self.assertIn(case["reference"], str(reply["Subject"]) + reply.get_content())

        # Ada answers, and Postfix brings it back to the same case.
        with shield.Connection("127.0.0.1", server.port, timeout=30) as client:
            code, text = client.deliver(shield.mail(subject="Re: Over a relay", body="One more thing."),
                                        "ada@reporter.example", [reply["Reply-To"].addresses[0].addr_spec])
        self.assertEqual(code, 250, text)
        shield.wait_until(lambda: daemon.show(case["reference"])["messages"] == 2, 60, "the follow-up")
        self.assertIn("status=sent (250 2.0.0 Accepted as SR-", server.log_text())

    def test_one_that_demands_tls_delivers(self):
        daemon = self.shield(tls="starttls", certificates=["mx.example.com"])
        server = self.stack.enter_context(postfix.Postfix(domains="reporter.example",
                                                          relay=f"[127.0.0.1]:{daemon.port}",
                                                          settings="smtp_tls_security_level = encrypt\n"
                                                                   "smtp_tls_loglevel = 1"))
        with shield.Connection("127.0.0.1", server.port, timeout=30) as client:
            code, text = client.deliver(shield.mail(subject="Sealed"), "ada@reporter.example", ["security@example.com"])
        self.assertEqual(code, 250, text)
        case, = shield.wait_until(lambda: daemon.json("queue"), 60, "the mail in our queue")
        self.assertIn("TLSv1.3", daemon.done("show", case["reference"]))
        self.assertIn("Untrusted TLS connection established to 127.0.0.1", server.log_text())

    def test_what_opendkim_signs_is_verified_and_what_it_does_not_is_disowned(self):
        key = self.stack.enter_context(shield.tempfile.TemporaryDirectory()) + "/key"
        made = subprocess.run([shield.programs() / "sign_mail", "new-key", "rsa", key], capture_output=True, text=True, timeout=60)
        record = made.stdout.strip()
        zone = ZONE + "s1._domainkey.signed TXT " + " ".join(f'"{record[i:i + 200]}"' for i in range(0, len(record), 200)) + "\n"
        names = self.stack.enter_context(nsd.Nsd(more={"senders.example": zone}))
        signer = self.stack.enter_context(opendkim.OpenDkim("signed.senders.example", "s1", key))
        daemon = self.shield(unverified="hold", limits={"exempt": "[]"},
                             dns=f'resolver = "127.0.0.1:{names.port}"\nvalidate = false')
        for milter, state, dkim in ((f"smtpd_milters = inet:127.0.0.1:{signer.port}", "sent", "pass"), ("", "held", "none")):
            with postfix.Postfix(relay=f"[127.0.0.1]:{daemon.port}", settings=milter) as server:
                with shield.Connection("127.0.0.1", server.port, timeout=30) as client:
                    octets = shield.mail(sender="Ann <ann@signed.senders.example>", subject=f"It is {state}", body="ümlaut\n.dot\n")
                    code, text = client.deliver(octets, "ann@signed.senders.example", ["security@example.com"])
                self.assertEqual(code, 250, text)
                def read():
                    return [row for row in daemon.json("queue") if row["subject"] == f"It is {state}"]
                case, = shield.wait_until(read, 60, "the mail in our queue, and read")
            decided = daemon.decided(case["reference"], 40)
            self.assertEqual((decided["acknowledgement"]["state"], decided["authentication"]["dkim"]), (state, dkim))

    def test_a_thousand_messages_of_smtp_source_are_all_there(self):
        postfix.fetch()
        daemon = self.shield()
        run = subprocess.run([*postfix.tool("smtp-source"), "-s", "20", "-m", "1000", "-l", "4096", "-d", "-f",
                              "load@reporter.example", "-t", "security@example.com", f"127.0.0.1:{daemon.port}"],
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertEqual(len(daemon.json("queue", "--limit", "1000")), 1000)
        self.assertIn("1000", daemon.done("verify").replace(",", ""))


if __name__ == "__main__":
    shield.main_where(postfix.words())
