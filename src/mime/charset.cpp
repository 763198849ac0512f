// SPDX-License-Identifier: Apache-2.0
#include "charset.hpp"

#include <shield/core/ascii.hpp>

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace shield::mime {

namespace {

constexpr std::size_t label_max = 60;

struct CloseConverter {
    void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// windows-1252 from 0x80 to 0x9f; the rest is Latin-1. The five that are unassigned stay the control they would be.
constexpr std::array<char16_t, 32> windows_1252{0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                                0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

void append_utf8(std::string& text, char16_t c)
{
    if (c < 0x80) {
        text += static_cast<char>(c);
    } else if (c < 0x800) {
        text += static_cast<char>(0xc0 | c >> 6);
        text += static_cast<char>(0x80 | (c & 0x3f));
    } else {
        text += static_cast<char>(0xe0 | c >> 12);
        text += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        text += static_cast<char>(0x80 | (c & 0x3f));
    }
}

std::string from_windows_1252(std::string_view octets)
{
    std::string text;
    text.reserve(octets.size() + octets.size() / 8);
    for (const char octet : octets) {
        const auto c = static_cast<unsigned char>(octet);
        append_utf8(text, c >= 0x80 && c < 0xa0 ? windows_1252[c - 0x80U] : char16_t{c});
    }
    return text;
}

// What senders mean where it is not what the label says.
std::string_view practical_name(std::string_view label)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names{{
        {"gb2312", "gb18030"},
        {"gbk", "gb18030"},
        {"x-gbk", "gb18030"},
        {"hz-gb-2312", "HZ"},
        {"ks_c_5601-1987", "windows-949"},
        {"ks_c_5601", "windows-949"},
        {"euc-kr", "windows-949"},
        {"shift_jis", "windows-932"},
        {"shift-jis", "windows-932"},
        {"x-sjis", "windows-932"},
        {"cp932", "windows-932"},
        {"iso-8859-8-i", "iso-8859-8"},
        {"unicode-1-1-utf-7", "utf-7"},
        {"x-unknown", ""},
    }};
    const auto* const found =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == label; });
    return found == names.end() ? label : found->second;
}

bool is_label(std::string_view label) noexcept
{
    return !label.empty() && label.size() <= label_max && std::all_of(label.begin(), label.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
    });
}

Converter open_converter(std::string_view label)
{
    const std::string name{practical_name(label)};
    UErrorCode error = U_ZERO_ERROR;
    // Asking for an alias first keeps ICU from looking for a file of that name.
    if (!is_label(name) || ucnv_countAliases(name.c_str(), &error) == 0 || U_FAILURE(error)) {
        return nullptr;
    }
    Converter converter{ucnv_open(name.c_str(), &error)};
    return U_FAILURE(error) ? nullptr : std::move(converter);
}

std::string convert(UConverter& converter, std::string_view octets)
{
    // ICU counts in 32 bits; message_size_max keeps far below a third of that, and this holds if it is ever raised.
    octets = octets.substr(0, 0x20000000);
    const auto size = static_cast<std::int32_t>(octets.size());
    std::string text(octets.size() * 2 + 16, '\0');
    for (int attempt = 0; attempt < 2; ++attempt) {
        UErrorCode error = U_ZERO_ERROR;
        const std::int32_t length =
            ucnv_toAlgorithmic(UCNV_UTF8, &converter, text.data(), static_cast<std::int32_t>(text.size()),
                               octets.data(), size, &error);
        if (error == U_BUFFER_OVERFLOW_ERROR) {
            text.resize(static_cast<std::size_t>(length) + 1);
            continue;
        }
        text.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(length));
        break;
    }
    return text;
}

Utf8Text guess(std::string_view octets, CharsetOutcome outcome)
{
    if (core::is_utf8(octets)) {
        return {std::string{octets}, outcome};
    }
    return {from_windows_1252(octets), outcome};
}

Utf8Text from_utf8(std::string_view octets)
{
    if (core::is_utf8(octets)) {
        return {std::string{octets}, CharsetOutcome::exact};
    }
    const Converter converter = open_converter("utf-8");
    return {converter ? convert(*converter, octets) : from_windows_1252(octets), CharsetOutcome::malformed};
}

Utf8Text convert_any(std::string_view octets, std::string_view label)
{
    if (label == "utf-8" || label == "utf8") {
        return from_utf8(octets);
    }
    const bool plain_ascii = core::is_ascii(octets);
    if (label.empty() || label == "us-ascii" || label == "ascii") {
        return guess(octets, plain_ascii ? CharsetOutcome::exact : CharsetOutcome::guessed);
    }
    if (label == "iso-8859-1" || label == "latin1" || label == "windows-1252" || label == "cp1252") {
        return {from_windows_1252(octets), CharsetOutcome::exact};
    }
    if (plain_ascii && (label.starts_with("iso-8859-") || label.starts_with("windows-125"))) {
        return {std::string{octets}, CharsetOutcome::exact};
    }
    const Converter converter = open_converter(label);
    if (!converter) {
        return guess(octets, CharsetOutcome::unknown);
    }
    return {convert(*converter, octets), CharsetOutcome::exact};
}

}  // namespace

Utf8Text to_utf8(std::string_view octets, std::string_view label)
{
    Utf8Text converted = convert_any(octets, core::lowered(core::trimmed(label)));
    if (converted.text.find('\0') != std::string::npos) {
        std::erase(converted.text, '\0');
    }
    return converted;
}

}  // namespace shield::mime
