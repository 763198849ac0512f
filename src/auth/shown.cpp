// SPDX-License-Identifier: Apache-2.0
#include "shown.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

namespace shield::auth {

std::string shown(std::string_view text, std::size_t octets_max)
{
    const std::string printable = core::printable_line(text);
    return std::string{core::cut_utf8(printable, octets_max)};
}

}  // namespace shield::auth
