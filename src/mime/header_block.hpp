// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"
#include "lines.hpp"

#include <shield/core/limits.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace shield::mime {

/// The header of one entity, tidied: every field on one line ended by CRLF, within the bounds.
struct HeaderBlock {
    std::string fields;
    std::string content_type;  ///< the value of the first Content-Type
};

/// Reads headers of one message's entities. Owned by the tidy pass; what it leaves out it lists in the defects.
class HeaderReader {
public:
    HeaderReader(const core::Limits& limits, Defects& defects) noexcept : limits_{limits}, defects_{defects} {}

    /// From the position of `lines` to behind the empty line, or to the first line that is no header: a boundary,
    /// as `is_boundary` knows it, or text that follows without an empty line.
    [[nodiscard]] HeaderBlock read(Lines& lines, const std::function<bool(std::string_view)>& is_boundary);

    /// All headers together have reached their bound: whatever follows should not be taken apart.
    [[nodiscard]] bool exhausted() const noexcept { return octets_ >= limits_.mime_headers_max; }

private:
    struct Field {
        std::string name;
        std::string value;
    };

    void append(std::string& value, std::string_view more);
    void finish(std::optional<Field>& field, HeaderBlock& block);

    const core::Limits& limits_;
    Defects& defects_;
    std::size_t octets_{0};  // of all blocks so far
    std::size_t fields_{0};  // of the block being read
};

}  // namespace shield::mime
