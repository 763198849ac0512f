#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether the set is what README.md says: frozen, well-formed, complete, no message twice. Says what is wrong, and the counts."""

import collections
import csv
import email
import email.policy
import io
import sys

import generate

LEVELS = ("level 1", "level 2", "level 3", "level 4", "level 5")


def rows(octets):
    return list(csv.DictReader(io.StringIO(octets.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))


def wrong_with(name, octets):
    lines = octets.split(b"\r\n")
    if b"\n" in b"".join(lines) or b"\r" in b"".join(lines):
        yield "a bare CR or LF"
    if max(map(len, lines)) > 998:
        yield "a line past 998 octets"
    if not octets.isascii():
        yield "octets that are not ASCII"
    read = email.message_from_bytes(octets, policy=email.policy.default)
    for part in read.walk():
        if part.defects:
            yield f"{part.get_content_type()}: {part.defects}"
        if "Content-Type" in part and part.get_content_type() in ("text/plain", "text/html", "text/calendar") and not part.get_content().strip():
            yield "an empty text"
    for field in ("From", "To", "Subject", "Date", "Message-ID"):
        if len(read.get_all(field, [])) != 1:
            yield f"not one {field}"
    if b"{" in octets.replace(b"##", b"") and any(f"{{{slot}}}".encode() in octets for slot in ("name", "url", "n5", "date", "amount")):
        yield "an open slot"


def main():
    files = generate.outputs()
    faults = []
    if generate.digest(files) != (generate.HERE / "frozen.sha256").read_text().split()[0]:
        faults.append("the set is not the frozen one")
    mails = {name[:-4]: octets for name, octets in files.items() if name.endswith(".eml")}
    truth, seen = rows(files["truth.tsv"]), rows(files["messages.tsv"])
    if not set(mails) == {row["id"] for row in truth} == {row["id"] for row in seen} or len(truth) != len(mails):
        faults.append("ids differ between files and tables")
    bodies = collections.Counter(octets for octets in mails.values())
    faults += ["the same octets twice"] * sum(count > 1 for count in bodies.values())
    for name, octets in mails.items():
        faults += [f"{name}: {what}" for what in wrong_with(name, octets)]
    sizes = collections.Counter(row["campaign"] for row in truth)
    singles = sizes.pop("", 0)
    for campaign, size in sizes.items():
        if campaign != "subscriptions" and not 10 <= size <= 60:
            faults.append(f"{campaign} has {size} messages")
    if len(sizes) < 31 or singles < 200:
        faults.append(f"only {len(sizes)} campaigns, {singles} single messages")
    levels = collections.Counter(row["why"][:7] for row in truth if row["why"].startswith("level"))
    faults += [f"no message of {level}" for level in LEVELS if not levels[level]]
    same = sum(size * (size - 1) // 2 for size in sizes.values())
    total = len(truth) * (len(truth) - 1) // 2
    print(f"{len(truth)} messages, {sum(map(len, mails.values()))} octets, {len(sizes)} campaigns, {singles} single messages")
    print(f"{total} pairs, {same} of one campaign, {sizes['subscriptions'] * (sizes['subscriptions'] - 1) // 2} of them subscriptions")
    print(", ".join(f"{level}: {levels[level]}" for level in LEVELS))
    print("\n".join(faults) or "well-formed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
