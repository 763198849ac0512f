// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shield::auth {

/// A domain name as it is compared and asked for (RFC 8616): lower case, internationalised labels as A-labels
/// (UTS 46, non-transitional). Nothing when it is no name of letters, digits, hyphens and underscores, or not
/// core::is_dns_name().
[[nodiscard]] std::optional<std::string> to_a_labels(std::string_view name);

/// Is `name` the domain, or one below it? Both as to_a_labels() gives them.
[[nodiscard]] bool is_within(std::string_view name, std::string_view domain) noexcept;

}  // namespace shield::auth
