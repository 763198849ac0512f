# SPDX-License-Identifier: Apache-2.0
"""Every file of tests/dialogues against the running daemon, in one write a turn and octet by octet. The format is in
tests/dialogues/README.md."""

import ast
import hashlib
import re
import select
import socket
import unittest

import shield

FOLDER = shield.SOURCE / "tests" / "dialogues"
OCTET_BY_OCTET_MAX = 4000  # octets a turn


class Dialogue:
    def __init__(self, file):
        self.name = file.name
        self.lmtp = False
        self.tls = ""
        self.limits = {}
        self.steps = []  # (line number, kind, value)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                self.add(number, line)

    def add(self, number, line):
        if line.startswith("mode:"):
            self.lmtp = line.split()[1] == "lmtp"
        elif line.startswith("tls:"):
            self.tls = line.split()[1]
        elif line.startswith("TLS:"):
            self.steps.append((number, "secure", None))
        elif line.startswith("limit:"):
            _, name, value = line.split()
            self.limits[name] = int(value)
        elif line.startswith("C:"):
            self.steps.append((number, "send", line[2:].removeprefix(" ").encode() + b"\r\n"))
        elif line.startswith("C~"):
            self.steps.append((number, "send", self.octets(line[2:].strip())))
        elif line.startswith("C*"):
            count, octets = line[2:].strip().split(" ", 1)
            self.steps.append((number, "send", self.octets(octets) * int(count)))
        elif line.startswith("S:"):
            self.steps.append((number, "expect", line[2:].removeprefix(" ")))
        elif line.startswith(">> deliver"):
            self.steps.append((number, "deliver", line))
        elif line.startswith("X:"):
            self.steps.append((number, "closed", None))
        else:
            raise AssertionError(f"{self.name}:{number}: cannot be read: {line}")

    @staticmethod
    def octets(quoted):
        r"""The escapes of the format are those of Python, but for \0, which is never the begin of an octal number."""
        return ast.literal_eval("b" + re.sub(r"\\(\\|0)", lambda at: r"\\" if at[1] == "\\" else r"\x00", quoted))

    @property
    def can_be_played(self):
        return not any(kind == "deliver" and ": refuse" in value for _, kind, value in self.steps)


class Player:
    """One connection. Faults name the line of the file."""

    def __init__(self, daemon, port, dialogue, by_octet):
        self.daemon, self.dialogue, self.by_octet = daemon, dialogue, by_octet
        self.client = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.client.makefile("rb")
        self.wanted = None  # what the next reference must stand for

    def play(self):
        steps = self.dialogue.steps
        at = 0
        while at < len(steps):
            number, kind, value = steps[at]
            if kind == "send":
                octets = b""
                while at < len(steps) and steps[at][1] == "send":
                    octets += steps[at][2]
                    at += 1
                self.send(octets)
                continue
            at += 1
            if kind == "expect":
                self.expect(number, value)
            elif kind == "deliver":
                self.wanted = value
            elif kind == "secure":
                self.secure()
            elif self.file.read(1):
                self.fault(number, "the server has not closed the connection")
        self.nothing_left()

    def secure(self):
        self.file.close()
        self.client = shield.unverified_tls().wrap_socket(self.client)
        self.file = self.client.makefile("rb")

    def close(self):
        self.file.close()
        self.client.close()

    def fault(self, number, what):
        raise AssertionError(f"{self.dialogue.name}:{number}: {what}")

    def send(self, octets):
        try:
            if self.by_octet and len(octets) <= OCTET_BY_OCTET_MAX:
                for octet in octets:
                    self.client.sendall(bytes((octet,)))
            else:
                self.client.sendall(octets)
        except OSError:
            pass  # closed on us: what the server said tells whether that was right

    def expect(self, number, text):
        try:
            line = self.file.readline()
        except OSError as error:
            self.fault(number, f"wanted {text!r}: {error}")
        if not line.endswith(b"\r\n"):
            self.fault(number, f"wanted {text!r}, read {line!r}")
        said = line[:-2].decode("utf-8", "surrogateescape")
        pattern = shield.REFERENCE.pattern.join(map(re.escape, shield.REFERENCE.split(text)))
        # References in a dialogue may be names that a real one never is, such as R-1.
        pattern = re.sub(r"Accepted\\ as\\ \S+", lambda _: "Accepted as " + shield.REFERENCE.pattern, pattern)
        if not re.match(pattern, said):
            self.fault(number, f"wanted {text!r}, read {said!r}")
        if self.wanted and shield.REFERENCE.search(said):
            self.check_message(number, shield.reference_in(said))
            self.wanted = None

    def check_message(self, number, reference):
        octets = self.daemon.ctl("show", reference, "--raw", stdin=b"").stdout
        size, _, digest = re.match(r">> deliver (\d+)( sha256=([0-9a-f]+))?", self.wanted).groups()
        if len(octets) != int(size):
            self.fault(number, f"a message of {len(octets)} octets, wanted {size}")
        if digest and not hashlib.sha256(octets).hexdigest().startswith(digest):
            self.fault(number, "a message with another digest")

    def nothing_left(self):
        if select.select([self.client], [], [], 0.05)[0] and (rest := self.client.recv(4096)):
            self.fault(len(self.dialogue.steps), f"the server said more: {rest!r}")


class Dialogues(shield.SystemTest):
    def test_every_dialogue(self):
        files = sorted(FOLDER.glob("*.smtp"))
        self.assertTrue(files, f"no dialogues in {FOLDER}")
        usual = None
        played = 0
        left_out = []
        for file in files:
            dialogue = Dialogue(file)
            # A configuration refuses the smallest bounds, which only make sense against the session alone.
            daemon = self.listening(dialogue.limits) if dialogue.limits else (usual := usual or self.listening({}))
            if not daemon or not dialogue.can_be_played:
                left_out.append(file.name)
                continue
            with self.subTest(file.name):
                self.play(daemon, dialogue)
                played += 1
        print(f"{played} of {len(files)} dialogues played; not {', '.join(left_out) or 'one left out'}")
        self.assertGreater(played, len(files) // 2)

    def listening(self, limits):
        """A daemon for each kind of listener with these bounds, or nothing when it would refuse them."""
        ports = [shield.free_port() for _ in range(3)]
        offers = ['protocol = "lmtp"', 'tls = "starttls"', 'tls = "starttls"\ntls_required = true']
        daemon = self.unstarted(limits=limits, certificates=["mx.example.com"],
                                listen=[f'address = "127.0.0.1:{port}"\n{offer}' for port, offer in zip(ports, offers)])
        daemon.ports = dict(zip(["lmtp", "starttls", "required"], ports), smtp=daemon.port)
        check = daemon.check()
        if check.returncode != 0 and "is out of range" in check.stderr:
            return None
        return daemon.start()

    def play(self, daemon, dialogue):
        for by_octet in (False, True):
            port = daemon.ports[dialogue.tls or ("lmtp" if dialogue.lmtp else "smtp")]
            player = Player(daemon, port, dialogue, by_octet)
            try:
                player.play()
            finally:
                player.close()


class Faulty(shield.SystemTest):
    def test_the_player_finds_fault(self):
        daemon = self.shield()
        for file in sorted((FOLDER / "faulty").glob("*.smtp")):
            with self.subTest(file.name), self.assertRaises(AssertionError):
                player = Player(daemon, daemon.port, Dialogue(file), False)
                player.client.settimeout(1)
                try:
                    player.play()
                finally:
                    player.close()


if __name__ == "__main__":
    unittest.main()
