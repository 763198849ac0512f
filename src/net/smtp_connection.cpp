// SPDX-License-Identifier: Apache-2.0
#include "smtp_connection.hpp"

#include "answered.hpp"
#include "share.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace shield::net {
namespace asio = boost::asio;
namespace {

core::Envelope connection_of(const Endpoint& client)
{
    core::Envelope connection;
    connection.client_address = client.address;
    connection.client_port = client.port;
    return connection;
}

/// Replies of 4xx and 5xx.
std::uint64_t errors_in(std::string_view replies)
{
    std::uint64_t errors = 0;
    while (!replies.empty()) {
        const bool last_line_of_reply = replies.size() > 3 && replies[3] == ' ';
        if (last_line_of_reply && (replies[0] == '4' || replies[0] == '5')) {
            ++errors;
        }
        const auto end = replies.find('\n');
        replies.remove_prefix(end == replies.npos ? replies.size() : end + 1);
    }
    return errors;
}

}  // namespace

SmtpConnection::SmtpConnection(const Strand& strand, Descriptor socket, const Endpoint& client, smtp::Offer offer,
                               Clients::Place place, SmtpServer::Options& options, SmtpMetrics& metrics)
    : strand_{strand},
      stream_{std::make_shared<Stream>(strand, std::move(socket))},
      policy_{options.policy()},
      client_{client.address},
      offer_{offer},
      session_{policy_, connection_of(client), offer},
      place_{std::move(place)},
      reception_{options.reception()},
      options_{options},
      metrics_{metrics},
      ends_at_{seconds_from_now(policy_->limits.session_time_max)}
{
}

void SmtpConnection::drain(Moment at_latest)
{
    asio::post(strand_, [self = shared_from_this(), at_latest] {
        self->draining_ = true;
        self->ends_at_ = std::min(self->ends_at_, at_latest);
        // Wakes the read that waits, so that it looks at the time it has left and at whether it is idle.
        self->stream_->interrupt();
    });
}

void SmtpConnection::leave()
{
    asio::post(strand_, [self = shared_from_this()] {
        self->leaving_ = true;
        self->stream_->interrupt();
    });
}

Awaitable<void> SmtpConnection::run()
{
    ++metrics_.sessions;
    place_.on_leave([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->leave();
        }
    });
    std::string failure;
    try {
        co_await converse();
    } catch (const std::exception& thrown) {
        failure = thrown.what();
        ending_ = "failed";
    }
    if (!failure.empty()) {
        options_.log->line(core::Severity::error, "session_failed", {{"client", client_}, {"error", failure}});
        co_await write(session_.failed().reply);
    }
    reception_.reset();
    log_end();
    co_await stream_->finish(seconds_from_now(policy_->limits.close_wait_max));
}

Awaitable<void> SmtpConnection::converse()
{
    if (offer_.tls == smtp::Tls::implicit && !co_await begin_with_tls()) {
        co_return;
    }
    smtp::Action action = co_await greet();
    std::string replies;
    std::uint64_t pauses = 0;
    for (;;) {
        note(action);
        keep(action.content);
        replies += action.reply;
        pauses += action.pauses;
        if (action.then == smtp::Then::discard) {  // needs no answer of anybody: goes on before anything is written
            discard();
            action = session_.resume();
            continue;
        }
        if (pauses != 0 && !place_.exempt()) {
            co_await pause(std::exchange(pauses, 0) * policy_->limits.error_pause);
        }
        const bool written = co_await write(std::exchange(replies, {}));
        if (!written || action.then == smtp::Then::close) {
            co_return;
        }
        if (action.then == smtp::Then::deliver) {
            action = co_await decide();
        } else if (action.then == smtp::Then::start_tls) {
            action = co_await start_tls();
        } else {
            action = co_await next();
        }
    }
}

Awaitable<bool> SmtpConnection::write(std::string octets)
{
    const core::Limits& limits = policy_->limits;
    const bool fits = octets.size() <= limits.reply_backlog_max;
    const auto share = Share::take(metrics_.reply_backlog, octets.size(), limits.reply_backlogs_max);
    if (!fits || !share) {
        metrics_.bounds.count(fits ? &core::Limits::reply_backlogs_max : &core::Limits::reply_backlog_max);
        ending_ = "too many replies unread";
        co_return false;
    }
    const std::uint64_t wait_max =
        crowded() ? std::min(limits.write_wait_max, limits.crowded_wait_max) : limits.write_wait_max;
    const auto status = co_await stream_->write(octets, std::min(seconds_from_now(wait_max), ends_at_));
    if (status == Stream::Status::late) {
        metrics_.bounds.count(&core::Limits::write_wait_max);
        ending_ = "did not read our replies";
    } else if (status != Stream::Status::done) {
        ending_ = "connection lost";
    }
    co_return status == Stream::Status::done;
}

/// Says nothing for a moment to a client that we do not know: whoever talks meanwhile does not wait for answers,
/// and is no mail system (RFC 5321 section 3.1).
Awaitable<smtp::Action> SmtpConnection::greet()
{
    const core::Limits& limits = policy_->limits;
    if (limits.greeting_pause == 0 || place_.behaved(limits, std::chrono::steady_clock::now())) {
        co_return session_.greet();
    }
    const auto until = std::min(seconds_from_now(limits.greeting_pause), ends_at_);
    place_.set_idle(true);
    const auto got = co_await stream_->read(until);
    place_.set_idle(false);
    switch (got.status) {
        case Stream::Status::late:
            co_return session_.greet();
        case Stream::Status::interrupted:
            ending_ = draining_ ? "drained" : "made room";
            co_return draining_ ? session_.shutting_down() : session_.make_room();
        case Stream::Status::done:
            ending_ = "did not wait for the greeting";
            co_return session_.talked_too_soon();
        case Stream::Status::lost:
            ending_ = "connection lost";
            break;
        case Stream::Status::end:
            break;
    }
    co_return smtp::Action{{}, {}, smtp::Then::close, {}, 0, {}};
}

Awaitable<void> SmtpConnection::pause(std::uint64_t seconds)
{
    asio::steady_timer timer{strand_};
    boost::system::error_code ignored;
    for (std::uint64_t passed = 0; passed < seconds && !draining_ && !leaving_; ++passed) {
        timer.expires_after(std::chrono::seconds{1});
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

/// What the session says to the next octets, or to their absence.
Awaitable<smtp::Action> SmtpConnection::next()
{
    for (;;) {
        if (draining_ && !session_.in_transaction()) {
            ending_ = "drained";
            co_return session_.shutting_down();
        }
        if (leaving_ && !session_.in_transaction()) {
            ending_ = "made room";
            co_return session_.make_room();
        }
        const auto [until, bound] = patience();
        place_.set_idle(!session_.in_transaction());
        const auto got = co_await stream_->read(until);
        place_.set_idle(false);
        switch (got.status) {
            case Stream::Status::done:
                co_return heard(got.octets);
            case Stream::Status::interrupted:
                continue;
            case Stream::Status::late:
                co_return ran_out_of_time(bound);
            case Stream::Status::lost:
                ending_ = "connection lost";
                break;
            case Stream::Status::end:
                break;
        }
        co_return smtp::Action{{}, {}, smtp::Then::close, {}, 0, {}};
    }
}

smtp::Action SmtpConnection::heard(std::string_view octets)
{
    const auto now = std::chrono::steady_clock::now();
    metrics_.octets += static_cast<std::int64_t>(octets.size());
    pace_.arrived(octets.size(), policy_->limits, now);
    session_.hold_messages(place_.message_bound(policy_->limits, now));
    session_.take_only_attacks(reception_->takes_only_attacks(client_));
    return session_.receive(octets);
}

/// How long we wait for the next octets, and which bound that is: the nearest.
SmtpConnection::Patience SmtpConnection::patience()
{
    const core::Limits& limits = policy_->limits;
    const Bound idle = crowded() ? &core::Limits::crowded_wait_max : &core::Limits::command_wait_max;
    Patience nearest{seconds_from_now(limits.*idle), idle};
    if (session_.in_content()) {
        pace_.begin(std::chrono::steady_clock::now());
    } else if (!session_.in_transaction()) {  // between two chunks of one message the clock runs on
        pace_.end();
    }
    if (const auto deadline = pace_.deadline(limits); deadline && *deadline < nearest.until) {
        nearest = {*deadline, &core::Limits::content_rate_min};
    }
    if (ends_at_ < nearest.until) {
        nearest = {ends_at_, draining_ ? &core::Limits::drain_time_max : &core::Limits::session_time_max};
    }
    return nearest;
}

bool SmtpConnection::crowded() const
{
    return static_cast<std::uint64_t>(metrics_.connections) >= policy_->limits.connections_crowded;
}

smtp::Action SmtpConnection::ran_out_of_time(Bound bound)
{
    metrics_.bounds.count(bound);
    if (draining_) {
        ending_ = "drained";
        return session_.shutting_down();
    }
    ending_ = bound == &core::Limits::content_rate_min ? "too slow" : "timed out";
    return bound == &core::Limits::content_rate_min ? session_.too_slow() : session_.timed_out();
}

/// The message is whole: waits until it is durable or refused. The client may be gone by then; nothing looks at the
/// socket meanwhile, and nothing of the message depends on it.
Awaitable<smtp::Action> SmtpConnection::decide()
{
    pace_.end();
    if (const auto why = std::exchange(unkept_, {})) {
        co_return refuse(*why);
    }
    const Reception::Outcome outcome =
        co_await answered<Reception::Outcome>([this](std::function<void(Reception::Outcome)> done) {
            try {
                core::Envelope envelope = session_.envelope();
                envelope.received_at = options_.clock();  // invariant 7
                reception_->submit(std::move(envelope), done);
            } catch (const std::exception& failure) {
                options_.log->line(core::Severity::error, "submit_failed",
                                   {{"client", client_}, {"error", failure.what()}});
                done(core::Refusal::store_failed);
            }
        });
    place_.give_octets_back();
    if (const auto* why = std::get_if<core::Refusal>(&outcome)) {
        co_return refuse(*why);
    }
    ++accepted_;
    ++metrics_.accepted;
    const auto now = std::chrono::steady_clock::now();
    place_.message_accepted(policy_->limits, now);
    session_.hold_messages(place_.message_bound(policy_->limits, now));  // another may wait behind it already
    co_return session_.accepted(std::get<core::Receipt>(outcome));
}

smtp::Action SmtpConnection::refuse(core::Refusal why)
{
    ++refused_;
    metrics_.count(why);
    return session_.refused(why);
}

/// What cannot be kept is still read to its true end, so that the client hears about its message and not about a
/// line of it. What was kept before goes at once: others may need the room.
void SmtpConnection::keep(std::string_view content)
{
    if (content.empty() || unkept_) {
        return;
    }
    try {
        take_octets(content.size());
        reception_->keep(content);
        return;
    } catch (const core::NotKept& failure) {
        unkept_ = failure.why;
        options_.log->line(core::Severity::warning, "not_kept", {{"client", client_}, {"why", failure.what()}});
    } catch (const std::exception& failure) {
        unkept_ = core::Refusal::store_failed;
        options_.log->line(core::Severity::error, "keep_failed", {{"client", client_}, {"error", failure.what()}});
    }
    place_.give_octets_back();
    reception_->discard();
}

void SmtpConnection::take_octets(std::uint64_t octets)
{
    if (!place_.take_octets(octets, policy_->limits)) {
        metrics_.bounds.count(&core::Limits::incoming_octets_max);
        throw core::NotKept{core::Refusal::overloaded, "its network's share of incoming_octets_max is taken"};
    }
}

void SmtpConnection::discard()
{
    pace_.end();
    place_.give_octets_back();
    reception_->discard();
    unkept_.reset();
}

void SmtpConnection::note(const smtp::Action& action)
{
    errors_ += errors_in(action.reply);
    for (const auto member : action.reached) {
        metrics_.bounds.count(member);
    }
    for (core::RefusedMessage message : action.refused) {
        message.at = options_.clock();
        reception_->refused(std::move(message));
    }
}

void SmtpConnection::log_end()
{
    options_.log->line(core::Severity::info, "session",
                       {{"client", client_},
                        {"helo", session_.envelope().helo},
                        {"accepted", std::to_string(accepted_)},
                        {"refused", std::to_string(refused_)},
                        {"errors", std::to_string(errors_)},
                        {"tls", session_.envelope().tls},
                        {"ended", ending_}});
}

}  // namespace shield::net
