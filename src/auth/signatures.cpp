// SPDX-License-Identifier: Apache-2.0
#include "arc_sets.hpp"
#include "authors.hpp"
#include "signature_field.hpp"

#include <shield/auth/signatures.hpp>
#include <shield/core/ascii.hpp>

namespace shield::auth {

namespace {

void refuse(Signature& signature, const std::string& reason)
{
    if (signature.result == Result::none) {
        signature.result = Result::policy;  // RFC 8601 section 2.7.1
        signature.reason = reason;
    }
}

// What nobody can read in one way, nobody vouches for.
std::string why_unclear(const Signatures& signatures)
{
    if (!signatures.header_defect.empty()) {
        return signatures.header_defect;
    }
    if (signatures.authors.fields != 1) {  // RFC 5322 section 3.6
        return "The message has " + std::to_string(signatures.authors.fields) + " From fields, not one.";
    }
    return {};
}

}  // namespace

Signatures read_signatures(std::string_view octets, const core::Limits& limits)
{
    const SplitMessage message = split_message(octets, limits);
    const SignedFields fields{message.fields};
    BodyDigests body{message.body};
    const SignatureContext context{fields, body};

    Signatures signatures;
    signatures.header_defect = message.defect;
    signatures.authors = read_authors(message.fields);
    signatures.authors.readable = signatures.authors.readable && message.defect.empty();
    for (const HeaderField& field : message.fields) {
        if (!core::iequals(field.name(), "dkim-signature")) {
            continue;
        }
        if (signatures.dkim.size() < dkim_signatures_max) {
            signatures.dkim.push_back(read_dkim_signature(field, context));
        } else {
            ++signatures.dkim_left_out;
        }
    }
    read_arc_sets(message.fields, context, signatures);

    if (const std::string reason = why_unclear(signatures); !reason.empty()) {
        for (Signature& signature : signatures.dkim) {
            refuse(signature, reason);
        }
        for (ArcSet& set : signatures.arc) {
            refuse(set.message_signature, reason);
            refuse(set.seal, reason);
        }
    }
    return signatures;
}

}  // namespace shield::auth
