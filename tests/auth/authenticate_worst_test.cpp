// SPDX-License-Identifier: Apache-2.0
// The search for messages that make us ask: whatever somebody writes into a header and publishes in the DNS, all
// checks of one message together end, and ask no more than its inquiry allows.
#include <shield/auth/authenticate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace shield::auth::test {

namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsType;

constexpr std::size_t budget = 40;
constexpr std::size_t without_budget = 100000;
constexpr int messages_tried = 1000;

/// What a message is made of, as far as it makes us ask.
struct Shape {
    std::size_t signatures{0}, arc_sets{0}, author_domains{0}, author_labels{2};
    std::string spf, dmarc, key;  ///< what every name publishes
    bool null_sender{false};
};

const std::vector<std::string> spf_records{
    "v=spf1 mx:a.example mx:b.example mx:c.example mx:d.example mx:e.example mx:f.example mx:g.example "
    "mx:%{p}.h.example ptr ?all",
    "v=spf1 mx:%{l}.m.example mx:n.example include:%{d2}.i.example ptr exists:%{p}.e.example ?all",
    "v=spf1 redirect=%{l}.r.example",
    "v=spf1 a mx ptr -all",
    "",
};
const std::vector<std::string> dmarc_records{
    "v=DMARC1; p=none; psd=u; t=y",
    "v=DMARC1; p=reject; psd=y",
    "v=DMARC1; p=reject; psd=n; np=none",
    "",
};
const std::vector<std::string> key_records{
    "k=rsa; p=", "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", ""};

/// Every name exists and sends on to others.
class HostileDns {
public:
    explicit HostileDns(const Shape& shape) : shape_{shape} {}

    DnsAnswer answer(const core::DnsQuestion& question)
    {
        DnsAnswer answer{DnsOutcome::records, {}, {}, {}};
        switch (question.type) {
            case DnsType::txt:
                answer.records.push_back(
                    {fresh(question.name.starts_with("_dmarc.")                      ? shape_.dmarc
                           : question.name.find("._domainkey.") != std::string::npos ? shape_.key
                                                                                     : shape_.spf)});
                return answer;
            case DnsType::a:
                answer.records.push_back({"198.51.100.1"});
                return answer;
            case DnsType::aaaa:
                answer.records.push_back({"2001:db8:ffff::1"});
                return answer;
            case DnsType::mx:
            case DnsType::ptr:
                break;
        }
        const int count = question.type == DnsType::mx ? 10 : 30;  // more exchangers are an error (RFC 7208 4.6.4)
        for (int i = 0; i < count; ++i) {
            answer.records.push_back({"n" + std::to_string(++names_) + ".example"});
        }
        return answer;
    }

private:
    /// No two records name the same domains.
    std::string fresh(std::string record)
    {
        for (std::size_t at = record.find(".example"); at != std::string::npos;
             at = record.find(".example", at + 1)) {
            const std::string label = ".x" + std::to_string(++names_);
            record.insert(at, label);
            at += label.size();
        }
        return record;
    }

    const Shape& shape_;
    std::size_t names_{0};
};

Signature signature_of(const std::string& name)
{
    Signature signature;
    signature.domain = name + ".signer.example";
    signature.identity_domain = signature.domain;
    signature.selector = "s" + name;
    signature.octets = std::string(256, 'x');
    return signature;
}

Signatures signatures_of(const Shape& shape)
{
    Signatures signatures;
    for (std::size_t i = 0; i < shape.signatures; ++i) {
        signatures.dkim.push_back(signature_of("d" + std::to_string(i)));
    }
    for (std::size_t i = 0; i < shape.arc_sets; ++i) {
        ArcSet set;
        set.message_signature = signature_of("m" + std::to_string(i));
        set.seal = signature_of("a" + std::to_string(i));
        set.validation = i == 0 ? "none" : "pass";
        signatures.arc.push_back(std::move(set));
    }
    std::string domain = "author.example";
    for (std::size_t i = 2; i < shape.author_labels; ++i) {
        domain.insert(0, "l" + std::to_string(i) + ".");
    }
    for (std::size_t i = 0; i < shape.author_domains; ++i) {
        signatures.authors.domains.push_back((i == 0 ? "" : "x" + std::to_string(i) + ".") + domain);
    }
    signatures.authors.fields = shape.author_domains;
    return signatures;
}

std::size_t questions_of(const Shape& shape, std::size_t questions_max)
{
    HostileDns dns{shape};
    Inquiry inquiry{questions_max};
    core::Envelope envelope;
    envelope.client_address = "192.0.2.7";
    envelope.helo = "mail.helo.example";
    const Signatures signatures = signatures_of(shape);
    const std::string author =
        signatures.authors.domains.empty() ? "a.example" : signatures.authors.domains.front();
    envelope.reverse_path = shape.null_sender ? "" : "a.b.c.d@" + author;
    const std::vector<std::string> authors{"a.b.c.d@" + author};
    auto check = authenticate(inquiry, {envelope, authors, false}, signatures);
    check.start();
    while (!check.done()) {
        const auto questions = inquiry.take_questions();
        if (questions.empty()) {
            ADD_FAILURE() << "it waits for nothing";
            break;
        }
        for (const auto& question : questions) {
            inquiry.answer(question, dns.answer(question));
        }
    }
    return inquiry.questions();
}

class Search {
public:
    Shape any()
    {
        Shape shape;
        shape.signatures = below(dkim_signatures_max + 1);
        shape.arc_sets = below(3) == 0 ? below(arc_sets_max + 1) : 0;
        shape.author_domains = below(4) == 0 ? below(author_domains_max + 1) : 1;
        shape.author_labels = 2 + below(30);
        shape.spf = spf_records[below(spf_records.size())];
        shape.dmarc = dmarc_records[below(dmarc_records.size())];
        shape.key = key_records[below(key_records.size())];
        shape.null_sender = below(8) == 0;
        return shape;
    }

private:
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_); }
    std::mt19937 random_{20261126};  // NOLINT: the same search every time
};

}  // namespace

TEST(AuthenticateWorst, NoMessageAsksMoreThanItsInquiryAllows)
{
    Search search;
    std::size_t worst = 0;
    std::size_t worst_unbounded = 0;
    for (int i = 0; i < messages_tried; ++i) {
        const Shape shape = search.any();
        worst = std::max(worst, questions_of(shape, budget));
        worst_unbounded = std::max(worst_unbounded, questions_of(shape, without_budget));
    }
    EXPECT_EQ(worst, budget) << "the search finds messages that the budget stops";
    // SPF by its own limits, a key for each signature and each set of a chain, and the walks of DMARC.
    EXPECT_LT(worst_unbounded, 400U) << "and without it there is an end too";
    RecordProperty("worst_without_budget", static_cast<int>(worst_unbounded));
}

}  // namespace shield::auth::test
