# SPDX-License-Identifier: Apache-2.0
"""Who really sent it: a real nsd publishes for the senders, and only who is proven to read an answer gets one."""

import subprocess
import unittest

import nsd
import shield

FORGED = 10000 if shield.LONG else 500
UNLIMITED = {"client_messages_minute_max": 100000, "network_messages_minute_max": 100000, "session_messages_max": 100000,
             "client_connections_minute_max": 100000}

ZONE = """$ORIGIN senders.example.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
good TXT "v=spf1 ip4:127.0.0.1 -all"
forged TXT "v=spf1 -all"
host A 127.0.0.1
signed A 192.0.2.1
_dmarc.signed TXT "v=DMARC1; p=reject"
bank TXT "v=spf1 ip4:127.0.0.1 -all"
_dmarc.bank TXT "v=DMARC1; p=reject"
"""


def published(name, record):
    """A TXT record of several strings."""
    return f"{name} TXT " + " ".join(f'"{record[i:i + 200]}"' for i in range(0, len(record), 200)) + "\n"


class Authentication(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.key = self.tool("new-key", "rsa")
        zone = ZONE + published("s1._domainkey.signed", self.key) + published("s1._domainkey.mailer", self.key)
        self.server = nsd.Nsd(more={"senders.example": zone})
        self.stack.callback(self.server.__exit__, None)

    def tool(self, *words, octets=b""):
        """What sign_mail prints; its key is in a file of ours."""
        directory = self.stack.enter_context(shield.tempfile.TemporaryDirectory()) if words[0] == "new-key" else None
        if directory:
            self.key_file = f"{directory}/key"
        run = subprocess.run([shield.programs() / "sign_mail", *words, self.key_file], input=octets, capture_output=True,
                             timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.decode().strip() if directory else run.stdout

    def daemon_that_asks(self, **options):
        place = f'resolver = "127.0.0.1:{self.server.port}"\nvalidate = false'
        limits = {"exempt": "[]", **options.pop("limits", {})}  # loopback is no relay of ours here
        return self.shield(**{"unverified": "hold", "dns": place, "limits": limits, **options})

    def deliver(self, daemon, sender, *, author=None, signer=None, body="Somebody is in my account."):
        octets = shield.mail(sender=author or sender, body=body)
        if signer:
            octets = self.tool("sign", signer, "s1", octets=octets)
        with daemon.connect() as client:
            code, text = client.deliver(octets, sender, ["security@example.com"])
        self.assertEqual(code, 250, text)
        return shield.reference_in(text)

    def decided(self, daemon, sender, **options):
        """The acknowledgement and the authentication of one message."""
        case = daemon.decided(self.deliver(daemon, sender, **options), 40)
        return case["acknowledgement"], case["authentication"]

    def test_each_sender_gets_what_is_proven(self):
        self.server.__enter__()
        daemon = self.daemon_that_asks()
        sent, proofs = self.decided(daemon, "ann@good.senders.example")
        self.assertEqual((sent["state"], proofs["spf"], proofs["reply_address"]), ("sent", "pass", "verified"))
        self.assertIn("v=spf1 ip4:127.0.0.1 -all", [proof["record"] for proof in proofs["proofs"]])

        held, proofs = self.decided(daemon, "ann@forged.senders.example")
        self.assertEqual((held["state"], proofs["spf"]), ("held", "fail"))
        self.assertIn("disowns", held["reason"])

        held, proofs = self.decided(daemon, "ann@nobody.senders.example")
        self.assertEqual((held["reason"], proofs["spf"]), ("reply address not verified", "none"))

        sent, proofs = self.decided(daemon, "ann@signed.senders.example", signer="signed.senders.example")
        self.assertEqual((sent["state"], proofs["dkim"], proofs["dmarc"]), ("sent", "pass", "pass"))
        self.assertIn(self.key, [proof["record"] for proof in proofs["proofs"]])

        held, proofs = self.decided(daemon, "ann@signed.senders.example", body="Not signed.")
        self.assertEqual((held["state"], proofs["dmarc"]), ("held", "fail"))

        held, proofs = self.decided(daemon, "victim@nobody.senders.example", author="x@mailer.senders.example",
                                    signer="mailer.senders.example")
        self.assertEqual((held["state"], proofs["dkim"]), ("held", "pass"), "a signature proves nothing of others")

        held, proofs = self.decided(daemon, "x@good.senders.example", author="ceo@bank.senders.example")
        self.assertEqual((held["state"], proofs["spf"], proofs["dmarc"]), ("held", "pass", "fail"))
        self.assertEqual(len(daemon.replies()), 2)
        self.assertEqual(daemon.ask(command="verify")["result"]["faults"], [])

    def test_a_verified_sender_has_three_acknowledgements_a_day_and_a_probable_one_has_one(self):
        self.server.__enter__()
        daemon = self.daemon_that_asks()
        for number in range(4):
            acknowledgement, _ = self.decided(daemon, "ann@good.senders.example", body=f"Number {number}.")
            self.assertEqual(acknowledgement["state"], "sent" if number < 3 else "held")
        for number in range(2):
            acknowledgement, proofs = self.decided(daemon, "ann@host.senders.example", body=f"Number {number}.")
            self.assertEqual(acknowledgement["state"], "held" if number else "sent")
            self.assertEqual(proofs["reply_address"], "probable")

    def test_without_a_dns_the_acknowledgement_waits_and_the_queue_does_not(self):
        daemon = self.daemon_that_asks(limits={"dns_wait_max": 1})
        reference = self.deliver(daemon, "ann@good.senders.example")
        shield.wait_until(lambda: daemon.metrics().get("shield_authentications_postponed_total"), 30, "an attempt")
        case, = daemon.json("queue")
        self.assertEqual((case["reference"], case["subject"]), (reference, "Help"))
        self.assertEqual(daemon.show(reference)["acknowledgement"]["state"], "pending")
        self.assertIn("its sender is being verified", daemon.done("show", reference))
        self.server.__enter__()
        # What was asked in vain is remembered for a while.
        self.assertEqual(daemon.decided(reference, 120)["acknowledgement"]["state"], "sent")
        self.assertIn("address verified (good.senders.example)", daemon.done("show", reference))

    def test_a_kill_while_a_sender_is_verified_loses_nothing_and_answers_once(self):
        daemon = self.daemon_that_asks(limits={"dns_wait_max": 1})
        reference = self.deliver(daemon, "ann@good.senders.example")
        shield.wait_until(lambda: daemon.metrics().get("shield_authentications_under_way"), 30, "an attempt")
        daemon.kill()
        self.server.__enter__()
        daemon.start()
        self.assertEqual(daemon.decided(reference, 120)["acknowledgement"]["state"], "sent")
        self.assertEqual(len(daemon.replies()), 1)

    def pour(self, daemon, mails):
        """Delivers them, and waits until all have a verdict."""
        count = 0
        with daemon.connect() as client:
            for count, (sender, octets) in enumerate(mails, 1):
                code, text = client.deliver(octets, sender, ["security@example.com"])
                self.assertEqual(code, 250, text)
        shield.wait_until(lambda: daemon.metrics()["shield_authenticated_total"] == count, 60 + count // 20, "all verdicts")
        shield.wait_until(lambda: not daemon.metrics()["shield_outbox_queued"], 60, "all replies")

    def forged(self, count):
        for number in range(count):
            sender = f"v{number}@{'forged' if number % 2 else f'd{number}'}.senders.example"
            yield sender, shield.mail(sender=sender, body=f"I am victim {number}.")

    def test_who_signs_for_others_has_nobody_answered(self):
        self.server.__enter__()
        daemon = self.daemon_that_asks(limits=UNLIMITED)
        signed = self.tool("sign", "mailer.senders.example", "s1", octets=shield.mail(sender="x@mailer.senders.example"))
        self.pour(daemon, ((f"victim{number}@d{number}.senders.example", signed) for number in range(FORGED)))
        self.assertEqual(daemon.replies(), [])
        held, = {row["acknowledgement"]["reason"] for row in daemon.json("queue", "--limit", "100")}
        self.assertEqual(held, "reply address not verified")

    def test_a_thousand_messages_of_one_verified_sender_have_three_answers(self):
        self.server.__enter__()
        daemon = self.daemon_that_asks(limits=UNLIMITED)
        self.pour(daemon, (("ann@good.senders.example", shield.mail(sender="ann@good.senders.example", body=f"Number {number}."))
                           for number in range(1000)))
        self.assertEqual(len(daemon.replies()), 3)

    def test_forged_senders_are_not_answered(self):
        self.server.__enter__()
        daemon = self.daemon_that_asks(limits=UNLIMITED)
        self.pour(daemon, self.forged(FORGED))
        self.assertEqual(daemon.replies(), [])
        self.assertEqual(daemon.ask(command="verify")["result"]["faults"], [])
        daemon.stop()
        daemon.unverified = "send"
        daemon.write_config()
        daemon.start()
        with daemon.connect() as client:
            for number in range(140):
                sender = f"w{number}@{'forged' if number % 2 else 'nobody'}.senders.example"
                client.deliver(shield.mail(sender=sender, body=f"I am victim {number} again."), sender,
                               ["security@example.com"])
        shield.wait_until(lambda: daemon.metrics()["shield_authenticated_total"] == 140, 60, "all verdicts")
        shield.wait_until(lambda: not daemon.metrics()["shield_outbox_queued"], 60, "all replies")
        self.assertEqual(len(daemon.replies()), 50, "of the 70 that are not disowned what one domain may have")


if __name__ == "__main__":
    unittest.main()
