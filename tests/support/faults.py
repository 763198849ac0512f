# SPDX-License-Identifier: Apache-2.0
"""Rules for tests/support/faults/faults.cpp, which is preloaded into a daemon: which of its calls fail, and how."""

import mmap
import struct

import shield

CALLS = ("none", "open", "write", "sync", "truncate", "map", "accept", "send", "receive", "allocate", "clock")
RULE = struct.Struct("<Iiqqqq64s")
RULES_MAX = 8


class Faults:
    """The rules of one daemon, shared with it through a file while it lives, restarts included."""

    def __init__(self, daemon):
        file = daemon.directory / "faults"
        file.write_bytes(bytes(RULES_MAX * RULE.size))
        with open(file, "r+b") as opened:
            self.rules = mmap.mmap(opened.fileno(), 0)
        daemon.environment = {"LD_PRELOAD": str(shield.programs() / "libfaults.so"), "SHIELD_FAULTS": str(file)}
        self.used = 0

    def arm(self, call, error=0, path="", *, skip=0, times=-1, amount=0):
        """From now on `call` fails with `error`, or is cut short when it is 0, for files whose name contains `path`,
        or ends with it when it ends with "$" (" nameless": those that have none). Not the next `skip` times, then
        `times` times. Gives the rule's number."""
        number, self.used = self.used, self.used + 1
        RULE.pack_into(self.rules, number * RULE.size, 0, error, amount, skip, times, 0, path.encode())
        struct.pack_into("<I", self.rules, number * RULE.size, CALLS.index(call))  # it counts from here on
        return number

    def met(self, number):
        """How often the rule has been applied."""
        return RULE.unpack_from(self.rules, number * RULE.size)[5]

    def disarm(self):
        self.rules[:] = bytes(len(self.rules))
        self.used = 0
