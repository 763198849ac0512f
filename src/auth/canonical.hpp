// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "header_fields.hpp"

#include <shield/auth/signatures.hpp>

#include <string>
#include <string_view>

/// The canonical forms of RFC 6376 section 3.4.
namespace shield::auth {

/// Appends the field, which is raw as in HeaderField, and no CRLF.
void append_canonical(std::string& text, std::string_view raw, Canonicalization form);

/// SHA-256 of a body as it is stored, in one pass.
[[nodiscard]] core::Sha256 body_digest(std::string_view body, Canonicalization form);

}  // namespace shield::auth
