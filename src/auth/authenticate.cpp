// SPDX-License-Identifier: Apache-2.0
#include "a_labels.hpp"
#include "recorded.hpp"

#include <shield/auth/arc.hpp>
#include <shield/auth/authenticate.hpp>
#include <shield/auth/dkim.hpp>
#include <shield/auth/dmarc.hpp>
#include <shield/auth/spf.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shield::auth {

namespace {

core::Proof proof_of(std::string_view method, const Finding& finding)
{
    return {std::string{method}, std::string{to_string(finding.result)}, finding.domain, finding.reason,
            finding.record};
}

/// In A-labels; empty for the null reverse-path, and for one that no reply can go to.
std::string reply_domain(const core::Envelope& envelope)
{
    const auto address = core::Mailbox::parse(envelope.reverse_path);
    return address ? to_a_labels(address->domain).value_or(std::string{}) : std::string{};
}

Check<Finding> check_client(Inquiry& inquiry, std::optional<SpfInput> input)
{
    if (input) {
        co_return co_await check_spf(inquiry, *std::move(input));
    }
    Finding none;
    none.reason = "The client has no address, is a host of ours, or our relay recorded nothing.";
    co_return none;
}

Check<std::vector<Finding>> check_signatures(Inquiry& inquiry, const Signatures& signatures, core::Time now)
{
    std::vector<Finding> findings;
    for (const Signature& signature : signatures.dkim) {
        Finding finding = co_await check_dkim(inquiry, signature, now);
        findings.push_back(std::move(finding));
    }
    co_return findings;
}

core::Proof proof_of_chain(const ArcFinding& arc)
{
    core::Proof proof{"arc", std::string{to_string(arc.result)}, {}, arc.reason, {}};
    if (!arc.sealers.empty()) {
        proof.domain = arc.sealers.back().domain;
        proof.record = arc.sealers.back().record;
    }
    return proof;
}

/// Which signature vouches for the author: that of the author's domain or of one aligned with it.
Check<std::string> vouching_domain(Inquiry& inquiry, const std::vector<Finding>& dkim, std::string author)
{
    for (const Finding& finding : dkim) {
        if (finding.result == Result::pass && co_await aligned(inquiry, finding.domain, author)) {
            co_return finding.domain;
        }
    }
    co_return std::string{};
}

/// All that the reply address is judged by.
struct Checked {
    const Sender& sender;
    const Signatures& signatures;
    std::optional<SpfInput> client;
    const Recorded* recorded{nullptr};  ///< what a relay of ours found, and counts
    Finding spf;
    bool spf_of_path{true};  ///< it is about the reverse-path that is answered
    std::vector<Finding> dkim;
    DmarcFinding dmarc;
};

/// Is the reverse-path the one author's, whatever BATV or SRS made of it?
bool is_the_author(const Sender& sender)
{
    const auto path = core::Mailbox::parse(sender.envelope.reverse_path);
    const auto author = sender.authors.size() == 1 ? core::Mailbox::parse(sender.authors.front()) : std::nullopt;
    return path && author && to_a_labels(path->domain) == to_a_labels(author->domain) &&
           path->unwrapped_local() == author->unwrapped_local();
}

/// By the author: the domain of a signature, or the one that passed SPF; empty when nothing vouches for the
/// reverse-path.
Check<std::string> verified_by_author(Inquiry& inquiry, const Checked& checked, std::string domain)
{
    const auto author = checked.signatures.authors.only_domain();
    if (author != domain || !is_the_author(checked.sender)) {
        co_return std::string{};
    }
    if (checked.dmarc.finding.result == Result::pass) {
        co_return checked.dmarc.aligned_domain;
    }
    co_return co_await vouching_domain(inquiry, checked.dkim, *author);
}

bool signs(const std::vector<Finding>& dkim, const std::string& domain)
{
    return std::any_of(dkim.begin(), dkim.end(), [&](const Finding& finding) {
        return finding.result == Result::pass && finding.domain == domain;
    });
}

Check<core::Verdict> judge_reply_address(Inquiry& inquiry, const Checked& checked, core::Verdict verdict)
{
    const std::string domain = reply_domain(checked.sender.envelope);
    if (domain.empty()) {
        co_return verdict;
    }
    const Result spf = checked.spf_of_path ? checked.spf.result : Result::neutral;
    if (spf == Result::fail || checked.dmarc.finding.result == Result::fail) {
        verdict.reply_address = core::ReplyAddress::refuted;
        co_return verdict;
    }
    if (spf == Result::pass) {
        verdict.reply_address = core::ReplyAddress::verified;
        verdict.verified_domain = domain;
        co_return verdict;
    }
    const std::string vouches = co_await verified_by_author(inquiry, checked, domain);
    if (!vouches.empty()) {
        verdict.reply_address = core::ReplyAddress::verified;
        verdict.verified_domain = domain;
        verdict.signing_domain = signs(checked.dkim, vouches) ? vouches : std::string{};
        co_return verdict;
    }
    if (spf == Result::none && checked.client && co_await is_host_of_domain(inquiry, *checked.client)) {
        verdict.reply_address = core::ReplyAddress::probable;
    }
    co_return verdict;
}

std::optional<SpfInput> client_of(const Sender& sender, const std::optional<Relayed>& relayed)
{
    const core::Envelope& envelope = sender.envelope;
    const auto client = core::IpAddress::parse(envelope.client_address);
    const bool is_known = relayed ? relayed->client_found : !sender.exempt;
    return client && is_known ? std::optional{SpfInput{*client, envelope.helo, envelope.reverse_path}}
                              : std::nullopt;
}

/// By us, unless a relay of ours stood where it could be checked.
Check<Finding> check_path(Inquiry& inquiry, Checked& checked)
{
    if (checked.recorded != nullptr) {
        if (const auto spf = recorded_spf(*checked.recorded, checked.sender.envelope.reverse_path)) {
            checked.spf_of_path = spf->of_path;
            co_return spf->finding;
        }
    }
    const auto& relayed = checked.signatures.relayed;
    if (relayed && !relayed->spf_decides) {
        checked.client.reset();
    }
    co_return co_await check_client(inquiry, checked.client);
}

Check<DmarcFinding> check_author(Inquiry& inquiry, const Checked& checked)
{
    const Authors& authors = checked.signatures.authors;
    if (checked.recorded != nullptr) {
        const std::string only = authors.only_domain().value_or(std::string{});
        if (auto recorded = recorded_dmarc(*checked.recorded, only)) {
            co_return *std::move(recorded);
        }
    }
    DmarcInput input;
    input.from_fields = authors.readable ? authors.fields : 0;
    input.author_domains = authors.domains;
    input.spf = checked.spf;
    input.dkim = checked.dkim;
    co_return co_await check_dmarc(inquiry, std::move(input));
}

}  // namespace

Check<core::Verdict> authenticate(Inquiry& inquiry, Sender sender, Signatures signatures)
{
    const core::Envelope& envelope = sender.envelope;
    core::Verdict verdict;
    Checked checked{sender, signatures, client_of(sender, signatures.relayed), nullptr, {}, true, {}, {}};
    ArcFinding arc;
    if (signatures.relayed) {  // then it may decide
        arc = co_await check_arc(inquiry, signatures, envelope.received_at);
        checked.recorded = what_counts(*signatures.relayed, arc);
    }
    checked.spf = co_await check_path(inquiry, checked);
    verdict.proofs.push_back(proof_of("spf", checked.spf));

    checked.dkim = co_await check_signatures(inquiry, signatures, envelope.received_at);
    if (checked.recorded != nullptr) {
        const std::vector<Finding> recorded = recorded_dkim(*checked.recorded);
        checked.dkim.insert(checked.dkim.end(), recorded.begin(), recorded.end());
    }
    for (const Finding& finding : checked.dkim) {
        verdict.proofs.push_back(proof_of("dkim", finding));
    }
    if (checked.dkim.empty()) {
        verdict.proofs.push_back({"dkim", "none", {}, "It is not signed.", {}});
    }

    checked.dmarc = co_await check_author(inquiry, checked);
    verdict.proofs.push_back(proof_of("dmarc", checked.dmarc.finding));

    if (!signatures.arc.empty() || !signatures.arc_defect.empty()) {
        if (!signatures.relayed) {
            arc = co_await check_arc(inquiry, signatures, envelope.received_at);
        }
        verdict.proofs.push_back(proof_of_chain(arc));
    }
    co_return co_await judge_reply_address(inquiry, checked, std::move(verdict));
}

}  // namespace shield::auth
