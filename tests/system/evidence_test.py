# SPDX-License-Identifier: Apache-2.0
"""Evidence for the victim's case: from a report with a forwarded or pasted attack to the table and the bundle."""

import contextlib
import hashlib
import json
import mailbox
import pathlib
import re
import unittest
import uuid

import shield

HEADER = ("Return-Path: <bounce@bomb.example>",
          "Received: from mx.reporter.example (mx.reporter.example [10.0.0.4])",
          "\tby store.reporter.example; Mon, 23 Nov 2026 09:00:02 +0000",
          "Received: from bomb.example (unknown [203.0.113.9])",
          "\tby mx.reporter.example with ESMTP; Mon, 23 Nov 2026 09:00:01 +0000",
          "From: \"Your bank\" <mallory@bomb.example>",
          "To: ada@reporter.example",
          "Subject: Confirm your subscription",
          "Date: Mon, 23 Nov 2026 09:00:00 +0000",
          "Message-ID: <1@bomb.example>")
BODY = "Confirm at https://login.bomb.example/confirm?id=1 now."
INVOICE = b"%PDF-1.4 not really"
FOUND = {("address", "203.0.113.9"), ("domain", "bomb.example"), ("domain", "login.bomb.example"),
         ("url", "https://login.bomb.example/confirm?id=1"), ("mailbox", "mallory@bomb.example"),
         ("mailbox", "bounce@bomb.example"), ("subject", "Confirm your subscription"),
         ("message_id", "<1@bomb.example>"), ("time", "Mon, 23 Nov 2026 09:00:00 +0000")}


def report(*parts):
    """Somebody is being bombed and writes to us, with parts."""
    lines = ["From: ada@reporter.example", "To: security@example.com", "Subject: Someone is attacking my account",
             "Date: Mon, 23 Nov 2026 10:00:00 +0000", "MIME-Version: 1.0",
             "Content-Type: multipart/mixed; boundary=out", ""]
    for part in parts:
        lines += ["--out", *part]
    return "\r\n".join([*lines, "--out--", ""]).encode()


def forwarded():
    return report(["Content-Type: text/plain", "", "Somebody hacked my account, I get hundreds of these."],
                  ["Content-Type: message/rfc822", "", *HEADER, "MIME-Version: 1.0",
                   "Content-Type: multipart/mixed; boundary=in", "",
                   "--in", "Content-Type: text/plain", "", BODY,
                   "--in", "Content-Type: application/pdf; name=invoice.pdf", "", INVOICE.decode(), "--in--"])


def pasted():
    lines = ["Somebody hacked my account, I get hundreds of these:", "", *HEADER, "", BODY]
    return report(["Content-Type: text/plain", "", lines[0], "", *("> " + line for line in lines[2:])])


class Evidence(shield.SystemTest):
    def sent(self, octets):
        daemon = self.shield(unverified="hold")
        reference = daemon.send(octets)
        daemon.decided(reference)
        return daemon, reference

    def bundle(self, daemon, reference, *options):
        return json.loads(daemon.done("export", reference, "--stix", *options))

    def test_a_forwarded_attack_gives_the_table_and_the_bundle(self):
        daemon, reference = self.sent(forwarded())
        case = daemon.json("show", reference)
        self.assertEqual(case["category"], "attack")
        found = {(row["kind"], row["value"]) for row in case["evidence"] if row["place"] == "attached message"}
        self.assertEqual(found, FOUND | {("file", "invoice.pdf")})
        hop = next(row for row in case["evidence"] if row["value"] == "203.0.113.9")
        self.assertEqual((hop["network"], hop["at"], hop["found_in"]),
                         ("203.0.113.0/24", "2026-11-23T09:00:01Z", "Received 2"))

        page = daemon.done("show", reference)
        self.assertRegex(page, r"address +2026-11-23T09:00:01Z +Received 2, attached message 1 +203\.0\.113\.9 in "
                               r"203\.0\.113\.0/24\n")
        self.assertIn("hxxps://login[.]bomb[.]example/confirm?id=1", page)
        self.assertIn(hashlib.sha256(INVOICE).hexdigest(), page)
        self.assertRegex(page, r"ada@reporter\[\.\]example  \(who wrote to us\)")

        bundle = self.bundle(daemon, reference)
        Checker(self, bundle).check()
        values = {thing.get("value") for thing in bundle["objects"]}
        self.assertLessEqual({value for kind, value in FOUND if kind in ("address", "url", "domain", "mailbox")}, values)
        self.assertNotIn("reporter.example", json.dumps(bundle))
        self.assertEqual(bundle, self.bundle(daemon, reference), "the same case gives the same bundle")
        mail = next(thing for thing in bundle["objects"] if thing["type"] == "email-message")
        self.assertEqual((mail["subject"], mail["date"], mail["is_multipart"]),
                         ("Confirm your subscription", "2026-11-23T09:00:00Z", True))

    def test_a_pasted_attack_gives_the_same(self):
        daemon, reference = self.sent(pasted())
        case = daemon.json("show", reference)
        found = {(row["kind"], row["value"]) for row in case["evidence"] if row["place"] == "pasted header"}
        self.assertEqual(found, FOUND)
        self.assertIn("pasted header 1", daemon.done("show", reference))
        bundle = self.bundle(daemon, reference)
        Checker(self, bundle).check()
        self.assertNotIn("reporter.example", json.dumps(bundle))

    def test_a_complaint_gives_what_its_fields_say(self):
        octets = forwarded().replace(b"multipart/mixed; boundary=out",
                                     b"multipart/report; report-type=feedback-report; boundary=out").replace(
            b"--out\r\nContent-Type: message/rfc822",
            b"--out\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
            b"User-Agent: Complainer/1.0\r\nSource-IP: 203.0.113.77\r\nArrival-Date: Mon, 23 Nov 2026 08:00:00 +0000\r\n"
            b"--out\r\nContent-Type: message/rfc822")
        daemon, reference = self.sent(octets)
        rows = daemon.json("show", reference)["evidence"]
        told = {(row["kind"], row["value"], row["at"]) for row in rows if row["place"] == "complaint"}
        self.assertIn(("address", "203.0.113.77", "2026-11-23T08:00:00Z"), told)
        self.assertIn(("complaint", "abuse", "2026-11-23T08:00:00Z"), told)
        bundle = self.bundle(daemon, reference)
        Checker(self, bundle).check()
        self.assertIn(["abuse"], [thing.get("labels") for thing in bundle["objects"]])

    def test_who_wrote_to_us_is_in_a_bundle_only_on_request(self):
        daemon, reference = self.sent(None)
        refused = daemon.ctl("export", reference, "--stix")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--sender", refused.stderr)
        bundle = self.bundle(daemon, reference, "--sender")
        Checker(self, bundle).check()
        self.assertIn("ada@reporter.example", [thing.get("value") for thing in bundle["objects"]])

    def test_what_is_hostile_stays_in_its_line_and_in_its_form(self):
        daemon, reference = self.sent(report(
            ["Content-Type: message/rfc822", "", "From: =?utf-8?q?x=1B[31m?= <\"a b\"@bomb.example>",
             "Subject: =?utf-8?b?" + "G1szMW3igK4KQ2FzZSBjbG9zZWQ=" + "?=",
             "Received: from x ([999.1.1.1]) by y; not a date", "Date: Thu, 99 Foo 99999",
             "Content-Type: multipart/mixed; boundary=in", "",
             "--in", "", "http://b\u00fccher.example/\"<> hxxp://[::1]/ http://a/%zz http://" + 3000 * "a" + ".example/",
             "--in", "Content-Type: image/png; name=\"=?utf-8?b?4oCuZ25wLmV4ZQ==?=\"", "", "x", "--in--"]))
        page = daemon.done("show", reference, "--evidence")
        self.assertNotRegex(page, "[\x1b\u202e]")
        self.assertNotIn("\nCase closed", page)
        Checker(self, self.bundle(daemon, reference)).check()

    def test_export_writes_the_mail_with_what_the_server_knows_of_it(self):
        daemon, reference = self.sent(forwarded())
        daemon.send(subject="Re: Someone is attacking my account", body="From here on\nFrom there on")
        target = pathlib.Path(daemon.config).parent / "case.mbox"
        daemon.done("export", reference, "--to", str(target))
        self.assertEqual(target.stat().st_mode & 0o777, 0o600)
        with contextlib.closing(mailbox.mbox(target, create=False)) as mbox:
            messages = list(mbox)
        self.assertEqual(len(messages), 1)
        self.assertEqual(messages[0]["Return-Path"], "<ada@reporter.example>")
        self.assertTrue(messages[0]["Authentication-Results"].startswith("mx.example.com"))
        self.assertRegex(messages[0]["Received"], r"with ESMTP id " + reference)
        self.assertEqual(daemon.ctl("export", reference, "--to", str(target)).returncode, 1, "overwrites nothing")
        raw = daemon.ctl("export", reference, "--raw", stdin=b"").stdout
        first, rest = raw.split(b"\n", 1)
        self.assertTrue(first.startswith(b"From ada@reporter.example "))
        self.assertEqual(rest, forwarded().replace(b"\r\n", b"\n") + b"\n")
        self.assertEqual(daemon.ctl("export", reference, "--message", "2").returncode, 1)
        self.assertEqual(daemon.ctl("export", reference, "--raw", "--stix").returncode, 2)


class Checker:
    """What STIX 2.1 (OASIS standard, 10 June 2021) demands of what we write; sections in the comments."""

    TIMESTAMP = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z\Z")
    OBSERVABLES = {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "email-message", "file"}
    COMMON = {"type", "spec_version", "id"}
    # What each type must have and what it may have besides (sections 3.2, 4 and 6).
    REQUIRED = {"identity": {"created", "modified", "name"},
                "grouping": {"created", "modified", "context", "object_refs"},
                "observed-data": {"created", "modified", "first_observed", "last_observed", "number_observed",
                                  "object_refs"},
                "ipv4-addr": {"value"}, "ipv6-addr": {"value"}, "domain-name": {"value"}, "url": {"value"},
                "email-addr": {"value"}, "email-message": {"is_multipart"}, "file": set()}
    OPTIONAL = {"identity": {"identity_class"}, "grouping": {"name", "created_by_ref"},
                "observed-data": {"created_by_ref", "labels"}, "file": {"hashes", "name", "size"},
                "email-message": {"date", "from_ref", "subject", "message_id"}}
    # Section 2.9 and "ID Contributing Properties" in section 6.
    CONTRIBUTING = {"file": ("hashes", "name"), "email-message": ("from_ref", "subject", "body")}
    NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")

    def __init__(self, test, bundle):
        self.test, self.bundle = test, bundle

    def check(self):
        self.test.assertEqual(set(self.bundle), {"type", "id", "objects"})  # 8: no spec_version any more
        self.test.assertEqual(self.bundle["type"], "bundle")
        self.identifier(self.bundle)
        identifiers = [thing["id"] for thing in self.bundle["objects"]]
        self.test.assertEqual(len(identifiers), len(set(identifiers)), "each object once")
        for thing in self.bundle["objects"]:
            self.object(thing, {one["id"]: one for one in self.bundle["objects"]})

    def identifier(self, thing):
        kind, _, rest = thing["id"].partition("--")  # 2.9
        self.test.assertEqual(kind, thing["type"])
        self.test.assertEqual(str(uuid.UUID(rest)), rest)
        self.test.assertEqual((uuid.UUID(rest).version, uuid.UUID(rest).variant), (5, uuid.RFC_4122))

    def object(self, thing, known):
        kind = thing["type"]
        self.identifier(thing)
        self.test.assertEqual(thing["spec_version"], "2.1")
        required, optional = self.REQUIRED[kind] | self.COMMON, self.OPTIONAL.get(kind, set())
        self.test.assertLessEqual(required, set(thing))
        self.test.assertLessEqual(set(thing), required | optional)
        for name, value in thing.items():
            self.test.assertNotIn(value, ([], "", {}), f"{name} is left out when it is empty")  # 2.8, 3.1
            if name in ("created", "modified", "first_observed", "last_observed", "date"):
                self.test.assertRegex(value, self.TIMESTAMP)  # 2.16
            for reference in value if name.endswith("_refs") else [value] if name.endswith("_ref") else []:
                self.test.assertIn(reference, known)  # 8: everything that is referred to is there
        if kind in self.OBSERVABLES:
            self.observable(thing, known)
        else:
            self.domain_object(thing, known)

    def domain_object(self, thing, known):
        self.test.assertLessEqual(thing["created"], thing["modified"])  # 3.6
        for name in ("created", "modified"):
            self.test.assertRegex(thing[name], r"\.\d{3}Z\Z")  # 3.2
        if thing["type"] == "observed-data":  # 4.14
            self.test.assertLessEqual(thing["first_observed"], thing["last_observed"])
            self.test.assertIn(thing["number_observed"], range(1, 1000000000))
            self.test.assertTrue(all(known[one]["type"] in self.OBSERVABLES for one in thing["object_refs"]))
        if "created_by_ref" in thing:
            self.test.assertEqual(known[thing["created_by_ref"]]["type"], "identity")

    def observable(self, thing, known):
        names = self.CONTRIBUTING.get(thing["type"], ("value",))
        contributing = {name: thing[name] for name in names if name in thing}
        self.test.assertTrue(contributing)
        text = json.dumps(contributing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.test.assertEqual(thing["id"], f"{thing['type']}--{uuid.uuid5(self.NAMESPACE, text)}")
        value = thing.get("value", "")
        if thing["type"] == "url":
            self.test.assertRegex(value, r"\A[a-z]+://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+\Z")  # RFC 3986
            self.test.assertNotRegex(value, r"%(?![0-9A-Fa-f]{2})")
        elif thing["type"] == "domain-name":
            self.test.assertRegex(value, r"\A([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+\Z")
        elif thing["type"] == "email-addr":
            self.test.assertRegex(value, r"\A[!-?A-~]+@[!-?A-~]+\Z")
        elif thing["type"] == "email-message" and "from_ref" in thing:
            self.test.assertEqual(known[thing["from_ref"]]["type"], "email-addr")
        elif thing["type"] == "file":
            self.test.assertTrue({"hashes", "name"} & set(thing))  # 6.7
            self.test.assertRegex(thing["hashes"]["SHA-256"], r"\A[0-9a-f]{64}\Z")


if __name__ == "__main__":
    unittest.main()
