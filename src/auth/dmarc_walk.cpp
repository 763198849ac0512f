// SPDX-License-Identifier: Apache-2.0
#include "dmarc_walk.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace shield::auth {

namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsRecord;
using core::DnsType;

constexpr std::ptrdiff_t labels_at_most = 7;  // after the first step

/// Steps 4 and 7: without its first label, and no longer than seven. Empty past the last.
std::string next_target(const std::string& domain)
{
    std::string_view rest = domain;
    do {
        const std::size_t dot = rest.find('.');
        rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    } while (std::count(rest.begin(), rest.end(), '.') >= labels_at_most);
    return std::string{rest};
}

/// Steps 2 and 6: one record, or none.
std::optional<DmarcWalk::Found> only_record(const DnsAnswer& answer, const std::string& domain)
{
    std::optional<DmarcWalk::Found> found;
    for (const DnsRecord& record : answer.records) {
        if (const auto parsed = DmarcRecord::parse(record.value)) {
            if (found) {
                return std::nullopt;
            }
            found = DmarcWalk::Found{domain, record.value, *parsed};
        }
    }
    return found;
}

/// A top level domain is one without `psd=y` too, unless it says `psd=n`: stricter than section 4.10.2, for what
/// section 11.8 warns of. Otherwise whoever has any name there would align with all others.
bool is_public_suffix(const DmarcWalk::Found& found) noexcept
{
    return found.record.psd == DmarcRecord::Psd::yes ||
           (found.record.psd == DmarcRecord::Psd::unknown && found.domain.find('.') == std::string::npos);
}

/// The domain one label below `suffix` that `name` is or is in.
std::string one_label_below(const std::string& name, const std::string& suffix)
{
    const std::size_t end = name.size() - suffix.size() - 1;  // the dot between them
    const std::size_t dot = end == 0 ? std::string::npos : name.rfind('.', end - 1);
    return name.substr(dot == std::string::npos ? 0 : dot + 1);
}

}  // namespace

std::string DmarcWalk::organizational_domain() const
{
    if (found.empty()) {
        return start;
    }
    const Found& last = found.back();  // psd=n and psd=y end a walk, and otherwise it is the shortest
    return is_public_suffix(last) && last.domain != start ? one_label_below(start, last.domain) : last.domain;
}

const DmarcWalk::Found* DmarcWalk::policy() const noexcept
{
    if (!found.empty() && found.front().domain == start) {
        return &found.front();
    }
    if (found.empty() || !failure.empty()) {
        return nullptr;
    }
    const std::string organizational = organizational_domain();
    const auto own =
        std::find_if(found.begin(), found.end(), [&](const Found& one) { return one.domain == organizational; });
    return own == found.end() ? &found.back() : &*own;
}

Check<DmarcWalk> walk_tree(Inquiry& inquiry, std::string start)
{
    DmarcWalk walk;
    walk.start = std::move(start);
    for (std::string target = walk.start; !target.empty(); target = next_target(target)) {
        const DnsAnswer answer = co_await inquiry.ask(DnsType::txt, "_dmarc." + target);
        if (answer.outcome == DnsOutcome::failed) {
            walk.failure = "the DMARC record of " + target + " could not be asked for: " + answer.failure;
            break;
        }
        const std::optional<DmarcWalk::Found> found = only_record(answer, target);
        if (found) {
            walk.found.push_back(*found);
            if (found->record.psd != DmarcRecord::Psd::unknown) {
                break;
            }
        }
    }
    co_return walk;
}

}  // namespace shield::auth
