// SPDX-License-Identifier: Apache-2.0
#include "complain.hpp"

#include "view.hpp"

#include <shield/core/printable.hpp>

#include <iostream>

namespace shield::cli {

void complain(const std::string& sentence)
{
    std::cerr << "shieldctl: " << core::printable_text(sentence) << "\n";
}

void warn(const std::string& sentence)
{
    std::cerr << "shieldctl: "
              << painted("WARNING: " + core::printable_line(sentence), Paint::alarm, errors_are_coloured()) << "\n";
}

}  // namespace shield::cli
