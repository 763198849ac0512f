// SPDX-License-Identifier: Apache-2.0
#include "authenticator.hpp"

#include "acknowledging.hpp"

#include <shield/auth/authenticate.hpp>
#include <shield/auth/exchange.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace shield::daemon {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds unavailable_wait{1000};
constexpr std::chrono::milliseconds busy_wait_max{100};  // then new work is looked for
constexpr std::chrono::milliseconds idle_wait_max{1000};
// A new message keeps its place so long while others wait for theirs, and has all its time with the next attempt.
constexpr std::chrono::milliseconds crowded_time_max{1000};
constexpr unsigned attempts_max = 20;        // whatever the clock says
constexpr unsigned failed_attempts_max = 3;  // of one whose checks end in an exception, or with the process

core::Verdict nothing_is_proven()
{
    core::Verdict verdict;
    verdict.proofs.push_back({"checks", "temperror", {}, "They failed too often.", {}});
    return verdict;
}

auth::Check<core::Verdict> no_checks()
{
    co_return nothing_is_proven();
}

/// After the nth attempt: 2 s, 4 s, 8 s, … at most two minutes.
std::chrono::seconds pause_after(unsigned attempt)
{
    constexpr std::chrono::seconds longest{120};
    static_assert(longest < store::Authentications::pause_max);
    return std::min(std::chrono::seconds{1LL << std::min(attempt, 7U)}, longest);
}

}  // namespace

/// Answers on their way from other threads. Whoever has one may outlive the authenticator.
class Authenticator::Inbox {
public:
    struct Answered {
        std::int64_t message_id{0};
        core::DnsQuestion question;
        core::DnsAnswer answer;
    };

    void put(Answered answered)
    {
        const std::lock_guard lock{mutex_};
        answers_.push_back(std::move(answered));
        changed_.notify_one();
    }
    void wake()
    {
        const std::lock_guard lock{mutex_};
        awake_ = true;
        changed_.notify_one();
    }
    std::vector<Answered> take()
    {
        const std::lock_guard lock{mutex_};
        return std::exchange(answers_, {});
    }
    void wait(std::chrono::milliseconds at_most)
    {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, at_most, [this] { return awake_ || !answers_.empty(); });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Answered> answers_;
    bool awake_{false};  // for ever
};

/// One message. It stays where it is: its check refers to it.
struct Authenticator::UnderWay {
    UnderWay(store::AuthenticationWork given, const Checks& checks, std::shared_ptr<const InForce> then,
             Moment deadline)
        : work{std::move(given)},
          in_force{std::move(then)},
          inquiry{in_force->triage.limits.authentication_questions_max},
          check{work.cut_off < failed_attempts_max ? checks(inquiry, work, *in_force) : no_checks()},
          begun_at{std::chrono::steady_clock::now()},
          late_at{deadline}
    {
    }

    [[nodiscard]] bool was_tried_before() const { return work.attempt > 1; }
    [[nodiscard]] bool is_alone() const { return work.cut_off > 0; }

    const store::AuthenticationWork work;
    const std::shared_ptr<const InForce> in_force;
    auth::Inquiry inquiry;
    auth::Check<core::Verdict> check;
    const Moment begun_at, late_at;
    bool made_room{false};  // for others, before its time
};

auth::Check<core::Verdict> check_sender(auth::Inquiry& inquiry, const store::AuthenticationWork& work,
                                        const InForce& in_force)
{
    auto signatures = auth::signatures_in(work.signatures, in_force.triage.limits);
    if (!signatures) {
        throw std::runtime_error{core::Error{signatures.error()}.sentence};
    }
    const auto& by_relay = work.envelope.by_relay;
    const auto client = core::IpAddress::parse(by_relay ? by_relay->client_address : work.envelope.client_address);
    const auth::Sender sender{work.envelope, work.assessment.from,
                              client && core::contains(in_force.exempt, *client)};
    co_return co_await auth::authenticate(inquiry, sender, *std::move(signatures));
}

Authenticator::Authenticator(store::Store& store, Options options)
    : store_{store},
      options_{std::move(options)},
      bounds_{*options_.metrics},
      done_{options_.metrics->counter("shield_authenticated_total",
                                      "Messages whose sender was authenticated or not")},
      postponed_{options_.metrics->counter("shield_authentications_postponed_total",
                                           "Attempts that the DNS gave no answer to, to be made again")},
      under_way_shown_{options_.metrics->gauge("shield_authentications_under_way",
                                               "Messages whose sender is being authenticated")},
      waiting_shown_{options_.metrics->gauge("shield_authentications_waiting",
                                             "Messages whose sender is to be authenticated, or again")},
      inbox_{std::make_shared<Inbox>()},
      thread_{[this](const std::stop_token& stop) { run(stop); }}
{
}

Authenticator::~Authenticator()
{
    thread_.request_stop();
    inbox_->wake();
    store_.authentications().wake();
    thread_.join();
    for (const auto& [message_id, one] : under_way_) {
        store_.authentications().give_back(message_id, false);
    }
    try {
        store_.authentications().write_ends();
    } catch (const std::exception& failure) {  // then each of them has one attempt less
        options_.log->line(core::Severity::warning, "leases_not_returned", {{"reason", failure.what()}});
    }
}

void Authenticator::run(const std::stop_token& stop)
{
    bool available = true;
    while (!stop.stop_requested()) {
        try {
            const auto in_force = options_.current->get();
            hear_answers();
            end_what_is_late(in_force->triage.limits);
            finish(in_force);
            if (!take_work(in_force)) {
                wait();
            }
            available = true;
        } catch (const std::exception& failure) {
            if (available) {
                options_.log->line(core::Severity::error, "authentication_stopped", {{"reason", failure.what()}});
            }
            available = false;
            inbox_->wait(unavailable_wait);
        }
        const auto under_way = static_cast<std::int64_t>(under_way_.size());
        const auto backlog = static_cast<std::int64_t>(store_.authentications().backlog());
        under_way_shown_ = under_way;
        waiting_shown_ = std::max<std::int64_t>(0, backlog - under_way);
    }
}

/// What was tried before has half of the places at most, so that a DNS which is silent does not have all of them.
/// What has ended its process is at it alone.
std::optional<store::Authentications::Room> Authenticator::room(const core::Limits& limits) const
{
    const std::uint64_t most = limits.authentications_under_way_max;
    const std::uint64_t again_max = std::max<std::uint64_t>(1, most / 2);
    const bool alone = under_way_.size() == 1 && under_way_.begin()->second->is_alone();
    if (under_way_.size() >= most || alone) {
        return std::nullopt;
    }
    store::Authentications::Room room;
    room.all = most - under_way_.size();
    room.again = again_max - std::min(again_max, again_);
    room.alone = under_way_.empty();
    return room;
}

/// Whether any came.
bool Authenticator::take_work(const std::shared_ptr<const InForce>& in_force)
{
    const auto room = this->room(in_force->triage.limits);
    if (!room) {
        return false;
    }
    const auto due = store_.authentications().next_due();
    if (!due || *due > options_.clock()) {
        return false;
    }
    auto leased = store_.authentications().lease(*room);
    for (store::AuthenticationWork& work : leased) {
        const std::int64_t message_id = work.message_id;
        try {
            begin(std::move(work), in_force);
        } catch (const std::exception&) {  // too little memory, say: that takes no others with it
            store_.authentications().give_back(message_id, true);
        }
    }
    return !leased.empty();
}

void Authenticator::begin(store::AuthenticationWork work, const std::shared_ptr<const InForce>& in_force)
{
    const auto late_at =
        std::chrono::steady_clock::now() + std::chrono::seconds{in_force->triage.limits.authentication_time_max};
    const std::int64_t message_id = work.message_id;
    auto one = std::make_unique<UnderWay>(std::move(work), options_.checks, in_force, late_at);
    one->check.start();
    ask_for(*one);
    again_ += one->was_tried_before() ? 1 : 0;
    under_way_.insert_or_assign(message_id, std::move(one));
}

void Authenticator::ask_for(UnderWay& one)
{
    for (core::DnsQuestion& question : one.inquiry.take_questions()) {
        auto answer = [inbox = inbox_, message_id = one.work.message_id, question](core::DnsAnswer said) {
            inbox->put({message_id, question, std::move(said)});
        };
        options_.ask(question, std::move(answer));
    }
}

void Authenticator::hear_answers()
{
    for (Inbox::Answered& heard : inbox_->take()) {
        const auto one = under_way_.find(heard.message_id);
        if (one != under_way_.end()) {
            one->second->inquiry.answer(heard.question, std::move(heard.answer));
            ask_for(*one->second);
        }
    }
}

void Authenticator::end_what_is_late(const core::Limits& limits)
{
    const auto now = std::chrono::steady_clock::now();
    const bool crowded =
        under_way_.size() >= limits.authentications_under_way_max && store_.authentications().new_work_waits();
    for (auto& [message_id, one] : under_way_) {
        if (one->check.done()) {
            continue;
        }
        if (now >= one->late_at) {
            bounds_.count(&core::Limits::authentication_time_max);
            one->inquiry.close("no answer in time");
        } else if (crowded && !one->was_tried_before() && now >= one->begun_at + crowded_time_max) {
            one->made_room = true;
            one->inquiry.close("others wait");
        }
    }
}

void Authenticator::finish(const std::shared_ptr<const InForce>& in_force)
{
    const auto is_done = [](const auto& one) { return one.second->check.done(); };
    if (std::none_of(under_way_.begin(), under_way_.end(), is_done)) {
        return;
    }
    std::vector<store::Authenticated> batch;
    const Assessing with{
        in_force,         store_.token_key(), store_.token_keys(), [this] { return store_.unique_name(); },
        options_.clock(), allowed_in(store_)};
    for (auto one = under_way_.begin(); one != under_way_.end();) {
        if (!one->second->check.done()) {
            ++one;
            continue;
        }
        try {
            if (auto outcome = outcome_of(*one->second, with)) {
                batch.push_back(*std::move(outcome));
            }
        } catch (const store::Unavailable&) {  // it is checked again, and takes no other with it
            store_.authentications().give_back(one->first, false);
        }
        again_ -= one->second->was_tried_before() ? 1 : 0;
        one = under_way_.erase(one);
    }
    if (!batch.empty()) {
        done_ += static_cast<std::int64_t>(batch.size());
        store_.authentications().record(std::move(batch));
    }
}

/// Nothing: it is tried again.
std::optional<store::Authenticated> Authenticator::outcome_of(UnderWay& one, const Assessing& with)
{
    const store::AuthenticationWork& work = one.work;
    core::Verdict verdict;
    try {
        verdict = one.check.result();
    } catch (const std::exception& failure) {
        options_.log->line(core::Severity::error, "authentication_failed",
                           {{"reference", work.reference.to_string()}, {"reason", failure.what()}});
        if (work.attempt < failed_attempts_max) {
            postpone(work, options_.clock() + pause_after(work.attempt));
            return std::nullopt;
        }
        verdict = nothing_is_proven();
    }
    if (one.inquiry.budget_spent()) {
        bounds_.count(&core::Limits::authentication_questions_max);
    }
    if (const auto again = try_again_at(one, verdict, *with.in_force)) {
        postpone(work, *again);
        return std::nullopt;
    }
    auto decision = acknowledge::decide(work.envelope, &work.assessment, with.in_force->triage.mailboxes);
    auto acknowledge = acknowledging({work.reference, work.kind, work.envelope, work.assessment},
                                     std::move(decision), verdict, with);
    return store::Authenticated{work.message_id, std::move(verdict), std::move(acknowledge)};
}

void Authenticator::postpone(const store::AuthenticationWork& work, core::Time until)
{
    ++postponed_;
    store_.authentications().postpone(work.message_id, until);
}

/// Nothing: what is known stays so, or an acknowledgement may wait no longer.
std::optional<core::Time> Authenticator::try_again_at(const UnderWay& one, const core::Verdict& verdict,
                                                      const InForce& in_force) const
{
    const bool decided = verdict.reply_address == core::ReplyAddress::verified ||
                         verdict.reply_address == core::ReplyAddress::refuted;
    if (one.made_room && one.inquiry.any_failed() && !decided) {
        return options_.clock() + pause_after(one.work.attempt);  // it was not given its time
    }
    if (!one.work.decides || !one.inquiry.any_failed() || decided) {
        return std::nullopt;
    }
    const core::Limits& limits = in_force.triage.limits;
    const bool holds = in_force.unverified == acknowledge::Unverified::hold;
    const std::chrono::seconds wait_max{holds ? limits.authentication_wait_max
                                              : limits.authentication_wait_send_max};
    const core::Time now = options_.clock();
    const core::Time last = one.work.envelope.received_at + wait_max;
    return now < last && one.work.attempt < attempts_max
               ? std::optional{std::min<core::Time>(now + pause_after(one.work.attempt), last)}
               : std::nullopt;
}

void Authenticator::wait()
{
    if (!under_way_.empty()) {
        inbox_->wait(busy_wait_max);
        return;
    }
    const auto due = store_.authentications().next_due();
    const auto until = due ? std::chrono::duration_cast<std::chrono::milliseconds>(*due - options_.clock())
                           : std::chrono::milliseconds{idle_wait_max};
    store_.authentications().wait(std::clamp<std::chrono::milliseconds>(until, 1ms, idle_wait_max));
}

}  // namespace shield::daemon
