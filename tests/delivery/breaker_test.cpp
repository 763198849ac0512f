// SPDX-License-Identifier: Apache-2.0
#include <shield/delivery/breaker.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::delivery {
namespace {

using namespace std::chrono_literals;
using core::DeliveryResult;
using State = Breaker::State;
using testing::HasSubstr;
using testing::IsEmpty;

class CircuitBreaker : public testing::Test {
protected:
    static core::Limits bounds()
    {
        core::Limits limits;
        limits.breaker_attempts = 4;
        limits.breaker_refused_max = 50;
        limits.breaker_deferred_max = 75;
        limits.breaker_wait_max = 600;
        limits.breaker_pause = 60;
        return limits;
    }
    void end(DeliveryResult result, int times = 1)
    {
        for (; times > 0; --times) {
            breaker_.ended(breaker_.begin(), result, now_ += 1s);
        }
    }
    std::uint64_t room(std::uint64_t of = 10) { return breaker_.room_for(of, now_); }
    State state() const { return breaker_.standing().state; }
    void break_it() { end(DeliveryResult::failed, 4); }

    core::Time now_ = core::from_unix_ms(1'764'000'000'000);
    Breaker breaker_{bounds(), now_};
};

TEST_F(CircuitBreaker, BeginsClosedAndLetsAllThrough)
{
    EXPECT_EQ(state(), State::closed);
    EXPECT_EQ(room(7), 7u);
    EXPECT_THAT(sentence_of(breaker_.standing()), IsEmpty());
}

TEST_F(CircuitBreaker, OpensWhenTheShareOfRefusalsIsReachedAndNotBefore)
{
    end(DeliveryResult::failed);
    end(DeliveryResult::sent, 3);
    EXPECT_EQ(state(), State::closed) << "a quarter was refused";
    end(DeliveryResult::failed);
    EXPECT_EQ(state(), State::closed) << "the first has left the window";
    end(DeliveryResult::failed);
    EXPECT_EQ(state(), State::open);
    EXPECT_EQ(room(), 0u);
    EXPECT_THAT(sentence_of(breaker_.standing()), HasSubstr("50 % of the last 4 automatic replies were refused"));
}

TEST_F(CircuitBreaker, NeedsAsManyAttemptsAsItsWindowHas)
{
    end(DeliveryResult::failed, 3);
    EXPECT_EQ(state(), State::closed);
    end(DeliveryResult::failed);
    EXPECT_EQ(state(), State::open);
}

TEST_F(CircuitBreaker, OpensWhenTheShareOfDeferralsIsReached)
{
    end(DeliveryResult::sent);
    end(DeliveryResult::deferred, 2);
    end(DeliveryResult::unknown);
    EXPECT_EQ(state(), State::closed);
    end(DeliveryResult::deferred);
    EXPECT_EQ(state(), State::open);
    EXPECT_THAT(breaker_.standing().why, HasSubstr("deferred (breaker_deferred_max)"));
}

TEST_F(CircuitBreaker, ForgetsWhatHappenedMoreThanAnHourAgo)
{
    end(DeliveryResult::failed, 3);
    now_ += 2h;
    end(DeliveryResult::failed);
    EXPECT_EQ(state(), State::closed);
}

TEST_F(CircuitBreaker, OpensWhenOneWaitsTooLongForItsFirstAttempt)
{
    const core::Time queued = now_;
    breaker_.oldest_waits_since(queued, now_ += 600s);
    EXPECT_EQ(state(), State::closed);
    breaker_.oldest_waits_since(std::nullopt, now_ += 1s);
    EXPECT_EQ(state(), State::closed);
    breaker_.oldest_waits_since(queued, now_);
    EXPECT_EQ(state(), State::open);
    EXPECT_THAT(breaker_.standing().why, HasSubstr("waited longer than 10m"));
}

TEST_F(CircuitBreaker, HoldsNoTimeAgainstAReplyInWhichNothingWasSent)
{
    breaker_.oldest_waits_since(now_ - 24h, now_);
    EXPECT_EQ(state(), State::closed) << "the process has only begun";
    break_it();
    now_ += 24h;
    ASSERT_EQ(room(), 1u);
    end(DeliveryResult::sent);
    breaker_.oldest_waits_since(now_ - 24h, now_);
    EXPECT_EQ(state(), State::closed) << "it waited because the breaker was open";
}

TEST_F(CircuitBreaker, LetsOneThroughAfterThePauseAndClosesWhenItIsSent)
{
    break_it();
    now_ += 59s;
    EXPECT_EQ(room(), 0u);
    now_ += 1s;
    EXPECT_EQ(room(), 1u);
    EXPECT_EQ(state(), State::half_open);
    EXPECT_EQ(room(), 1u) << "it did not begin yet";
    const auto tried = breaker_.begin();
    EXPECT_EQ(room(), 0u);
    EXPECT_THAT(sentence_of(breaker_.standing()), HasSubstr("but for one that is tried: 100 %"));
    breaker_.ended(tried, DeliveryResult::sent, now_);
    EXPECT_EQ(state(), State::closed);
    EXPECT_EQ(room(), 10u);
}

TEST_F(CircuitBreaker, OpensAgainWhenTheOneIsNotSent)
{
    for (const auto result : {DeliveryResult::failed, DeliveryResult::deferred, DeliveryResult::unknown}) {
        break_it();
        now_ += 60s;
        ASSERT_EQ(room(), 1u);
        end(result);
        EXPECT_EQ(state(), State::open);
        EXPECT_EQ(room(), 0u);
        EXPECT_THAT(breaker_.standing().why, HasSubstr("one was tried and was"));
        now_ += 60s;
        ASSERT_EQ(room(), 1u);
        end(DeliveryResult::sent);
        ASSERT_EQ(state(), State::closed);
    }
}

TEST_F(CircuitBreaker, DoesNotHearThoseWhoBeganBeforeItOpened)
{
    const auto early = breaker_.begin();
    break_it();
    breaker_.ended(early, DeliveryResult::sent, now_);
    EXPECT_EQ(state(), State::open);
    now_ += 60s;
    ASSERT_EQ(room(), 1u);
    breaker_.ended(early, DeliveryResult::sent, now_);
    EXPECT_EQ(state(), State::half_open);
    EXPECT_EQ(room(), 1u);
}

TEST_F(CircuitBreaker, BeginsAnewWhenItHasClosed)
{
    break_it();
    now_ += 60s;
    ASSERT_EQ(room(), 1u);
    end(DeliveryResult::sent);
    end(DeliveryResult::failed, 3);
    EXPECT_EQ(state(), State::closed) << "what was refused before it opened is forgotten";
}

TEST_F(CircuitBreaker, WaitsNoLongerBecauseTheClockWasSetBack)
{
    break_it();
    now_ -= 24h;
    EXPECT_EQ(room(), 1u);
}

}  // namespace
}  // namespace shield::delivery
