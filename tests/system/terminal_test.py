# SPDX-License-Identifier: Apache-2.0
"""Hostile text reaches a terminal as something to look at, never as something that acts."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unittest

import shield

# Clear the screen, change the title, a bell, C1 CSI, right-to-left override, a zero-width joiner in a name.
HOSTILE = "\x1b[2J\x1b]0;owned\x07 \u009b31m \u202egnp.exe \u2066x\u2069 \x08\x7f end"


class Terminal(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.shield()
        encoded = "=?UTF-8?Q?" + "".join(f"={octet:02X}" for octet in HOSTILE.encode()) + "?="
        octets = shield.mail(subject=encoded, sender="ada@reporter.example", body=f"Look: {HOSTILE}",
                             headers=["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                                      "Content-Transfer-Encoding: 8bit"])
        octets = octets.replace(b"From: ada@reporter.example", f"From: {encoded} <ada@reporter.example>".encode())
        self.reference = self.daemon.send(octets)
        self.daemon.decided(self.reference)
        shield.wait_until(lambda: self.daemon.json("search", "look"), what="the index")
        self.daemon.done("note", self.reference, HOSTILE)

    def in_a_terminal(self, *arguments, columns=80):
        """What shieldctl writes to a terminal so many columns wide."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([str(shield.programs() / "shieldctl"), "--config", str(self.daemon.config), *arguments],
                                   stdin=slave, stdout=slave, stderr=slave,
                                   env={**os.environ, "TERM": "xterm-256color", "PAGER": "cat"})
        os.close(slave)
        output = b""
        try:
            while select.select([master], [], [], 20)[0]:
                part = os.read(master, 65536)
                if not part:
                    break
                output += part
        except OSError:
            pass  # the other end is closed
        process.wait(20)
        os.close(master)
        return output.decode(errors="replace").replace("\r\n", "\n")

    def check(self, text):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)  # colour is ours
        for character in plain:
            code = ord(character)
            self.assertFalse((code < 0x20 and character not in "\n\t") or 0x7f <= code < 0xa0 or
                             0x202a <= code <= 0x202e or 0x2066 <= code <= 0x2069 or 0x200b <= code <= 0x200f,
                             f"{character!r} of {plain!r}")
        return plain

    def test_in_a_pipe(self):
        for arguments in (("queue",), ("show", self.reference), ("search", "look")):
            with self.subTest(arguments):
                text = self.check(self.daemon.done(*arguments))
                self.assertIn("[2J", text, "shown, not dropped")
                self.assertNotIn("\x1b", text, "no colour in a pipe")

    def test_on_a_terminal(self):
        for arguments in (("queue",), ("show", self.reference)):
            for columns in (80, 200):
                with self.subTest(arguments, columns=columns):
                    text = self.in_a_terminal(*arguments, columns=columns)
                    if arguments[0] == "show" or columns == 200:
                        self.check(text)
                    for line in re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n"):
                        if arguments[0] == "queue":
                            self.assertLessEqual(len(line), columns, "columns fit the window")

    def test_colour_is_ours_only_and_can_be_turned_off(self):
        text = self.in_a_terminal("queue")
        self.assertEqual(re.findall(r"\x1b(?!\[[0-9;]*m)", text), [])
        os.environ["NO_COLOR"] = "1"
        self.addCleanup(os.environ.pop, "NO_COLOR")
        self.assertNotIn("\x1b", self.in_a_terminal("queue"))

    def test_json_keeps_every_character_and_is_still_one_document(self):
        self.assertIn("\u202e", self.daemon.show(self.reference)["subject"])


if __name__ == "__main__":
    unittest.main()
