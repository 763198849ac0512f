// SPDX-License-Identifier: Apache-2.0
#include "key_record.hpp"

#include "tag_list.hpp"

#include <algorithm>

namespace shield::auth {

namespace {

constexpr std::size_t record_octets_max = 4096;

bool lists(const TagList& tags, std::string_view name, std::initializer_list<std::string_view> any_of)
{
    const auto value = tags.find(name);
    const auto words = value ? colon_list(*value) : std::vector<std::string_view>{};
    return std::find_first_of(words.begin(), words.end(), any_of.begin(), any_of.end()) != words.end();
}

std::string_view why_not(const TagList& tags)
{
    const auto version = tags.find("v");
    if (version && (*version != "DKIM1" || tags.first_name() != "v")) {
        return "The record under the selector is no DKIM1 key.";
    }
    if (tags.find("h") && !lists(tags, "h", {"sha256"})) {
        return "The key is not for SHA-256 (h=).";
    }
    if (tags.find("s") && !lists(tags, "s", {"*", "email"})) {
        return "The key is not for mail (s=).";
    }
    if (!tags.find("p")) {
        return "The record under the selector has no key (p=).";
    }
    if (tags.find("p")->empty()) {
        return "The key has been revoked (p= is empty).";
    }
    return {};
}

KeyRecord unusable(std::string_view reason)
{
    KeyRecord record;
    record.result = Result::permerror;
    record.reason = reason;
    return record;
}

}  // namespace

KeyRecord parse_key_record(std::string_view text)
{
    if (text.size() > record_octets_max) {
        return unusable("The key record is longer than 4096 octets.");
    }
    const auto tags = TagList::parse(text);
    if (!tags) {
        return unusable("The record under the selector is no list of tags.");
    }
    if (const std::string_view reason = why_not(*tags); !reason.empty()) {
        return unusable(reason);
    }
    KeyRecord record;
    const std::string_view type = tags->find("k").value_or("rsa");
    if (type == "ed25519") {  // RFC 8463 section 4
        record.algorithm = SignatureAlgorithm::ed25519_sha256;
    } else if (type != "rsa") {
        return unusable("The type of the key is not known (k=).");
    }
    const auto key = decode_base64(*tags->find("p"), record_octets_max);
    if (!key) {
        return unusable("The key is no base64 (p=).");
    }
    record.key = *key;
    record.testing = lists(*tags, "t", {"y"});
    record.strict = lists(*tags, "t", {"s"});
    return record;
}

}  // namespace shield::auth
