# SPDX-License-Identifier: Apache-2.0
"""Behind a real HAProxy: the client that it names is the client, in both versions of its protocol, and its own address
is never bounded."""

import socket
import unittest

import haproxy
import shield

GATEWAY = "127.0.9.9"


class BehindHaproxy(shield.SystemTest):
    def behind(self, options, **limits):
        listen = shield.free_port()
        daemon = self.shield(limits={"greeting_pause": 0, "exempt": "[]", **limits},
                             listen=[f'address = "127.0.0.1:{listen}"\nproxy = ["{GATEWAY}"]'])
        gateway = self.stack.enter_context(haproxy.Haproxy(to=listen, source=GATEWAY, options=options))
        return daemon, gateway

    def connect(self, gateway, source):
        return shield.Connection("127.0.0.1", gateway.port, local_hostname="client.reporter.example", timeout=30,
                                 source_address=(source, 0))

    def deliver(self, daemon, gateway, source):
        with self.connect(gateway, source) as client:
            code, text = client.deliver(shield.mail(), f"r{source}@reporter.example", ["security@example.com"])
        self.assertEqual(code, 250, text)
        return shield.reference_in(text)

    def the_client_is_the_client(self, options):
        daemon, gateway = self.behind(options)
        for source in ("127.5.6.7", "127.5.6.8"):
            reference = self.deliver(daemon, gateway, source)
            line, = [line for line in daemon.log_text().splitlines()
                     if "event=accepted" in line and reference in line]
            self.assertIn(f"client={source}", line)
            self.assertIn(source, str(daemon.show(reference)) + daemon.done("show", reference))

    def test_version_1_names_the_client(self):
        self.the_client_is_the_client("send-proxy")

    def test_version_2_names_the_client(self):
        self.the_client_is_the_client("send-proxy-v2")

    def test_version_2_with_more_in_it_names_the_client(self):
        self.the_client_is_the_client("send-proxy-v2 proxy-v2-options crc32c")

    def test_its_health_checks_are_no_clients(self):
        daemon, gateway = self.behind("send-proxy-v2 check inter 200ms")
        self.deliver(daemon, gateway, "127.5.6.7")
        shield.wait_until(lambda: daemon.metrics()["shield_smtp_connections"] == 0, what="every place given back")
        self.assertEqual(daemon.metrics()["shield_proxy_headers_refused_total"], 0)

    def test_bounds_count_the_client_and_not_the_gateway(self):
        daemon, gateway = self.behind("send-proxy", client_connections_max=2)
        held = [self.stack.enter_context(self.connect(gateway, "127.5.6.7")) for _ in range(2)]
        with socket.create_connection(("127.0.0.1", gateway.port), 20, ("127.5.6.7", 0)) as third:
            self.assertTrue(third.recv(1000).startswith(b"421 4.7.0"))
        for number in range(10):
            held.append(self.stack.enter_context(self.connect(gateway, f"127.5.{number + 7}.1")))
        self.assertEqual(daemon.metrics()["shield_limit_client_connections_total"], 1)

    def test_without_a_header_it_hears_nothing(self):
        daemon, gateway = self.behind("")
        with socket.create_connection(("127.0.0.1", gateway.port), 20) as client:
            client.sendall(b"EHLO client.reporter.example\r\n")
            self.assertEqual(client.recv(1000), b"")
        self.assertGreaterEqual(daemon.metrics()["shield_proxy_headers_refused_total"], 1)


if __name__ == "__main__":
    unittest.main()
