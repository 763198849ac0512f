// SPDX-License-Identifier: Apache-2.0
#include "readable.hpp"

#include "charset.hpp"
#include "html_text.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace shield::mime {

namespace {

constexpr std::string_view text_too_long = "The text is too long; its end is not shown here (text_max).";

bool is_html(const Part& part) noexcept
{
    return part.type() == "text/html" || part.type() == "application/xhtml+xml";
}

// Text meant to be read in place. Of a whole message any text is; of parts only the types that carry prose, so that
// a calendar or the header of a bounced message stays a thing of its own.
bool is_prose(const Part& part) noexcept
{
    if (part.opaque || !part.is_leaf() || part.disposition == "attachment") {
        return false;
    }
    if (!part.parent) {
        return part.type().starts_with("text/") || is_html(part);
    }
    const std::string& type = part.type();
    return part.file_name.empty() &&
           (type == "text/plain" || is_html(part) || type == "text/enriched" || type == "text/richtext" ||
            type == "text/markdown" || type == "text/x-amp-html");
}

bool has_content(const Part& part) noexcept
{
    return std::any_of(part.body.begin(), part.body.end(), [](char c) { return !core::is_space(c); });
}

// What a part and all in it can offer to a reader.
enum class Worth : std::uint8_t { none, blank, other, html, plain };

std::vector<Worth> worths_of(const Document& document)
{
    std::vector<Worth> worths(document.parts.size(), Worth::none);
    for (std::size_t i = document.parts.size(); i-- > 0;) {
        const Part& part = document.parts[i];
        if (is_prose(part)) {
            worths[i] = !has_content(part)            ? Worth::blank
                        : is_html(part)               ? Worth::html
                        : part.type() == "text/plain" ? Worth::plain
                                                      : Worth::other;
        }
        if (part.parent) {
            worths[*part.parent] = std::max(worths[*part.parent], worths[i]);
        }
    }
    return worths;
}

// Of the children of an alternative the one to read; of equals the first.
std::size_t chosen_alternative(const Part& alternative, const std::vector<Worth>& worths)
{
    return *std::max_element(alternative.children.begin(), alternative.children.end(),
                             [&](std::size_t a, std::size_t b) { return worths[a] < worths[b]; });
}

std::string without_carriage_returns(std::string text)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            text[kept++] = text[i];
        } else if (i + 1 == text.size() || text[i + 1] != '\n') {
            text[kept++] = '\n';
        }
    }
    text.resize(kept);
    return text;
}

// Takes what it gives to the HTML parser from `limits.html_max`, which so is one for the whole message.
ReadableText text_of(const Part& part, core::Limits& limits, Defects& defects)
{
    const std::string content = content_of(part, defects);
    // Converting what will be cut is waste; no charset needs more than eight octets for a character that is one in
    // UTF-8.
    const std::uint64_t wanted = is_html(part) ? limits.html_max + 1 : limits.text_max * 8;
    const std::string_view head = std::string_view{content}.substr(0, wanted);
    Utf8Text converted = to_utf8(head, part.content_type.parameter("charset"));
    switch (converted.outcome) {
        case CharsetOutcome::exact:
            break;
        case CharsetOutcome::guessed:
            defects.add("A text names no charset for its octets above 127; it was guessed.");
            break;
        case CharsetOutcome::malformed:
            if (head.size() == content.size()) {
                defects.add("A text is not in the charset it names; some of it could not be read.");
            }
            break;
        case CharsetOutcome::unknown:
            defects.add("A text names a charset that is not known; it was guessed.");
            break;
    }
    ReadableText readable;
    readable.cut = head.size() < content.size();
    if (is_html(part)) {
        HtmlText projected = project_html(converted.text, limits);
        limits.html_max -= std::min<std::uint64_t>(limits.html_max, converted.text.size());
        readable.text = std::move(projected.text);
        readable.cut = readable.cut || projected.cut;
        if (readable.cut) {
            defects.add("The HTML is too long; its end is not shown here (html_max).");
        }
        if (projected.flattened) {
            defects.add("The HTML is nested too deeply; the deepest of it is shown side by side (html_depth_max).");
        }
    } else {
        readable.text = without_carriage_returns(std::move(converted.text));
        if (readable.cut) {
            defects.add(text_too_long);
        }
    }
    return readable;
}

}  // namespace

Selection select(const Document& document)
{
    const std::vector<Worth> worths = worths_of(document);
    // Whether a part lies in an alternative that was not chosen. Parents come first, so one pass settles all.
    std::vector<bool> passed_over(document.parts.size(), false);
    Selection selection;
    for (std::size_t i = 0; i < document.parts.size(); ++i) {
        const Part& part = document.parts[i];
        const bool alternative = part.type() == "multipart/alternative" && !part.is_leaf();
        const std::size_t chosen = alternative ? chosen_alternative(part, worths) : 0;
        for (const std::size_t child : part.children) {
            passed_over[child] = passed_over[i] || (alternative && child != chosen);
        }
        if (!part.is_leaf()) {
            continue;
        }
        // Only the first part of multipart/related is read; the others belong to it (RFC 2387).
        const bool resource = part.parent && document.parts[*part.parent].type() == "multipart/related" &&
                              document.parts[*part.parent].children.front() != i;
        if (!is_prose(part) || resource) {
            if (part.type_declared || !part.body.empty()) {
                selection.attachments.push_back(i);
            }
        } else if (!passed_over[i]) {
            selection.text.push_back(i);
        }
    }
    return selection;
}

ReadableText readable_text(const Document& document, const std::vector<std::size_t>& parts,
                           const core::Limits& limits, Defects& defects)
{
    ReadableText whole;
    core::Limits left = limits;
    for (const std::size_t number : parts) {
        if (whole.text.size() > limits.text_max) {
            break;
        }
        ReadableText part = text_of(document.parts[number], left, defects);
        whole.cut = whole.cut || part.cut;
        if (!whole.text.empty() && !whole.text.ends_with('\n')) {
            whole.text += '\n';
        }
        whole.text += part.text;
    }
    if (whole.text.size() > limits.text_max) {
        whole.cut = true;
        whole.text.resize(core::cut_utf8(whole.text, limits.text_max).size());
        defects.add(text_too_long);
    }
    return whole;
}

}  // namespace shield::mime
