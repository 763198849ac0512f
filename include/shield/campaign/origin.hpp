// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>

#include <cstdint>

namespace shield::campaign {

/// Who sent a message, as far as campaigns care: hashes to tell one from another. A value.
struct Origin {
    std::uint64_t sender{0};     ///< the reverse-path without the marks of SRS and BATV, or the author
    std::uint64_t recipient{0};  ///< which of our mailboxes it came to
    bool verified{false};        ///< who sent it is proven (SPF, DKIM, DMARC)
    bool machine{false};         ///< known to be a machine's, by more than the sketch knows (acknowledge)

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// The envelope may have no recipient; then it is that of all such. `verified` and `machine` are left false.
[[nodiscard]] Origin origin_of(const core::Envelope& envelope, const core::Assessment& message);

}  // namespace shield::campaign
