# SPDX-License-Identifier: Apache-2.0
"""Messages as octets. Not by Python's email package: its output differs between versions, and the set is frozen."""

import base64
import html
import quopri

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date(seconds):
    """Seconds since Mon, 16 Nov 2026 00:00:00 +0000; less than two weeks."""
    day, rest = divmod(seconds, 86400)
    return f"{DAYS[day % 7]}, {16 + day:02} Nov 2026 {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02} +0000"


def word(text):
    """A header's text, encoded where it must be (RFC 2047), in words short enough."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for letter in text:
        if len((piece + letter).encode()) > 42:
            pieces.append(piece)
            piece = ""
        piece += letter
    pieces.append(piece)
    return "\r\n ".join("=?utf-8?B?" + base64.b64encode(p.encode()).decode() + "?=" for p in pieces)


def base64_lines(octets):
    text = base64.b64encode(octets).decode()
    return "\r\n".join(text[at:at + 76] for at in range(0, len(text), 76))


def text_part(text, subtype="plain"):
    text = text.rstrip("\n") + "\n"
    if text.isascii() and max(map(len, text.split("\n"))) < 990:
        return f"Content-Type: text/{subtype}; charset=utf-8\r\n\r\n" + text.replace("\n", "\r\n")
    body = quopri.encodestring(text.encode()).decode().replace("\n", "\r\n")
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body


def file_part(kind, name, octets):
    return (f"Content-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n" + base64_lines(octets) + "\r\n")


def multipart(subtype, boundary, parts):
    between = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n{between}--{boundary}--\r\n"


def html_of(paragraphs, link=None, style="p"):
    rows = []
    for paragraph in paragraphs:
        text = html.escape(paragraph, quote=False).replace("\n", "<br>\n")
        if link and link in paragraph:
            shown = html.escape(link, quote=False)
            text = text.replace(shown, f'<a href="{shown}">{shown}</a>')
        rows.append(f"<tr><td>{text}</td></tr>" if style == "table" else f"<p>{text}</p>")
    inner = "\n".join(rows)
    return f"<html><body>\n<table>\n{inner}\n</table>\n</body></html>" if style == "table" else f"<html><body>\n{inner}\n</body></html>"


def message(fields, entity):
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return (head + "MIME-Version: 1.0\r\n" + entity).encode()
