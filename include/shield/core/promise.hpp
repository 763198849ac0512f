// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>
#include <shield/core/time.hpp>
#include <shield/core/vocabulary.hpp>

#include <array>
#include <string>
#include <string_view>

namespace shield::core {

/// `[promise.*]`: by when a person answers, and whether the acknowledgement may say so.
struct Promise {
    std::chrono::seconds wall_clock{0};  ///< when business_days is 0
    unsigned business_days{0};           ///< Monday to Friday, UTC
    bool tell{false};

    /// "2h", "3d" or "3 business days".
    [[nodiscard]] static result<Promise> parse(std::string_view target);

    /// When it is kept for a clock that starts at `start`. Business days count from the next working moment.
    [[nodiscard]] Time due(Time start) const noexcept;

    /// In the words of the configuration.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Promise&, const Promise&) = default;
};

/// One for each category, indexed by Category.
using Promises = std::array<Promise, 3>;

}  // namespace shield::core
