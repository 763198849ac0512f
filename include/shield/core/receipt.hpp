// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/reference.hpp>

#include <stdexcept>
#include <string>

namespace shield::store {
class Intake;
}

namespace shield::core {

/// Proof that a message is durable (invariant 1). Nothing but the store, after its commit, can make one; the 250
/// after DATA is built from it and from nothing else.
class Receipt {
public:
    [[nodiscard]] const Reference& reference() const noexcept { return reference_; }

private:
    friend class store::Intake;
    explicit Receipt(Reference reference) noexcept : reference_{reference} {}

    Reference reference_;
};

/// Why a message was not kept. The session turns it into its 4xx or 5xx.
enum class Refusal {
    disk_full,      ///< 452 4.3.1: try again later; opens again by itself
    store_failed,   ///< 451 4.3.0: the store is closed until a restart
    overloaded,     ///< 452 4.3.2: too many octets are waiting to be committed
    shutting_down,  ///< 421 4.3.2
    row_refused,    ///< 451 4.3.0: this message alone could not be written
};

/// Thrown while a message is still arriving: its octets cannot be kept.
class NotKept : public std::runtime_error {
public:
    NotKept(Refusal refused_as, const std::string& why_not) : std::runtime_error{why_not}, why{refused_as} {}
    Refusal why;
};

}  // namespace shield::core
