#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the set into a folder: NNNN.eml, messages.tsv (what a server sees), truth.tsv (what the clustering must not see).

tests/campaign/truth/generate.py FOLDER    writes it
tests/campaign/truth/generate.py --digest  prints the SHA-256 of all of it; frozen.sha256 has what it must be
"""

import hashlib
import pathlib
import re
import sys

import entities
import rendering
from dice import FIRST, LOWER, TOKEN, WORDS, Dice, address, domain, person

HERE = pathlib.Path(__file__).resolve().parent
VICTIM = "security@desk.example"
SYNONYMS = {"account": ["profile", "login"], "confirm": ["verify", "validate"], "found": ["discovered", "spotted"],
            "pay": ["remit", "hand over"], "site": ["page", "portal"], "website": ["web page", "homepage"],
            "money": ["funds", "cash"], "need": ["require", "want"], "send": ["transmit", "forward"], "your": ["the", "your own"],
            "message": ["note", "letter"], "password": ["passphrase", "secret"],
            "free": ["gratis", "complimentary"], "video": ["clip", "film"], "please": ["kindly", "do"], "is": ["is surely", "happens to be"],
            "will": ["shall", "is going to"], "attached": ["enclosed", "appended"], "payment": ["transfer", "remittance"],
            "missing": ["absent", "not there"], "before": ["prior to", "ahead of"],
            "open": ["launch", "view"], "months": ["mths", "calendar months"], "vulnerability": ["weakness", "flaw"]}
HOMOGLYPHS = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "i": "і"}
SIGNED = ("beg", "seo", "saas", "invoice", "phish-payroll", "phish-gift")  # by the name in From
WHY = {1: "names, numbers and links differ", 2: "synonyms, order and random words", 3: "paraphrased sentence by sentence",
       4: "hidden text, zero-width characters, homoglyphs", 5: "another language, same structure"}


def families():
    for file in sorted((HERE / "families").glob("*.txt")):
        for block in re.split(r"^@ ", file.read_text(encoding="utf-8"), flags=re.M)[1:]:
            own, *others = re.split(r"^@@ ", block, flags=re.M)
            lines = own.strip().split("\n")
            name, kind, shape, *options = lines[0].split()
            options = dict(option.split("=") for option in options)
            yield {"name": name, "kind": kind, "shape": shape, "n": int(options["n"]), "options": options,
                   "subjects": lines[1][2:].split(" || "), "lines": [line.split(" || ") for line in lines[2:]],
                   "other": [other.strip().split("\n")[1:] for other in others]}


def link(dice, host=None):
    paths = ("verify", "c", "secure/login", "a/confirm", "go", "index.php", "r", "account", "track", "u")
    return f"https://{host or domain(dice)}/{dice.pick(paths)}?{dice.pick('tkuicx')}={dice.text(TOKEN, dice.between(8, 32))}"


class Values(dict):
    """What stands for {name} and the like: drawn at first use, the same within a message."""

    def __init__(self, dice, **given):
        super().__init__(given)
        self.dice = dice

    def __missing__(self, key):
        dice = self.dice
        if key[0] == "n" and key[1:].isdigit():
            value = str(dice.between(10 ** (int(key[1:]) - 1), 10 ** int(key[1:]) - 1))
        else:
            value = {"name": lambda: person(dice), "first": lambda: dice.pick(FIRST), "addr": lambda: VICTIM,
                     "victimaddr": lambda: VICTIM, "url": lambda: link(dice), "host": lambda: "mx" + str(dice.below(9)) + "." + domain(dice),
                     "addr2": lambda: address(dice, person(dice), domain(dice)), "victim": lambda: domain(dice),
                     "firm": lambda: dice.pick(WORDS).title() + dice.pick((" Ltd", " Group", " Works", " & Co")),
                     "firm2": lambda: dice.pick(WORDS).title() + " Systems", "user": lambda: dice.pick(WORDS) + str(dice.below(999)),
                     "site": lambda: dice.pick(WORDS).title() + dice.pick(WORDS), "phone": lambda: "+1 555 01" + dice.text("0123456789", 2),
                     "btc": lambda: "bc1q" + dice.text("023456789acdefghjklmnpqrstuvwxyz", 38),
                     "date": lambda: f"{dice.between(1, 28)} {dice.pick(('November', 'December', 'January'))}",
                     "time": lambda: f"{dice.below(24):02}:{dice.below(60):02}",
                     "amount": lambda: dice.pick(("$", "€", "£")) + f"{dice.between(2, 4900)}{dice.pick(('', '.00', '.50'))}"}[key]()
        self[key] = value
        return value


def fill(text, values):
    return re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], text)


def synonymised(dice, text):
    def other(match):
        found = SYNONYMS.get(match.group(0).lower())
        return dice.pick(found) if found and dice.chance(55) else match.group(0)
    return re.sub(r"(?<![\w./:@-])[A-Za-z]+(?![\w./:@-])", other, text)


def busters(dice, low, high):
    return " ".join(dice.pick((dice.pick(WORDS), dice.text(LOWER, dice.between(3, 9)))) for _ in range(dice.between(low, high)))


def disguised(dice, text):
    words = []
    for token in text.split(" "):
        if "://" not in token and "@" not in token and "{" not in token:
            token = "".join(HOMOGLYPHS[c] if c in HOMOGLYPHS and dice.chance(12) else c for c in token)
            if len(token) > 3 and dice.chance(35):
                at = dice.between(1, len(token) - 1)
                token = token[:at] + dice.pick("\u200b\u200c\u2060\u00ad") + token[at:]
        words.append(token)
    return " ".join(words)


def wording(dice, family, level):
    """(subject, paragraphs) with slots still open."""
    if level == 5:
        subject, *lines = dice.pick(family["other"])
        return subject[2:], lines
    free = level == 3 or family["options"].get("structure") or (level == 4 and dice.chance(50))
    subject = dice.pick(family["subjects"]) if level != 1 or dice.chance(30) else family["subjects"][0]
    lines = [dice.pick(line) if free else line[0] for line in family["lines"]]
    if level == 2:
        if len(lines) > 4:
            at = dice.between(1, len(lines) - 3)
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        lines = [synonymised(dice, line) for line in lines]
        lines.insert(dice.between(1, len(lines)), busters(dice, 3, 9))
    if level == 4:
        lines = [disguised(dice, line) for line in lines]
        subject = disguised(dice, subject)
    return subject, lines


def level_of(dice, family, index):
    if family["options"].get("structure"):
        return 3 if len(family["lines"]) else 1
    if family["other"] and index % 12 == 7:
        return 5
    return (1, 3, 2, 3, 1, 4, 3, 2, 3, 4)[index % 10]


def campaign_messages():
    for family in families():
        dice = Dice("family " + family["name"])
        start, span = dice.between(0, 300000), dice.between(1800, 90000)
        seller = domain(dice)
        blob = dice.octets(360)
        for index in range(family["n"]):
            level = level_of(dice, family, index)
            name = person(dice)
            host = seller if family["options"].get("sender") == "same" else domain(dice)
            values = Values(dice)
            if family["options"].get("structure"):
                values["host"] = "mx." + host
            if family["kind"] in SIGNED or family["name"] in SIGNED:
                values["name"] = name
            subject, lines = wording(dice, family, level)
            subject, lines = fill(subject, values), [fill(line, values) for line in lines]
            sender = address(dice, name, host)
            machine, entity = entities.of(dice, family, level, values, lines, blob, busters)
            if family["options"].get("structure") in ("dsn", "auto", "dmarc", "tlsrpt"):
                name, sender = entities.machine_name(family["options"]["structure"]), "noreply@" + host
            yield {"campaign": family["name"], "family": family["kind"], "why": f"level {level}: {WHY[level]}", "subject": subject,
                   "name": name, "from": sender, "path": "" if family["options"].get("structure") == "dsn" else sender,
                   "fields": machine, "entity": entity, "at": start + dice.below(span), "dice": dice}


def subscription_messages():
    rows = [line.split("|") for line in (HERE / "subscriptions.txt").read_text(encoding="utf-8").split("\n")
            if line and line[0] != "#"]
    dice = Dice("subscriptions")
    for index in range(2 * len(rows)):
        language, style, subject, body = rows[index % len(rows)]
        host = domain(dice)
        values = Values(dice, url=link(dice, dice.pick(("www.", "", "mail.", "click.")) + host))
        lines = [fill(line, values) for line in body.split("~")]
        local = dice.pick(("noreply", "no-reply", "news", "info", "accounts", "hello", "bounce-" + dice.text(LOWER, 6)))
        yield {"campaign": "subscriptions", "family": "subscription", "why": f"{language}, marks {style}: a confirmation nobody asked for",
               "subject": fill(subject, values), "name": values["site"], "from": f"{local}@{host}",
               "path": f"bounces+{dice.text(TOKEN, 8)}@{host}", "fields": entities.list_marks(dice, style, host, values["site"]),
               "entity": entities.body(dice, dice.pick(("plain", "alt", "html")), lines, values), "at": 250000 + dice.below(2400), "dice": dice}


def report_records():
    for file in sorted((HERE / "reports").glob("*.txt")):
        text = "\n".join(line for line in file.read_text(encoding="utf-8").split("\n") if not line.startswith("# "))
        for record in re.split(r"^%% ", text, flags=re.M)[1:]:
            head, body = record.strip().split("\n", 1)
            marks, subject = head.split(" | ", 1)
            group, *options = marks.split()
            yield group, dict(option.split("=") for option in options), subject, body


def report_messages():
    known = {family["name"]: family for family in families()}
    for index, (group, options, subject, text) in enumerate(report_records()):
        dice = Dice(f"report {index}")
        who = Dice("reporter " + options.get("as", f"alone {index}"))
        name, host = person(who), domain(who)
        sender = address(who, name, host)
        entity, why = entities.report(dice, group, options, name, text, known, wording, Values, fill)
        fields = [("In-Reply-To", "<advisory-11@desk.example>")] if group == "quoted" else []
        yield {"campaign": "", "family": group, "why": why, "subject": subject, "name": name, "from": sender, "path": sender,
               "fields": fields, "entity": entity, "at": dice.below(430000), "dice": dice}


def network(dice):
    return f"100.{64 + dice.below(64)}.{dice.below(256)}.{dice.between(1, 254)}"


def whole_set():
    """(id, message) in the order of arrival."""
    everything = list(campaign_messages()) + list(subscription_messages()) + list(report_messages())
    everything = [m for _, m in sorted(enumerate(everything), key=lambda pair: (pair[1]["at"], pair[0]))]
    for number, made in enumerate(everything, 1):
        dice = made["dice"]
        head = [("From", f"{rendering.word(made['name'])} <{made['from']}>"), ("To", f"<{VICTIM}>"),
                ("Subject", rendering.word(made["subject"])), ("Date", rendering.date(made["at"])),
                ("Message-ID", f"<{dice.text(TOKEN, 18)}@{made['from'].split('@')[1]}>")]
        made["octets"] = rendering.message(head + made["fields"], made["entity"])
        made["client"] = network(Dice("client " + made["from"]))
        yield f"m{number:04}", made


def outputs():
    """name → octets, the whole set."""
    seen, truth = ["id\tarrival_s\tclient\treverse_path\trecipient\n"], ["id\tcampaign\tfamily\twhy\n"]
    files = {}
    for name, made in whole_set():
        files[name + ".eml"] = made["octets"]
        seen.append(f"{name}\t{made['at']}\t{made['client']}\t{made['path']}\t{VICTIM}\n")
        truth.append(f"{name}\t{made['campaign']}\t{made['family']}\t{made['why']}\n")
    files["messages.tsv"] = "".join(seen).encode()
    files["truth.tsv"] = "".join(truth).encode()
    return files


def digest(files):
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name} {len(files[name])}\n".encode() + files[name])
    return whole.hexdigest()


def main():
    files = outputs()
    if sys.argv[1:] == ["--digest"]:
        print(digest(files))
    elif len(sys.argv) == 2:
        folder = pathlib.Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for name, octets in files.items():
            (folder / name).write_bytes(octets)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
