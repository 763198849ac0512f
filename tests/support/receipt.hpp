// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/receipt.hpp>

namespace shield::store {

/// Stands in for the store where a test has none: only a class of this name can make a Receipt (invariant 1). A
/// test that links the real store must not include this.
class Intake {
public:
    [[nodiscard]] static core::Receipt receipt(core::Reference reference) { return core::Receipt{reference}; }
};

}  // namespace shield::store
