# SPDX-License-Identifier: Apache-2.0
"""A next hop that misbehaves on demand: accepts, defers, refuses, or drops the connection after the final dot."""

import email
import email.policy
import socket
import threading


class SmtpPeer:
    """Listens on loopback. `plan` is a function of (number of this transaction, its recipient) that gives what happens
    to it: "accept", "defer", "refuse", "refuse recipient", "drop" (after the final dot, message kept) or "hang"."""

    def __init__(self, plan=lambda number, recipient: "accept", extensions=("PIPELINING", "SIZE 10485760", "8BITMIME")):
        self.plan = plan
        self.extensions = extensions
        self.messages = []      # (sender, recipients, octets) of every final dot, whatever was answered
        self.accepted = []      # those of them answered 250
        self.connections = 0
        self.commands = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)

    def parsed(self, last=0):
        """The messages, or the last of them."""
        return [email.message_from_bytes(octets, policy=email.policy.default) for _, _, octets in self.messages[-last:]]

    def serve(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection):
        with connection, connection.makefile("rb") as lines:
            try:
                self.dialogue(connection, lines)
            except OSError:
                return

    def dialogue(self, connection, lines):
        def say(*texts):
            connection.sendall(b"".join(text.encode() + b"\r\n" for text in texts))

        say("220 peer.example ESMTP")
        sender, recipients, action = None, [], "accept"
        for line in lines:
            command = line.decode("utf-8", "surrogateescape").strip()
            with self.lock:
                self.commands.append(command)
            verb = command.upper().split(" ")[0].split(":")[0]
            if verb == "EHLO":
                names = ["peer.example", *self.extensions]
                say(*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}")
            elif verb == "MAIL":
                sender, recipients = command[command.index("<") + 1:command.index(">")], []
                say("250 2.1.0 Ok")
            elif verb == "RCPT":
                recipient = command[command.index("<") + 1:command.index(">")]
                with self.lock:
                    action = self.plan(len(self.messages), recipient)
                if action == "refuse recipient":
                    say("550 5.1.1 No such user here")
                else:
                    recipients.append(recipient)
                    say("250 2.1.5 Ok")
            elif verb == "DATA":
                if not recipients:
                    say("554 5.5.1 No valid recipients")
                    continue
                say("354 Go on")
                self.finish(connection, lines, say, sender, recipients, action)
                if action in ("drop", "hang"):
                    return
                sender, recipients = None, []
            elif verb == "QUIT":
                say("221 2.0.0 Bye")
                return
            elif verb in ("RSET", "NOOP", "HELO"):
                sender, recipients = None, []
                say("250 2.0.0 Ok")
            else:
                say("502 5.5.1 Not here")

    def finish(self, connection, lines, say, sender, recipients, action):
        octets = b""
        for line in lines:
            if line == b".\r\n":
                break
            octets += line[1:] if line.startswith(b".") else line
        else:
            return
        with self.lock:
            self.messages.append((sender, recipients, octets))
        if action == "accept":
            with self.lock:
                self.accepted.append((sender, recipients, octets))
            say("250 2.0.0 Queued as 4711")
        elif action == "defer":
            say("451 4.7.1 Greylisted, come back later")
        elif action == "refuse":
            say("554 5.7.1 We do not want this")
        elif action == "hang":
            self.stopping.wait(600)
