// SPDX-License-Identifier: Apache-2.0
#include "evidence_list.hpp"

#include <utility>

namespace shield::mime {

std::optional<std::uint32_t> EvidenceList::add_source(core::EvidencePlace place, std::uint32_t within)
{
    if (evidence_.sources.size() >= core::Evidence::sources_max) {
        defects_.add("There is more attached or pasted mail than is looked at for evidence.");
        return std::nullopt;
    }
    evidence_.sources.push_back({place, within, false});
    return static_cast<std::uint32_t>(evidence_.sources.size() - 1);
}

void EvidenceList::add(core::EvidenceItem item)
{
    if (!core::is_well_formed(item)) {
        return;
    }
    std::string key = std::to_string(item.source) + " " + std::string{to_string(item.kind)} + " " + item.value;
    key += item.kind == core::EvidenceKind::file ? core::to_hex(item.sha256) : std::string{};
    if (known_.contains(key)) {
        return;
    }
    if (evidence_.items.size() >= limits_.evidence_max ||
        octets_ + item.value.size() > core::Evidence::octets_max) {
        defects_.add("There is more evidence in it than is kept; the rest was left out (evidence_max).");
        return;
    }
    known_.insert(std::move(key));
    octets_ += item.value.size();
    evidence_.items.push_back(std::move(item));
}

core::Evidence EvidenceList::take() &&
{
    return evidence_.items.empty() ? core::Evidence{} : std::move(evidence_);
}

}  // namespace shield::mime
