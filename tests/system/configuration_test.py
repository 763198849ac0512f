# SPDX-License-Identifier: Apache-2.0
"""A broken configuration is named with file, line, key and remedy, and starts nothing."""

import re
import subprocess
import unittest

import shield


class Configuration(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.unstarted()
        self.good = self.daemon.config.read_text()

    def refused(self, text, *words):
        self.daemon.config.write_text(text)
        run = self.daemon.check()
        self.assertNotEqual(run.returncode, 0, text)
        said = run.stdout + run.stderr
        for word in words:
            self.assertIn(word, said)
        return said

    def line_of(self, text, part):
        return 1 + text[:text.index(part)].count("\n")

    def test_a_good_one_passes_silently_enough(self):
        run = self.daemon.check()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertFalse(self.daemon.state.exists(), "--check writes nothing")

    def test_the_installed_one_is_a_good_one_but_for_what_must_be_edited(self):
        run = subprocess.run([self.daemon.command()[0], "--config", str(shield.SOURCE / "etc/shieldd.toml"), "--check"],
                             capture_output=True, text=True, timeout=30)
        for line in (run.stdout + run.stderr).splitlines():
            self.assertRegex(line, r"shieldd\.toml:\d+: |example|templates|correct|ok")

    def test_every_mistake_has_file_line_and_key(self):
        mistakes = {
            'unverified = "send"': ('unverified = "maybe"', "unverified"),
            'category = "attack"': ('category = "atack"', "category"),
            'transport = "maildir"': ('transport = "pigeon"', "transport"),
            'target = "2h"': ('target = "soon"', "target"),
            'tls = "none"': ('tls = "starttls"', "tls"),
            'from = "Example Security <security@example.com>"': ('from = "nobody"', "from"),
            f'address = "127.0.0.1:{self.daemon.port}"': ('address = "localhost"', "address"),
        }
        for good, (bad, key) in mistakes.items():
            with self.subTest(bad):
                text = self.good.replace(good, bad, 1)
                self.assertNotEqual(text, self.good)
                self.refused(text, f"shieldd.toml:{self.line_of(text, bad)}: ", key)

    def test_an_unknown_key_names_the_nearest_known_one(self):
        self.refused(self.good.replace("transport =", "transprot =", 1), "transprot", "transport")

    def test_several_mistakes_are_named_at_once(self):
        said = self.refused(self.good.replace("hostname =", "hostnam =", 1).replace('"2h"', '"soon"', 1))
        lines = said.splitlines()
        self.assertGreaterEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, rf"^shieldd: {re.escape(str(self.daemon.config))}:\d+: key '\S+': .*(; |: write |did you mean )")

    def test_what_is_no_toml_names_the_line(self):
        text = self.good.replace("[links]", "[links", 1)
        self.refused(text, f"shieldd.toml:{self.line_of(text, '[links')}")

    def test_mx_delivery_is_refused_with_a_clear_word(self):
        self.refused(self.good.replace('transport = "maildir"', 'transport = "mx"', 1), "smarthost")

    def test_unedited_example_links_are_refused(self):
        text = self.good.replace("https://support.shield.test/", "https://example.com/support", 1)
        self.refused(text, f"shieldd.toml:{self.line_of(text, 'https://example.com')}", "links.support")

    def test_an_unknown_placeholder_names_template_and_line(self):
        template = self.daemon.templates / "attack.en.txt"
        lines = template.read_text().count("\n")
        template.write_text(template.read_text() + "Call {{telephone}}.\n")
        self.refused(self.good, f"attack.en.txt:{lines + 1}", "telephone")

    def test_a_missing_file_is_named(self):
        self.daemon.config.unlink()
        run = self.daemon.check()
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(str(self.daemon.config), run.stdout + run.stderr)

    def test_a_broken_configuration_starts_nothing(self):
        self.daemon.config.write_text(self.good.replace('"2h"', '"soon"', 1))
        run = subprocess.run(self.daemon.command(), capture_output=True, text=True, timeout=30)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("shieldd.toml:", run.stdout + run.stderr)
        self.assertFalse(self.daemon.state.exists())

    def test_limits_prints_every_bound_and_takes_every_name(self):
        run = subprocess.run([self.daemon.command()[0], "--limits"], capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 0, run.stderr)
        names = re.findall(r"^\s*([a-z]+(?:_[a-z]+)+)\b", run.stdout, re.MULTILINE)
        self.assertGreater(len(names), 40)
        self.assertIn("message_size_max", names)
        self.refused(self.good.replace("[limits]", "[limits]\nmessage_size_mx = 5", 1), "message_size_mx",
                     "message_size_max")

    def test_both_programs_say_who_they_are(self):
        for program in ("shieldd", "shieldctl"):
            for option, words in (("--version", r"\d+\.\d+\.\d+"), ("--help", "--config")):
                run = subprocess.run([str(shield.programs() / program), option], capture_output=True, text=True,
                                     timeout=30)
                self.assertEqual(run.returncode, 0)
                self.assertRegex(run.stdout, words)
            run = subprocess.run([str(shield.programs() / program), "--frob"], capture_output=True, text=True, timeout=30)
            self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    unittest.main()
