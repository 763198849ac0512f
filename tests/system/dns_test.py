# SPDX-License-Identifier: Apache-2.0
"""Questions to a real nsd with signed zones, as the configuration says and from behind the daemon's walls: once with nsd
as the resolver, once from the root down, in a network of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import nsd
import shield

ALONE = os.environ.get("SHIELD_ISOLATED") == "1"  # in a network of its own
# a to m.root-servers.net, which every resolver knows, and b's address of before.
ROOT_SERVERS = ["198.41.0.4", "170.247.170.2", "199.9.14.201", "192.33.4.12", "199.7.91.13", "192.203.230.10",
                "192.5.5.241", "192.112.36.4", "198.97.190.53", "192.36.148.17", "192.58.128.30", "193.0.14.129",
                "199.7.83.42", "202.12.27.33"]
SERVER, LAME, SILENT = "192.0.2.53", "192.0.2.54", "192.0.2.55"
LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 46, "secure.example"])


class Answer:
    def __init__(self, line):
        self.outcome, self.dnssec, self.failure, *self.records = line.split("\t")

    def __repr__(self):
        return f"{self.outcome} {self.dnssec} {self.failure!r} {self.records}"


class Asking(shield.SystemTest):
    def ask(self, *questions, anchor=None, limits=None, **keys):
        """The answers, in order, and what the asking process cost."""
        keys = {"trust_anchor": f'"{anchor}"'} | keys if anchor else keys
        daemon = self.unstarted(dns="\n".join(f"{key} = {value}" for key, value in keys.items()), limits=limits)
        run = subprocess.run([shield.programs() / "dns_ask", daemon.config, *[word for one in questions for word in one]],
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.log = run.stderr
        *answers, cost = run.stdout.splitlines()
        self.cost = cost.split("\t")
        return [Answer(answer) for answer in answers]

    def what_all_zones_say(self, ask):
        """The same whoever is asked."""
        asked = {
            ("secure.example", "TXT"): ("records", "secure", ["v=spf1 ip4:192.0.2.0/24 include:plain.example -all"]),
            ("key._domainkey.secure.example", "TXT"): ("records", "secure", ["v=DKIM1; p=" + "a" * 255 + "b" * 255]),
            ("secure.example", "MX"): ("records", "secure", ["10 mx.secure.example"]),
            ("mx.secure.example", "A"): ("records", "secure", ["192.0.2.1"]),
            ("mx.secure.example", "AAAA"): ("records", "secure", ["2001:db8::1"]),
            ("octets.secure.example", "TXT"): ("records", "secure", ["\\x00\\xff\"\\"]),
            (LONGEST, "TXT"): ("records", "secure", ["long"]),
            ("any.wild.secure.example", "TXT"): ("records", "secure", ["by a wildcard"]),
            ("inside.secure.example", "A"): ("records", "secure", ["192.0.2.1"]),
            ("away.secure.example", "TXT"): ("records", "insecure", ["plain"]),
            ("text.plain.example", "TXT"): ("records", "insecure", ["plain"]),
            ("plain.example", "MX"): ("records", "insecure", [""]),
            ("nobody.secure.example", "TXT"): ("no_name", "secure", []),
            ("mx.secure.example", "TXT"): ("no_data", "secure", []),
            ("nobody.plain.example", "TXT"): ("no_name", "insecure", []),
            ("empty.plain.example", "TXT"): ("no_data", "insecure", []),
            ("nobody.example", "MX"): ("no_name", "secure", []),
            ("text.broken.example", "TXT"): ("failed", "bogus", []),
            ("text.expired.example", "TXT"): ("failed", "bogus", []),
        }
        answers = ask(*asked)
        for (question, expected), answer in zip(asked.items(), answers):
            with self.subTest(question):
                self.assertEqual((answer.outcome, answer.dnssec, answer.records), expected, answer.failure)
        return dict(zip(asked, answers))


class OneResolver(Asking):
    @classmethod
    def setUpClass(cls):
        cls.server = nsd.Nsd().__enter__()
        cls.addClassCleanup(cls.server.__exit__, None)

    def ask_it(self, *questions, **keys):
        return self.ask(*questions, resolver=f'"127.0.0.1:{self.server.port}"', anchor=self.server.anchor, **keys)

    def test_every_zone_is_what_it_is(self):
        answers = self.what_all_zones_say(self.ask_it)
        self.assertRegex(answers["text.broken.example", "TXT"].failure, "^bogus: .*signature")
        self.assertRegex(answers["text.expired.example", "TXT"].failure, "^bogus: .*expired")
        pointers, = self.ask_it(("1.2.0.192.in-addr.arpa", "PTR"))
        self.assertEqual(sorted(pointers.records), ["mx.secure.example", "other.plain.example"])

    def test_without_validation_everything_is_unchecked(self):
        answers = self.ask_it(("secure.example", "TXT"), ("text.broken.example", "TXT"), validate="false")
        self.assertEqual([answer.dnssec for answer in answers], ["unchecked", "unchecked"])
        self.assertEqual(answers[1].records, ["forged"])

    def test_with_the_keys_of_another_root_everything_is_bogus_and_the_log_says_so(self):
        other = self.stack.enter_context(nsd.Nsd())
        answer, _ = self.ask(("secure.example", "TXT"), ("text.plain.example", "TXT"),
                             resolver=f'"127.0.0.1:{self.server.port}"', anchor=other.anchor)
        self.assertEqual((answer.outcome, answer.dnssec), ("failed", "bogus"))
        self.assertEqual(self.log.count("event=dns_bogus"), 1)

    def test_it_works_behind_the_walls_and_costs_little(self):
        questions = [(f"n{number}.wild.secure.example", "TXT") for number in range(500)]
        answers = self.ask_it(*questions)
        self.assertEqual({(answer.outcome, answer.dnssec) for answer in answers}, {("records", "secure")})
        threads, descriptors, memory, threads_after, descriptors_after, memory_after, seccomp = map(int, self.cost)
        self.assertEqual(threads_after - threads, 1, "the library's own")
        self.assertLess(descriptors_after - descriptors, 40)
        if os.environ.get("SHIELD_BUILD", "dev").endswith(("dev", "release")):
            self.assertLess(memory_after - memory, 24 * 1024)
        if 'seccomp="in force"' in self.log:
            self.assertEqual(seccomp, 2)
        print(f"500 signed answers: {memory_after - memory} KB more, {descriptors_after - descriptors} descriptors")

    def test_bounds_are_kept(self):
        answers = self.ask_it(*[(f"n{number}.plain.example", "TXT") for number in range(8)],
                              limits={"dns_questions_max": 3})
        refused = [answer for answer in answers if answer.failure == "too many questions are under way"]
        self.assertTrue(refused)
        self.assertTrue([answer for answer in answers if answer.outcome == "no_name"])


@unittest.skipUnless(ALONE, "needs ip(8), and root or unprivileged namespaces (unshare)")
class FromTheRootDown(Asking):
    @classmethod
    def setUpClass(cls):
        cls.contexts = contextlib.ExitStack()
        cls.addClassCleanup(cls.contexts.close)
        cls.server = cls.contexts.enter_context(nsd.Nsd([f"{one}@53" for one in (*ROOT_SERVERS, SERVER)]))
        cls.contexts.enter_context(nsd.Nsd([f"{LAME}@53"], only=["plain.example"]))
        cls.silent = cls.contexts.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        cls.silent.bind((SILENT, 53))

    def ask_all(self, *questions, **keys):
        return self.ask(*questions, resolver='"recursive"', anchor=self.server.anchor, **keys)

    def test_every_zone_is_what_it_is(self):
        self.what_all_zones_say(self.ask_all)

    def test_a_server_that_does_not_have_its_zone_is_no_answer(self):
        answer, = self.ask_all(("text.lame.example", "TXT"))
        self.assertEqual((answer.outcome, answer.dnssec, answer.failure), ("failed", "unchecked", "SERVFAIL"))

    def test_a_silent_server_costs_its_own_zone_alone(self):
        silent = [(f"n{number}.silent.example", "TXT") for number in range(100)]
        answers = self.ask_all(*silent, ("secure.example", "TXT"), limits={"dns_wait_max": 2})
        self.assertEqual(answers[-1].dnssec, "secure")
        self.assertEqual({answer.outcome for answer in answers[:-1]}, {"failed"})


class ADaemon(Asking):
    def test_starts_only_with_a_trust_anchor_it_can_read(self):
        daemon = self.unstarted(dns='trust_anchor = "/nowhere/root.key"')
        fault = "key 'dns.trust_anchor': cannot read '/nowhere/root.key'"
        check = daemon.check()
        self.assertIn(fault, check.stderr)
        self.assertIn("install dns-root-data", check.stderr)
        run = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=60)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(fault, run.stderr)

    def test_reads_its_resolver_again_and_keeps_the_old_one_when_the_new_cannot_be(self):
        daemon = self.shield(dns='resolver = "127.0.0.1:9"\nvalidate = false')
        before = daemon.config.read_text()
        daemon.config.write_text(before.replace("validate = false", 'trust_anchor = "/nowhere"'))
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "event=reload_refused" in daemon.log_text(), 20, "the refusal")
        daemon.config.write_text(before.replace("127.0.0.1:9", "system"))
        daemon.process.send_signal(signal.SIGHUP)
        shield.wait_until(lambda: "event=reloaded" in daemon.log_text(), 20, "the reload")
        self.assertIn("shield_dns_questions_total", daemon.http("/metrics")[1])


def in_a_network_of_its_own():
    words = shutil.which("ip") and shield.isolation("--net")
    if words and not ALONE:
        os.execvpe(words[0], [*words, sys.executable, *sys.argv], {**os.environ, "SHIELD_ISOLATED": "1"})
    if ALONE:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for address in (*ROOT_SERVERS, SERVER, LAME, SILENT):
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)


if __name__ == "__main__":
    in_a_network_of_its_own()
    unittest.main()
