// SPDX-License-Identifier: Apache-2.0
// The search for records that make us ask: whatever somebody publishes, a check ends, and asks no more than its
// inquiry allows, nor more than the limits of RFC 7208 section 4.6.4 come to.
#include <shield/auth/spf.hpp>

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
// The record, ten mx with ten exchangers each, and for p the client's ten names.
constexpr std::size_t worst_by_the_standard = 1 + 10 * (1 + 10) + 1 + 10;

const std::vector<std::string> terms{"a:%{i}.N.h.example ",
                                     "mx:N.h.example ",
                                     "mx:%{p}.N.h.example ",
                                     "ptr ",
                                     "ptr:N.h.example ",
                                     "exists:%{p}.N.h.example ",
                                     "exists:N.h.example ",
                                     "include:N.h.example ",
                                     "include:%{p}.N.h.example ",
                                     "?mx:%{d}.N.h.example ",
                                     "a ",
                                     "ip4:198.51.100.0/24 "};

/// A record is the numbers of its terms; the last may be a redirect.
using Plan = std::vector<std::vector<std::size_t>>;

/// An owner of a zone who wants us to ask as much as can be. Every name exists; none is the client's.
class HostileDns {
public:
    explicit HostileDns(const Plan& plan) : plan_{plan} {}

    DnsAnswer answer(const core::DnsQuestion& question)
    {
        switch (question.type) {
            case DnsType::txt:
                return {DnsOutcome::records, {}, {{next_record()}}, {}};
            case DnsType::a:
                return {DnsOutcome::records, {}, {{"198.51.100.1"}}, {}};
            case DnsType::aaaa:
                return {DnsOutcome::records, {}, {{"2001:db8:ffff::1"}}, {}};
            case DnsType::mx:
            case DnsType::ptr:
                break;
        }
        DnsAnswer names{DnsOutcome::records, {}, {}, {}};
        const std::size_t count = question.type == DnsType::mx ? 10 : 30;
        for (std::size_t i = 0; i < count; ++i) {
            names.records.push_back({"n" + std::to_string(++names_) + ".h.example"});
        }
        return names;
    }

private:
    std::string next_record()
    {
        std::string record = "v=spf1 ";
        for (const std::size_t term : plan_[records_++ % plan_.size()]) {
            std::string text = term < terms.size() ? terms[term] : "redirect=N.h.example";
            if (const std::size_t at = text.find("N.h"); at != std::string::npos) {
                text.replace(at, 1, "n" + std::to_string(++names_));
            }
            record += text;
        }
        return record;
    }

    const Plan& plan_;
    std::size_t records_{0}, names_{0};
};

/// How many questions the plan causes.
std::size_t questions_of(const Plan& plan, std::size_t questions_max, const char* client = "192.0.2.1")
{
    HostileDns dns{plan};
    Inquiry inquiry{questions_max};
    SpfInput input;
    input.client = core::IpAddress::parse(client).value();
    input.helo = "h.example";
    input.reverse_path = "a.b.c@h.example";
    auto check = check_spf(inquiry, input);
    check.start();
    std::size_t asked = 0;
    while (!check.done()) {
        const auto questions = inquiry.take_questions();
        asked += questions.size();
        for (const auto& question : questions) {
            inquiry.answer(question, dns.answer(question));
        }
        if (questions.empty()) {
            ADD_FAILURE() << "it waits for nothing";
            return asked;
        }
    }
    EXPECT_EQ(asked, inquiry.questions());
    return asked;
}

class Search {
public:
    Plan any_plan()
    {
        Plan plan(1 + number_below(4));
        for (auto& record : plan) {
            record.resize(1 + number_below(14));
            std::generate(record.begin(), record.end(), [&] { return number_below(terms.size()); });
            if (number_below(3) == 0) {
                record.push_back(terms.size());
            }
        }
        return plan;
    }

    Plan changed(Plan plan)
    {
        auto& record = plan[number_below(plan.size())];
        record[number_below(record.size())] = number_below(terms.size());
        if (number_below(4) == 0) {
            record.insert(record.begin(), number_below(terms.size()));
        }
        return plan;
    }

private:
    std::size_t number_below(std::size_t end)
    {
        return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
    }

    std::mt19937_64 random_{7208};
};

}  // namespace

TEST(SpfWorst, NoRecordAsksMoreThanTheInquiryAllows)
{
    Search search;
    for (int i = 0; i < 1000; ++i) {
        const Plan plan = search.any_plan();
        EXPECT_LE(questions_of(plan, budget), budget);
        EXPECT_LE(questions_of(plan, budget, "2001:db8::1"), budget);
    }
}

TEST(SpfWorst, TheLimitsOfTheStandardHoldWithoutABudgetToo)
{
    Search search;
    std::size_t worst = 0;
    for (int start = 0; start < 10; ++start) {
        Plan plan = search.any_plan();
        std::size_t questions = questions_of(plan, without_budget);
        for (int step = 0; step < 150; ++step) {
            Plan other = search.changed(plan);
            const std::size_t more = questions_of(other, without_budget);
            if (more >= questions) {
                plan = std::move(other);
                questions = more;
            }
        }
        worst = std::max(worst, questions);
    }
    EXPECT_LE(worst, worst_by_the_standard);
    EXPECT_GE(worst, worst_by_the_standard - 11) << "the search is not much of one";
    RecordProperty("questions", static_cast<int>(worst));
}

TEST(SpfWorst, TheWorstRecordThatIsKnownIsAsBadAsTheStandardAllows)
{
    const std::vector<std::size_t> all_mx(10, 2);
    EXPECT_EQ(questions_of({all_mx}, without_budget), worst_by_the_standard);
    EXPECT_EQ(questions_of({all_mx}, budget), budget);
}

}  // namespace shield::auth::test
