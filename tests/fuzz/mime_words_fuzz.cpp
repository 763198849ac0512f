// SPDX-License-Identifier: Apache-2.0
// Encoded words (RFC 2047) and parameters (RFC 2231), put together from the fuzzer's pieces, so that most are
// nearly right: UTF-8 comes out, nothing is lost that was written without any encoding, and the time is linear.
#include "charset.hpp"
#include "content_field.hpp"
#include "encoded_words.hpp"
#include "transfer_encoding.hpp"

#include <shield/core/ascii.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

std::string_view charset(FuzzedDataProvider& data)
{
    constexpr std::string_view charsets[] = {
        "utf-8",        "iso-8859-1",  "iso-2022-jp", "gb2312",   "big5", "utf-7",          "koi8-r",
        "windows-1251", "shift_jis",   "utf-16",      "utf-8*en", "hz",   "ks_c_5601-1987", "us-ascii",
        "unknown-8bit", "iso-2022-kr", "x-user",      "",         "scsu", "utf-16le"};
    return data.PickValueInArray(charsets);
}

std::string encoded_words(FuzzedDataProvider& data)
{
    std::string value;
    for (int i = data.ConsumeIntegralInRange(0, 12); i > 0; --i) {
        if (data.ConsumeBool()) {
            value.append("=?").append(charset(data)).append(data.PickValueInArray({"?B?", "?q?", "?Q?", "?x?"}));
            value.append(data.ConsumeRandomLengthString(30)).append("?=");
        } else {
            value += data.ConsumeRandomLengthString(20);
        }
        value += data.PickValueInArray({"", " ", "\t", "=?", "?="});
    }
    return value;
}

std::string parameters(FuzzedDataProvider& data)
{
    std::string field{data.PickValueInArray({"attachment", "text/plain", "multipart/mixed", ""})};
    for (int i = data.ConsumeIntegralInRange(0, 12); i > 0; --i) {
        field += data.PickValueInArray({"; ", ";", ";;", " "});
        field += data.PickValueInArray({"filename", "name", "boundary", "charset"});
        if (data.ConsumeBool()) {
            field += "*" + std::to_string(data.ConsumeIntegralInRange(0, 12));
        }
        const bool extended = data.ConsumeBool();
        field += extended ? "*=" : "=";
        const bool quoted = data.ConsumeBool();
        field += quoted ? "\"" : "";
        if (extended && data.ConsumeBool()) {
            field.append(charset(data)).append("'en'");
        }
        field += data.ConsumeRandomLengthString(20);
        field += quoted ? "\"" : "";
    }
    return field;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    FuzzedDataProvider data{octets, size};
    const std::string words = encoded_words(data);
    const std::string decoded = mime::decode_words(words);
    check(core::is_utf8(decoded) && decoded.size() <= 6 * words.size() + 16);
    check(words.find("=?") != std::string::npos || !core::is_utf8(words) || decoded.size() <= words.size());

    constexpr std::size_t most = 8;
    const mime::ContentField field = mime::parse_content_field(parameters(data), most);
    check(field.parameters.size() <= most);
    for (const auto& parameter : field.parameters) {
        check(core::is_utf8(parameter.value) && parameter.name == core::lowered(parameter.name));
    }
    const std::string rest = data.ConsumeRemainingBytesAsString();
    check(core::is_utf8(mime::to_utf8(rest, words.substr(0, 20)).text));
    check(mime::decode_base64(rest).octets.size() <= rest.size());
    check(mime::decode_quoted_printable(rest).octets.size() <= rest.size() + 2);
    check(mime::decode_q(rest).size() <= rest.size());
    return 0;
}
