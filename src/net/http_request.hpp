// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace shield::net {

/// The head of a request by a machine that watches: what it asks for. No body is ever read, and the connection ends
/// with the answer, so nothing can follow it.
struct HttpRequest {
    bool head{false};
    std::string path;  ///< begins with "/", without the query

    /// Why a head was not taken.
    enum class Fault { malformed, method, version };

    /// `head` ends with its empty line. Strict: RFC 9112 sections 2 and 3, printable ASCII only.
    [[nodiscard]] static boost::system::result<HttpRequest, Fault> parse(std::string_view head);
};

/// How many octets of `octets` are the head with its empty line, or nothing while it is not whole.
[[nodiscard]] std::optional<std::size_t> http_head_size(std::string_view octets);

[[noreturn]] void throw_exception_from_error(HttpRequest::Fault, const boost::source_location&);

}  // namespace shield::net
