// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"

#include <shield/core/evidence.hpp>
#include <shield/core/limits.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace shield::mime {

/// Evidence as it grows: each thing once a source, nothing that has not the form of its kind, and no more than the
/// bounds allow, of which the first that is reached becomes a defect. One message, one thread.
class EvidenceList {
public:
    EvidenceList(const core::Limits& limits, Defects& defects) noexcept : limits_{limits}, defects_{defects} {}

    /// The number of a new source; nothing when there are too many.
    std::optional<std::uint32_t> add_source(core::EvidencePlace place, std::uint32_t within);
    void mark_multipart(std::uint32_t source) { evidence_.sources.at(source).multipart = true; }

    void add(core::EvidenceItem item);

    /// Without sources when there is nothing in them.
    [[nodiscard]] core::Evidence take() &&;

private:
    const core::Limits& limits_;
    Defects& defects_;
    core::Evidence evidence_;
    std::set<std::string> known_;  // source, kind and value
    std::size_t octets_{0};
};

}  // namespace shield::mime
