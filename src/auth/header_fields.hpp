// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace shield::auth {

/// A field as it stands in the message, folded, without its last CRLF. Refers to the message.
struct HeaderField {
    std::string_view raw;
    std::size_t colon{0};  ///< its position in raw

    /// As it is written, without blanks before the colon (RFC 5322 section 4.5).
    [[nodiscard]] std::string_view name() const noexcept;
    [[nodiscard]] std::string_view value() const noexcept { return raw.substr(colon + 1); }
};

struct SplitMessage {
    std::vector<HeaderField> fields;
    std::string_view body;
    /// Why other programs may see another header, a sentence: a line that is no field, a lone CR or LF, more than
    /// is read.
    std::string defect;
};

/// Only CRLF ends a line, only an empty line ends the header. Reads header_block_max octets and
/// header_fields_max fields.
[[nodiscard]] SplitMessage split_message(std::string_view octets, const core::Limits& limits);

/// Without the CRLF of its folds (RFC 5322 section 2.2.3).
[[nodiscard]] std::string unfolded(std::string_view value);

}  // namespace shield::auth
