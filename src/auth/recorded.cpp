// SPDX-License-Identifier: Apache-2.0
#include "recorded.hpp"

#include "a_labels.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <algorithm>

namespace shield::auth {

namespace {

bool disowns(const Recorded& recorded)
{
    return std::any_of(recorded.results.begin(), recorded.results.end(), [](const RecordedResult& one) {
        return one.result == Result::fail && one.method != Method::dkim;
    });
}

const RecordedResult* first_of(const Recorded& recorded, Method method)
{
    const auto found = std::find_if(recorded.results.begin(), recorded.results.end(),
                                    [&](const RecordedResult& one) { return one.method == method; });
    return found == recorded.results.end() ? nullptr : &*found;
}

Finding finding_of(const Recorded& recorded, const RecordedResult& result)
{
    return {result.result, result.domain, "Recorded by our relay (" + recorded.authserv_id + ").", recorded.text};
}

bool is_of(const RecordedResult& spf, const std::string& reverse_path)
{
    const auto path = core::Mailbox::parse(reverse_path);
    if (!path || spf.domain.empty() || to_a_labels(path->domain) != spf.domain) {
        return false;
    }
    const auto address = core::Mailbox::parse(spf.address);
    return !address || core::iequals(address->local, path->local);
}

}  // namespace

const Recorded* what_counts(const Relayed& relayed, const ArcFinding& arc) noexcept
{
    const bool sealed = arc.result == Result::pass && !relayed.arc_sealer.empty() && !arc.sealers.empty() &&
                        arc.sealers.back().domain == relayed.arc_sealer;
    const Recorded* by_seal = sealed && !relayed.sealed.results.empty() ? &relayed.sealed : nullptr;
    const Recorded* by_name = !relayed.results.results.empty() ? &relayed.results : nullptr;
    if (by_seal == nullptr || (by_name != nullptr && disowns(*by_name))) {
        return by_name;
    }
    return by_seal;
}

std::optional<RecordedSpf> recorded_spf(const Recorded& recorded, const std::string& reverse_path)
{
    const RecordedResult* spf = first_of(recorded, Method::spf);
    return spf != nullptr ? std::optional{RecordedSpf{finding_of(recorded, *spf), is_of(*spf, reverse_path)}}
                          : std::nullopt;
}

std::vector<Finding> recorded_dkim(const Recorded& recorded)
{
    std::vector<Finding> findings;
    for (const RecordedResult& one : recorded.results) {
        if (one.method == Method::dkim && one.result == Result::pass && !one.domain.empty()) {
            findings.push_back(finding_of(recorded, one));
        }
    }
    return findings;
}

std::optional<DmarcFinding> recorded_dmarc(const Recorded& recorded, const std::string& author_domain)
{
    const RecordedResult* dmarc = first_of(recorded, Method::dmarc);
    if (dmarc == nullptr || (dmarc->result != Result::pass && dmarc->result != Result::fail) ||
        (dmarc->result == Result::pass && (author_domain.empty() || dmarc->domain != author_domain))) {
        return std::nullopt;
    }
    DmarcFinding finding;
    finding.finding = finding_of(recorded, *dmarc);
    if (dmarc->result == Result::pass) {
        finding.aligned_domain = author_domain;
    }
    return finding;
}

}  // namespace shield::auth
