# SPDX-License-Identifier: Apache-2.0
"""The mail of a mailbomb: somebody gave our address to thousands of lists, and twenty people report real things meanwhile.

    for client, sender, octets in mailbomb_mail.messages(): ...

Deterministic: the same seed gives the same octets. Confirmations are of 30 families (mailbomb_texts), each with the name of
a site, a user, a number and a link of its own; a sender keeps its site, its family and its client's address. Networks are
the 127.N.N.0/24 between 127.1.0.0 and 127.4.249.0; people have networks of their own below 127.200.0.0/16. The texts are not
those of tests/campaign/truth.

Run as a program it prints how many messages a second it makes, what they are, and their digest; with --stream the messages
themselves, for bench_campaign_mail.
"""

import hashlib
import sys
import time
import typing

import mailbomb_texts

RECIPIENT = "security@desk.example"
NETWORKS = 1000
SENDERS = 10000
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEFT = ("Alder", "Bright", "Copper", "Daily", "Ever", "Fine", "Golden", "Hill", "Iron", "Jade", "Kind", "Lake", "Mint", "North", "Opal", "Pine")
RIGHT = ("bakery", "books", "cycles", "deals", "eats", "fashion", "garden", "homes", "jobs", "kicks", "lamps", "music", "notes", "optics",
         "pets", "runs")


class Mail(typing.NamedTuple):
    client: str
    sender: str
    octets: bytes


def _entity(text, lines, link):
    """A body in the family's form, with %(…)b where something is drawn; text is encoded as 8bit."""
    plain = "\r\n\r\n".join(lines)
    kind = "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n"
    if text == "plain":
        return kind.format("plain", plain)
    rows = "".join(f"<p>{line}</p>\r\n" for line in lines).replace(link, f'<a href="{link}">{link}</a>')
    page = kind.format("html", f"<html><body>\r\n{rows}</body></html>")
    if text == "html":
        return page
    mark = "=_%(token)b"
    return (f'Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n--{mark}\r\n{kind.format("plain", plain)}'
            f"--{mark}\r\n{page}--{mark}--\r\n")


def _template(family, recipient):
    """A family's message with places for what is drawn, ready for the operator %."""
    shape, marks, local, subject, body = family
    places = {"{site}": "%(site)b", "{user}": "%(user)b", "{n}": "%(number)b", "{to}": recipient}
    link = "https://%(host)b/%(path)b?%(key)b=%(token)b"

    def placed(text):
        text = text.replace("%", "%%")
        for place, value in places.items():
            text = text.replace(place, value)
        return text.replace("{url}", link)

    head = f"From: %(site)b <{local}@%(host)b>\r\nTo: <{recipient}>\r\nSubject: {placed(subject)}\r\nDate: %(date)b\r\n" \
           "Message-ID: <%(id)b@%(host)b>\r\nMIME-Version: 1.0\r\n"
    if "list" in marks:
        head += "List-Id: %(site)b <list.%(host)b>\r\nList-Unsubscribe: <https://%(host)b/out/%(token)b>\r\n"
    if "auto" in marks:
        head += "Auto-Submitted: auto-generated\r\n"
    if "bulk" in marks:
        head += "Precedence: bulk\r\n"
    return (head + _entity(shape, [placed(line) for line in body], link)).encode()


def _date(seconds):
    """Seconds since Wed, 25 Nov 2026 00:00:00 +0000, in its first days."""
    day, rest = divmod(seconds, 86400)
    return f"{DAYS[(2 + day) % 7]}, {25 + day} Nov 2026 {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02} +0000"


class _List(typing.NamedTuple):
    """A site whose list our address was given to."""

    client: str
    site: bytes
    host: bytes
    sender: str
    template: bytes
    path: bytes
    key: bytes


def _lists(seed, senders, networks, templates):
    """Sender n sits in network n modulo networks; each network has senders of several families."""
    made = []
    for number in range(senders):
        draw = hashlib.sha256(f"{seed} list {number}".encode()).digest()
        network = number % networks
        site = LEFT[draw[0] % 16] + RIGHT[draw[1] % 16]
        host = f"{site.lower()}{number}.example"
        made.append(_List(f"127.{1 + network // 250}.{network % 250}.{1 + number // networks % 250}", site.encode(), host.encode(),
                          f"bounce-{draw[2:5].hex()}@{host}", templates[draw[5] % len(templates)],
                          (b"confirm", b"optin", b"v", b"user/activate", b"s/c", b"register")[draw[6] % 6],
                          (b"t", b"token", b"key", b"c", b"u")[draw[7] % 5]))
    return made


def _confirmation(seed, number, of, seconds):
    draw = hashlib.sha256(b"%b %d" % (seed.encode(), number)).hexdigest().encode()
    return Mail(of.client, of.sender, of.template % {
        b"site": of.site, b"host": of.host, b"path": of.path, b"key": of.key, b"token": draw[:24], b"user": draw[24:32],
        b"number": b"%06d" % (int(draw[32:40], 16) % 1000000), b"id": draw[40:60], b"date": _date(seconds).encode()})


def reports(recipient=RECIPIENT, seconds=36000, apart_s=60):
    """The twenty reports of people, each with its own words, sender and network, written apart_s after one another."""
    made = []
    for number, (name, subject, text) in enumerate(mailbomb_texts.REPORTS):
        host = f"reporter{number:02}.example"
        sender = f"{name.lower().replace(' ', '.')}@{host}"
        body = text.replace("\n", "\r\n")
        made.append(Mail(f"127.200.{number}.25", sender, (
            f"From: {name} <{sender}>\r\nTo: <{recipient}>\r\nSubject: {subject}\r\nDate: {_date(seconds + number * apart_s)}\r\n"
            f"Message-ID: <real-{number:02}@{host}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n\r\n{name}\r\n").encode()))
    return made


def messages(count=100_000, recipient=RECIPIENT, seed="mailbomb", senders=SENDERS, networks=NETWORKS, a_second=100):
    """Yields count confirmations and, spread evenly between them, the reports: (client, sender, octets).

    The Date of each is a_second messages a second after ten in the morning. Each sender has a first message before any has a
    second; later ones come in another order each round.
    """
    templates = [_template(family, recipient) for family in mailbomb_texts.FAMILIES]
    lists = _lists(seed, senders, networks, templates)
    people = reports(recipient, 36000, count // (len(mailbomb_texts.REPORTS) * a_second))
    told = 0
    for number in range(count):
        if told < len(people) and (2 * told + 1) * count <= 2 * len(people) * number:
            yield people[told]
            told += 1
        round_, place = divmod(number, senders)
        yield _confirmation(seed, number, lists[(place * 7919 + round_ * 4001) % senders], 36000 + number // a_second)
    yield from people[told:]


def stream(count):
    out = sys.stdout.buffer
    for number, (client, sender, content) in enumerate(messages(count)):
        campaign = "" if client.startswith("127.200.") else "bomb"
        out.write(f"{number}\t{campaign}\t{number // 100}\t{client}\t{sender}\t{RECIPIENT}\t{len(content)}\n".encode() + content + b"\n")


def main():
    count = int(sys.argv[1]) if sys.argv[1:] else 100_000
    if sys.argv[2:] == ["--stream"]:
        stream(count)
        return
    whole, clients, senders, octets, people = hashlib.sha256(), set(), set(), 0, 0
    begin = time.monotonic()
    made = 0
    for client, sender, content in messages(count):
        made += 1
        whole.update(content)
        clients.add(client.rsplit(".", 1)[0])
        senders.add(sender)
        octets += len(content)
        people += client.startswith("127.200.")
    took = time.monotonic() - begin
    print(f"{made} messages, {people} of people, {len(senders)} senders in {len(clients)} networks, {octets} octets, {made / took:.0f} a second")
    print(whole.hexdigest())


if __name__ == "__main__":
    main()
