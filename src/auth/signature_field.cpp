// SPDX-License-Identifier: Apache-2.0
#include "signature_field.hpp"

#include "canonical.hpp"
#include "signature_tags.hpp"
#include "tag_list.hpp"

#include <shield/core/ascii.hpp>

namespace shield::auth {

SignedFields::SignedFields(const std::vector<HeaderField>& fields) : fields_{fields}
{
    for (std::size_t i = 0; i < fields.size(); ++i) {
        by_name_[core::lowered(fields[i].name())].push_back(i);
    }
}

core::Sha256 SignedFields::digest(const std::vector<std::string>& names, const HeaderField& field,
                                  std::string_view emptied, Canonicalization form) const
{
    core::Sha256Stream digest;
    std::map<std::string_view, std::size_t> taken;
    std::string text;
    for (const std::string& name : names) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) {
            continue;  // RFC 6376 section 5.4.2: signed to be absent
        }
        const std::vector<std::size_t>& places = found->second;
        std::size_t& count = taken[name];
        // From the bottom up; the signature itself is not among them (RFC 6376 section 3.5, h=).
        if (count < places.size() && fields_[places[places.size() - 1 - count]].raw.data() == field.raw.data()) {
            ++count;
        }
        if (count == places.size()) {
            continue;
        }
        text.clear();
        append_canonical(text, fields_[places[places.size() - 1 - count]].raw, form);
        text += "\r\n";
        digest.update(text);
        ++count;
    }
    text.clear();
    append_canonical(text, emptied, form);
    digest.update(text);
    return digest.finish();
}

const core::Sha256& BodyDigests::of(Canonicalization form)
{
    std::optional<core::Sha256>& digest = form == Canonicalization::simple ? simple_ : relaxed_;
    if (!digest) {
        digest = body_digest(body_, form);
    }
    return *digest;
}

namespace {

std::optional<TagList> tags_of(const HeaderField& field, Signature& signature)
{
    if (field.raw.size() > signature_field_octets_max) {
        signature.result = Result::policy;
        signature.reason = "The signature's field is longer than 8192 octets.";
        return std::nullopt;
    }
    auto tags = TagList::parse(field.value());
    if (!tags) {
        signature.result = Result::neutral;  // RFC 8601 section 2.7.1
        signature.reason = "The signature is no list of tags.";
    }
    return tags;
}

std::string emptied(const HeaderField& field, const TagList& tags)
{
    return std::string{field.raw.substr(0, field.colon + 1)} + tags.without_value("b");
}

void compare_body(Signature& signature, std::string_view hash, BodyDigests& body)
{
    if (signature.body_length) {
        signature.result = Result::policy;
        signature.reason = "Only the beginning of the body is signed (l=), which is never trusted.";
        return;
    }
    const core::Sha256& digest = body.of(signature.body_canonicalization);
    if (hash != std::string_view{reinterpret_cast<const char*>(digest.data()), digest.size()}) {
        signature.result = Result::fail;
        signature.reason = "The body is not the one that was signed.";
    }
}

// When all tags but bh= are in order.
void compute(Signature& signature, const HeaderField& field, const TagList& tags, const SignatureContext& context)
{
    if (const auto hash = SignatureTags{tags, signature}.body_hash()) {
        signature.header_digest =
            context.fields.digest(signature.names, field, emptied(field, tags), signature.header_canonicalization);
        compare_body(signature, *hash, context.body);
    }
}

// `take` is called with the tags, when they are a list.
template <typename Take>
Signature read_field(const HeaderField& field, const Take& take)
{
    Signature signature;
    if (const auto tags = tags_of(field, signature)) {
        take(*tags, signature);
    }
    return signature;
}

}  // namespace

Signature read_dkim_signature(const HeaderField& field, const SignatureContext& context)
{
    return read_field(field, [&](const TagList& tags, Signature& signature) {
        SignatureTags take{tags, signature};
        // The domain comes first, so that what is wrong with the rest is known to be about it.
        if (take.domain() && take.version() && take.algorithm() && take.signature() && take.identity() &&
            take.canonicalization() && take.names() && take.times() && take.query()) {
            compute(signature, field, tags, context);
        }
    });
}

Signature read_arc_message_signature(const HeaderField& field, const SignatureContext& context)
{
    return read_field(field, [&](const TagList& tags, Signature& signature) {
        // As a DKIM-Signature, but i= is the instance and there is no v= (RFC 8617 section 4.1.2).
        SignatureTags take{tags, signature};
        if (take.domain() && take.algorithm() && take.signature() && take.canonicalization() && take.names() &&
            take.no_seals() && take.times() && take.query()) {
            compute(signature, field, tags, context);
        }
    });
}

Signature read_arc_seal(const HeaderField& field, std::string_view before)
{
    return read_field(field, [&](const TagList& tags, Signature& signature) {
        SignatureTags take{tags, signature};
        if (take.domain() && take.algorithm() && take.signature() && take.no_names() && take.times()) {
            signature.header_canonicalization = Canonicalization::relaxed;  // RFC 8617 section 4.1.3
            std::string text{before};
            append_canonical(text, emptied(field, tags), Canonicalization::relaxed);
            signature.header_digest = core::sha256(text);
        }
    });
}

}  // namespace shield::auth
