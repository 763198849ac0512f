// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <shield/core/assessment.hpp>

namespace shield::mime {

/// The fields by which machines say that they are machines.
[[nodiscard]] core::MachineMarks machine_marks(const Document& document);

}  // namespace shield::mime
