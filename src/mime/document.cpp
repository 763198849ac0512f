// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include "encoded_words.hpp"
#include "tidy.hpp"

#include <shield/core/ascii.hpp>

#include <mimetic/mimetic.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <iterator>
#include <utility>

namespace shield::mime {

namespace {

// Octets behind an iterator that can only go forward: it selects mimetic's line scanner. The parser it has for
// random access finds boundaries in the middle of lines.
class ForwardIterator {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    ForwardIterator() = default;
    explicit ForwardIterator(const char* at) noexcept : at_{at} {}

    reference operator*() const noexcept { return *at_; }
    ForwardIterator& operator++() noexcept
    {
        ++at_;
        return *this;
    }
    ForwardIterator operator++(int) noexcept { return ForwardIterator{at_++}; }
    friend bool operator==(const ForwardIterator&, const ForwardIterator&) = default;

private:
    const char* at_{nullptr};
};

std::vector<Field> fields_of(mimetic::MimeEntity& entity, std::string_view& shape)
{
    std::vector<Field> fields;
    fields.reserve(entity.header().size());
    for (const mimetic::Field& field : entity.header()) {
        fields.push_back({std::string{field.name().data(), field.name().size()}, field.value()});
    }
    if (fields.empty()) {
        return fields;
    }
    for (const std::string_view known : {shape::opaque, shape::loose}) {
        if (fields.front().value == known) {
            shape = known;
        }
    }
    fields.erase(fields.begin());
    return fields;
}

// mimetic is not exact about the line end before a boundary: only the digits count.
std::string_view body_of(mimetic::MimeEntity& entity, const std::vector<std::string_view>& bodies)
{
    const std::string_view number = core::trimmed(static_cast<std::string&>(entity.body()));
    std::size_t place = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), place).ec != std::errc{}) {
        throw std::logic_error{"a leaf has no number"};
    }
    return bodies.at(place);
}

constexpr std::size_t type_max = 255;

bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_printable(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// RFC 2046 section 5.1.5: in a digest, parts are messages unless they say otherwise.
std::string_view default_type(const Part* parent) noexcept
{
    return parent != nullptr && parent->type() == "multipart/digest" ? "message/rfc822" : "text/plain";
}

void describe_type(Part& part, const Part* parent, std::string_view shape, const core::Limits& limits,
                   Defects& defects)
{
    const std::string_view declared = part.field("content-type");
    part.type_declared = !declared.empty();
    part.content_type = parse_content_field(declared, limits.mime_parameters_max);
    std::string& type = part.content_type.value;
    if (part.content_type.parameters_cut) {
        defects.add("A Content-Type has too many parameters (mime_parameters_max).");
    }
    const std::size_t slash = type.find('/');
    const bool whole = slash != std::string::npos && slash > 0 && slash + 1 < type.size() && is_printable(type);
    part.written_type = type.substr(0, type_max);
    if (shape == shape::loose) {
        type = "text/plain";
    } else if (declared.empty()) {
        type = default_type(parent);
    } else if (type == "text" || type == "text/" || type == "plain") {
        type = "text/plain";
    } else if (!whole) {
        defects.add("A Content-Type cannot be read.");
        // RFC 2045 section 5.2: a whole message of which nothing is known is text.
        type = parent == nullptr ? "text/plain" : "application/octet-stream";
    }
    type.resize(std::min(type.size(), type_max));
    part.opaque = shape == shape::opaque;
}

void describe(Part& part, const Part* parent, std::string_view shape, const core::Limits& limits, Defects& defects)
{
    describe_type(part, parent, shape, limits, defects);
    const ContentField disposition =
        parse_content_field(part.field("content-disposition"), limits.mime_parameters_max);
    if (disposition.parameters_cut) {
        defects.add("A Content-Disposition has too many parameters (mime_parameters_max).");
    }
    part.disposition = disposition.value == "attachment" || disposition.value == "inline" ? disposition.value
                       : disposition.value.empty()                                        ? ""
                                                                                          : "attachment";
    std::string_view name = disposition.parameter("filename");
    if (name.empty()) {
        name = part.content_type.parameter("name");
    }
    part.file_name = core::cut_utf8(name, limits.header_text_max);
    if (part.file_name.size() < name.size()) {
        defects.add("A file name is too long and was cut (header_text_max).");
    }
    std::replace_if(part.file_name.begin(), part.file_name.end(), is_control, ' ');
    part.encoding = parse_transfer_encoding(part.field("content-transfer-encoding"));
    if (part.encoding == TransferEncoding::unknown) {
        defects.add("A Content-Transfer-Encoding is unknown; the part is taken as it stands.");
    }
}

// Where a part hangs in the tree that mimetic made.
struct Pending {
    mimetic::MimeEntity* entity;
    std::optional<std::size_t> parent;
};

Document flatten(mimetic::MimeEntity& root, const std::vector<std::string_view>& bodies, const core::Limits& limits,
                 Defects& defects)
{
    Document document;
    std::vector<Pending> pending{{&root, std::nullopt}};
    while (!pending.empty()) {
        const Pending next = pending.back();
        pending.pop_back();
        const std::size_t number = document.parts.size();
        Part part;
        part.parent = next.parent;
        std::string_view shape = shape::leaf;
        part.fields = fields_of(*next.entity, shape);
        describe(part, next.parent ? &document.parts[*next.parent] : nullptr, shape, limits, defects);
        mimetic::MimeEntityList& children = next.entity->body().parts();
        if (children.empty()) {
            part.body = body_of(*next.entity, bodies);
        }
        for (auto child = children.rbegin(); child != children.rend(); ++child) {
            pending.push_back({*child, number});
        }
        if (next.parent) {
            document.parts[*next.parent].children.push_back(number);
        }
        document.parts.push_back(std::move(part));
    }
    return document;
}

}  // namespace

std::string_view Part::field(std::string_view name) const noexcept
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& field) { return core::iequals(field.name, name); });
    return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

bool Part::is_message() const noexcept
{
    return type() == "message/rfc822" || type() == "message/global" || type() == "message/news";
}

Document parse(std::string_view octets, const core::Limits& limits, Defects& defects)
{
    const Tidied tidied = tidy(octets, limits, defects);
    try {
        mimetic::MimeEntity entity;
        const char* const begin = tidied.octets.data();
        entity.load(ForwardIterator{begin}, ForwardIterator{begin + tidied.octets.size()},
                    mimetic::imPreamble | mimetic::imEpilogue);
        return flatten(entity, tidied.bodies, limits, defects);
    } catch (const std::logic_error&) {  // std::length_error and kin: how mimetic fails on what it cannot parse
        defects.add("The message could not be taken apart.");
    }
    Document document;
    document.parts.emplace_back();
    document.parts.front().content_type.value = "application/octet-stream";
    document.parts.front().opaque = true;
    document.parts.front().body = octets;
    return document;
}

std::string content_of(const Part& part, Defects& defects)
{
    switch (part.encoding) {
        case TransferEncoding::base64: {
            Decoded decoded = decode_base64(part.body);
            if (!decoded.valid) {
                defects.add("A part is not proper base64; what could be read was.");
            }
            return std::move(decoded.octets);
        }
        case TransferEncoding::quoted_printable: {
            Decoded decoded = decode_quoted_printable(part.body);
            if (!decoded.valid) {
                defects.add("A part is not proper quoted-printable; what could be read was.");
            }
            return std::move(decoded.octets);
        }
        case TransferEncoding::identity:
        case TransferEncoding::unknown:
            break;
    }
    return std::string{part.body};
}

}  // namespace shield::mime
