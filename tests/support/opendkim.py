# SPDX-License-Identifier: Apache-2.0
"""A real OpenDKIM, unpacked by tests/support/peers, that signs what a mail server hands it (a milter). Needs no privilege."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

import nsd
from shield import SOURCE, free_port, wait_until

CONFIG = """Mode s
Domain {domain}
Selector {selector}
KeyFile {key}
Canonicalization relaxed/simple
SignatureAlgorithm rsa-sha256
OversignHeaders From
InternalHosts 127.0.0.0/8
Socket inet:{port}@127.0.0.1
RequireSafeKeys no
Background no
Syslog no
"""


class OpenDkim:
    """Signs for `domain` with the key in a PEM file. `port` is where Postfix finds it: smtpd_milters = inet:127.0.0.1:port."""

    def __init__(self, domain, selector, key):
        subprocess.run([str(SOURCE / "tests" / "support" / "peers"), "opendkim"], check=True, stdout=subprocess.DEVNULL,
                       timeout=300)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="shield-opendkim-"))
        self.port = free_port()
        config = self.directory / "opendkim.conf"
        config.write_text(CONFIG.format(domain=domain, selector=selector, key=key, port=self.port))
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen([*nsd.words("opendkim", "usr/sbin/opendkim"), "-x", str(config)], stdout=log,
                                            stderr=subprocess.STDOUT)

    def __enter__(self):
        def listening():
            if self.process.poll() is not None:
                raise AssertionError((self.directory / "log").read_text())
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", self.port)) == 0
        wait_until(listening, 20, "opendkim")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.directory)
