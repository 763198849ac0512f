# SPDX-License-Identifier: Apache-2.0
"""Behind the company's own mail system: one mail, handed on by each of five, is answered to whom that system verified, and
to nobody it did not. A real nsd publishes for senders and systems."""

import re
import subprocess
import unittest

import nsd
import shield

RELAYED = shield.SOURCE / "tests" / "support" / "relayed"
SECRET = "X-Shield-Relay: 5d41402abc4b2a76b9719d911017c592"

# Loopback is nobody's: only what a relay recorded, or met, speaks for a sender.
ZONE = """$ORIGIN {name}.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
"""
SENDERS = """good TXT "v=spf1 ip4:203.0.113.7 -all"
_dmarc.good TXT "v=DMARC1; p=reject"
bank TXT "v=spf1 ip4:198.51.100.1 -all"
_dmarc.bank TXT "v=DMARC1; p=reject"
"""

ANN = "ann@good.senders.example"
VICTIM = "victim@bank.senders.example"
OTHER = "somebody.else@good.senders.example"


def srs(sender, domain, opening="SRS0"):
    local, _, host = sender.partition("@")
    return f"{opening}=Zk3f=4U={host}={local}@{domain}"


class Relay:
    """One system: its tables in the configuration, and the return path it writes for a sender."""

    def __init__(self, name, path, settings, secret=SECRET):
        self.name, self.path, self.settings, self.secret = name, path, settings, secret


ALL = [
    Relay("google_group", lambda sender: "security+bncBCN77QHK3UIBBZ7BZ6YAMGQEXAMPLE@example.com",
          f'header = "{SECRET}"\narc_sealer = "google.com"'),
    Relay("google_routing", lambda sender: sender, f'header = "{SECRET}"\narc_sealer = "google.com"'),
    Relay("microsoft_365", lambda sender: srs(sender, "example.com", "bounces+SRS"),
          f'header = "{SECRET}"\narc_sealer = "microsoft.com"\ninternal = ["2603:1000::/24"]'),
    Relay("postfix_srs", lambda sender: srs(sender, "fwd.example.org"),
          'authserv_id = "relay.example.org"\nresults_below = true\nrewrites = ["fwd.example.org"]', secret=None),
    Relay("dot_forward", lambda sender: sender, 'authserv_id = "relay.example.org"', secret=None),
]


class BehindARelay(shield.SystemTest):
    def setUp(self):
        super().setUp()
        directory = self.stack.enter_context(shield.tempfile.TemporaryDirectory())
        self.key_file = f"{directory}/key"
        self.record = self.sign("new-key", "rsa").decode().strip()
        strings = " ".join(f'"{self.record[i:i + 200]}"' for i in range(0, len(self.record), 200))
        zones = {name: ZONE.format(name=name) + f"s1._domainkey TXT {strings}\n" for name in
                 ("google.com", "microsoft.com", "sealer.example")}
        zones["senders.example"] = (ZONE.format(name="senders.example") + SENDERS +
                                    f"s1._domainkey.good TXT {strings}\n")
        self.server = self.stack.enter_context(nsd.Nsd(more=zones))
        self.number = 0

    def sign(self, *words, octets=b""):
        run = subprocess.run([shield.programs() / "sign_mail", *words, self.key_file], input=octets,
                             capture_output=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def seal(self, instance, domain, results, octets):
        run = subprocess.run([shield.programs() / "sign_mail", "arc", instance, domain, "s1", self.key_file, results],
                             input=octets, capture_output=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def handed_on(self, relay, sender, *, spf="pass", dmarc="pass", own=(), secret=SECRET, sealer=None, author=None):
        """The octets as the system hands them on. `own` are fields that the sender put above his others."""
        self.number += 1
        domain = sender.partition("@")[2]
        words = {"sender": sender, "domain": domain, "host": f"mail.{domain}", "number": str(self.number), "spf": spf,
                 "dmarc": dmarc, "secret": secret or "X-Nothing: here", "subject": "Somebody reads my mail",
                 "google_results": f"dkim=none; spf={spf} (google.com: domain of {sender} designates 203.0.113.7 as "
                                   f"permitted sender) smtp.mailfrom={sender}; dmarc={dmarc} (p=REJECT sp=REJECT "
                                   f"dis=NONE) header.from={domain}",
                 "microsoft_results": f"spf={spf} (sender ip is 203.0.113.7) smtp.rcpttodomain=example.com "
                                      f"smtp.mailfrom={domain}; dmarc={dmarc} (p=reject sp=reject pct=100) action=none "
                                      f"header.from={domain}; dkim={dmarc} (signature was verified) header.d={domain}"}
        text = (RELAYED / f"{relay.name}.txt").read_text()
        text = re.sub(r"\{(\w+)\}", lambda found: words[found[1]], text)
        if author:
            text = text.replace(f"From: Ann <{sender}>", f"From: Ann <{author}>")
        octets = b""
        for piece in reversed(re.split(r"(?m)^(?=@)", text)):
            order, _, below = piece.partition("\n") if piece.startswith("@") else ("", "", piece)
            octets = below.replace("\n", "\r\n").encode() + octets
            name, _, rest = order.partition(" ")
            if name == "@sender":
                octets = "".join(f"{field}\r\n" for field in own).encode() + octets
            elif name == "@signed" and dmarc == "pass":
                octets = self.sign("sign", domain, "s1", octets=octets)
            elif name == "@tagged":
                octets = octets.replace(b"Subject: ", f"Subject: {rest} ".encode(), 1)
                octets = octets.replace(b"\r\n\r\n", b"\r\n\r\nCAUTION: this came from outside.\r\n\r\n", 1)
            elif name == "@arc":
                instance, real, results = rest.split(" ", 2)
                octets = self.seal(instance, sealer or real, results, octets)
        return octets

    def daemon_behind(self, relay, networks="127.0.0.0/8", **options):
        # A group's address is one of ours; the secret's field stands where the real system writes it.
        return self.shield(unverified="hold", dns=f'resolver = "127.0.0.1:{self.server.port}"\nvalidate = false',
                           limits={"exempt": "[]", **options.pop("limits", {})},
                           extra=f'[[relay]]\nname = "{relay.name}"\nnetworks = ["{networks}"]\n{relay.settings}',
                           **options)

    def decided(self, daemon, relay, sender, path=None, **options):
        octets = self.handed_on(relay, sender, **options)
        with daemon.connect() as client:
            code, text = client.deliver(octets, path or relay.path(sender), ["security@example.com"])
        self.assertEqual(code, 250, text)
        return daemon.decided(shield.reference_in(text), 40)

    def assert_held(self, case):
        self.assertEqual(case["acknowledgement"]["state"], "held", case["acknowledgement"])
        return case["acknowledgement"]["reason"]

    def test_a_verified_sender_is_answered_at_the_original_address(self):
        for relay in ALL:
            with self.subTest(relay.name):
                daemon = self.daemon_behind(relay)
                case = self.decided(daemon, relay, ANN)
                self.assertEqual(case["acknowledgement"]["state"], "sent",
                                 (case["acknowledgement"], case["authentication"]))
                self.assertEqual(case["authentication"]["verified_domain"], "good.senders.example")
                self.assertEqual(len(daemon.replies_to(ANN)), 1)
                shown = daemon.done("show", case["reference"])
                self.assertIn(f"by our relay {relay.name} (127.0.0.1", shown)
                self.assertIn("from 203.0.113.7", shown)
                self.assertEqual(daemon.ask(command="verify")["result"]["faults"], [])
                daemon.stop()

    def test_a_forged_sender_is_not(self):
        for relay in ALL:
            with self.subTest(relay.name):
                daemon = self.daemon_behind(relay)
                self.assertIn("disowns", self.assert_held(self.decided(daemon, relay, VICTIM, spf="fail", dmarc="fail")))
                self.assertEqual(daemon.replies(), [])
                daemon.stop()

    def test_without_the_proof_it_is_mail_like_any_other(self):
        for relay in ALL:
            with self.subTest(relay.name):
                daemon = self.daemon_behind(relay, networks="127.0.0.0/8" if relay.secret else "192.0.2.0/24")
                case = self.decided(daemon, relay, ANN, secret="X-Shield-Relay: 00000000000000000000000000000000",
                                    path=ANN)
                self.assertNotEqual(case["acknowledgement"]["state"], "sent")
                self.assertIsNone(case["messages_detail"][0]["envelope"]["by_relay"])
                self.assertEqual(daemon.replies(), [])
                daemon.stop()

    def test_what_the_sender_wrote_himself_is_not_believed(self):
        for relay in ALL:
            with self.subTest(relay.name):
                daemon = self.daemon_behind(relay)
                names = ("relay.example.org", "mx.google.com", "gmr-mx.google.com", "mx.example.com")
                own = [f"Authentication-Results: {name}; spf=pass smtp.mailfrom={VICTIM}; dmarc=pass "
                       "header.from=bank.senders.example" for name in names]
                own += [f"Return-Path: <{VICTIM}>", f"X-Original-Sender: {VICTIM}", f"X-Envelope-From: {VICTIM}",
                        "Received: from mail.bank.senders.example (mail.bank.senders.example [198.51.100.1])\r\n"
                        "\tby relay.example.org (Postfix) with ESMTP id 1; Wed, 25 Nov 2026 17:50:01 +0000 (UTC)"]
                self.assert_held(self.decided(daemon, relay, VICTIM, own=own, spf="fail", dmarc="fail"))
                self.assert_held(self.decided(daemon, relay, VICTIM, own=own, spf="none", dmarc="none"))
                self.assertEqual(daemon.replies(), [])
                daemon.stop()

    def test_a_seal_that_is_not_our_relays_or_does_not_hold_proves_nothing(self):
        for relay in ALL[:3]:
            with self.subTest(relay.name):
                daemon = self.daemon_behind(relay)
                self.assert_held(self.decided(daemon, relay, ANN, sealer="sealer.example"))
                octets = self.handed_on(relay, ANN).replace(b"Somebody is in my account.", b"Changed on its way.")
                with daemon.connect() as client:
                    _, text = client.deliver(octets, relay.path(ANN), ["security@example.com"])
                self.assert_held(daemon.decided(shield.reference_in(text), 40))
                self.assertEqual(daemon.replies(), [])
                daemon.stop()

    def test_the_return_path_is_whose_the_relay_verified_and_nobody_elses(self):
        # The same domain passes SPF for everybody in it: a path that was verified for one is not another's.
        routing = ALL[1]
        daemon = self.daemon_behind(routing)
        self.assert_held(self.decided(daemon, routing, ANN, path=OTHER, dmarc="none"))
        self.assertEqual(daemon.replies(), [])

    def test_the_secret_may_be_a_suffix_and_is_never_shown(self):
        secret = "k3v9w2x7q5z8b1n6m4"
        relay = Relay("google_routing", lambda sender: sender, f'suffix = "{secret}"\narc_sealer = "google.com"')
        daemon = self.daemon_behind(relay)
        with daemon.connect() as client:
            _, text = client.deliver(self.handed_on(relay, ANN, secret=None), ANN, [f"security+{secret}@example.com"])
        case = daemon.decided(shield.reference_in(text), 40)
        self.assertEqual(case["acknowledgement"]["state"], "sent", case["authentication"])
        shown = daemon.done("show", case["reference"]) + str(case) + daemon.log_text()
        self.assertNotIn(secret, shown)
        self.assert_held(self.decided(daemon, relay, ANN, secret=None))

    def test_acknowledgements_count_by_the_network_that_the_relay_met(self):
        routing = ALL[1]
        daemon = self.daemon_behind(routing, limits={"acknowledgements_network_day_max": 1})
        self.assertEqual(self.decided(daemon, routing, ANN)["acknowledgement"]["state"], "sent")
        octets = self.handed_on(routing, ANN).replace(b"203.0.113.7", b"203.0.114.7")  # breaks the seal, not its way
        with daemon.connect() as client:
            _, text = client.deliver(octets, ANN, ["security@example.com"])
        case = daemon.decided(shield.reference_in(text), 40)
        self.assertEqual(case["messages_detail"][0]["envelope"]["client_address"], "203.0.114.7")
        self.assertIn("network", self.assert_held(self.decided(daemon, routing, ANN)))

    def test_a_cloud_without_a_secret_is_refused(self):
        daemon = self.unstarted(extra='[[relay]]\nnetworks = ["209.85.128.0/17"]\narc_sealer = "google.com"')
        run = daemon.check()
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("all customers of Google send as well", run.stderr)


if __name__ == "__main__":
    unittest.main()
