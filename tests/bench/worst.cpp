// SPDX-License-Identifier: Apache-2.0
// The messages that cost most to assess and still fit the bounds: makes each, reads and sorts it, and prints the
// CPU seconds. See tests/bench/worst.
#include <shield/classify/classifier.hpp>
#include <shield/mime/read.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace shield;

const core::Limits limits;

std::string repeated(std::string_view piece, std::size_t octets)
{
    std::string text;
    text.reserve(octets + piece.size());
    while (text.size() + piece.size() <= octets) {
        text += piece;
    }
    return text;
}

/// Up to the largest message; what has no line ends gets some, so that lines fit.
std::string filled(std::string head, std::string_view piece)
{
    const std::string line = piece.ends_with("\n") ? std::string{piece} : repeated(piece, 60000) + "\r\n";
    return head + repeated(line, limits.message_size_max - head.size());
}

std::string leaf(std::string_view type, std::string_view encoding, std::string_view line)
{
    std::string head = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: ";
    head.append(type).append("\r\nContent-Transfer-Encoding: ").append(encoding).append("\r\n\r\n");
    return filled(std::move(head), line);
}

std::string attachment(std::string_view encoding, std::string_view line)
{
    return leaf("application/octet-stream; name=a", encoding, line);
}

std::string parts(std::string_view entity, std::size_t count, std::string_view subtype = "mixed")
{
    std::string message = "Content-Type: multipart/" + std::string{subtype} + "; boundary=b\r\n\r\n";
    const std::size_t each = (limits.message_size_max - message.size() - 100) / count;
    for (std::size_t i = 0; i < count; ++i) {
        std::string part = "--b\r\n" + std::string{entity};
        message +=
            part + repeated("0123456789 word <b>&amp;=?utf-8?q?=41?= \r\n", each - std::min(each, part.size()));
    }
    return message + "--b--\r\n";
}

std::string nested(std::string_view line, bool long_boundaries)
{
    std::string message;
    for (std::uint64_t i = 0; i < limits.mime_depth_max; ++i) {
        const std::string boundary =
            long_boundaries ? std::string(240, 'b') + std::to_string(100 + i) : std::string(i + 1, 'b');
        message +=
            (i == 0
                 ? ""
                 : "--" + (long_boundaries ? std::string(240, 'b') + std::to_string(99 + i) : std::string(i, 'b')) +
                       "\r\n") +
            "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n";
    }
    return filled(std::move(message), line);
}

std::string header(std::string_view name, std::string_view value, std::size_t octets)
{
    std::string message{name};
    return message.append(": ").append(repeated(value, octets)).append("\r\n\r\ntext\r\n");
}

std::string fields(std::string_view field)
{
    return repeated(field, limits.header_block_max) + "\r\ntext\r\n";
}

/// Mail in mail, as deep as evidence is looked for, and as large.
std::string forwarded(std::size_t levels, std::string message)
{
    message.resize(std::min<std::size_t>(message.size(), 32000000 / levels));
    return repeated("Content-Type: message/rfc822\r\n\r\n", 32 * levels) + message;
}

struct Case {
    const char* name;
    std::function<std::string()> make;
};

std::vector<Case> cases()
{
    const std::string dashes = "--" + std::string(239, 'b') + "\r\n";
    return {
        {"plain text, short lines", [] { return leaf("text/plain", "8bit", "a\r\n"); }},
        {"plain text, empty lines", [] { return leaf("text/plain", "8bit", "\r\n"); }},
        {"plain text, UTF-8 of four octets",
         [] { return leaf("text/plain; charset=utf-8", "8bit", "\xf0\x9f\x98\x80"); }},
        {"plain text, malformed UTF-8",
         [] { return leaf("text/plain; charset=utf-8", "8bit", "\xf0\x9f\xff\xc3"); }},
        {"plain text, ISO-2022-JP",
         [] { return leaf("text/plain; charset=iso-2022-jp", "7bit", "\x1b$B$\"\x1b(Ba"); }},
        {"plain text, UTF-7", [] { return leaf("text/plain; charset=utf-7", "7bit", "+2D3eAA-"); }},
        {"plain text, GB 18030", [] { return leaf("text/plain; charset=gb18030", "8bit", "\x81\x30\x81\x30"); }},
        {"plain text, quoted-printable escapes",
         [] { return leaf("text/plain", "quoted-printable", "=C3=A9=F0=9F=98=80"); }},
        {"plain text, soft breaks", [] { return leaf("text/plain", "quoted-printable", "=\r\n"); }},
        {"plain text, blanks before soft breaks",
         [] { return leaf("text/plain", "quoted-printable", std::string(900, ' ') + "=\r\n"); }},
        {"plain text, blanks before line ends",
         [] { return leaf("text/plain", "quoted-printable", std::string(60000, ' ') + "a"); }},
        {"plain text, base64", [] { return leaf("text/plain", "base64", "V29ydCB1bmQgVGF0LiA=\r\n"); }},
        {"plain text, format=flowed", [] { return leaf("text/plain; format=flowed", "8bit", "> > > a \r\n"); }},
        {"plain text, words of the rules",
         [] { return leaf("text/plain", "8bit", "my account was hacked and my password changed "); }},
        {"plain text, one word", [] { return leaf("text/plain", "8bit", "a"); }},
        {"plain text, Japanese",
         [] {
             return leaf("text/plain; charset=utf-8", "8bit", "\u4e71\u53d6\u308a\u30a2\u30ab\u30a6\u30f3\u30c8");
         }},
        {"plain text, combining marks",
         [] { return leaf("text/plain; charset=utf-8", "8bit", "e\u0301\u0323\u0307 "); }},
        {"plain text, words of the rules cut short",
         [] { return leaf("text/plain", "8bit", "accoun hacke passwor ransomwar vulnerabilit "); }},
        {"plain text, addresses and links",
         [] { return leaf("text/plain", "8bit", "http://a.example/@b.c <d@e.f> "); }},
        {"plain text, armour that never ends",
         [] { return leaf("text/plain", "8bit", "-----BEGIN PGP MESSAGE-----\r\n"); }},
        {"plain text, quotes", [] { return leaf("text/plain", "8bit", "On Monday, Ada wrote:\r\n> a\r\n"); }},
        {"attachment, base64",
         [] {
             return attachment("base64",
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n");
         }},
        {"attachment, base64 among junk", [] { return attachment("base64", "A!A?A#A$\r\n"); }},
        {"attachment, base64 of paddings", [] { return attachment("base64", "QQ=="); }},
        {"attachment, quoted-printable",
         [] { return attachment("quoted-printable", "=41=42=43=44=45=46=47=\r\n"); }},
        {"attachment, soft breaks", [] { return attachment("quoted-printable", "=\r\n"); }},
        {"attachment, quoted-printable blanks", [] { return attachment("quoted-printable", "a \t \t\r\n"); }},
        {"attachment, unknown encoding",
         [] { return attachment("x-uuencode", "begin 644 a\r\nM86%A86%A86%A86%A\r\n"); }},
        {"attachment as it is", [] { return attachment("binary", "\x01\x02\x03\x04\x05\x06\x07\x08"); }},
        {"NUL octets",
         [] {
             return filled("Subject: x\r\n\r\n", std::string_view{"\0\0\0\0", 4});
         }},
        {"HTML, tags", [] { return leaf("text/html", "8bit", "<b><i></b>"); }},
        {"HTML, misnested formatting", [] { return leaf("text/html", "8bit", "<b><p><i><a href=x><font><u>"); }},
        {"HTML, entities", [] { return leaf("text/html", "8bit", "&amp;&#x1F600;&notin;&nosuch;"); }},
        {"HTML, long entities that are none",
         [] { return leaf("text/html", "8bit", "&CounterClockwiseContourIntegra"); }},
        {"HTML, tables", [] { return leaf("text/html", "8bit", "<table><tr><td>"); }},
        {"HTML, text in tables", [] { return leaf("text/html", "8bit", "<table>a<tr>b<td>c"); }},
        {"HTML, attributes", [] { return leaf("text/html", "8bit", "<a " + repeated("b=c d='e' ", 900) + ">"); }},
        {"HTML, one tag of attributes", [] { return filled("Content-Type: text/html\r\n\r\n<a ", "aa=b "); }},
        {"HTML, distinct attributes",
         [] {
             std::string tag = "<a";
             for (int i = 0; tag.size() < 1000000; ++i) {
                 tag += " a" + std::to_string(i);
             }
             return "Content-Type: text/html\r\n\r\n" + tag + ">x</a>";
         }},
        {"HTML, comments", [] { return leaf("text/html", "8bit", "<!-- - -- ->"); }},
        {"HTML, script", [] { return leaf("text/html", "8bit", "<script></scrip"); }},
        {"HTML, selects and options", [] { return leaf("text/html", "8bit", "<select><option><optgroup>"); }},
        {"HTML, hidden", [] { return leaf("text/html", "8bit", "<div style='display:none'>a<div hidden>b"); }},
        {"HTML, base64 in UTF-7",
         [] { return leaf("text/html; charset=utf-7", "base64", "PGI+K0FEdy1iK0FENC0="); }},
        {"a thousand plain parts", [] { return parts("Content-Type: text/plain\r\n\r\n", 999); }},
        {"a thousand HTML parts", [] { return parts("Content-Type: text/html\r\n\r\n", 999); }},
        {"a thousand HTML alternatives",
         [] { return parts("Content-Type: text/html\r\n\r\n", 999, "alternative"); }},
        {"a thousand attachments, base64",
         [] { return parts("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n", 999); }},
        {"a thousand embedded messages", [] { return parts("Content-Type: message/rfc822\r\n\r\n", 999); }},
        {"a thousand parts of many fields",
         [] {
             return parts("Content-Type: text/plain\r\n" +
                              repeated("Content-Description: =?utf-8?q?=41?= \r\n", 1000) + "\r\n",
                          999);
         }},
        {"parts of no octets",
         [] { return filled("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n"); }},
        {"deepest, lines like boundaries", [dashes] { return nested(dashes, true); }},
        {"deepest, short boundaries", [] { return nested("--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", false); }},
        {"deepest, every line opens one", [] { return nested("--b\r\n", false); }},
        {"many Received",
         [] { return fields("Received: from a (b [1.2.3.4]) by c; Mon, 1 Jan 2026 00:00:00 +0000\r\n"); }},
        {"many fields", [] { return fields("X: y\r\n"); }},
        {"many fields, folded", [] { return fields("X: y\r\n z\r\n"); }},
        {"many From", [] { return fields("From: a@b.example, c <d@e.example>\r\n"); }},
        {"Subject of encoded words", [] { return header("Subject", "=?utf-8?q?=C3?= =?utf-8?q?=A9?= ", 65000); }},
        {"Subject of charsets",
         [] { return header("Subject", "=?iso-2022-jp?B?GyRCJCIbKEI=?= =?gb18030?q?=81?= ", 65000); }},
        {"Subject of beginnings of words", [] { return header("Subject", "=?utf-8?q?", 65000); }},
        {"huge References", [] { return header("References", "<a@b.example> ", 65000); }},
        {"References, unclosed", [] { return header("References", "<a@b", 65000); }},
        {"From of comments", [] { return header("From", "(", 65000); }},
        {"From of many addresses", [] { return header("From", "\"a\\\"b\" <a@b.example>, ", 65000); }},
        {"From of groups", [] { return header("From", "g:a@b.example,", 65000); }},
        {"Content-Type of parameters", [] { return header("Content-Type", "a/b; x*0*=utf-8''a; x*1=b; ", 65000); }},
        {"Content-Type of quotes", [] { return header("Content-Type", "a/b; x=\"\\\"\\\\", 65000); }},
        {"a header without an end", [] { return filled("", "X: y\r\n"); }},
        {"plain text, pasted headers",
         [] { return leaf("text/plain", "8bit", "From: a@b.example\r\nSubject: c\r\n\r\n"); }},
        {"plain text, defanged links",
         [] { return leaf("text/plain", "8bit", "hxxp[:]//a[.]example/(((((b))))) "); }},
        {"forwarded five times, links",
         [] { return forwarded(5, leaf("text/plain", "8bit", "http://a.example/b\r\n")); }},
        {"forwarded, HTML", [] { return forwarded(1, leaf("text/html", "8bit", "<table>a<tr>b<td>c")); }},
        {"forwarded, a thousand HTML alternatives",
         [] { return forwarded(1, parts("Content-Type: text/html\r\n\r\n", 999, "alternative")); }},
        {"forwarded, base64",
         [] { return forwarded(1, attachment("base64", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n")); }},
        {"delivery report", [] { return parts("Content-Type: message/delivery-status\r\n\r\n", 999, "report"); }},
        {"PGP/MIME",
         [] { return parts("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n", 999, "encrypted"); }},
    };
}

double cpu_seconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

int main()
{
    const classify::Classifier classifier = classify::Classifier::built_in();
    double worst = 0;
    std::printf("%-42s %10s %8s %8s\n", "message", "octets", "read s", "sort s");
    for (const Case& one : cases()) {
        const std::string message = one.make();
        if (message.size() > limits.message_size_max) {
            std::fprintf(stderr, "%s does not fit\n", one.name);
            return EXIT_FAILURE;
        }
        const double begin = cpu_seconds();
        const core::Assessment assessment = mime::read(message, limits);
        const double read = cpu_seconds();
        (void)classifier.classify(assessment, core::Category::support);
        const double sorted = cpu_seconds();
        worst = std::max(worst, sorted - begin);
        std::printf("%-42s %10zu %8.3f %8.3f\n", one.name, message.size(), read - begin, sorted - read);
        std::fflush(stdout);
    }
    std::printf("the worst: %.3f s\n", worst);
}
