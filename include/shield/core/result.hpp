// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace shield::core {

/// Why an input was not taken, as a sentence for the person who sent it. A failure of the world (disk, database,
/// a bug) is an exception instead.
struct Error {
    std::string sentence;
    friend bool operator==(const Error&, const Error&) = default;
};

/// What value() throws when nobody looked at the error first.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&)
{
    throw std::runtime_error(error.sentence);
}

template <typename T>
using result = boost::system::result<T, Error>;

}  // namespace shield::core
