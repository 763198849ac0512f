# SPDX-License-Identifier: Apache-2.0
"""A real Postfix, unpacked by tests/support/peers and run in namespaces of its own with build/peers/postfix as its root:
own users, own configuration, own queue. Needs root or unprivileged namespaces."""

import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile

from shield import SOURCE, free_port, isolation, wait_until

ROOT = SOURCE / "build" / "peers" / "postfix"

# Ids that mean nothing outside; Postfix only wants them to differ.
PASSWD = """root:x:0:0:root:/:/bin/sh
postfix:x:6401:6401::/:/bin/false
mail:x:6403:6403::/:/bin/false
nobody:x:6404:6404::/:/bin/false
"""
GROUP = "root:x:0:\npostfix:x:6401:\npostdrop:x:6402:\nmail:x:6403:\nnogroup:x:6404:\n"

MAIN = """compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
default_privs = nobody
maillog_file = {home}/log/maillog
maillog_file_prefixes = {home}/log
import_environment = MAIL_CONFIG={home}/etc
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = postfix.reporter.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtp_host_lookup = native
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtputf8_enable = yes
message_size_limit = 70000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:6403
virtual_gid_maps = static:6403
relayhost = {relay}
{settings}
"""

MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""

# Everything runs in there; a bind mount of three devices is all it needs of the machine.
SCRIPT = """set -e
mkdir -p {root}/dev
for device in null random urandom; do
    touch {root}/dev/$device
    mount --bind /dev/$device {root}/dev/$device
done
cd {root}{home}
mkdir -p data log mail queue
cd queue
mkdir -p active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace
chown 6401 active bounce corrupt defer deferred flush hold incoming private saved trace ../data
chown 6401:6402 maildrop public
chown 6403:6403 ../mail
chmod 1730 maildrop
chmod 2710 public
chmod 700 active bounce corrupt defer deferred flush hold incoming private saved trace ../data
exec chroot {root} /usr/lib/postfix/sbin/master -c {home}/etc -s
"""


def words():
    """How to start a command where Postfix can run, or None."""
    return isolation("--mount", "--pid", "--fork", "--kill-child")


def fetch():
    subprocess.run([str(SOURCE / "tests" / "support" / "peers"), "postfix"], check=True, stdout=subprocess.DEVNULL,
                   timeout=300)
    (ROOT / "etc").mkdir(exist_ok=True)
    (ROOT / "etc" / "passwd").write_text(PASSWD)
    (ROOT / "etc" / "group").write_text(GROUP)
    (ROOT / "etc" / "services").write_text("smtp 25/tcp\n")
    (ROOT / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
    (ROOT / "tmp").mkdir(exist_ok=True)


def tool(name):
    """The words that run one of Postfix's tools (smtp-source, smtp-sink) from its root, without any privilege."""
    libraries = [ROOT / "usr/lib/postfix", ROOT / "usr/lib/x86_64-linux-gnu", ROOT / "lib/x86_64-linux-gnu"]
    loaders = [*ROOT.glob("lib64/ld-linux-*.so.*"), *ROOT.glob("lib/ld-linux-*.so.*")]
    return [str(loaders[0]), "--library-path", ":".join(map(str, libraries)), str(ROOT / "usr/sbin" / name)]


class Postfix:
    """`domains` are delivered into a maildir, all else goes to `relay`, as "[127.0.0.1]:port"."""

    def __init__(self, *, domains="", relay="", settings=""):
        fetch()
        (ROOT / "instances").mkdir(exist_ok=True)
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=ROOT / "instances"))
        self.directory.chmod(0o755)
        self.home = "/" + str(self.directory.relative_to(ROOT))
        self.port = free_port()
        etc = self.directory / "etc"
        etc.mkdir()
        (etc / "main.cf").write_text(MAIN.format(home=self.home, domains=domains, relay=relay, settings=settings))
        (etc / "master.cf").write_text(MASTER.format(port=self.port))
        self.process = None

    def __enter__(self):
        script = SCRIPT.format(root=shlex.quote(str(ROOT)), home=self.home)
        with open(self.directory / "output", "wb") as output:
            self.process = subprocess.Popen([*words(), "sh", "-c", script], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)

        try:
            wait_until(self.answers, 20, f"Postfix on port {self.port}")
        except AssertionError as error:
            self.__exit__(type(error))
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Postfix ended with {self.process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                return connection.recv(3) == b"220"
        except OSError:
            return False

    def __exit__(self, kind, *_):
        # The end of unshare's one child, the first process of its PID namespace, ends every process of this Postfix.
        if self.process.poll() is None:
            pid = self.process.pid
            for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                os.kill(int(child), signal.SIGKILL)
            self.process.wait()
        if kind:
            print(f"--- what Postfix wrote ---\n{self.log_text()[-6000:]}---")
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_text(self):
        files = [self.directory / "output", self.directory / "log" / "maillog"]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def delivered(self):
        """The octets of every mail in the maildir."""
        return [file.read_bytes() for file in sorted((self.directory / "mail").glob("**/new/*"))]
