// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace shield::auth::test {

namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsQuestion;
using core::DnsType;

DnsAnswer text(const std::string& value)
{
    return {DnsOutcome::records, {}, {{value}}, {}};
}

/// The text of a name, or in brackets why there is none.
Check<std::string> text_of(Inquiry& inquiry, std::string name)
{
    const DnsAnswer answer = co_await inquiry.ask(DnsType::txt, std::move(name));
    if (answer.outcome == DnsOutcome::records) {
        co_return answer.records.at(0).value;
    }
    co_return answer.outcome == DnsOutcome::failed ? "(" + answer.failure + ")" : "(none)";
}

/// Follows each text as the name of the next.
Check<std::string> end_of_chain(Inquiry& inquiry, std::string name, int steps)
{
    for (int i = 0; i < steps; ++i) {
        name = co_await text_of(inquiry, name);
    }
    if (name == "throw") {
        throw std::runtime_error{"as it says"};
    }
    co_return name;
}

const DnsQuestion a{"a.example", DnsType::txt};
const DnsQuestion b{"b.example", DnsType::txt};

}  // namespace

TEST(Inquiry, ACheckGoesOnWithEachAnswer)
{
    Inquiry inquiry{10};
    auto check = end_of_chain(inquiry, "a.example", 2);
    EXPECT_TRUE(inquiry.take_questions().empty()) << "nothing runs before start()";
    check.start();
    EXPECT_THAT(inquiry.take_questions(), testing::ElementsAre(a));
    EXPECT_TRUE(inquiry.take_questions().empty());
    inquiry.answer(a, text("b.example"));
    EXPECT_THAT(inquiry.take_questions(), testing::ElementsAre(b));
    EXPECT_FALSE(check.done());
    inquiry.answer(b, text("end"));
    ASSERT_TRUE(check.done());
    EXPECT_EQ(check.result(), "end");
    EXPECT_FALSE(inquiry.any_failed());
}

TEST(Inquiry, WhatWasAskedBeforeIsNotAskedAgain)
{
    Inquiry inquiry{10};
    auto first = text_of(inquiry, "a.example");
    auto second = text_of(inquiry, "a.example");
    first.start();
    second.start();
    EXPECT_THAT(inquiry.take_questions(), testing::ElementsAre(a));
    inquiry.answer(a, text("x"));
    inquiry.answer(a, text("y"));
    EXPECT_EQ(first.result() + second.result(), "xx");
    auto third = text_of(inquiry, "a.example");
    third.start();
    EXPECT_EQ(third.result(), "x");
    EXPECT_EQ(inquiry.questions(), 1U);
}

TEST(Inquiry, PastTheBudgetAndWhenTheTimeIsOverAnswersFail)
{
    Inquiry inquiry{1};
    auto waiting = text_of(inquiry, "a.example");
    auto refused = text_of(inquiry, "b.example");
    waiting.start();
    refused.start();
    EXPECT_EQ(refused.result(), "(the message asks too many questions)");
    EXPECT_TRUE(inquiry.budget_spent());
    EXPECT_FALSE(inquiry.any_failed()) << "it would not be different later";
    inquiry.close("the time is over");
    EXPECT_EQ(waiting.result(), "(the time is over)");
    EXPECT_TRUE(inquiry.any_failed());
    auto late = text_of(inquiry, "c.example");
    late.start();
    EXPECT_EQ(late.result(), "(the time is over)");
    EXPECT_TRUE(inquiry.take_questions().empty());
}

TEST(Inquiry, ANameThatCannotBeAskedForIsNotThere)
{
    Inquiry inquiry{1};
    for (const std::string& name : {std::string{}, std::string{"a..example"}, std::string{".a"}, std::string{"a."},
                                    std::string{"A.example"}, std::string(64, 'a'), std::string{"a\0b", 3}}) {
        auto check = text_of(inquiry, name);
        check.start();
        EXPECT_EQ(check.result(), "(none)");
    }
    EXPECT_EQ(inquiry.questions(), 0U);
}

TEST(Inquiry, ACheckThatIsGoneIsNotContinued)
{
    Inquiry inquiry{10};
    auto stays = text_of(inquiry, "a.example");
    stays.start();
    {
        auto goes = end_of_chain(inquiry, "a.example", 1);
        goes.start();
    }
    inquiry.answer(a, text("x"));
    EXPECT_EQ(stays.result(), "x");
}

TEST(Inquiry, WhatACheckThrowsComesOutOfItsResult)
{
    Inquiry inquiry{10};
    auto check = end_of_chain(inquiry, "a.example", 1);
    check.start();
    inquiry.answer(a, text("throw"));
    ASSERT_TRUE(check.done());
    EXPECT_THROW((void)check.result(), std::runtime_error);
}

}  // namespace shield::auth::test
