// SPDX-License-Identifier: Apache-2.0
// Whatever a message says, what is read of it is bounded, final with a reason or fit to be asked for; and it never
// passes with a key that did not sign it.
#include <shield/auth/arc.hpp>
#include <shield/auth/dkim.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/dns.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace shield::auth;
namespace core = shield::core;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

// Anybody's key, that of RFC 8463.
const std::string key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

void check_signature(const Signature& signature)
{
    check((signature.result == Result::none) == signature.reason.empty());
    check(signature.result != Result::pass && signature.result != Result::temperror);
    check(core::is_utf8(signature.reason) && signature.reason.size() < 1000);
    check(signature.octets.size() <= 512 && signature.names.size() <= signed_names_max);
    check(signature.domain.empty() || core::is_dns_name(signature.domain));
    if (signature.result == Result::none) {
        check(core::is_dns_name(signature.domain) && core::is_dns_name(signature.selector));
        check(signature.identity_domain.ends_with(signature.domain));
        check(!signature.octets.empty() && !signature.body_length);
    }
}

template <typename T>
void answer_all(Check<T>& running, Inquiry& inquiry)
{
    running.start();
    for (auto questions = inquiry.take_questions(); !questions.empty(); questions = inquiry.take_questions()) {
        for (const core::DnsQuestion& question : questions) {
            core::DnsRecord record;
            record.value = key;
            core::DnsAnswer answer;
            answer.outcome = core::DnsOutcome::records;
            answer.records = {record};
            inquiry.answer(question, answer);
        }
    }
    check(running.done());
}

void check_findings(const Signatures& signatures)
{
    Inquiry inquiry{40};
    for (const Signature& signature : signatures.dkim) {
        auto running = check_dkim(inquiry, signature, core::from_unix_ms(1'795'000'000'000));
        answer_all(running, inquiry);
        const Finding finding = running.result();
        check(!finding.reason.empty() && core::is_utf8(finding.record));
        check(finding.result != Result::pass || signatures.authors.fields == 1);
    }
    auto running = check_arc(inquiry, signatures, core::from_unix_ms(1'795'000'000'000));
    answer_all(running, inquiry);
    const ArcFinding finding = running.result();
    check(!finding.reason.empty());
    check((finding.result == Result::none) == (signatures.arc.empty() && signatures.arc_defect.empty()));
    check(inquiry.questions() <= 40);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    core::Limits limits;
    limits.header_fields_max = 200;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const Signatures signatures = read_signatures(octets, limits);
    check(signatures.dkim.size() <= dkim_signatures_max && signatures.arc.size() <= arc_sets_max);
    check(signatures.arc.empty() || signatures.arc_defect.empty());
    std::for_each(signatures.dkim.begin(), signatures.dkim.end(), check_signature);
    for (const ArcSet& set : signatures.arc) {
        check_signature(set.message_signature);
        check_signature(set.seal);
        check(set.results.size() <= signature_field_octets_max);
    }
    check(signatures.authors.domains.size() <= 8);
    check(std::all_of(signatures.authors.domains.begin(), signatures.authors.domains.end(), core::is_dns_name));
    check_findings(signatures);
    return 0;
}
