# SPDX-License-Identifier: Apache-2.0
"""A real nsd, unpacked by tests/support/peers, that serves the zones in tests/support/zones, signed by ldns with keys of
its own. Needs no privilege."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

from shield import SOURCE, free_port, wait_until

PEERS = SOURCE / "build" / "peers"
ZONES = SOURCE / "tests" / "support" / "zones"
SIGNED = ["broken.example", "expired.example", "secure.example", "example", "root"]  # children first: parents get a DS

CONFIG = """server:
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "{home}"
    database: ""
    pidfile: "{home}/nsd.pid"
    xfrdfile: "{home}/xfrd.state"
    zonelistfile: "{home}/zone.list"
    xfrdir: "{home}"
    hide-version: yes
    rrl-ratelimit: 0
{addresses}
remote-control:
    control-enable: no
{zones}"""


def fetch():
    subprocess.run([str(SOURCE / "tests" / "support" / "peers"), "nsd", "ldnsutils"], check=True,
                   stdout=subprocess.DEVNULL, timeout=300)


def words(peer, program):
    """The words that run it with the libraries of its own root."""
    root = PEERS / peer
    libraries = [root / "usr/lib/x86_64-linux-gnu", root / "lib/x86_64-linux-gnu", root / "usr/lib"]
    loaders = [*root.glob("lib64/ld-linux-*.so.*"), *root.glob("lib/ld-linux-*.so.*")]
    return [str(loaders[0]), "--library-path", ":".join(map(str, libraries)), str(root / program)]


class Nsd:
    """Serves at `addresses`, each ADDRESS@PORT; a free port on loopback when there are none. Those of the zones that are in
    `only`, or all, and `more` (name: text), which are not signed. `anchor` is the file with the key of its root."""

    def __init__(self, addresses=(), only=None, more=None):
        fetch()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="shield-nsd-"))
        self.port = free_port()
        self.anchor = self.directory / "root.key"
        self.process = None
        for zone in ZONES.glob("*.zone"):
            shutil.copy(zone, self.directory / zone.name)
        for name in SIGNED:
            self.sign(name)
        for name, text in (more or {}).items():
            (self.directory / f"{name}.zone").write_text(text)
        broken = self.directory / "broken.example.zone"
        broken.write_text(broken.read_text().replace('"genuine"', '"forged"'))
        self.write_config(addresses or [f"127.0.0.1@{self.port}"], only)

    def sign(self, name):
        zone = "." if name == "root" else name
        file = self.directory / f"{name}.zone"
        key = self.tool("keygen", "-a", "ECDSAP256SHA256", "-k", zone).strip()
        options = ["-e", "20200201000000", "-i", "20200101000000"] if name == "expired.example" else []
        self.tool("signzone", *options, "-f", file.name + ".signed", file.name, key)
        (self.directory / (file.name + ".signed")).replace(file)
        delegation = (self.directory / f"{key}.ds").read_text()
        if name == "root":
            self.anchor.write_text("; of a root that only tests know\n" + delegation)
        else:
            parent = "root" if "." not in name else name.split(".", 1)[1]
            with open(self.directory / f"{parent}.zone", "a", encoding="ascii") as records:
                records.write(delegation)

    def tool(self, name, *arguments):
        run = subprocess.run([*words("ldnsutils", f"usr/bin/ldns-{name}"), *arguments], cwd=self.directory,
                             capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, f"ldns-{name}: {run.stdout}{run.stderr}"
        return run.stdout

    def write_config(self, addresses, only):
        zones = only or [file.name.removesuffix(".zone") for file in self.directory.glob("*.zone")]
        text = CONFIG.format(home=self.directory, addresses="\n".join(f"    ip-address: {one}" for one in addresses),
                             zones="".join(f'zone:\n    name: "{"." if name == "root" else name}"\n'
                                           f'    zonefile: "{name}.zone"\n' for name in zones))
        (self.directory / "nsd.conf").write_text(text)
        host, port = addresses[0].split("@")
        self.place = host, int(port)

    def __enter__(self):
        with open(self.directory / "output", "wb") as output:
            self.process = subprocess.Popen([*words("nsd", "usr/sbin/nsd"), "-d", "-c", str(self.directory / "nsd.conf")],
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            wait_until(self.answers, 20, f"nsd at {self.place}")
        except AssertionError as error:
            self.__exit__(type(error))
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"nsd ended with {self.process.returncode}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(1)
            client.connect(self.place)
            client.send(bytes.fromhex("000100000001000000000000" "00" "0006" "0001"))  # the SOA of the root
            try:
                return client.recv(4096)
            except OSError:
                return False

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        if kind:
            print(f"--- what nsd wrote ---\n{(self.directory / 'output').read_text(errors='replace')[-3000:]}---")
        shutil.rmtree(self.directory, ignore_errors=True)
