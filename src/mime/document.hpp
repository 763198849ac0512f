// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "content_field.hpp"
#include "defects.hpp"
#include "transfer_encoding.hpp"

#include <shield/core/limits.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::mime {

struct Field {
    std::string name;   ///< as written
    std::string value;  ///< unfolded, not decoded
};

/// One entity of the tree. Its children follow it in Document::parts.
struct Part {
    std::optional<std::size_t> parent;
    std::vector<std::size_t> children;
    std::vector<Field> fields;
    ContentField content_type;  ///< with a value always: the default of its place when none was declared
    bool type_declared{false};
    std::string written_type;  ///< what its Content-Type says, also where it is read as something else
    std::string disposition;   ///< "inline", "attachment", or empty
    std::string file_name;     ///< decoded; a name, never a path to be trusted
    TransferEncoding encoding{TransferEncoding::identity};
    std::string_view body;  ///< of a leaf: as it was sent, still encoded
    bool opaque{false};     ///< not taken apart because a bound was reached

    [[nodiscard]] bool is_leaf() const noexcept { return children.empty(); }
    [[nodiscard]] const std::string& type() const noexcept { return content_type.value; }

    /// message/rfc822 and its kin: a message of its own.
    [[nodiscard]] bool is_message() const noexcept;

    /// The value of the first field of that name (in lower case), or empty.
    [[nodiscard]] std::string_view field(std::string_view name) const noexcept;
};

/// A message taken apart: parts[0] is the message itself, parents come before their children, in the order of the
/// octets. An embedded message is a leaf. A value; its bodies refer to the octets it was made from.
struct Document {
    std::vector<Part> parts;

    [[nodiscard]] const Part& message() const noexcept { return parts.front(); }
};

/// Takes any octets apart; what is wrong with them is listed. Never throws because of them, and parts is never
/// empty.
[[nodiscard]] Document parse(std::string_view octets, const core::Limits& limits, Defects& defects);

/// The content of a leaf with its transfer encoding undone. What is damaged is listed in the defects.
[[nodiscard]] std::string content_of(const Part& part, Defects& defects);

}  // namespace shield::mime
