# SPDX-License-Identifier: Apache-2.0
"""Runs the real shieldd and shieldctl for the system tests, on loopback and in a directory of its own.

Nothing here knows the inside of Shield: only the public contract (configuration, commands, SMTP, metrics, maildir).
"""

import contextlib
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = re.compile(r"SR-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
LONG = os.environ.get("SHIELD_LONG") == "1"


def programs():
    """The folder with shieldd and shieldctl: what ctest says, or the newest build there is."""
    if "SHIELD_BUILD" in os.environ:
        return pathlib.Path(os.environ["SHIELD_BUILD"])
    found = [build for build in (SOURCE / "build" / name for name in ("dev", "release")) if (build / "shieldd").exists()]
    if not found:
        raise SystemExit("no shieldd under build/dev or build/release; set SHIELD_BUILD")
    return max(found, key=lambda build: (build / "shieldd").stat().st_mtime)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds=20, what="the condition"):
    """The first true value of condition(); fails the test when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.05)


def mail(subject="Help", body="Somebody is in my account.", sender="ada@reporter.example",
         to="security@example.com", headers=()):
    """A small message, as octets with CRLF. `headers` adds fields."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Mon, 23 Nov 2026 10:00:00 +0000",
             *headers, "", *body.split("\n"), ""]
    return "\r\n".join(lines).encode()


def reference_in(reply):
    """The reference that a reply to the end of data names."""
    text = reply.decode() if isinstance(reply, bytes) else reply
    found = REFERENCE.search(text)
    assert found, f"no reference in {text!r}"
    return found.group()


def make_certificate(directory, name, names=None, *, key="ec", days=90):
    """A certificate that signs itself, in NAME.pem and NAME.key."""
    chain, secret = directory / f"{name}.pem", directory / f"{name}.key"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", "rsa:2048"]
    alternatives = ",".join(f"DNS:{one}" for one in names or [name])
    request = ["openssl", "req", "-x509", *kind, "-nodes", "-keyout", secret, "-out", chain, "-days", str(days),
               "-subj", f"/CN={(names or [name])[0]}", "-addext", f"subjectAltName={alternatives}"]
    subprocess.run(request, check=True, capture_output=True)
    return chain, secret


def unverified_tls(**options):
    """A client that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return context


class Connection(smtplib.SMTP):
    """smtplib, with the reply to the end of data kept."""

    def deliver(self, octets, sender, recipients):
        self.ehlo_or_helo_if_needed()
        for code, text in [self.mail(sender)] + [self.rcpt(recipient) for recipient in recipients]:
            if code != 250:
                self.rset()
                return code, text.decode()
        code, text = self.data(octets)
        return code, text.decode()


class Raw:
    """A socket and lines, for conversations that smtplib would not have."""

    def __init__(self, port, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.file = self.socket.makefile("rb")

    def send(self, octets):
        self.socket.sendall(octets)

    def reply(self):
        """One whole reply, its lines without CRLF; empty when the peer has closed."""
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return lines
            lines.append(line.decode("utf-8", "surrogateescape").removesuffix("\r\n"))
            if len(line) < 4 or line[3:4] != b"-":
                return lines

    def ask(self, line):
        self.send(line.encode() + b"\r\n" if isinstance(line, str) else line)
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Shield:
    """One shieldd with its configuration, directory and ports. Use as a context manager; ends only its own process."""

    def __init__(self, *, unverified="send", delivery=None, limits=None, listen=(), extra="", state=None,
                 mailboxes=None, tls="none", certificates=(), dns='resolver = "none"'):
        # Short: the control socket's path must fit sockaddr_un.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="shield-"))
        self.state = pathlib.Path(state) if state else self.directory / "state"
        self.port = free_port()
        self.metrics_port = free_port()
        self.maildir = self.directory / "replies"
        self.templates = self.directory / "templates"
        shutil.copytree(SOURCE / "etc" / "templates", self.templates)
        self.config = self.directory / "shieldd.toml"
        self.log = self.directory / "log"
        self.process = None
        self.environment = {}  # what the daemon finds there beside our own
        self.unverified = unverified
        self.delivery = delivery or f'transport = "maildir"\nmaildir = "{self.maildir}"'
        self.limits = dict(limits or {})
        self.listen = list(listen)
        self.tls = tls
        self.certificates = [make_certificate(self.directory, name) for name in certificates]
        self.extra = extra
        self.dns = dns
        self.mailboxes = mailboxes or [("shield@example.com", "attack"), ("security@example.com", "urgent"),
                                       ("help@example.com", "support")]
        self.write_config()

    def write_config(self):
        listeners = [f'address = "127.0.0.1:{self.port}"\ntls = "{self.tls}"', *self.listen]
        self.config.write_text("\n".join([
            'hostname = "mx.example.com"',
            f'directory = "{self.state}"',
            *(f"[[listen]]\n{listener}" for listener in listeners),
            *(f'[[certificate]]\nchain = "{chain}"\nkey = "{key}"' for chain, key in self.certificates),
            *(f'[[mailbox]]\naddress = "{address}"\ncategory = "{category}"' for address, category in self.mailboxes),
            "[acknowledgement]",
            'from = "Example Security <security@example.com>"',
            f'templates = "{self.templates}"',
            f'unverified = "{self.unverified}"',
            "[links]",
            'support = "https://support.shield.test/"',
            'policy = "https://security.shield.test/policy"',
            'recovery = "https://account.shield.test/recover"',
            "[delivery]",
            self.delivery,
            "[promise.attack]",
            'target = "2h"',
            "[dns]",
            self.dns,
            "[limits]",
            *(f"{name} = {value}" for name, value in self.limits.items()),
            "[metrics]",
            f'address = "127.0.0.1:{self.metrics_port}"',
            self.extra, ""]))

    # The daemon.

    def command(self):
        return [str(programs() / "shieldd"), "--config", str(self.config)]

    def start(self, wait=True, prefix=()):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*prefix, *self.command()], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.directory, env={**os.environ, **self.environment})
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=20):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"shieldd ended with {self.process.returncode}:\n{self.log_text()}")
            return self.http("/readyz")[0] == 200
        wait_until(ready, seconds, "readiness")

    def stop(self, seconds=40):
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process:
            if self.process.poll() is None:
                self.process.terminate()
                try:
                    self.process.wait(40)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def check(self):
        return subprocess.run([*self.command(), "--check"], capture_output=True, text=True, timeout=30)

    # What it is told and asked.

    def connect(self, port=None):
        return Connection("127.0.0.1", port or self.port, local_hostname="client.reporter.example", timeout=30)

    def raw(self, port=None):
        return Raw(port or self.port)

    def send(self, octets=None, sender="ada@reporter.example", to="security@example.com", **parts):
        """Delivers one message and gives the reference of its 250."""
        recipients = [to] if isinstance(to, str) else list(to)
        if octets is None:
            octets = mail(sender=sender or "MAILER-DAEMON@reporter.example", to=", ".join(recipients), **parts)
        with self.connect() as connection:
            code, text = connection.deliver(octets, sender, recipients)
        assert code == 250, f"{code} {text}"
        return reference_in(text)

    def ctl(self, *arguments, stdin=None, env=None):
        return subprocess.run([str(programs() / "shieldctl"), "--config", str(self.config), *arguments],
                              input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True,
                              timeout=60, env=env, **({} if isinstance(stdin, bytes) else {"text": True}))

    def done(self, *arguments, stdin=None):
        """shieldctl that must succeed; its output."""
        run = self.ctl(*arguments, stdin=stdin)
        assert run.returncode == 0, f"shieldctl {' '.join(arguments)}: {run.returncode}\n{run.stdout}{run.stderr}"
        return run.stdout

    def json(self, *arguments):
        return json.loads(self.done(*arguments, "--json"))

    def ask(self, **request):
        """One request to the control socket as it goes over the wire, without the cost of a process."""
        return json.loads(self.answer(request))

    def octets(self, reference):
        """The message exactly as it is kept."""
        head, octets = self.answer({"command": "raw", "reference": reference}).split(b"\n", 1)
        assert json.loads(head)["status"] == 0, head
        return octets

    def answer(self, request):
        octets = json.dumps(request).encode()
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(600)  # verify reads all there is
            control.connect(str(self.state / "control"))
            control.sendall(len(octets).to_bytes(4, "big") + octets)
            with control.makefile("rb") as answer:
                return answer.read(int.from_bytes(answer.read(4), "big"))

    def show(self, reference):
        return self.json("show", reference)

    def decided(self, reference, seconds=30):
        """The case once its acknowledgement is no longer pending nor under way."""
        def settled():
            case = self.show(reference)
            return case if case["acknowledgement"]["state"] not in ("pending", "queued") else None
        return wait_until(settled, seconds, f"a decision about {reference}")

    def replies(self):
        """What the maildir transport delivered, oldest first."""
        files = sorted((self.maildir / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def replies_to(self, address):
        return [reply for reply in self.replies() if address in str(reply["To"])]

    def http(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, ""

    def metrics(self):
        """Name with labels → value."""
        values = {}
        for line in self.http("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values


class SystemTest(unittest.TestCase):
    """A test with daemons of its own, ended whatever happens."""

    def run(self, result=None):
        self.result = result = result or self.defaultTestResult()
        self.faults_before = len(result.failures) + len(result.errors)
        return super().run(result)

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def shield(self, **options):
        return self.unstarted(**options).start()

    def unstarted(self, **options):
        shield = self.stack.enter_context(contextlib.closing(Shield(**options)))
        self.stack.callback(self.tell, shield)
        return shield

    def tell(self, shield):
        """What the daemon wrote, when its test has failed."""
        if len(self.result.failures) + len(self.result.errors) > self.faults_before:
            print(f"--- {self.id()}: the end of what shieldd wrote ---\n{shield.log_text()[-6000:]}---", flush=True)


def isolation(*namespaces):
    """The words that start a command in namespaces of its own, as root there, or None where that is not allowed."""
    words = ["unshare", *namespaces]
    if os.geteuid() != 0:
        # Several users, which a mail server needs, take newuidmap; for a mount, one is enough.
        words += ["--map-root-user"] + (["--map-auto"] if "--pid" in namespaces else [])
    try:
        works = subprocess.run([*words, "true"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        works = False
    return words if works else None


def main_where(words):
    """unittest.main(), or the whole file skipped, visibly, when there are no words to start a namespace with."""
    if not words:
        print("skipped: needs root or unprivileged namespaces (unshare)")
        sys.exit(0)
    unittest.main()


def main_isolated():
    """unittest.main() in a mount namespace of its own."""
    words = isolation("--mount")
    if words and os.environ.get("SHIELD_ISOLATED") != "1":
        os.execvpe(words[0], [*words, sys.executable, *sys.argv], {**os.environ, "SHIELD_ISOLATED": "1"})
    main_where(words)
