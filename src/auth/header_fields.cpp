// SPDX-License-Identifier: Apache-2.0
#include "header_fields.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>

namespace shield::auth {

namespace {

std::optional<std::size_t> colon_of(std::string_view line) noexcept
{
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view name = HeaderField{line, colon}.name();
    const bool is_name =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return is_name ? std::optional{colon} : std::nullopt;
}

class Splitter {
public:
    Splitter(std::string_view octets, const core::Limits& limits) noexcept : octets_{octets}, limits_{limits} {}

    SplitMessage run() &&
    {
        const std::string_view header = octets_.substr(0, limits_.header_block_max);
        std::size_t begin = 0;
        while (begin < header.size()) {
            const std::size_t end = std::min(header.find("\r\n", begin), header.size());
            if (end == begin) {
                split_.body = octets_.substr(begin + 2);
                return std::move(split_);
            }
            if (end == header.size() && header.size() < octets_.size()) {
                complain("The header is longer than is read (header_block_max).");
                return std::move(split_);
            }
            take_line(begin, end);
            begin = end + 2;
        }
        return std::move(split_);
    }

private:
    void take_line(std::size_t begin, std::size_t end)
    {
        const std::string_view line = octets_.substr(begin, end - begin);
        if (line.find_first_of("\r\n") != std::string_view::npos) {
            complain("A line of the header has a CR or LF by itself.");
        }
        if (core::is_blank(line.front())) {
            continue_field(end);
        } else if (const auto colon = colon_of(line)) {
            add_field(line, *colon, begin);
        } else {
            complain("A line of the header is no field.");
            in_field_ = false;
        }
    }

    void add_field(std::string_view line, std::size_t colon, std::size_t begin)
    {
        in_field_ = split_.fields.size() < limits_.header_fields_max;
        if (!in_field_) {
            complain("The header has more fields than are read (header_fields_max).");
            return;
        }
        begin_ = begin;
        split_.fields.push_back({line, colon});
    }

    void continue_field(std::size_t end)
    {
        if (in_field_) {
            split_.fields.back().raw = octets_.substr(begin_, end - begin_);
        } else {
            complain("A line of the header continues no field.");
        }
    }

    void complain(std::string_view sentence)
    {
        if (split_.defect.empty()) {
            split_.defect = sentence;
        }
    }

    std::string_view octets_;
    const core::Limits& limits_;
    SplitMessage split_;
    std::size_t begin_{0};  // of the field that a line may continue
    bool in_field_{false};
};

}  // namespace

std::string_view HeaderField::name() const noexcept
{
    const std::string_view name = raw.substr(0, colon);
    return name.substr(0, name.find_last_not_of(" \t") + 1);
}

SplitMessage split_message(std::string_view octets, const core::Limits& limits)
{
    return Splitter{octets, limits}.run();
}

std::string unfolded(std::string_view value)
{
    std::string line;
    line.reserve(value.size());
    std::copy_if(value.begin(), value.end(), std::back_inserter(line),
                 [](char c) { return c != '\r' && c != '\n'; });
    return line;
}

}  // namespace shield::auth
