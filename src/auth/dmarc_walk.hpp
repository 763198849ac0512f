// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dmarc_record.hpp"

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>

#include <string>
#include <vector>

namespace shield::auth {

/// What a DNS Tree Walk found (RFC 9989 section 4.10).
struct DmarcWalk {
    struct Found {
        std::string domain;
        std::string text;
        DmarcRecord record;
    };

    std::string start;
    std::vector<Found> found;  ///< the longest domain first
    std::string failure;       ///< why it ended before its end; empty: it did not

    /// Section 4.10.2. Means something only when the walk did not fail.
    [[nodiscard]] std::string organizational_domain() const;

    /// The record that applies to mail from `start` (section 4.10.1): its own, that of its organizational domain,
    /// or that of its public suffix domain. Nothing when there is none; when the walk failed, only its own is
    /// known.
    [[nodiscard]] const Found* policy() const noexcept;
};

/// At most 8 questions. `start` as to_a_labels() gives it.
[[nodiscard]] Check<DmarcWalk> walk_tree(Inquiry& inquiry, std::string start);

}  // namespace shield::auth
