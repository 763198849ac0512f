// SPDX-License-Identifier: Apache-2.0
// No record makes a signature pass that is none, and each one is usable or says why not.
#include "key_record.hpp"
#include "tag_list.hpp"
#include "verify.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace shield::auth;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const KeyRecord record = parse_key_record(text);
    check((record.result == Result::none) == record.reason.empty());
    if (const auto tags = TagList::parse(text)) {
        check(tags->without_value("p").size() <= text.size());
    }
    if (record.result == Result::none) {
        Signature signature;
        signature.algorithm = record.algorithm;
        signature.octets = std::string(64, 's');
        const Verification verification = verify(signature, record);
        check(verification.result != Result::pass && !verification.reason.empty());
    }
    // The octets as a key themselves: what OpenSSL reads, without base64 in the way of mutations.
    for (const auto algorithm : {SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::ed25519_sha256}) {
        KeyRecord raw;
        raw.algorithm = algorithm;
        raw.key = text.substr(0, 4096);
        Signature signature;
        signature.algorithm = algorithm;
        signature.octets = std::string(64, 's');
        check(verify(signature, raw).result != Result::pass);
    }
    return 0;
}
