# SPDX-License-Identifier: Apache-2.0
"""A real HAProxy, unpacked by tests/support/peers, as the gateway in front of a listener. Needs no privilege."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

from shield import SOURCE, free_port, wait_until

ROOT = SOURCE / "build" / "peers" / "haproxy"

CONFIG = """global
    maxconn 200
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen gateway
    bind 127.0.0.1:{port}
    server shield 127.0.0.1:{to} source {source} {options}
"""


def fetch():
    subprocess.run([str(SOURCE / "tests" / "support" / "peers"), "haproxy"], check=True, stdout=subprocess.DEVNULL,
                   timeout=300)


def program():
    """The words that run it with the libraries of its own root."""
    libraries = [ROOT / "usr/lib/x86_64-linux-gnu", ROOT / "lib/x86_64-linux-gnu"]
    loaders = [*ROOT.glob("lib64/ld-linux-*.so.*"), *ROOT.glob("lib/ld-linux-*.so.*")]
    return [str(loaders[0]), "--library-path", ":".join(map(str, libraries)), str(ROOT / "usr/sbin/haproxy")]


class Haproxy:
    """Passes connections to its `port` on to the port `to`, coming from `source`; `options` are those of HAProxy's
    `server` line, such as send-proxy."""

    def __init__(self, *, to, source, options):
        fetch()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="shield-haproxy-"))
        self.port = free_port()
        self.config = self.directory / "haproxy.cfg"
        self.config.write_text(CONFIG.format(port=self.port, to=to, source=source, options=options))
        self.process = None

    def __enter__(self):
        with open(self.directory / "output", "wb") as output:
            self.process = subprocess.Popen([*program(), "-db", "-f", str(self.config)], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)
        try:
            wait_until(self.answers, 20, f"HAProxy on port {self.port}")
        except AssertionError as error:
            self.__exit__(type(error))
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"HAProxy ended with {self.process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return True
        except OSError:
            return False

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        if kind:
            print(f"--- what HAProxy wrote ---\n{(self.directory / 'output').read_text(errors='replace')[-3000:]}---")
        shutil.rmtree(self.directory, ignore_errors=True)
