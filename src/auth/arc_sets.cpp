// SPDX-License-Identifier: Apache-2.0
#include "arc_sets.hpp"

#include "canonical.hpp"
#include "tag_list.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::auth {

namespace {

struct SetFields {
    const HeaderField* results{nullptr};
    const HeaderField* message_signature{nullptr};
    const HeaderField* seal{nullptr};
};

struct Kind {
    std::string_view name, written;
    const HeaderField* SetFields::*member;
};
constexpr std::array<Kind, 3> kinds{
    {{"arc-authentication-results", "ARC-Authentication-Results", &SetFields::results},
     {"arc-message-signature", "ARC-Message-Signature", &SetFields::message_signature},
     {"arc-seal", "ARC-Seal", &SetFields::seal}}};

const Kind* kind_of(const HeaderField& field) noexcept
{
    const auto found = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const Kind& kind) { return core::iequals(field.name(), kind.name); });
    return found == kinds.end() ? nullptr : &*found;
}

// RFC 8617 section 4.2.1: 1 to 50.
std::optional<std::size_t> instance_number(std::string_view text)
{
    const auto number = text.size() > 2 ? std::nullopt : core::parse_number(text);
    return number && *number >= 1 && *number <= arc_sets_max ? number : std::nullopt;
}

void skip_blanks_and_comments(std::string_view& text) noexcept
{
    std::size_t depth = 0;
    std::size_t end = 0;
    while (end < text.size() && (depth > 0 || core::is_blank(text[end]) || text[end] == '(')) {
        depth += text[end] == '(' ? 1 : 0;
        depth -= text[end] == ')' ? 1 : 0;
        end += text[end] == '\\' ? 2 : 1;
    }
    text.remove_prefix(std::min(end, text.size()));
}

struct Results {
    std::size_t instance;
    std::string text;
};

// RFC 8617 section 4.1.1: "i=" N ";" and the payload.
std::optional<Results> parse_results(const HeaderField& field)
{
    const std::string value = unfolded(field.value());
    std::string_view rest{value};
    for (const char c : {'i', '='}) {
        skip_blanks_and_comments(rest);
        if (!rest.starts_with(c)) {
            return std::nullopt;
        }
        rest.remove_prefix(1);
    }
    skip_blanks_and_comments(rest);
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto instance = instance_number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    skip_blanks_and_comments(rest);
    if (!instance || !rest.starts_with(';') || !core::is_utf8(rest)) {
        return std::nullopt;
    }
    return Results{*instance, std::string{core::trimmed(rest.substr(1))}};
}

std::optional<std::size_t> instance_of(const HeaderField& field, const Kind& kind)
{
    if (field.raw.size() > signature_field_octets_max) {
        return std::nullopt;
    }
    if (kind.member == &SetFields::results) {
        const auto results = parse_results(field);
        return results ? std::optional{results->instance} : std::nullopt;
    }
    const auto tags = TagList::parse(field.value());
    const auto instance = tags ? tags->find("i") : std::nullopt;
    return instance ? instance_number(*instance) : std::nullopt;
}

using Sets = std::vector<SetFields>;

// The fields of each instance, in order; or a sentence in `defect`.
Sets collected(const std::vector<HeaderField>& fields, std::string& defect)
{
    Sets sets;
    for (const HeaderField& field : fields) {
        const Kind* kind = kind_of(field);
        if (kind == nullptr) {
            continue;
        }
        const auto instance = instance_of(field, *kind);
        if (!instance) {
            defect = "An " + std::string{kind->written} + " has no instance from 1 to 50, or no right syntax.";
            return {};
        }
        sets.resize(std::max(sets.size(), *instance));
        const HeaderField*& place = sets[*instance - 1].*(kind->member);
        if (place != nullptr) {
            defect = "Instance " + std::to_string(*instance) + " has a second " + std::string{kind->written} + ".";
            return {};
        }
        place = &field;
    }
    for (std::size_t i = 0; i < sets.size(); ++i) {
        for (const Kind& kind : kinds) {
            if (sets[i].*(kind.member) == nullptr) {
                defect = "Instance " + std::to_string(i + 1) + " has no " + std::string{kind.written} + ".";
                return {};
            }
        }
    }
    return sets;
}

std::string validation_of(const HeaderField& seal)
{
    const auto tags = TagList::parse(seal.value());
    const auto value = tags ? tags->find("cv") : std::nullopt;
    return value && (*value == "none" || *value == "pass" || *value == "fail") ? std::string{*value} : "";
}

}  // namespace

void read_arc_sets(const std::vector<HeaderField>& fields, const SignatureContext& context, Signatures& signatures)
{
    std::string sealed;  // of the sets so far, in the form that a seal signs
    for (const SetFields& set : collected(fields, signatures.arc_defect)) {
        for (const HeaderField* field : {set.results, set.message_signature}) {
            append_canonical(sealed, field->raw, Canonicalization::relaxed);
            sealed += "\r\n";
        }
        signatures.arc.push_back({parse_results(*set.results)->text,
                                  read_arc_message_signature(*set.message_signature, context),
                                  read_arc_seal(*set.seal, sealed), validation_of(*set.seal)});
        append_canonical(sealed, set.seal->raw, Canonicalization::relaxed);
        sealed += "\r\n";
    }
}

}  // namespace shield::auth
