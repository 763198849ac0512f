// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace shield::confine {

/// "WHAT: why", from errno.
[[noreturn]] inline void fail(const std::string& what, int error = errno)
{
    throw std::runtime_error{what + ": " + std::generic_category().message(error)};
}

}  // namespace shield::confine
