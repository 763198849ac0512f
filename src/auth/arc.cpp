// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/arc.hpp>
#include <shield/auth/dkim.hpp>

namespace shield::auth {

namespace {

std::string instance(std::size_t number)
{
    return "instance " + std::to_string(number);
}

// RFC 8617 section 5.2, steps 2 and 3: what the newest seal says, and what each must say. Empty when all is well.
std::string why_no_chain(const std::vector<ArcSet>& sets)
{
    if (sets.back().validation == "fail") {
        return "The chain was broken before " + instance(sets.size()) + " (cv=fail).";
    }
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const std::string_view expected = i == 0 ? "none" : "pass";
        if (sets[i].validation != expected) {
            return "The seal of " + instance(i + 1) + " does not say cv=" + std::string{expected} + ".";
        }
    }
    return {};
}

// Nothing but pass and temperror is distinguished in a chain.
Result chain_result(Result result) noexcept
{
    return result == Result::pass || result == Result::temperror ? result : Result::fail;
}

ArcFinding begun(const Signatures& signatures)
{
    ArcFinding finding;
    for (const ArcSet& set : signatures.arc) {
        finding.sealers.push_back({set.seal.domain, set.results, {}});
    }
    if (!signatures.arc_defect.empty()) {
        finding.result = Result::fail;
        finding.reason = signatures.arc_defect;
    } else if (!signatures.arc.empty()) {
        finding.reason = why_no_chain(signatures.arc);
        finding.result = finding.reason.empty() ? Result::none : Result::fail;
    } else {
        finding.reason = "The message has no ARC fields.";
    }
    return finding;
}

}  // namespace

Check<ArcFinding> check_arc(Inquiry& inquiry, Signatures signatures, core::Time now)
{
    ArcFinding finding = begun(signatures);
    if (finding.result != Result::none || signatures.arc.empty()) {
        co_return finding;
    }
    const std::size_t count = signatures.arc.size();
    // RFC 8617 section 5.2, step 4: of the ARC-Message-Signatures only the newest must hold.
    const Finding newest = co_await check_dkim(inquiry, signatures.arc.back().message_signature, now);
    if (newest.result != Result::pass) {
        finding.result = chain_result(newest.result);
        finding.reason = "The ARC-Message-Signature of " + instance(count) + ": " + newest.reason;
        co_return finding;
    }
    for (std::size_t i = count; i > 0; --i) {  // step 6
        const Finding seal = co_await check_dkim(inquiry, signatures.arc[i - 1].seal, now);
        finding.sealers[i - 1].record = seal.record;
        if (seal.result != Result::pass) {
            finding.result = chain_result(seal.result);
            finding.reason = "The ARC-Seal of " + instance(i) + ": " + seal.reason;
            co_return finding;
        }
    }
    finding.result = Result::pass;
    finding.reason = "The chain of " + std::to_string(count) + (count == 1 ? " set holds." : " sets holds.");
    co_return finding;
}

}  // namespace shield::auth
