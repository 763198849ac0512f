// SPDX-License-Identifier: Apache-2.0
#include "a_labels.hpp"
#include "dmarc_walk.hpp"
#include "shown.hpp"

#include <shield/auth/dmarc.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace shield::auth {

namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsType;

constexpr std::size_t record_octets_max = 4096;

/// A domain that SPF or DKIM verified, or could have.
struct Identifier {
    std::string domain;
    std::string what;  // "SPF of mail.example.org"
    bool strict{false};
    bool verified{false};  // false: it could not be checked for now
};

/// Those of a message, in A-labels; each domain of DKIM's once.
std::vector<Identifier> identifiers_of(const DmarcInput& input, const DmarcRecord& record)
{
    std::vector<Identifier> identifiers;
    const auto add = [&](const Finding& finding, const char* how, bool strict) {
        const auto domain = to_a_labels(finding.domain);
        if (!domain || (finding.result != Result::pass && finding.result != Result::temperror)) {
            return;
        }
        Identifier one{*domain, how + (" of " + *domain), strict, finding.result == Result::pass};
        const bool known = std::any_of(identifiers.begin(), identifiers.end(), [&](const Identifier& other) {
            return other.what == one.what && other.verified == one.verified;
        });
        if (!known) {
            identifiers.push_back(std::move(one));
        }
    };
    for (const Finding& finding : input.dkim) {
        add(finding, "DKIM", record.strict_dkim);
    }
    add(input.spf, "SPF", record.strict_spf);
    return identifiers;
}

/// Section 5.3.1: the one author domain, in A-labels, or why there is none.
std::optional<std::string> author_domain(const DmarcInput& input, std::string& reason)
{
    std::vector<std::string> domains;
    for (const std::string& given : input.author_domains) {
        const auto domain = to_a_labels(given);
        if (!domain) {
            reason = "'" + given + "' in From is no name of a domain";
            return std::nullopt;
        }
        if (std::find(domains.begin(), domains.end(), *domain) == domains.end()) {
            domains.push_back(*domain);
        }
    }
    if (input.from_fields == 1 && domains.size() == 1) {
        return domains.front();
    }
    reason = input.from_fields > 1    ? "there are several From fields"
             : input.from_fields == 0 ? "there is no From field"
             : domains.empty()        ? "From has no domain"
                                      : "From has several domains";
    return std::nullopt;
}

/// One check, with what it knows by now.
class Evaluation {
public:
    Evaluation(Inquiry& inquiry, const DmarcInput& input, DmarcWalk author)
        : inquiry_{inquiry}, author_{std::move(author)}, policy_{author_.policy()}
    {
        result_.finding.domain = author_.start;
        result_.organizational_domain = author_.failure.empty() ? author_.organizational_domain() : "";
        if (policy_ != nullptr) {
            identifiers_ = identifiers_of(input, policy_->record);
            result_.finding.record = shown(policy_->text, record_octets_max);
            result_.policy_domain = policy_->domain;
            set_policy(true);
        }
    }
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    [[nodiscard]] Check<DmarcFinding> run()
    {
        if (policy_ == nullptr) {
            conclude(author_.failure.empty() ? Result::none : Result::temperror,
                     author_.failure.empty() ? author_.start + " has no DMARC record, nor has a domain above it"
                                             : author_.failure);
        } else if (!policy_->record.applies) {
            conclude(Result::none, "the DMARC record of " + policy_->domain + " has no policy that could be read");
        } else if (const bool passes = co_await any_aligns(); !passes) {
            if (undecided_.empty()) {
                conclude(Result::fail, "neither SPF nor DKIM verified a domain that aligns with " + author_.start);
                const bool exists = co_await counts_as_existing();
                set_policy(exists);
            } else {
                conclude(Result::temperror, undecided_);
            }
        }
        co_return result_;
    }

private:
    [[nodiscard]] Check<bool> any_aligns()
    {
        for (const Identifier& one : identifiers_) {  // what needs no look-up first
            if (one.domain == author_.start && one.verified) {
                pass(one, " is the author's domain");
                co_return true;
            }
        }
        for (const Identifier& one : identifiers_) {
            const bool aligns = co_await aligns_relaxed(one);
            if (aligns && one.verified) {
                pass(one, " aligns with " + author_.start + ", both are of " + result_.organizational_domain);
                co_return true;
            }
            if (aligns) {
                undecided_ = one.what + " could not be checked for now, and would align";
            }
        }
        co_return false;
    }

    /// Section 4.10.2. A domain that is not within the author's organizational domain has another one, and is not
    /// asked about.
    [[nodiscard]] Check<bool> aligns_relaxed(const Identifier& one)
    {
        if (one.domain == author_.start || one.strict) {
            co_return one.domain == author_.start;
        }
        if (!author_.failure.empty()) {
            undecided_ = author_.failure;
            co_return false;
        }
        if (!is_within(one.domain, result_.organizational_domain)) {
            co_return false;
        }
        const DmarcWalk walk = co_await walk_tree(inquiry_, one.domain);
        if (!walk.failure.empty()) {
            undecided_ = walk.failure;
            co_return false;
        }
        co_return walk.organizational_domain() == result_.organizational_domain;
    }

    /// Section 4.10.1: whether the author domain exists matters only to np=, and is not asked for anything else.
    [[nodiscard]] Check<bool> counts_as_existing()
    {
        const DmarcRecord& record = policy_->record;
        if (policy_->domain == author_.start || record.policy_below(true) == record.policy_below(false)) {
            co_return true;
        }
        co_return co_await author_exists();
    }

    /// Section 3.2.13. Taken to exist when a look-up fails.
    [[nodiscard]] Check<bool> author_exists()
    {
        for (const DnsType type : {DnsType::mx, DnsType::a, DnsType::aaaa}) {
            const DnsAnswer answer = co_await inquiry_.ask(type, author_.start);
            if (answer.outcome != DnsOutcome::no_data) {
                co_return answer.outcome != DnsOutcome::no_name;
            }
        }
        co_return false;
    }

    void set_policy(bool exists)
    {
        const DmarcRecord& record = policy_->record;
        result_.policy = policy_->domain == author_.start ? record.policy : record.policy_below(exists);
        if (record.testing && result_.policy != DmarcPolicy::none) {  // section 4.7, of t: one level below
            result_.policy = result_.policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
        }
    }

    void pass(const Identifier& one, const std::string& how)
    {
        result_.aligned_domain = one.domain;
        conclude(Result::pass, one.what + how);
    }

    void conclude(Result result, const std::string& reason)
    {
        result_.finding.result = result;
        result_.finding.reason = shown(reason, shown_reason_octets_max);
    }

    Inquiry& inquiry_;
    DmarcWalk author_;
    const DmarcWalk::Found* policy_;
    std::vector<Identifier> identifiers_;
    std::string undecided_;  // why there is no fail
    DmarcFinding result_;
};

}  // namespace

Check<DmarcFinding> check_dmarc(Inquiry& inquiry, DmarcInput input)
{
    DmarcFinding result;
    const std::optional<std::string> author = author_domain(input, result.finding.reason);
    if (!author) {
        result.finding.result = Result::permerror;
        result.finding.reason = shown(result.finding.reason, shown_reason_octets_max);
        co_return result;
    }
    DmarcWalk walk = co_await walk_tree(inquiry, *author);
    Evaluation evaluation{inquiry, input, std::move(walk)};
    result = co_await evaluation.run();
    co_return result;
}

Check<bool> aligned(Inquiry& inquiry, std::string a, std::string b)
{
    const std::optional<std::string> first = to_a_labels(a);
    const std::optional<std::string> second = to_a_labels(b);
    if (!first || !second || *first == *second) {
        co_return first&& second;
    }
    const DmarcWalk walk = co_await walk_tree(inquiry, *first);
    const std::string organizational = walk.organizational_domain();
    if (!walk.failure.empty() || !is_within(*second, organizational)) {
        co_return false;
    }
    const DmarcWalk other = co_await walk_tree(inquiry, *second);
    co_return other.failure.empty() && other.organizational_domain() == organizational;
}

}  // namespace shield::auth
