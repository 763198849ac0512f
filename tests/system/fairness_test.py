# SPDX-License-Identifier: Apache-2.0
"""A mailbomb does not hold up the reports among it: thousands of messages from many networks of 127.0.0.0/8, and a few
reports from networks of their own. Nothing is timed: what is compared is how many others were assessed before them."""

import contextlib
import socket
import sqlite3
import threading
import unittest

import nsd
import shield

NETWORKS, OF_EACH, REPORTS = (1000, 100, 20) if shield.LONG else (200, 25, 8)
# What is leased when a report comes is read before it, and what was read is written before it. Whoever is taken in the
# order of arrival has all that waits before him, some thousands here.
BATCH, PATIENCE = 16, 400

ZONE = """$ORIGIN senders.example.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
good TXT "v=spf1 ip4:127.0.0.0/8 -all"
"""

UNLIMITED = {name: 1_000_000 for name in (
    "client_messages_minute_max", "network_messages_minute_max", "client_connections_minute_max",
    "network_connections_minute_max", "session_idle_commands_max")}


def transaction(octets, sender, to):
    """One message as a client that pipelines and chunks sends it (RFC 2920, RFC 3030)."""
    return f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nBDAT {len(octets)} LAST\r\n".encode() + octets


def send(port, source, transactions):
    """The references of what was taken from this address."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 120, (source, 0))) as client:
        client.sendall(b"EHLO client.reporter.example\r\n" + b"".join(transactions) + b"QUIT\r\n")
        with client.makefile("rb") as replies:
            return [shield.reference_in(line) for line in replies if line.startswith(b"250 2.0.0 Accepted")]


def confirmation(network, number):
    return shield.mail(subject=f"Please confirm {network}-{number}", sender=f"list{number}@bulk{network}.example",
                       body=f"Confirm your subscription {network * 1000 + number}: https://list.example/{number}\n" * 20)


class Fairness(shield.SystemTest):
    def setUp(self):
        super().setUp()
        self.server = self.stack.enter_context(nsd.Nsd(more={"senders.example": ZONE}))
        place = f'resolver = "127.0.0.1:{self.server.port}"\nvalidate = false'
        limits = {"exempt": "[]", "greeting_pause": 0, "assessment_batch_max": BATCH,
                  "acknowledgements_domain_day_max": 1000, **UNLIMITED}
        self.daemon = self.shield(unverified="hold", dns=place, limits=limits)
        self.taken, self.half_way = 0, threading.Event()
        self.lock = threading.Lock()

    def flood(self, networks):
        for network in networks:
            taken = send(self.daemon.port, f"127.{1 + network // 250}.{network % 250}.1",
                         [transaction(confirmation(network, number), f"list{number}@bulk{network}.example",
                                      "shield@example.com") for number in range(OF_EACH)])
            with self.lock:
                self.taken += len(taken)
                if self.taken > NETWORKS * OF_EACH // 2:
                    self.half_way.set()

    def waits_and_overtakers(self, references):
        """For each report, how many messages waited when it came, and how many were assessed before it since."""
        with contextlib.closing(sqlite3.connect(f"file:{self.daemon.state}/shield.db?mode=ro", uri=True)) as database:
            events = database.execute("SELECT message_id, kind FROM events WHERE kind IN ('received', 'assessed') "
                                      "ORDER BY id").fetchall()
            reports = {number for number, detail in database.execute(
                "SELECT message_id, detail FROM events WHERE kind = 'received'") if detail.split()[0] in references}
        received = assessed = 0
        came, found = {}, []
        for message, kind in events:
            if kind == "received":
                received += 1
                if message in reports:
                    came[message] = (received - assessed, assessed)
            else:
                if message in reports:
                    found.append((came[message][0], assessed - came[message][1]))
                assessed += 1
        return found

    def test_reports_among_a_mailbomb_are_assessed_and_acknowledged_before_what_came_before_them(self):
        crowd = [threading.Thread(target=self.flood, args=(range(first, NETWORKS, 8),)) for first in range(8)]
        for one in crowd:
            one.start()
        self.assertTrue(self.half_way.wait(300))
        references = []
        for number in range(REPORTS):
            sender = f"ann{number}@good.senders.example"
            octets = shield.mail(subject=f"Report {number}", sender=sender,
                                 body=f"Somebody took over account {number} and changes its address.")
            references += send(self.daemon.port, f"127.200.{number}.1",
                               [transaction(octets, sender, "shield@example.com")])
        self.assertEqual(len(references), REPORTS)
        for reference in references:
            self.assertEqual(self.daemon.decided(reference, 60)["acknowledgement"]["state"], "sent")
        left = self.daemon.metrics()["shield_assessment_backlog"]
        for one in crowd:
            one.join()
        self.assertEqual(self.taken, NETWORKS * OF_EACH)
        shield.wait_until(lambda: self.daemon.metrics()["shield_assessment_backlog"] == 0, 300, "all are assessed")
        self.assertEqual(self.daemon.ask(command="verify")["result"]["faults"], [])
        self.assertEqual(self.daemon.stop(), 0)
        found = self.waits_and_overtakers(references)
        print(f"waited, overtakers: {found}; waiting when all reports were acknowledged: {left}")
        self.assertEqual(len(found), REPORTS)
        for waited, overtakers in found:
            self.assertLess(overtakers, PATIENCE, f"while {waited} waited")


if __name__ == "__main__":
    unittest.main()
