// SPDX-License-Identifier: Apache-2.0
#include "confirmation.hpp"
#include "hash.hpp"
#include "links.hpp"
#include "tokens.hpp"
#include "words.hpp"

#include <shield/campaign/sketch.hpp>
#include <shield/core/ascii.hpp>

#include <algorithm>
#include <limits>

namespace shield::campaign {

namespace {

constexpr std::size_t own_words_min = 12;     // fewer, and the message is what it quotes
constexpr std::size_t subject_words_min = 2;  // fewer are "hello" and "question"
constexpr std::uint64_t attachment_size_min = 64;
constexpr std::uint64_t logo_size_max = 32768;  // under all mail of a company
constexpr std::size_t attachments_in_shape = 8;
constexpr std::uint16_t personal_words_max = 40;

void add_once(std::uint32_t mark, std::size_t most, std::vector<std::uint32_t>& to)
{
    if (to.size() < most && std::find(to.begin(), to.end(), mark) == to.end()) {
        to.push_back(mark);
    }
}

std::uint16_t counted(std::size_t count) noexcept
{
    return static_cast<std::uint16_t>(std::min<std::size_t>(count, std::numeric_limits<std::uint16_t>::max()));
}

// One multiplication a place and triple (Dietzfelbinger and others): the compiler makes it eight at a time.
void sketch_order(const std::vector<std::uint64_t>& triples, Sketch& sketch)
{
    std::array<std::uint64_t, Sketch::places> factors{};
    for (std::size_t i = 0; i < factors.size(); ++i) {
        factors[i] = mixed(i) | 1;
    }
    std::array<std::uint32_t, Sketch::places> least{};
    least.fill(std::numeric_limits<std::uint32_t>::max());
    for (const std::uint64_t triple : triples) {
        for (std::size_t i = 0; i < least.size(); ++i) {
            least[i] = std::min(least[i], static_cast<std::uint32_t>((triple * factors[i]) >> 32));
        }
    }
    // The lower half of the least: the upper bits of it are nearly all zero.
    std::transform(least.begin(), least.end(), sketch.order.begin(),
                   [](std::uint32_t value) { return static_cast<std::uint16_t>(mixed(value) >> 48); });
    sketch.order_count = counted(triples.size());
}

void sketch_words(const std::vector<Token>& tokens, Sketch& sketch)
{
    sketch_order(shingles(tokens), sketch);
    const std::vector<TellingWord> words = telling_words(tokens);
    sketch.words_count = counted(words.size());
    for (std::size_t i = 0; i < std::min(words.size(), Sketch::words_max); ++i) {
        sketch.words.push_back(words[i].hash);
        sketch.word_stretches.push_back(words[i].stretch);
    }
}

// Without what mail programs and lists put before it.
std::string_view bare_subject(std::string_view subject)
{
    for (bool again = true; again;) {
        again = false;
        subject = core::trimmed(subject);
        for (const std::string_view prefix : {"re:", "fwd:", "fw:", "aw:", "wg:", "tr:", "rv:", "sv:"}) {
            if (core::istarts_with(subject, prefix)) {
                subject.remove_prefix(prefix.size());
                again = true;
            }
        }
        if (const auto end = subject.find(']'); subject.starts_with('[') && end != std::string_view::npos) {
            subject.remove_prefix(end + 1);
            again = true;
        }
    }
    return subject;
}

std::uint32_t subject_mark(std::string_view subject, const std::vector<std::uint64_t>& names)
{
    std::vector<Token> tokens = read_text(bare_subject(subject)).tokens;
    mask_names(tokens, names);
    std::string words;
    std::size_t count = 0;
    for (const Token& token : tokens) {
        if (token.kind == TokenKind::word || token.kind == TokenKind::ideograph) {
            words += std::to_string(token.hash);
            count += token.telling || token.kind == TokenKind::ideograph ? 1 : 0;
        }
    }
    return count < subject_words_min ? 0 : mark_of('s', words);
}

bool is_of(std::string_view host, const core::Mailboxes& ours)
{
    while (!host.empty()) {
        if (ours.is_our_domain(host)) {
            return true;
        }
        const auto dot = host.find('.');
        host.remove_prefix(dot == std::string_view::npos ? host.size() : dot + 1);
    }
    return false;
}

void sketch_links(const std::vector<Link>& links, const core::Mailboxes& ours, Sketch& sketch)
{
    for (const Link& link : links) {
        if (link.host.empty() || is_of(link.host, ours)) {
            continue;
        }
        if (!is_everybodys(link.domain)) {
            add_once(mark_of('h', link.domain), Sketch::marks_max, sketch.marks);
        }
        if (std::count_if(link.shape.begin(), link.shape.end(), [](char c) { return c == '/' || c == '?'; }) >= 2) {
            add_once(mark_of('p', link.shape), Sketch::link_shapes_max, sketch.link_shapes);
        }
    }
}

void sketch_identifiers(const ReadText& read, const core::Mailboxes& ours, Sketch& sketch)
{
    for (const std::string& identifier : read.identifiers) {
        const auto at = identifier.rfind('@');
        const bool known = at != std::string::npos && is_of(std::string_view{identifier}.substr(at + 1), ours);
        if (!known) {
            add_once(mark_of('i', identifier), Sketch::marks_max, sketch.marks);
        }
    }
}

void sketch_structure(const core::Assessment& message, Sketch& sketch)
{
    std::string shape = message.machine.content_type;
    for (const core::Attachment& attachment : message.attachments) {
        const bool logo = attachment.size <= logo_size_max && attachment.declared_type.starts_with("image/");
        if (attachment.size >= attachment_size_min && !logo) {
            const std::string_view digest{reinterpret_cast<const char*>(attachment.sha256.data()), 32};
            add_once(mark_of('a', digest), Sketch::attachments_max, sketch.attachments);
        }
    }
    for (std::size_t i = 0; i < std::min(message.attachments.size(), attachments_in_shape); ++i) {
        shape.append(" ").append(message.attachments[i].declared_type);
    }
    sketch.shape = mark_of('m', shape);
}

std::vector<Link> links_of(const ReadText& read)
{
    std::vector<Link> links;
    for (const std::string_view link : read.links) {
        links.push_back(read_link(link));
    }
    return links;
}

std::uint32_t author_domain(const core::Assessment& message)
{
    if (message.from.empty() || message.from.front().rfind('@') == std::string::npos) {
        return 0;
    }
    const std::string_view author = message.from.front();
    return mark_of('d', registered_domain(core::lowered(author.substr(author.rfind('@') + 1))));
}

}  // namespace

Sketch sketch_of(const core::Assessment& message, const core::Mailboxes& ours)
{
    Sketch sketch;
    const std::vector<std::uint64_t> names = names_in_header(message);
    const OwnText own = without_quotes(message.text);
    const ReadText whole = read_text(message.text);
    ReadText read = read_text(own.text);
    sketch.quoted = own.quotes && telling_words(read.tokens).size() < own_words_min;
    if (sketch.quoted) {
        read = whole;
    }
    mask_names(read.tokens, names);
    drop_salad(read.tokens);
    sketch_words(read.tokens, sketch);
    sketch.subject = subject_mark(message.subject, names);
    const std::vector<Link> links = links_of(whole);
    sketch_links(links, ours, sketch);
    sketch_identifiers(whole, ours, sketch);
    sketch_structure(message, sketch);
    sketch.machine = is_machine_made(message);
    sketch.invitation = !message.machine.calendar_method.empty();
    sketch.confirmation =
        !sketch.quoted && is_confirmation(message, read_text(message.subject).folded + read.folded, links);
    sketch.personal_link =
        !sketch.quoted && sketch.words_count <= personal_words_max && is_personal(message, read.folded, links);
    sketch.sender_domain = author_domain(message);
    return sketch;
}

}  // namespace shield::campaign
