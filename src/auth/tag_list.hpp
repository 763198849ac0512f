// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::auth {

/// A list of tags (RFC 6376 section 3.2). Refers to its text.
class TagList {
public:
    /// Nothing when the syntax is wrong or a tag stands there twice. At most 64 tags. Values may hold
    /// UTF-8, and nothing else that is not ASCII (RFC 8616 section 4).
    [[nodiscard]] static std::optional<TagList> parse(std::string_view text);

    /// As written, blanks and folds inside it too, none around it; nothing when there is no such tag. Names are
    /// case-sensitive.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// The text with everything between "=" and ";" of this tag left out.
    [[nodiscard]] std::string without_value(std::string_view name) const;

    [[nodiscard]] std::string_view first_name() const noexcept { return tags_.front().name; }

private:
    struct Tag {
        std::string_view name, value;  // the value with the blanks around it
    };

    [[nodiscard]] bool take(std::string_view piece);
    [[nodiscard]] const Tag* tag(std::string_view name) const noexcept;

    std::string_view text_;
    std::vector<Tag> tags_;
};

/// The text without any blanks and folds.
[[nodiscard]] std::string without_blanks(std::string_view text);

/// Base64 (RFC 4648 section 4) with blanks anywhere; nothing when it is not, or longer than so many octets.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text, std::size_t octets_max);

/// The pieces between colons, without the blanks around each.
[[nodiscard]] std::vector<std::string_view> colon_list(std::string_view text);

}  // namespace shield::auth
