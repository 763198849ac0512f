// SPDX-License-Identifier: Apache-2.0
#include "guarded_breaker.hpp"

#include <shield/delivery/dispatcher.hpp>
#include <shield/delivery/schedule.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <thread>

namespace shield::delivery {

using core::DeliveryResult;

/// The attempts under way, and the thread that begins them.
///
/// A transport may tell how an attempt ended when the dispatcher is gone already; that is why its callbacks share
/// this object, and why they then touch nothing but it.
struct Dispatcher::State : std::enable_shared_from_this<Dispatcher::State> {
    State(store::Outbox& from, Transport& to, Options given);

    void start();
    void end();
    [[nodiscard]] Breaker::Standing standing() const { return breaker_.standing(); }

private:
    /// One attempt at one mail.
    struct Attempt {
        std::int64_t id{0};
        std::int64_t outbox_id{0};
        unsigned attempts{1};
        std::string recipient;
        core::Time give_up_at{};
        std::optional<std::uint64_t> automatic;  // as the breaker knows it
        std::atomic<bool> committing{false};
        std::atomic<bool> ended{false};
    };

    /// A callback's permission to use the outbox. One may be got inside another.
    class Visit {
    public:
        explicit Visit(State& state);
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;
        explicit operator bool() const noexcept { return allowed_; }

    private:
        State& state_;
        bool allowed_;
    };

    void take_due();
    bool wait_for_room(std::uint64_t& room);
    std::uint64_t automatic_room(std::uint64_t room);
    void give_up_stopped();
    std::chrono::milliseconds until_next(bool automatic_too);
    void begin(store::DueMail mail);
    void ask_committing(const std::shared_ptr<Attempt>& attempt, const std::function<void(bool)>& answer);
    void note_end(Attempt& attempt, const smtp::DeliveryOutcome& outcome);
    void record(const Attempt& attempt, const smtp::DeliveryOutcome& outcome);
    store::AttemptOutcome outcome_of(const Attempt& attempt, const smtp::DeliveryOutcome& outcome);

    store::Outbox& outbox_;
    Transport& transport_;
    Options options_;
    core::Metrics::Value& under_way_shown_;
    GuardedBreaker breaker_;

    std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    bool ending_{false};         // nothing new is taken
    bool closed_{false};         // the outbox may be gone
    std::uint64_t visitors_{0};  // callbacks that use the outbox now
    std::uint64_t under_way_{0};
    std::mt19937 random_{std::random_device{}()};

    std::thread thread_;
};

namespace {

/// Unique for ever, also when a new database begins to count at one beside an old Maildir.
std::string stem_of(const store::DueMail& mail)
{
    const auto created = core::to_unix_ms(mail.created_at);
    return std::to_string(created / 1000) + ".R" + std::to_string(mail.outbox_id) + "M" +
           std::to_string(created % 1000);
}

/// How long to wait after the nth failure in a row: from a second to a minute.
std::chrono::seconds pause_after(unsigned failures)
{
    constexpr unsigned doublings_max = 6;
    return std::min(std::chrono::seconds{1U << std::min(failures - 1, doublings_max)}, std::chrono::seconds{60});
}

}  // namespace

Dispatcher::Dispatcher(store::Outbox& outbox, Transport& transport, Options options)
    : state_{std::make_shared<State>(outbox, transport, std::move(options))}
{
    state_->start();
}

Dispatcher::~Dispatcher()
{
    state_->end();
}

Dispatcher::State::State(store::Outbox& from, Transport& to, Options given)
    : outbox_{from},
      transport_{to},
      options_{std::move(given)},
      under_way_shown_{
          options_.metrics->gauge("shield_deliveries_under_way", "Outgoing mails being delivered now")},
      breaker_{options_.limits, options_.clock, *options_.log, *options_.metrics}
{
}

void Dispatcher::State::start()
{
    thread_ = std::thread{[this] { take_due(); }};
}

void Dispatcher::State::end()
{
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
        changed_.notify_all();
    }
    outbox_.wake();
    thread_.join();
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::chrono::seconds{options_.limits.drain_time_max}, [&] { return under_way_ == 0; });
    closed_ = true;
    changed_.wait(lock, [&] { return visitors_ == 0; });
}

Dispatcher::State::Visit::Visit(State& state) : state_{state}
{
    const std::lock_guard lock{state_.mutex_};
    allowed_ = !state_.closed_;
    state_.visitors_ += allowed_ ? 1 : 0;
}

Dispatcher::State::Visit::~Visit()
{
    if (allowed_) {
        const std::lock_guard lock{state_.mutex_};
        --state_.visitors_;
        state_.changed_.notify_all();
    }
}

std::function<Breaker::Standing()> Dispatcher::standing() const
{
    return [state = state_] { return state->standing(); };
}

void Dispatcher::State::take_due()
{
    unsigned failures = 0;
    std::uint64_t room = 0;
    while (wait_for_room(room)) {
        try {
            const std::uint64_t automatic = automatic_room(room);
            auto mails = outbox_.lease(room, automatic);
            for (auto& mail : mails) {
                begin(std::move(mail));
            }
            if (mails.empty()) {
                outbox_.wait(until_next(automatic != 0));
            }
            failures = 0;
        } catch (const std::exception& failure) {
            if (++failures == 1) {
                options_.log->line(core::Severity::error, "outbox_unavailable", {{"error", failure.what()}});
            }
            std::unique_lock lock{mutex_};
            changed_.wait_for(lock, pause_after(failures), [&] { return ending_; });
        }
    }
}

/// False when nothing new is to be taken.
bool Dispatcher::State::wait_for_room(std::uint64_t& room)
{
    const auto most = std::max<std::uint64_t>(options_.limits.delivery_concurrency_max, 1);
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return ending_ || under_way_ < most; });
    room = most - std::min(most, under_way_);
    return !ending_;
}

/// Of the room that there is, what automatic replies may take.
std::uint64_t Dispatcher::State::automatic_room(std::uint64_t room)
{
    breaker_.oldest_waits_since(outbox_.oldest_untried());
    const std::uint64_t automatic = breaker_.room_for(room);
    if (automatic == 0) {
        give_up_stopped();
    }
    return automatic;
}

/// They wait, but not for ever: an answer to a message of last week helps nobody.
void Dispatcher::State::give_up_stopped()
{
    const std::string why = sentence_of(breaker_.standing());
    const std::uint64_t ended =
        outbox_.give_up_automatic("given up before it was sent: " + why + "; 'reply' writes to the sender");
    if (ended != 0) {
        options_.log->line(core::Severity::warning, "automatic_replies_given_up",
                           {{"count", std::to_string(ended)}, {"reason", why}});
    }
}

std::chrono::milliseconds Dispatcher::State::until_next(bool automatic_too)
{
    using namespace std::chrono_literals;
    // What is due and was not given to us must not make this a spin.
    constexpr std::chrono::milliseconds shortest = 100ms;
    constexpr std::chrono::milliseconds longest = 1min;
    auto due = outbox_.next_due(automatic_too);
    if (const auto try_at = breaker_.standing().try_at) {
        due = std::min(due.value_or(*try_at), *try_at);
    }
    return due ? std::clamp<std::chrono::milliseconds>(*due - options_.clock(), shortest, longest) : longest;
}

void Dispatcher::State::begin(store::DueMail mail)
{
    const auto attempt = std::make_shared<Attempt>();
    attempt->id = mail.attempt_id;
    attempt->outbox_id = mail.outbox_id;
    attempt->attempts = mail.attempts;
    attempt->recipient = mail.recipient;
    attempt->give_up_at = mail.give_up_at;
    if (mail.automatic) {
        attempt->automatic = breaker_.begin();
    }
    {
        const std::lock_guard lock{mutex_};
        ++under_way_;
    }
    ++under_way_shown_;

    const auto self = shared_from_this();
    const auto stem = stem_of(mail);
    try {
        transport_.send(
            stem, {std::move(mail.sender), std::move(mail.recipient), std::move(mail.octets)},
            [self, attempt](const std::function<void(bool)>& answer) { self->ask_committing(attempt, answer); },
            [self, attempt](const smtp::DeliveryOutcome& outcome) { self->note_end(*attempt, outcome); });
    } catch (const std::exception& failure) {
        const auto result = attempt->committing ? DeliveryResult::unknown : DeliveryResult::deferred;
        note_end(*attempt, {result, failure.what()});
    }
}

void Dispatcher::State::ask_committing(const std::shared_ptr<Attempt>& attempt,
                                       const std::function<void(bool)>& answer)
{
    const Visit visit{*this};
    if (!visit) {
        answer(false);
        return;
    }
    try {
        outbox_.committing(attempt->id, [attempt, answer](bool go_on) {
            attempt->committing = go_on;
            answer(go_on);
        });
    } catch (const std::exception& failure) {
        options_.log->line(core::Severity::error, "delivery_not_marked",
                           {{"outbox", std::to_string(attempt->outbox_id)}, {"error", failure.what()}});
        answer(false);
    }
}

void Dispatcher::State::note_end(Attempt& attempt, const smtp::DeliveryOutcome& outcome)
{
    if (attempt.ended.exchange(true)) {
        return;
    }
    const Visit visit{*this};
    if (!visit) {
        return;  // nobody can write it down any more; the next start settles it
    }
    if (attempt.automatic) {
        breaker_.ended(*attempt.automatic, outcome.result);
    }
    record(attempt, outcome);
    --under_way_shown_;
    const std::lock_guard lock{mutex_};
    --under_way_;
    changed_.notify_all();
}

/// One row that cannot be written does not stand in the way of the others: its lease ends, and the store settles
/// it.
void Dispatcher::State::record(const Attempt& attempt, const smtp::DeliveryOutcome& outcome)
{
    const std::string result{to_string(outcome.result)};
    try {
        outbox_.finished(attempt.id, outcome_of(attempt, outcome));
    } catch (const std::exception& failure) {
        options_.log->line(core::Severity::error, "delivery_not_recorded",
                           {{"outbox", std::to_string(attempt.outbox_id)}, {"error", failure.what()}});
    }
    ++options_.metrics->counter("shield_delivery_attempts_total", "Attempts to deliver, by how they ended",
                                "result=\"" + result + "\"");
    options_.log->line(core::Severity::info, "delivery",
                       {{"outbox", std::to_string(attempt.outbox_id)},
                        {"attempt", std::to_string(attempt.attempts)},
                        {"recipient", attempt.recipient},
                        {"result", result},
                        {"reply", outcome.reply}});
}

store::AttemptOutcome Dispatcher::State::outcome_of(const Attempt& attempt, const smtp::DeliveryOutcome& outcome)
{
    store::AttemptOutcome recorded;
    recorded.result = outcome.result;
    recorded.reply = outcome.reply;
    if (outcome.result == DeliveryResult::deferred) {
        const std::lock_guard lock{mutex_};
        const double jitter = std::uniform_real_distribution<>{0, 1}(random_);
        recorded.try_again_at = try_again_at(attempt.attempts, options_.clock(), attempt.give_up_at, jitter);
    }
    return recorded;
}

}  // namespace shield::delivery
