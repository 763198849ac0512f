// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/evidence.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace shield::mime {

/// What a text names: links, and hosts, numeric addresses and addresses of mail that its author has defanged
/// (hxxp://, example[.]com, user[at]example[.]com). What is not defanged and no link is a word like others.
/// Values are in the form that their kind has. Takes anything; linear.
using NamedInText = std::function<void(core::EvidenceKind kind, std::string value)>;
void find_named_in(std::string_view text, const NamedInText& found);

/// The same for the octets of a HTML document: only links, wherever they stand in its tags.
void find_links_in_html(std::string_view html, const NamedInText& found);

/// A link in the form of RFC 3986: defanging undone, scheme and host in lower case, the host in A-labels, what no
/// URI has as percent-encoded octets. Nothing when its host cannot be one, or it is longer than
/// Evidence::value_max.
[[nodiscard]] std::optional<std::string> canonical_url(std::string_view written);

/// The host of such a link: a name or a numeric address without brackets.
[[nodiscard]] std::string_view host_of(std::string_view url) noexcept;

/// A host's name in A-labels and lower case, without a dot at its end; nothing when it cannot be one.
[[nodiscard]] std::optional<std::string> canonical_host(std::string_view written);

}  // namespace shield::mime
