// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace shield::mime {

/// Reads one attribute after another from an HTML start tag, as a browser would (HTML standard, section 13.2.5.32
/// and following). Begins behind the name of the tag; refers to the text it was given; linear; never fails.
class Tag {
public:
    explicit Tag(std::string_view rest) noexcept : rest_{rest} {}

    struct Attribute {
        std::string_view name;
        std::string_view value;
    };

    /// The next attribute, or nothing at the end of the tag.
    std::optional<Attribute> next() noexcept
    {
        skip([](char c) { return core::is_space(c) || c == '/'; });
        if (rest_.empty() || rest_.front() == '>') {
            return std::nullopt;
        }
        Attribute attribute;
        attribute.name = take([](char c) { return core::is_space(c) || c == '/' || c == '>' || c == '='; }, 1);
        skip(core::is_space);
        if (!rest_.empty() && rest_.front() == '=') {
            rest_.remove_prefix(1);
            skip(core::is_space);
            attribute.value = value();
        }
        return attribute;
    }

    /// What follows the tag.
    std::string_view after() noexcept
    {
        while (next()) {
        }
        return rest_.substr(rest_.empty() ? 0 : 1);
    }

private:
    template <typename Predicate>
    void skip(Predicate predicate) noexcept
    {
        while (!rest_.empty() && predicate(rest_.front())) {
            rest_.remove_prefix(1);
        }
    }

    template <typename Predicate>
    std::string_view take(Predicate stop, std::size_t at_least) noexcept
    {
        std::size_t end = std::min(at_least, rest_.size());
        while (end < rest_.size() && !stop(rest_[end])) {
            ++end;
        }
        const std::string_view taken = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return taken;
    }

    std::string_view value() noexcept
    {
        if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) {
            const char quote = rest_.front();
            rest_.remove_prefix(1);
            const std::string_view quoted = take([&](char c) { return c == quote; }, 0);
            rest_.remove_prefix(rest_.empty() ? 0 : 1);
            return quoted;
        }
        return take([](char c) { return core::is_space(c) || c == '>'; }, 0);
    }

    std::string_view rest_;
};

}  // namespace shield::mime
