// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json.hpp"

#include <shield/core/evidence.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/store/cases.hpp>

#include <cstddef>
#include <vector>

namespace shield::triage {

/// One item of a case's evidence, and what it is worth.
struct EvidenceRow {
    std::size_t message{0};  ///< counted from 0, as in CaseDetail::messages
    std::uint32_t source{0};
    core::EvidenceSource of;
    core::EvidenceItem item;
    bool ours{false};  ///< an address or a domain of our own
    /// Who sent a message to us, and from where. That is a victim as a rule, whose address is nobody else's
    /// business; only a person knows when it is the attacker.
    bool reporters{false};
};

struct CaseEvidence {
    static constexpr std::size_t rows_max = 2000;

    std::vector<EvidenceRow> rows;
    bool cut{false};  ///< there is more than rows_max
};

/// What the messages of a case tell, oldest first, repeats left out. Of each message its SMTP client and
/// reverse-path come first. Pure.
[[nodiscard]] CaseEvidence evidence_of(const store::CaseDetail& detail, const core::Mailboxes& mailboxes);

/// Adds `evidence` and `evidence_cut`.
void add_evidence(Json& json, const CaseEvidence& evidence);

}  // namespace shield::triage
