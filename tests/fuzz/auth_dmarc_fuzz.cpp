// SPDX-License-Identifier: Apache-2.0
// Records of DMARC, and whole checks against a DNS that answers with the fuzzer's octets: a check ends within its
// questions, and passes only with one author domain and a verified domain that shares its end.
#include "dmarc_record.hpp"

#include <shield/auth/dmarc.hpp>
#include <shield/core/ascii.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace shield;

constexpr std::size_t questions_max = 40;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

std::string any_domain(FuzzedDataProvider& data)
{
    return data.PickValueInArray({"example.com", "mail.example.com", "a.b.c.d.e.f.g.h.mail.example.com", "com",
                                  "example.net", "Example.COM", "xn--bcher-kva.example", ""}) +
           (data.ConsumeBool() ? data.ConsumeRandomLengthString(8) : std::string{});
}

auth::Finding any_finding(FuzzedDataProvider& data)
{
    return {static_cast<auth::Result>(data.ConsumeIntegralInRange(0, 7)), any_domain(data), {}, {}};
}

core::DnsAnswer any_answer(FuzzedDataProvider& data)
{
    core::DnsAnswer answer;
    answer.outcome = static_cast<core::DnsOutcome>(data.ConsumeIntegralInRange(0, 3));
    if (answer.outcome == core::DnsOutcome::records) {
        const std::string tags = data.PickValueInArray(
            {"p=reject", "p=none; psd=y", "psd=n; p=quarantine", "t=y; np=none;p=reject", ""});
        answer.records.push_back({"v=DMARC1; " + tags + data.ConsumeRandomLengthString(60)});
    }
    return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    (void)auth::DmarcRecord::parse({reinterpret_cast<const char*>(octets), size});
    (void)auth::DmarcRecord::parse("v=DMARC1;" + std::string{reinterpret_cast<const char*>(octets), size});

    FuzzedDataProvider data{octets, size};
    auth::DmarcInput input;
    input.from_fields = data.ConsumeIntegralInRange<std::size_t>(0, 2);
    for (int i = data.ConsumeIntegralInRange(0, 2); i > 0; --i) {
        input.author_domains.push_back(any_domain(data));
    }
    input.spf = any_finding(data);
    for (int i = data.ConsumeIntegralInRange(0, 8); i > 0; --i) {
        input.dkim.push_back(any_finding(data));
    }
    auth::Inquiry inquiry{questions_max};
    auto running = auth::check_dmarc(inquiry, input);
    running.start();
    while (!running.done()) {
        const auto questions = inquiry.take_questions();
        check(!questions.empty());
        for (const auto& question : questions) {
            inquiry.answer(question, any_answer(data));
        }
    }
    const auth::DmarcFinding found = running.result();
    check(inquiry.questions() <= questions_max && !found.finding.reason.empty());
    check(core::is_utf8(found.finding.reason) && core::is_utf8(found.finding.record));
    if (found.finding.result == auth::Result::pass) {
        const std::string last = found.finding.domain.substr(found.finding.domain.rfind('.') + 1);
        check(input.from_fields == 1 && found.aligned_domain.ends_with(last));
    }
    return 0;
}
