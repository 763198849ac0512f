// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/arc.hpp>
#include <shield/auth/dmarc.hpp>
#include <shield/auth/finding.hpp>
#include <shield/auth/relayed.hpp>

#include <optional>
#include <string>
#include <vector>

/// What a relay of ours recorded, in the place of what we would have found. Evidence is the field.
namespace shield::auth {

/// Whose results count: those of a seal that holds, or those in the relay's name; of two the one that disowns the
/// message. Null when there are none.
[[nodiscard]] const Recorded* what_counts(const Relayed& relayed, const ArcFinding& arc) noexcept;

/// Nothing when it says nothing of SPF. `of_path`: it is about this reverse-path and no other, in the same domain
/// neither.
struct RecordedSpf {
    Finding finding;
    bool of_path{false};
};
[[nodiscard]] std::optional<RecordedSpf> recorded_spf(const Recorded& recorded, const std::string& reverse_path);

[[nodiscard]] std::vector<Finding> recorded_dkim(const Recorded& recorded);

/// Nothing when it decides nothing. A pass is of `author_domain`, or none.
[[nodiscard]] std::optional<DmarcFinding> recorded_dmarc(const Recorded& recorded,
                                                         const std::string& author_domain);

}  // namespace shield::auth
