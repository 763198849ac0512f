// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace shield::cli {

/// Says what is wrong on standard error, made printable, line by line.
void complain(const std::string& sentence);

/// The same for what must not be overlooked.
void warn(const std::string& sentence);

}  // namespace shield::cli
