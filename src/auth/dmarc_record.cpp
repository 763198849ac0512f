// SPDX-License-Identifier: Apache-2.0
#include "dmarc_record.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace shield::auth {

namespace {

using Tag = std::pair<std::string_view, std::string_view>;

std::string_view without_blanks_around(std::string_view text) noexcept
{
    while (!text.empty() && core::is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && core::is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

Tag tag_of(std::string_view piece) noexcept
{
    const std::size_t equals = piece.find('=');
    return equals == std::string_view::npos ? Tag{}
                                            : Tag{without_blanks_around(piece.substr(0, equals)),
                                                  without_blanks_around(piece.substr(equals + 1))};
}

/// RFC 3986 section 3, as much as tells an address from none.
bool is_uri(std::string_view text) noexcept
{
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size() ||
        !core::is_alpha(text.front())) {
        return false;
    }
    const auto in_scheme = [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '+' || c == '-' || c == '.';
    };
    const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme) &&
           std::all_of(text.begin(), text.end(), visible);
}

bool has_uri(std::string_view list)
{
    const auto uris = core::split(list, ',');
    return std::any_of(uris.begin(), uris.end(),
                       [](std::string_view uri) { return is_uri(without_blanks_around(uri)); });
}

std::optional<DmarcPolicy> policy_of(std::string_view value) noexcept
{
    for (const DmarcPolicy policy : {DmarcPolicy::none, DmarcPolicy::quarantine, DmarcPolicy::reject}) {
        if (core::iequals(value, to_string(policy))) {
            return policy;
        }
    }
    return std::nullopt;
}

DmarcRecord::Psd psd_of(std::string_view value) noexcept
{
    return core::iequals(value, "y")   ? DmarcRecord::Psd::yes
           : core::iequals(value, "n") ? DmarcRecord::Psd::no
                                       : DmarcRecord::Psd::unknown;
}

/// The known tags with their values, the first of each name.
class Tags {
public:
    explicit Tags(const std::vector<std::string_view>& pieces)
    {
        for (const std::string_view piece : pieces) {
            const auto [name, value] = tag_of(piece);
            const auto known = std::find_if(tags_.begin(), tags_.end(), [&, tag = name](const auto& entry) {
                return core::iequals(entry.first, tag);
            });
            if (known != tags_.end() && !known->second) {
                known->second = value;
            }
        }
    }

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        return std::find_if(tags_.begin(), tags_.end(), [&](const auto& tag) { return tag.first == name; })->second;
    }
    [[nodiscard]] bool is(std::string_view name, std::string_view value) const noexcept
    {
        return core::iequals(find(name).value_or(""), value);
    }
    [[nodiscard]] std::optional<DmarcPolicy> policy(std::string_view name) const noexcept
    {
        return policy_of(find(name).value_or(""));
    }
    [[nodiscard]] bool is_wrong_policy(std::string_view name) const noexcept { return find(name) && !policy(name); }

private:
    std::array<std::pair<std::string_view, std::optional<std::string_view>>, 8> tags_{
        {{"p", {}}, {"sp", {}}, {"np", {}}, {"psd", {}}, {"adkim", {}}, {"aspf", {}}, {"t", {}}, {"rua", {}}}};
};

}  // namespace

std::string_view to_string(DmarcPolicy value) noexcept
{
    switch (value) {
        case DmarcPolicy::none:
            return "none";
        case DmarcPolicy::quarantine:
            return "quarantine";
        case DmarcPolicy::reject:
            return "reject";
    }
    return "?";
}

std::optional<DmarcRecord> DmarcRecord::parse(std::string_view text)
{
    const auto pieces = core::split(text, ';');
    const auto [name, version] = tag_of(pieces.front());
    if (text.empty() || core::is_blank(text.front()) || !core::iequals(name, "v") || version != "DMARC1") {
        return std::nullopt;  // the value has its case, and nothing stands before it
    }
    const Tags tags{pieces};
    DmarcRecord record;
    record.psd = psd_of(tags.find("psd").value_or(""));
    record.strict_dkim = tags.is("adkim", "s");
    record.strict_spf = tags.is("aspf", "s");
    record.testing = tags.is("t", "y");
    if (!tags.policy("p") || tags.is_wrong_policy("sp") || tags.is_wrong_policy("np")) {  // section 4.10.1
        record.applies = has_uri(tags.find("rua").value_or(""));
        return record;
    }
    record.policy = *tags.policy("p");
    record.subdomain_policy = tags.policy("sp");
    record.non_existent_policy = tags.policy("np");
    return record;
}

DmarcPolicy DmarcRecord::policy_below(bool exists) const noexcept
{
    const DmarcPolicy below = subdomain_policy.value_or(policy);
    return exists ? below : non_existent_policy.value_or(below);
}

}  // namespace shield::auth
