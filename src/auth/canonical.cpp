// SPDX-License-Identifier: Apache-2.0
#include "canonical.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::auth {

namespace {

constexpr std::size_t piece_octets = 16384;

// Blanks become one space between words, and nothing at the end of a line.
void append_words(std::string& text, std::string_view line)
{
    bool blank = false;
    for (const char c : line) {
        if (core::is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank) {
            text += ' ';
            blank = false;
        }
        text += c;
    }
}

// RFC 6376 section 3.4.2: unfolded, the name in lower case, no blanks around the colon and at the end.
void append_relaxed(std::string& text, std::string_view raw)
{
    const HeaderField field{raw, raw.find(':')};
    text += core::lowered(field.name());
    text += ':';
    const std::string value = unfolded(field.value());
    append_words(text, std::string_view{value}.substr(std::min(value.find_first_not_of(" \t"), value.size())));
}

// RFC 6376 section 3.4.4. Lines are held back while they are empty: those at the end do not count.
core::Sha256 relaxed_digest(std::string_view body)
{
    core::Sha256Stream digest;
    std::string piece;
    piece.reserve(piece_octets * 2);
    std::size_t held_back = 0;
    for (std::size_t begin = 0; begin < body.size();) {
        const std::size_t end = std::min(body.find("\r\n", begin), body.size());
        const std::string_view line = body.substr(begin, end - begin);
        begin = end + 2;
        if (line.find_first_not_of(" \t") == std::string_view::npos) {
            ++held_back;
            continue;
        }
        for (; held_back > 0; --held_back) {
            piece += "\r\n";
            if (piece.size() >= piece_octets) {
                digest.update(piece);
                piece.clear();
            }
        }
        append_words(piece, line);
        piece += "\r\n";
        if (piece.size() >= piece_octets) {
            digest.update(piece);
            piece.clear();
        }
    }
    digest.update(piece);
    return digest.finish();
}

// RFC 6376 section 3.4.3: one CRLF at the end, even of nothing.
core::Sha256 simple_digest(std::string_view body)
{
    while (body.ends_with("\r\n")) {
        body.remove_suffix(2);
    }
    core::Sha256Stream digest;
    digest.update(body);
    digest.update("\r\n");
    return digest.finish();
}

}  // namespace

void append_canonical(std::string& text, std::string_view raw, Canonicalization form)
{
    switch (form) {
        case Canonicalization::simple:
            text += raw;
            return;
        case Canonicalization::relaxed:
            append_relaxed(text, raw);
            return;
    }
}

core::Sha256 body_digest(std::string_view body, Canonicalization form)
{
    return form == Canonicalization::simple ? simple_digest(body) : relaxed_digest(body);
}

}  // namespace shield::auth
