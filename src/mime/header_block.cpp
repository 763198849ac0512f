// SPDX-License-Identifier: Apache-2.0
#include "header_block.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::mime {

namespace {

constexpr std::size_t name_max = 200;

// Where the colon of a field stands, or nothing when the line is no field. Blanks before the colon are obsolete
// syntax (RFC 5322 section 4.5) and met in spam.
std::optional<std::size_t> colon_of(std::string_view line) noexcept
{
    const std::size_t colon = line.substr(0, name_max).find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view name = core::trimmed(line.substr(0, colon));
    const bool printable =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return printable ? std::optional{colon} : std::nullopt;
}

// A field that is in every header: after a line that is none, it tells that the header goes on.
bool is_common_field(std::string_view line) noexcept
{
    static constexpr std::array<std::string_view, 12> common{
        "content-",    "mime-version:", "from:", "to:", "subject:",  "date:",
        "message-id:", "received:",     "x-",    "cc:", "reply-to:", "return-path:"};
    return colon_of(line) && std::any_of(common.begin(), common.end(),
                                         [&](std::string_view name) { return core::istarts_with(line, name); });
}

bool header_goes_on(Lines& lines) noexcept
{
    const std::size_t position = lines.position();
    const bool goes_on = !lines.at_end() && is_common_field(lines.next());
    lines.go_to(position);
    return goes_on;
}

}  // namespace

HeaderBlock HeaderReader::read(Lines& lines, const std::function<bool(std::string_view)>& is_boundary)
{
    HeaderBlock block;
    std::optional<Field> field;
    fields_ = 0;
    while (!lines.at_end()) {
        const std::size_t position = lines.position();
        const std::string_view line = lines.next();
        if (line.empty()) {
            break;
        }
        if (is_boundary(line)) {
            lines.go_to(position);
            break;
        }
        if (core::is_blank(line.front()) && field) {
            append(field->value, " ");
            append(field->value, core::trimmed(line));
        } else if (const auto colon = colon_of(line)) {
            finish(field, block);
            field = Field{std::string{core::trimmed(line.substr(0, *colon))}, {}};
            append(field->value, core::trimmed(line.substr(*colon + 1)));
        } else if (header_goes_on(lines)) {
            defects_.add("A line in a header is not a field.");
        } else {
            defects_.add("A header is not ended by an empty line.");
            lines.go_to(position);
            break;
        }
    }
    finish(field, block);
    return block;
}

void HeaderReader::append(std::string& value, std::string_view more)
{
    const std::size_t room =
        limits_.header_field_max - std::min<std::size_t>(limits_.header_field_max, value.size());
    if (more.size() > room) {
        defects_.add("A header field is too long and was cut (header_field_max).");
        more = more.substr(0, room);
    }
    value += more;
}

void HeaderReader::finish(std::optional<Field>& field, HeaderBlock& block)
{
    if (!field) {
        return;
    }
    std::string& value = field->value;
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '\0' || c == '\r' || c == '\n'; }, ' ');
    if (!core::is_ascii(value)) {
        defects_.add("A header field holds unencoded octets above 127.");
    }
    if (core::iequals(field->name, "content-type")) {
        if (block.content_type.empty()) {
            block.content_type = value;
        } else {
            defects_.add("There is more than one Content-Type in a header; the first counts.");
        }
    }
    const std::size_t size = field->name.size() + value.size() + 4;
    if (fields_ >= limits_.header_fields_max) {
        defects_.add("A header has too many fields; the rest was left out (header_fields_max).");
    } else if (block.fields.size() + size > limits_.header_block_max) {
        defects_.add("A header is too long; a part of it was left out (header_block_max).");
    } else if (octets_ + size > limits_.mime_headers_max) {
        octets_ = limits_.mime_headers_max;
        defects_.add("The headers of all parts are too long together (mime_headers_max).");
    } else {
        block.fields.append(field->name).append(": ").append(value).append("\r\n");
        octets_ += size;
        ++fields_;
    }
    field.reset();
}

}  // namespace shield::mime
