# SPDX-License-Identifier: Apache-2.0
"""What stands below a message's own fields: bodies in several forms, attachments, machines' reports, people's reports."""

import rendering
from dice import LOWER, TOKEN, address, domain, person

FOOTER = """--
This message and its attachments are confidential and meant for the addressee alone. If you are not the addressee, you must not
use, copy or pass on any part of it; tell the sender at once and delete it from your system. No liability is taken for errors or
omissions in its contents, nor for damage by malware, although all outgoing mail is examined. Views expressed are those of the
author and not necessarily those of the Umbrella Timber Group. Umbrella Timber Holding AG, registered office Northport, register
number 88123, board: T. Zellweg (chair), A. Mosswood, K. Larkfield. Think of the forests before you print this message. How we
handle personal data is told at https://group.umbrella-timber.example/privacy."""
ADVISORY = """On Thu, 12 Nov 2026 at 09:00, Desk Security <security@desk.example> wrote:
> Dear customers,
>
> we publish advisory DESK-2026-11 about a flaw in Desk Server 4.0 to 4.2.1. The importer of rules does not check a list of
> values, so that who may edit rules can run commands as the service's user.
> 1. Affected: 4.0, 4.1, 4.2 up to 4.2.1 on all platforms. Not affected: Desk Cloud.
> 2. Solution: update to 4.2.2, which is available from the usual place. The signature's key is on our web site.
> 3. Mitigation: set "rules.import = off" and restart. Rules that are there go on to work.
> We thank the people who reported it. Severity: critical (9.8).
>
> Your Desk Security Team
> You get this because you subscribed to our advisories."""
TEXTS = {"bug": "one of several who report this bug in their own words", "takeover": "a victim of account takeover, in one voice of forty",
         "forward": "a person's words above a campaign's text", "headings": "the headings of other reports, another subject",
         "regular": "a regular reporter's other bug", "footer": "the disclaimer of others, another content",
         "quoted": "quotes what others quote", "near": "a person's report that is near to a campaign"}


def machine_name(structure):
    return {"dsn": "Mail Delivery System", "auto": "Service Desk", "dmarc": "DMARC Reporter", "tlsrpt": "TLS Reporting"}[structure]


def list_marks(dice, style, host, site):
    if style == "list":
        return [("List-Unsubscribe", f"<https://{host}/u/{dice.text(TOKEN, 10)}>"), ("List-Id", f"{site} <news.{host}>"),
                ("Precedence", "bulk")]
    return [("Auto-Submitted", "auto-generated"), ("X-Mailer", "ShopMailer " + str(dice.below(9)))] if style == "auto" else []


def boundary(dice):
    return dice.pick(("=_", "----=_Part_", "b1_", "000000")) + dice.text(TOKEN, 16)


def body(dice, shape, lines, values, hidden=None):
    url = values.get("url")
    plain = rendering.text_part("\n\n".join(lines) if len(lines) < 5 or dice.chance(60) else
                                lines[0] + "\n\n" + " ".join(lines[1:-1]) + "\n\n" + lines[-1])
    if shape == "plain":
        return plain
    markup = rendering.html_of(lines, url, dice.pick(("p", "p", "table")))
    if hidden:
        markup = markup.replace("</body>", f'<div style="display:none;font-size:0">{hidden}</div>\n</body>')
    if shape == "html":
        return rendering.text_part(markup, "html")
    return rendering.multipart("alternative", boundary(dice), [plain, rendering.text_part(markup, "html")])


def attachment(dice, how, values, blob):
    octets = blob if how == "same" else blob[:120] + dice.octets(240)
    kind, ending = dice.pick((("application/pdf", "pdf"), ("application/zip", "zip"), ("application/msword", "doc"))) \
        if how == "changed" else ("application/msword", "doc")
    stem = dice.pick(("Invoice_", "inv-", "Scan", "DOC", "Payment_", "Order_")) + values["n5"]
    return rendering.file_part(kind, f"{stem}.{ending}", octets)


def of(dice, family, level, values, lines, blob, busters):
    """(further fields, entity) of a campaign's message."""
    structure = family["options"].get("structure")
    if structure:
        return structured(dice, structure, values, lines)
    shape = family["shape"]
    if level == 4 and shape == "plain":
        shape = dice.pick(("html", "alt"))
    entity = body(dice, shape, lines, values, busters(dice, 10, 30) if level == 4 else None)
    how = family["options"].get("attach")
    if how:
        entity = rendering.multipart("mixed", boundary(dice), [entity, attachment(dice, how, values, blob)])
    marks = [("List-Unsubscribe", f"<mailto:out@{domain(dice)}>")] if family["kind"] == "saas" and dice.chance(50) else []
    return marks, entity


def structured(dice, structure, values, lines):
    plain = rendering.text_part("\n\n".join(lines))
    mark = boundary(dice)
    if structure == "dsn":
        status = (f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {values['host']}\r\n\r\nFinal-Recipient: rfc822; "
                  f"{values['addr2']}\r\nAction: failed\r\nStatus: 5.{dice.between(1, 7)}.{dice.between(0, 2)}\r\n")
        head = (f"Content-Type: text/rfc822-headers\r\n\r\nFrom: Cheap Watches <security@desk.example>\r\nTo: <{values['addr2']}>\r\n"
                f"Subject: cheap watches {values['n5']}\r\nMessage-ID: <{dice.text(TOKEN, 12)}@{domain(dice)}>\r\n")
        parts = [plain, status] + ([head] if dice.chance(80) else [])
        return [("Auto-Submitted", "auto-replied")], rendering.multipart('report; report-type="delivery-status"', mark, parts)
    if structure == "auto":
        return [("Auto-Submitted", "auto-replied")] + ([("Precedence", "bulk")] if dice.chance(40) else []), plain
    if structure == "calendar":
        event = (f"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:{dice.text(LOWER, 20)}@{domain(dice)}\nDTSTART:202612"
                 f"{dice.between(10, 28)}T{dice.between(10, 18)}0000Z\nSUMMARY:{lines[0]}\nDESCRIPTION:{lines[1]}\nEND:VEVENT\nEND:VCALENDAR\n")
        return [], rendering.multipart("mixed", mark, [plain, rendering.text_part(event, "calendar")])
    if structure == "dmarc":
        name = f"{values['host']}!desk.example!{1795000000 + dice.below(400000)}!{1795086400 + dice.below(400000)}.xml.gz"
        return [], rendering.multipart("mixed", mark, [plain, rendering.file_part("application/gzip", name, b"\x1f\x8b\x08" + dice.octets(220))])
    name = f"{values['host']}!desk.example!{dice.below(10 ** 9)}.json.gz"
    file = rendering.file_part("application/tlsrpt+gzip", name, b"\x1f\x8b\x08" + dice.octets(180))
    return [("TLS-Report-Domain", "desk.example")], rendering.multipart('report; report-type="tlsrpt"', mark, [plain, file])


def forwarded(dice, options, text, known, wording, values_of, fill):
    family = known[options["of"]]
    values = values_of(dice)
    subject, lines = wording(dice, family, dice.pick((1, 3)))
    subject, lines = fill(subject, values), [fill(line, values) for line in lines]
    name, host = person(dice), domain(dice)
    sender = address(dice, name, host)
    if options["how"] == "inline":
        quoted = "\n\n".join(lines)
        return rendering.text_part(f"{text}\n\n---------- Forwarded message ----------\nFrom: {name} <{sender}>\nSubject: {subject}\n"
                                   f"To: someone@{domain(dice)}\n\n{quoted}\n")
    inner = rendering.message([("From", f"{name} <{sender}>"), ("Subject", rendering.word(subject)), ("Date", rendering.date(9000)),
                               ("Message-ID", f"<{dice.text(TOKEN, 14)}@{host}>")], body(dice, family["shape"], lines, values)).decode()
    return rendering.multipart("mixed", boundary(dice), [rendering.text_part(text), "Content-Type: message/rfc822\r\n\r\n" + inner])


def report(dice, group, options, name, text, known, wording, values_of, fill):
    """(entity, why) of a person's message."""
    kind = "bug" if group.startswith("bug-") else group
    first = name.split()[0]
    if group == "forward":
        return forwarded(dice, options, text, known, wording, values_of, fill), f"{TEXTS[kind]} ({options['of']}, {options['how']})"
    if group == "headings":
        summary, steps, impact = text.split("\n")
        text = (f"Hello Desk Security Team,\n\nI would like to report a security issue that I found in your product.\n\n## Summary\n\n{summary}\n\n"
                f"## Steps to reproduce\n\n{steps}\n\n## Impact\n\n{impact}\n\n## Environment\n\nDesk Server 4.2, default settings, "
                f"current browsers\n\n## Disclosure\n\nI keep this to myself for 90 days. Please acknowledge receipt.\n\nRegards,\n{name}")
    elif group == "regular":
        text = f"Dear Desk team,\n\nit is me again, with another small thing.\n\n{text}\n\nAs ever, no hurry and no reward needed.\n\nAll the best\n{name}\n"
    elif group == "footer":
        text = f"{text}\n\n{first}\n\n{FOOTER}"
    elif group == "quoted":
        text = f"{text}\n\n{ADVISORY}"
    elif dice.chance(40):
        text += dice.pick((f"\n\n{first}", f"\n\n{name}", "\n\nSent from my phone", f"\n\nregards {first}"))
    plain = rendering.text_part(text)
    if dice.chance(30):
        markup = rendering.text_part(rendering.html_of(text.split("\n\n")), "html")
        return rendering.multipart("alternative", boundary(dice), [plain, markup]), TEXTS[kind]
    return plain, TEXTS[kind]
