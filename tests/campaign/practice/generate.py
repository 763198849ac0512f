#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mail to practise on: mass mailings, what machines send, a subscription bomb, and people. None of it is of truth/.

tests/campaign/practice/generate.py [SEED] | bench_campaign_mail

Deterministic for each seed. What is written is told at the head of tests/bench/campaign_mail.cpp.
"""

import base64
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
RECIPIENT = "security@desk.example"
NAMES = ("Aino Berg Carla Duval Emre Fiala Gwen Hoxha Irma Jansen Kofi Lund Maud Novak Odin Pires Rosa Stahl Timo Urban Vilma Weiss "
         "Yusuf Zeman Astrid Blom Cosmo Dietz Elio Frick").split()
NOISE = ("copper lantern ridge violin harbour thicket marble cinnamon glacier pendulum walnut sparrow orchard velvet anvil comet saffron "
         "meadow turbine quartz ladder biscuit canyon feather tunnel island pepper mirror cradle falcon").split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYLLABLES = "ba cor del fen gri hol jam kel lum mor nas pel quo ris sot tam vur wex yol zan".split()
TWINS = str.maketrans("aeocp", "аеоср")


class Dice:
    """The same everywhere: SHA-256 of seed and count."""

    def __init__(self, seed):
        self.seed, self.count = seed, 0

    def below(self, bound):
        self.count += 1
        return int.from_bytes(hashlib.sha256(f"{self.seed} {self.count}".encode()).digest()[:8], "big") % bound

    def pick(self, items):
        return items[self.below(len(items))]

    def letters(self, count, alphabet=LETTERS):
        return "".join(self.pick(alphabet) for _ in range(count))

    def token(self):
        return self.letters(14 + self.below(12), LETTERS + "0123456789") + str(self.below(1000))

    def noise(self):
        """A word of a long list, or one that is none."""
        return self.pick(NOISE) if self.below(3) == 0 else "".join(self.pick(SYLLABLES) for _ in range(2 + self.below(2)))

    def shuffled(self, items):
        rest, result = list(items), []
        while rest:
            result.append(rest.pop(self.below(len(rest))))
        return result


def filled(pattern, dice, site="<site>"):
    """{a|b} chosen, then places filled."""
    text = re.sub(r"\{([^{}]*)\}", lambda found: dice.pick(found[1].split("|")), pattern)
    values = {
        "<name>": lambda: dice.pick(NAMES) + " " + dice.pick(NAMES), "<number>": lambda: str(10 + dice.below(99990)),
        "<link>": lambda: f"https://{dice.letters(9)}.example/{dice.letters(2)}/{dice.token()}",
        "<host>": lambda: dice.letters(8) + ".example", "<address>": lambda: f"{dice.letters(7)}@{dice.letters(7)}.example",
        "<account>": lambda: "4" + dice.letters(40, LETTERS + "0123456789"), "<token>": dice.token, "<site>": lambda: site}
    return re.sub("|".join(values), lambda found: values[found[0]](), text)


def entries(name):
    """Of a file: the fields of every line "= a | b", and the lines below it."""
    found = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            found.append(([field.strip() for field in line[2:].split("|", 2)], []))
        elif found and not line.startswith("# "):
            found[-1][1].append(line)
    return found


def encoded(subject):
    return subject if subject.isascii() else "=?utf-8?B?" + base64.b64encode(subject.encode()).decode() + "?="


def part(kind, text):
    return f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"


def multipart(subtype, parts):
    return f"Content-Type: multipart/{subtype}; boundary=qq\n\n" + "".join(f"--qq\n{one}\n" for one in parts) + "--qq--\n"


def file_part(kind, name, octets):
    return (f"Content-Type: {kind}; name={name}\nContent-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(octets).decode())


def message(sender, name, subject, entity, fields=()):
    head = [f"From: {encoded(name)} <{sender}>", f"To: {RECIPIENT}", f"Subject: {encoded(subject)}", *fields, "MIME-Version: 1.0"]
    return ("\n".join(head) + "\n" + entity).replace("\n", "\r\n").encode()


def page(lines):
    rows = "".join(f"<p>{line}</p>\n" for line in lines)
    return f"<html><body>\n{rows}</body></html>"


def mailing_entity(kind, lines, dice, same):
    if kind == "noise":
        lines = [re.sub(r" ", lambda _: f" {dice.noise()} " if dice.below(7) == 0 else " ", line) for line in lines]
    if kind == "salad":
        lines = lines + [" ".join(dice.noise() for _ in range(6 + dice.below(7)))]
    if kind == "swap":
        lines = dice.shuffled(lines)
    if kind == "hidden" and dice.below(2):
        lines = [line if "<" in line or "://" in line else line.translate(TWINS) for line in lines]
        hidden = " ".join(dice.noise() for _ in range(12))
        return part("html", page(lines).replace("<p>", f'<p style="display:none">{hidden}</p><p>', 1))
    text = "\n\n".join(lines)
    if kind == "html":
        return part("html", page(lines))
    if kind == "alt":
        return multipart("alternative", [part("plain", text), part("html", page(lines))])
    if kind in ("file", "pdf"):
        octets = b"%PDF-1.4 " + (same if kind == "pdf" else dice.token()).encode() * 9
        return multipart("mixed", [part("plain", text), file_part("application/pdf", dice.letters(6) + ".pdf", octets)])
    return part("plain", text)


def sender_of(dice):
    return f"{dice.pick(NAMES).lower()}.{dice.letters(4)}@{dice.letters(8)}.example"


def mailings(dice):
    """Of each mailing from 10 to 50 messages, spread over some hours: (campaign, seconds, sender, octets)."""
    for (name, kind, subject), lines in entries("mailings.txt"):
        begin = dice.below(300000)
        for _ in range(dice.pick((10, 14, 20, 30, 50))):
            texts = [filled(line, dice) for line in lines]
            sender = sender_of(dice)
            yield name, begin + dice.below(40000), sender, message(
                sender, dice.pick(NAMES), filled(subject, dice), mailing_entity(kind, texts, dice, name))


def bounces(dice):
    """What comes back when somebody forged our address: of three kinds of mail systems."""
    for _ in range(36):
        host, to = dice.letters(8) + ".example", f"{dice.letters(6)}@{dice.letters(7)}.example"
        said = dice.pick((
            f"This is the mail system at host {host}.\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n<{to}>: "
            "user unknown",
            f"Delivery has failed to these recipients or groups:\n\n{to}\nThe address you entered couldn't be found.",
            f"A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n  {to}\n    "
            "Unrouteable address"))
        status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; {host}\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n"
        returned = f"Content-Type: text/rfc822-headers\n\nFrom: {RECIPIENT}\nTo: {to}\nSubject: Great pills {dice.below(9999)}\n"
        yield "bounces", 20000 + dice.below(9000), "", message(
            f"MAILER-DAEMON@{host}", "Mail Delivery System", dice.pick(("Undelivered Mail Returned to Sender", "Undeliverable: Great pills",
                                                                        "Mail delivery failed: returning message to sender")),
            multipart("report; report-type=delivery-status", [part("plain", said), status, returned]),
            ["Auto-Submitted: auto-replied"])


def machines(dice):
    """Reports with next to no text, invitations from ever other people."""
    for _ in range(24):
        host = dice.letters(7) + ".example"
        yield "dmarc", dice.below(400000), f"noreply-dmarc@{host}", message(
            f"noreply-dmarc@{host}", host, f"Report domain: desk.example Submitter: {host} Report-ID: <{dice.token()}>",
            file_part("application/gzip", f"{host}!desk.example!{dice.below(99999)}.xml.gz", b"\x1f\x8b\x08" + dice.token().encode() * 8))
    for _ in range(18):
        sender = sender_of(dice)
        text = dice.pick(("Join our live demo of the data lake.", "You are invited to a live session on data lakes.", "Live demo: data lakes"))
        calendar = (f"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:{dice.token()}\n"
                    f"ORGANIZER:mailto:{sender}\nSUMMARY:{text}\nEND:VEVENT\nEND:VCALENDAR\n")
        yield "calendar", dice.below(90000), sender, message(
            sender, dice.pick(NAMES), dice.pick(("Invitation: data lake demo", "Invitation: live demo of data lakes")),
            multipart("alternative", [part("plain", text), calendar]))
    for _ in range(20):
        host = dice.letters(7) + ".example"
        yield "away", 20000 + dice.below(9000), "", message(
            f"{dice.pick(NAMES).lower()}@{host}", dice.pick(NAMES), "Automatic reply: Great pills " + str(dice.below(999)),
            part("plain", filled("{Thank you for your mail.|Thanks for writing.} {I am out of the office until|I shall be back on|I am on leave till} "
                                 "<number>. {In urgent cases call|Please contact} <name>.", dice)), ["Auto-Submitted: auto-replied"])


def bomb(dice):
    """Confirmations within an hour: of each text two."""
    for (sender, fields, subject), lines in entries("confirmations.txt") * 2:
        site = dice.letters(4) + dice.pick(NOISE) + ".example"
        address = sender.replace("<site>", site)
        given = [field.replace("<site>", site) for field in fields.split("; ") if field]
        text = filled("\n".join(lines), dice, site)
        entity = part("plain", text) if dice.below(2) else part("html", page(text.split("\n")))
        yield "bomb", 100000 + dice.below(3600), f"bounce-{dice.letters(6)}@{site}", message(
            address, site.split(".")[0].capitalize(), filled(subject, dice), entity, given)


def people(dice):
    """Groups come together within some hours of the mailings and of the bomb."""
    texts = [(kind, lines) for (_, kind, _), lines in entries("mailings.txt") if kind != "short"]
    for (group,), lines in entries("people.txt"):
        for one in "\n".join(lines).split("\n--\n"):
            head, body = one.split("\n", 1)
            sender, subject = [field.strip() for field in head.split("|", 1)]
            body = body.replace("<someone>", sender_of(dice))
            while "<mailing>" in body:
                body = body.replace("<mailing>", "\n\n".join(filled(line, dice) for line in dice.pick(texts)[1]), 1)
            begin = 100500 if "bomb" in group else dice.below(340000)
            yield "", begin + dice.below(3000), sender, message(
                sender, sender.split("@")[0].capitalize(), filled(subject, dice), part("plain", filled(body, dice, sender.split("@")[1])))


def main():
    dice = Dice(sys.argv[1] if sys.argv[1:] else "practice")
    made = [one for kind in (mailings, bounces, machines, bomb, people) for one in kind(dice)]
    made += people(dice)  # and once more, with other mailings passed on
    for number, (campaign, at, sender, octets) in enumerate(sorted(made, key=lambda one: (one[1], one[3]))):
        client = f"100.64.{dice.below(256)}.{dice.below(256)}"
        sys.stdout.buffer.write(f"p{number}\t{campaign}\t{at}\t{client}\t{sender}\t{RECIPIENT}\t{len(octets)}\n".encode() + octets + b"\n")


if __name__ == "__main__":
    main()
