// SPDX-License-Identifier: Apache-2.0
// Any octets are the value of a header field, of every kind we read.
#include "addresses.hpp"
#include "content_field.hpp"
#include "encoded_words.hpp"

#include <shield/core/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view value{reinterpret_cast<const char*>(data), size};
    if (!shield::core::is_utf8(shield::mime::decode_words(value))) {
        std::abort();
    }
    const shield::mime::ContentField field = shield::mime::parse_content_field(value, 64);
    for (const auto& parameter : field.parameters) {
        if (!shield::core::is_utf8(parameter.value)) {
            std::abort();
        }
    }
    for (const std::string& address : shield::mime::parse_addresses(value, 200)) {
        if (address.find('@') == std::string::npos || address.find_first_of("\r\n") != std::string::npos) {
            std::abort();
        }
    }
    return 0;
}
