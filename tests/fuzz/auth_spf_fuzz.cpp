// SPDX-License-Identifier: Apache-2.0
// Records of SPF and their macros, and whole checks against a DNS that answers with the fuzzer's octets: a check
// ends within its questions, and what it found is printable and bounded.
#include "spf_macros.hpp"
#include "spf_record.hpp"

#include <shield/auth/spf.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/dns.hpp>

#include <fuzzer/FuzzedDataProvider.h>

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

void check_within(std::string_view part, std::string_view text)
{
    check(part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size()));
}

void read_record(const std::string& text)
{
    if (!auth::is_spf_record(text)) {
        return;
    }
    const auto record = auth::SpfRecord::parse(text);
    if (!record) {
        check(core::is_utf8(record.error().sentence) && record.error().sentence.size() < 1000);
        return;
    }
    auth::SpfMacroValues values;
    values.local = "a.b-c";
    values.origin = values.domain = values.helo = "example.org";
    values.address = "192.0.2.1";
    values.version = "in-addr";
    for (const auto& mechanism : record->mechanisms) {
        check_within(mechanism.domain_spec, text);
        if (!mechanism.domain_spec.empty()) {
            check(auth::is_domain_spec(mechanism.domain_spec) && auth::is_macro_string(mechanism.domain_spec));
            const auto name = auth::expand(mechanism.domain_spec, values);
            check(name && name->size() <= 253);
        }
    }
    check_within(record->redirect, text);
}

core::DnsAnswer any_answer(const core::DnsQuestion& question, FuzzedDataProvider& data)
{
    check(core::is_dns_name(question.name));
    core::DnsAnswer answer;
    answer.outcome = static_cast<core::DnsOutcome>(data.ConsumeIntegralInRange(0, 3));
    if (answer.outcome != core::DnsOutcome::records) {
        return answer;
    }
    for (int i = data.ConsumeIntegralInRange(1, 12); i > 0; --i) {
        switch (question.type) {
            case core::DnsType::txt:
                answer.records.push_back({"v=spf1 " + data.ConsumeRandomLengthString(300)});
                i = data.ConsumeBool() ? i : 1;
                break;
            case core::DnsType::a:
                answer.records.push_back({data.ConsumeBool() ? "192.0.2.1" : "198.51.100.1"});
                break;
            case core::DnsType::aaaa:
                answer.records.push_back({data.ConsumeBool() ? "2001:db8::1" : "no address"});
                break;
            case core::DnsType::mx:
            case core::DnsType::ptr:
                answer.records.push_back({data.ConsumeRandomLengthString(40)});
                break;
        }
    }
    return answer;
}

void check_all(FuzzedDataProvider& data)
{
    auth::Inquiry inquiry{questions_max};
    auth::SpfInput input;
    input.client = core::IpAddress::parse(data.ConsumeBool() ? "192.0.2.1" : "2001:db8::1").value();
    input.helo = data.ConsumeRandomLengthString(40);
    input.reverse_path = data.ConsumeBool() ? data.ConsumeRandomLengthString(80) : "a.b@example.org";
    auto running = auth::check_spf(inquiry, input);
    running.start();
    while (!running.done()) {
        const auto questions = inquiry.take_questions();
        check(!questions.empty());
        for (const auto& question : questions) {
            inquiry.answer(question, any_answer(question, data));
        }
    }
    check(inquiry.questions() <= questions_max);
    const auth::Finding finding = running.result();
    check(finding.result != auth::Result::policy && !finding.reason.empty() && finding.reason.size() <= 1000);
    check(core::is_utf8(finding.reason) && core::is_utf8(finding.record) && core::is_utf8(finding.domain));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    read_record("v=spf1 " + std::string{reinterpret_cast<const char*>(octets), size});
    FuzzedDataProvider data{octets, size};
    check_all(data);
    return 0;
}
