// SPDX-License-Identifier: Apache-2.0
#include "defects.hpp"
#include "header_facts.hpp"

#include <shield/core/wire.hpp>
#include <shield/mime/exchange.hpp>
#include <shield/mime/read.hpp>

#include <new>
#include <stdexcept>
#include <utility>

namespace shield::mime {

namespace {

// Both ends are one program, so this guards against a mistake and nothing else.
constexpr std::uint64_t version = 2;

enum class Question : std::uint8_t { read = 1, attachment };
enum class Answer : std::uint8_t { assessment = 1, attachment, no_attachment, failure };

constexpr std::uint64_t address_max = 320;
constexpr std::uint64_t message_id_max = 250;
constexpr std::uint64_t date_max = 100;
constexpr std::uint64_t type_max = 255;
constexpr std::uint64_t mark_max = 200;
constexpr std::uint64_t failure_max = 200;

/// What a part of a message comes to when it is decoded. Nothing that is decoded grows, but parts are cut from a
/// tidied copy of the message.
std::uint64_t content_max(std::uint64_t octets) noexcept
{
    return 2 * octets + 65536;
}

std::string head(Question question, std::uint64_t number, const core::Limits& limits)
{
    core::WireWriter wire;
    wire.number("version", version, version, 1);
    wire.number("question", question, 0xff, 1);
    wire.number("number", number, UINT64_MAX, 8);
    for (const core::LimitEntry& limit : core::limit_table()) {
        wire.number(limit.name, limits.*limit.member, UINT64_MAX, 8);
    }
    return std::move(wire).take();
}

template <typename Wire, typename Texts>
void texts(Wire& wire, std::string_view name, Texts& values, std::uint64_t count_max, std::uint64_t size_max)
{
    wire.list(name, values, count_max, [&](auto& value) { wire.text(name, value, size_max); });
}

template <typename Wire, typename Marks>
void marks(Wire& wire, Marks& marks)
{
    wire.text("auto_submitted", marks.auto_submitted, mark_max);
    wire.text("precedence", marks.precedence, mark_max);
    wire.text("list_field", marks.list_field, mark_max);
    wire.text("auto_response_suppress", marks.auto_response_suppress, mark_max);
    wire.text("autoreply_field", marks.autoreply_field, mark_max);
    wire.text("content_type", marks.content_type, mark_max);
    wire.text("report_type", marks.report_type, mark_max);
    wire.text("calendar_method", marks.calendar_method, mark_max);
    wire.text("loop", marks.loop, mark_max);
}

// A time that is_plausible(): its milliseconds fit into 48 bits, and one more says that there is none.
constexpr std::uint64_t no_moment = UINT64_C(1) << 48U;

void moment(core::WireWriter& wire, const std::optional<core::Time>& at)
{
    wire.number("at", at ? static_cast<std::uint64_t>(core::to_unix_ms(*at)) : no_moment, no_moment, 8);
}

void moment(core::WireReader& wire, std::optional<core::Time>& at)
{
    std::uint64_t milliseconds = 0;
    wire.number("at", milliseconds, no_moment, 8);
    at = milliseconds == no_moment ? std::nullopt
                                   : std::optional{core::from_unix_ms(static_cast<std::int64_t>(milliseconds))};
}

template <typename Wire, typename Evidence>
void describe_evidence(Wire& wire, Evidence& evidence, const core::Limits& limits, std::uint64_t octets)
{
    wire.list("sources", evidence.sources, core::Evidence::sources_max, [&](auto& source) {
        wire.number("place", source.place, core::evidence_places.size() - 1, 1);
        wire.number("within", source.within, core::Evidence::sources_max - 1, 1);
        wire.number("multipart", source.multipart, 1, 1);
    });
    wire.list("evidence", evidence.items, limits.evidence_max, [&](auto& item) {
        wire.number("kind", item.kind, core::evidence_kinds.size() - 1, 1);
        wire.number("source", item.source, core::Evidence::sources_max - 1, 1);
        wire.text("found_in", item.found_in, core::Evidence::found_in_max);
        wire.text("value", item.value, core::Evidence::value_max);
        wire.digest("sha256", item.sha256);
        wire.number("size", item.size, content_max(octets), 8);
        moment(wire, item.at);
    });
}

/// Every field of an Assessment that read() fills, with its bound: the one description for both directions.
template <typename Wire, typename Message>
void describe(Wire& wire, Message& message, const core::Limits& limits, std::uint64_t octets)
{
    texts(wire, "from", message.from, limits.addresses_max, address_max);
    wire.text("from_shown", message.from_shown, limits.header_text_max);
    wire.text("reply_to", message.reply_to, address_max);
    texts(wire, "to_and_cc", message.to_and_cc, limits.addresses_max, address_max);
    wire.text("subject", message.subject, limits.header_text_max);
    wire.text("message_id", message.message_id, message_id_max);
    texts(wire, "references", message.references, limits.references_max, message_id_max);
    wire.text("date", message.date, date_max);
    wire.text("text", message.text, limits.text_max);
    wire.number("text_cut", message.text_cut, 1, 1);
    wire.text("language", message.language, 2);
    wire.number("encryption", message.encryption, static_cast<std::uint64_t>(core::Encryption::smime), 1);
    wire.list("attachments", message.attachments, limits.mime_parts_max + 1, [&](auto& attachment) {
        wire.text("name", attachment.name, limits.header_text_max);
        wire.text("declared_type", attachment.declared_type, type_max);
        wire.text("sniffed_type", attachment.sniffed_type, type_max);
        wire.number("size", attachment.size, content_max(octets), 8);
        wire.digest("sha256", attachment.sha256);
        wire.number("embedded_message", attachment.embedded_message, 1, 1);
    });
    texts(wire, "defects", message.defects, Defects::count_max, Defects::sentence_max);
    marks(wire, message.machine);
    describe_evidence(wire, message.evidence, limits, octets);
}

/// A "From " line of mbox before the first field.
constexpr std::size_t header_begin_max = 1024;

/// Evidence goes on to others, in forms that they trust to hold.
void check_evidence(core::WireReader& wire, const core::Evidence& evidence)
{
    for (std::size_t i = 0; i < evidence.sources.size(); ++i) {
        wire.check("within", evidence.sources[i].within <= i);
    }
    std::size_t octets = 0;
    for (const core::EvidenceItem& item : evidence.items) {
        octets += item.value.size();
        wire.check("evidence", item.source < evidence.sources.size() && octets <= core::Evidence::octets_max &&
                                   core::is_well_formed(item));
    }
}

/// What an Assessment promises besides sizes, and others build on.
void check_promises(core::WireReader& wire, const core::Assessment& message, std::string_view octets,
                    const core::Limits& limits)
{
    // Invariants 5 and 9: these a reply repeats, and by these a message joins a case. So they must stand where they
    // are said to: whoever has taken over a worker puts nothing of another message into a reply, and no other
    // message into a case of his.
    const std::string_view header = octets.substr(0, limits.header_block_max + header_begin_max);
    const auto stands_there = [&](const std::string& id) {
        return is_message_id(id) && header.find(id) != std::string_view::npos;
    };
    wire.check("message_id", message.message_id.empty() || stands_there(message.message_id));
    wire.check("references", std::all_of(message.references.begin(), message.references.end(), stands_there));
    wire.check("language", message.language.size() == 2 && core::is_alpha(message.language[0]) &&
                               core::is_alpha(message.language[1]) &&
                               core::lowered(message.language) == message.language);
}

std::string answer(Answer kind, std::string_view rest)
{
    core::WireWriter wire;
    wire.number("version", version, version, 1);
    wire.number("answer", kind, 0xff, 1);
    std::string octets = std::move(wire).take();
    octets.reserve(octets.size() + rest.size());
    return octets += rest;
}

std::string find_attachment(std::string_view octets, std::uint64_t number, const core::Limits& limits)
{
    const auto content = attachment(octets, number, limits);
    return content ? answer(Answer::attachment, *content) : answer(Answer::no_attachment, {});
}

struct Asked {
    Question kind{};
    std::uint64_t number{0};
    core::Limits limits;
    std::string_view octets;
};

Asked parse(std::string_view question)
{
    core::WireReader wire{question};
    std::uint64_t said_version = 0;
    Asked asked;
    wire.number("version", said_version, version, 1);
    wire.number("question", asked.kind, static_cast<std::uint64_t>(Question::attachment), 1);
    wire.number("number", asked.number, UINT64_MAX, 8);
    for (const core::LimitEntry& limit : core::limit_table()) {
        wire.number(limit.name, asked.limits.*limit.member, UINT64_MAX, 8);
    }
    if (!wire.fault().empty() || said_version != version || asked.kind < Question::read) {
        throw std::logic_error{"a question that nobody asks"};
    }
    asked.octets = wire.rest();
    return asked;
}

core::Error not_believed(std::string_view field)
{
    return {"what the process that read it answered cannot be: " + std::string{field}};
}

/// Takes the two octets that every answer begins with. An answer that says that reading failed is an error too.
core::result<Answer> kind_of(core::WireReader& wire)
{
    std::uint64_t said_version = 0;
    Answer kind{};
    wire.number("version", said_version, version, 1);
    wire.number("answer", kind, static_cast<std::uint64_t>(Answer::failure), 1);
    wire.check("version", said_version == version);
    wire.check("answer", kind >= Answer::assessment);
    if (!wire.fault().empty()) {
        return not_believed(wire.fault());
    }
    if (kind == Answer::failure) {
        std::string why;
        wire.text("failure", why, failure_max);
        return wire.fault().empty() ? core::Error{"reading it failed: " + why} : not_believed(wire.fault());
    }
    return kind;
}

}  // namespace

std::string question_head_to_read(const core::Limits& limits)
{
    return head(Question::read, 0, limits);
}

std::string question_head_for_attachment(std::size_t number, const core::Limits& limits)
{
    return head(Question::attachment, number, limits);
}

std::optional<ToRead> to_read(std::string_view question)
{
    const Asked asked = parse(question);
    return asked.kind == Question::read ? std::optional{ToRead{asked.octets, asked.limits}} : std::nullopt;
}

std::string answer_to(std::string_view question)
{
    const Asked asked = parse(question);
    try {
        switch (asked.kind) {
            case Question::read:
                return answer_with(read(asked.octets, asked.limits));
            case Question::attachment:
                return find_attachment(asked.octets, asked.number, asked.limits);
        }
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) {
        core::WireWriter why;
        why.text("failure", core::cut_utf8(failure.what(), failure_max), failure_max);
        return answer(Answer::failure, std::move(why).take());
    }
    throw std::logic_error{"a question that nobody asks"};
}

std::string answer_with(const core::Assessment& message)
{
    core::WireWriter wire;
    describe(wire, message, core::Limits{}, 0);  // whoever writes is bound by nothing
    return answer(Answer::assessment, std::move(wire).take());
}

std::uint64_t answer_size_max(const core::Limits& limits, std::uint64_t octets) noexcept
{
    const std::uint64_t header = 4 * limits.header_text_max + 2 * limits.addresses_max * (address_max + 4) +
                                 limits.references_max * (message_id_max + 4);
    const std::uint64_t attachments = (limits.mime_parts_max + 1) * (limits.header_text_max + 2 * type_max + 64);
    const std::uint64_t evidence = limits.evidence_max * 128 + core::Evidence::octets_max;
    const std::uint64_t assessment = 65536 + header + limits.text_max + attachments + evidence;
    return std::max(assessment, content_max(octets) + 2);
}

core::result<core::Assessment> assessment_in(std::string_view answer, const core::Limits& limits,
                                             std::string_view octets)
{
    core::WireReader wire{answer};
    const auto kind = kind_of(wire);
    if (!kind) {
        return kind.error();
    }
    core::Assessment message;
    wire.check("answer", *kind == Answer::assessment);
    describe(wire, message, limits, octets.size());
    check_promises(wire, message, octets, limits);
    check_evidence(wire, message.evidence);
    wire.check("size", wire.rest().empty());
    if (!wire.fault().empty()) {
        return not_believed(wire.fault());
    }
    return message;
}

core::result<std::optional<std::string>> attachment_in(std::string_view answer, std::uint64_t octets)
{
    core::WireReader wire{answer};
    const auto kind = kind_of(wire);
    if (!kind) {
        return kind.error();
    }
    const bool found = *kind == Answer::attachment;
    wire.check("answer", found || *kind == Answer::no_attachment);
    wire.check("size", wire.rest().size() <= (found ? content_max(octets) : 0));
    if (!wire.fault().empty()) {
        return not_believed(wire.fault());
    }
    return found ? std::optional{std::string{wire.rest()}} : std::nullopt;
}

}  // namespace shield::mime
