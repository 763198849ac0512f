// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "header_fields.hpp"

#include <shield/auth/signatures.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shield::auth {

/// Where the fields of each name stand, and which of them a signature covers.
class SignedFields {
public:
    /// Refers to the fields.
    explicit SignedFields(const std::vector<HeaderField>& fields);

    /// What b= of `field` signs: the fields that `names` select, and the field itself with its b= emptied, which is
    /// `emptied` (RFC 6376 section 3.7).
    [[nodiscard]] core::Sha256 digest(const std::vector<std::string>& names, const HeaderField& field,
                                      std::string_view emptied, Canonicalization form) const;

private:
    const std::vector<HeaderField>& fields_;
    std::map<std::string, std::vector<std::size_t>> by_name_;
};

/// Digests of one body, each computed when it is first asked for.
class BodyDigests {
public:
    explicit BodyDigests(std::string_view body) noexcept : body_{body} {}
    [[nodiscard]] const core::Sha256& of(Canonicalization form);

private:
    std::string_view body_;
    std::optional<core::Sha256> simple_, relaxed_;
};

/// What a signature is read from, the same for all of one message.
struct SignatureContext {
    const SignedFields& fields;
    BodyDigests& body;
};

[[nodiscard]] Signature read_dkim_signature(const HeaderField& field, const SignatureContext& context);
[[nodiscard]] Signature read_arc_message_signature(const HeaderField& field, const SignatureContext& context);

/// `before` is what it seals, in its canonical form: every field of the sets up to its own, this one left out
/// (RFC 8617 section 5.1.1).
[[nodiscard]] Signature read_arc_seal(const HeaderField& field, std::string_view before);

}  // namespace shield::auth
