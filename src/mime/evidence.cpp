// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"

#include "addresses.hpp"
#include "complaint.hpp"
#include "encoded_words.hpp"
#include "evidence_list.hpp"
#include "excerpts.hpp"
#include "header_facts.hpp"
#include "mail_date.hpp"
#include "named_in_text.hpp"
#include "received.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace shield::mime {

namespace {

using core::EvidenceItem;
using core::EvidenceKind;
using core::EvidencePlace;

// Mail within mail within mail: forwarded, forwarded again, and room to spare.
constexpr unsigned depth_max = 5;
// Of all attached mail together; each level costs one more reading of what is in it.
constexpr std::uint64_t nested_octets_max = 33554432;
constexpr std::size_t subject_max = 1000;
constexpr std::size_t date_max = 200;
constexpr std::string_view too_much =
    "Attached mail is too large or nested too deeply to be looked at for evidence.";

/// Whose mail it is: who forwards an attack is not evidence of it.
enum class Whose : std::uint8_t { reporters, attackers };

/// Where in the source what follows is found, and when that was.
struct At {
    std::uint32_t source{0};
    std::string found_in;
    std::optional<core::Time> time;
};

/// Goes through one message and everything in it. One message, one thread.
class Search {
public:
    Search(const core::Limits& limits, Defects& defects) noexcept
        : list_{limits, defects}, defects_{defects}, left_{limits}
    {
    }

    void message(const Document& document, const Selection& selection, std::string_view text,
                 const std::vector<core::Attachment>& attachments)
    {
        const std::uint32_t source = *list_.add_source(EvidencePlace::message, 0);
        mark(document, source);
        const auto date = header(document.message().fields, source, Whose::reporters);
        this->text(text, {source, "text", date});
        links_of_other_html(document, selection, {source, "HTML", date});
        for (std::size_t i = 0; i < attachments.size(); ++i) {
            const Part& part = document.parts[selection.attachments[i]];
            if (!attached_mail(document, part, source, 1)) {
                file(attachments[i].name, attachments[i].sha256, attachments[i].size, {source, "attachment", date});
            }
        }
    }

    [[nodiscard]] core::Evidence take() && { return std::move(list_).take(); }

private:
    void mark(const Document& document, std::uint32_t source)
    {
        if (!document.message().is_leaf()) {
            list_.mark_multipart(source);
        }
    }

    void add(EvidenceKind kind, std::string value, const At& at)
    {
        EvidenceItem item;
        item.kind = kind;
        item.source = at.source;
        item.found_in = at.found_in;
        item.value = std::move(value);
        item.at = at.time;
        list_.add(std::move(item));
    }

    void file(std::string_view name, const core::Sha256& digest, std::uint64_t size, const At& at)
    {
        EvidenceItem item;
        item.kind = EvidenceKind::file;
        item.source = at.source;
        item.found_in = at.found_in;
        item.value = core::cut_utf8(name, core::Evidence::value_max);
        item.sha256 = digest;
        item.size = size;
        item.at = at.time;
        list_.add(std::move(item));
    }

    void named_in(std::string_view text, const At& at)
    {
        find_named_in(text, [&](EvidenceKind kind, std::string value) { add(kind, std::move(value), at); });
    }

    void mailboxes(std::string_view value, const At& at)
    {
        constexpr std::size_t of_one_field = 10;
        for (const std::string& address : parse_addresses(value, of_one_field)) {
            const auto host = canonical_host(std::string_view{address}.substr(address.rfind('@') + 1));
            add(EvidenceKind::mailbox, address, at);
            if (host) {
                add(EvidenceKind::domain, *host, at);
            }
        }
    }

    /// Tells when the mail was written, as its Date claims.
    std::optional<core::Time> header(const std::vector<Field>& fields, std::uint32_t source, Whose whose)
    {
        const auto dated = std::find_if(fields.begin(), fields.end(),
                                        [](const Field& one) { return core::iequals(one.name, "date"); });
        const auto date = dated == fields.end() ? std::nullopt : parse_mail_date(dated->value);
        if (date && whose == Whose::attackers) {
            add(EvidenceKind::time, std::string{core::cut_utf8(decode_words(dated->value), date_max)},
                {source, "Date", date});
        }
        unsigned hops = 0;
        for (const Field& one : fields) {
            const std::string name = core::lowered(one.name);
            if (name == "received") {
                const Hop hop = parse_received(one.value);
                ++hops;
                if (hop.client) {
                    add(EvidenceKind::address, hop.client->to_string(),
                        {source, "Received " + std::to_string(hops), hop.at});
                }
            } else if (name == "x-originating-ip") {
                if (const auto client = parse_written_address(one.value)) {
                    add(EvidenceKind::address, client->to_string(), {source, "X-Originating-IP", date});
                }
            } else if (whose == Whose::attackers) {
                sender_field(name, one.value, {source, {}, date});
            }
        }
        return date;
    }

    void sender_field(const std::string& name, std::string_view value, At at)
    {
        if (name == "from" || name == "reply-to" || name == "return-path" || name == "sender") {
            at.found_in = name == "from"       ? "From"
                          : name == "sender"   ? "Sender"
                          : name == "reply-to" ? "Reply-To"
                                               : "Return-Path";
            mailboxes(value, at);
        } else if (name == "subject") {
            at.found_in = "Subject";
            add(EvidenceKind::subject, std::string{core::cut_utf8(decode_words(value), subject_max)}, at);
        } else if (const std::string_view id = core::trimmed(value); name == "message-id" && is_message_id(id)) {
            at.found_in = "Message-ID";
            add(EvidenceKind::message_id, std::string{id}, at);
        }
    }

    /// A text, and the mails that were pasted into it: behind each header what belongs to it.
    void text(std::string_view text, const At& around)
    {
        std::uint32_t source = around.source;
        std::optional<core::Time> date = around.time;
        for (const Excerpt& excerpt : excerpts_of(text, core::Evidence::sources_max)) {
            if (!excerpt.header.empty()) {
                const auto pasted = list_.add_source(EvidencePlace::pasted_header, around.source);
                source = pasted.value_or(source);
                date = pasted ? header(excerpt.header, source, Whose::attackers) : date;
            }
            named_in(excerpt.text, {source, "text", date});
        }
    }

    /// Where a text stands in plain words too, its HTML was not read; a link may hide in it.
    void links_of_other_html(const Document& document, const Selection& selection, const At& at)
    {
        for (std::size_t i = 0; i < document.parts.size(); ++i) {
            const Part& part = document.parts[i];
            const auto is_in = [i](const auto& list) { return std::binary_search(list.begin(), list.end(), i); };
            if (!part.is_leaf() || part.type() != "text/html" || is_in(selection.text) ||
                is_in(selection.attachments)) {
                continue;
            }
            Defects ignored;
            const std::string html = content_of(part, ignored);
            const std::string_view head = std::string_view{html}.substr(0, left_.html_max);
            left_.html_max -= head.size();
            find_links_in_html(head,
                               [&](EvidenceKind kind, std::string value) { add(kind, std::move(value), at); });
        }
    }

    /// Whether a part is mail, a header or a complaint rather than a file. What is in it is looked at.
    bool attached_mail(const Document& document, const Part& part, std::uint32_t within, unsigned depth)
    {
        Defects ignored;
        if (is_complaint(part, document.message())) {
            complaint(content_of(part, ignored), within);
            return true;
        }
        const bool is_header = part.type() == "text/rfc822-headers" || part.type() == "message/rfc822-headers";
        const bool is_mail = part.is_message() || core::lowered(part.file_name).ends_with(".eml");
        if (!is_header && !is_mail) {
            return false;
        }
        if (depth > depth_max || part.body.size() > nested_left_) {
            defects_.add(too_much);
            return part.is_message();
        }
        nested_left_ -= part.body.size();
        const std::string content = content_of(part, ignored);
        if (is_header) {
            if (const auto source = list_.add_source(EvidencePlace::attached_header, within)) {
                header(fields_in(content), *source, Whose::attackers);
            }
            return true;
        }
        nested_message(content, within, depth);
        return true;
    }

    void nested_message(const std::string& octets, std::uint32_t within, unsigned depth)
    {
        const auto source = list_.add_source(EvidencePlace::attached_message, within);
        if (!source) {
            return;
        }
        Defects ignored;
        const Document document = parse(octets, left_, ignored);
        mark(document, *source);
        const auto date = header(document.message().fields, *source, Whose::attackers);
        const Selection selection = select(document);
        const ReadableText readable = readable_text(document, selection.text, left_, ignored);
        spend(document, selection, readable.text);
        text(readable.text, {*source, "text", date});
        links_of_other_html(document, selection, {*source, "HTML", date});
        for (const std::size_t number : selection.attachments) {
            const Part& part = document.parts[number];
            if (!attached_mail(document, part, *source, depth + 1)) {
                const std::string content = content_of(part, ignored);
                file(part.file_name, core::sha256(content), content.size(), {*source, "attachment", date});
            }
        }
    }

    /// All mail in a message shares what one message may cost.
    void spend(const Document& document, const Selection& selection, std::string_view text)
    {
        for (const std::size_t number : selection.text) {
            const Part& part = document.parts[number];
            if (part.type() != "text/plain") {
                left_.html_max -= std::min<std::uint64_t>(left_.html_max, part.body.size());
            }
        }
        left_.text_max -= std::min<std::uint64_t>(left_.text_max, text.size());
    }

    void complaint(std::string_view content, std::uint32_t within)
    {
        const auto source = list_.add_source(EvidencePlace::complaint, within);
        if (!source) {
            return;
        }
        for (EvidenceItem& item : read_complaint(content)) {
            item.source = *source;
            list_.add(std::move(item));
        }
    }

    EvidenceList list_;
    Defects& defects_;
    core::Limits left_;
    std::uint64_t nested_left_{nested_octets_max};
};

}  // namespace

core::Evidence find_evidence(const Document& document, const Selection& selection, std::string_view text,
                             const std::vector<core::Attachment>& attachments, const core::Limits& limits,
                             Defects& defects)
{
    Search search{limits, defects};
    search.message(document, selection, text, attachments);
    return std::move(search).take();
}

}  // namespace shield::mime
