// SPDX-License-Identifier: Apache-2.0
#include "smtp_connection.hpp"

#include "answered.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace shield::net {
namespace asio = boost::asio;
namespace {

core::Envelope connection_of(const Endpoint& peer)
{
    core::Envelope connection;
    connection.client_address = peer.address;
    connection.client_port = peer.port;
    return connection;
}

std::string_view name_of(core::Refusal why)
{
    switch (why) {
        case core::Refusal::disk_full:
            return R"(result="disk_full")";
        case core::Refusal::store_failed:
            return R"(result="store_failed")";
        case core::Refusal::overloaded:
            return R"(result="overloaded")";
        case core::Refusal::shutting_down:
            return R"(result="shutting_down")";
        case core::Refusal::row_refused:
            return R"(result="row_refused")";
    }
    return {};
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

std::string handshake_ended_by(Stream::Status status, const Stream& stream)
{
    switch (status) {
        case Stream::Status::end:
            return "the client closed the connection";
        case Stream::Status::late:
            return "it took too long";
        case Stream::Status::done:
        case Stream::Status::interrupted:
        case Stream::Status::lost:
            break;
    }
    return stream.error();
}

}  // namespace

SmtpMetrics::SmtpMetrics(core::Metrics& metrics)
    : connections{metrics.gauge("shield_smtp_connections", "SMTP and LMTP connections that are open")},
      sessions{metrics.counter("shield_smtp_sessions_total", "SMTP and LMTP connections accepted")},
      octets{metrics.counter("shield_smtp_octets_total", "Octets read from SMTP and LMTP clients")},
      accepted{metrics.counter("shield_smtp_messages_total", "Messages that arrived whole, by what became of them",
                               R"(result="accepted")")},
      handshakes{metrics.counter("shield_tls_handshakes_total",
                                 "TLS handshakes with SMTP and LMTP clients, by result", R"(result="done")")},
      handshakes_failed{metrics.counter("shield_tls_handshakes_total",
                                        "TLS handshakes with SMTP and LMTP clients, by result",
                                        R"(result="failed")")},
      bounds{metrics}
{
    using enum core::Refusal;
    for (const auto why : {disk_full, store_failed, overloaded, shutting_down, row_refused}) {
        refused_[why] = &metrics.counter("shield_smtp_messages_total",
                                         "Messages that arrived whole, by what became of them", name_of(why));
    }
}

void SmtpMetrics::count(core::Refusal why)
{
    ++*refused_.at(why);
}

ConnectionPlace::ConnectionPlace(SmtpMetrics::Value& taken, std::uint64_t most) : counter_{&taken}
{
    if (static_cast<std::uint64_t>(taken.fetch_add(1)) >= most) {
        --taken;
        counter_ = nullptr;
    }
}

ConnectionPlace::ConnectionPlace(ConnectionPlace&& other) noexcept
    : counter_{std::exchange(other.counter_, nullptr)}
{
}

ConnectionPlace::~ConnectionPlace()
{
    if (counter_ != nullptr) {
        --*counter_;
    }
}

SmtpConnection::SmtpConnection(const Strand& strand, Descriptor socket, const Endpoint& peer, smtp::Offer offer,
                               SmtpServer::Options& options, SmtpMetrics& metrics)
    : strand_{strand},
      stream_{std::make_shared<Stream>(strand, std::move(socket))},
      policy_{options.policy()},
      client_{peer.address},
      offer_{offer},
      session_{policy_, connection_of(peer), offer},
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

Awaitable<void> SmtpConnection::run()
{
    ++metrics_.sessions;
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
    if (offer_.tls == smtp::Tls::implicit && !co_await shake_hands(options_.certificates())) {
        co_return;
    }
    smtp::Action action = session_.greet();
    std::string replies;
    for (;;) {
        note(action);
        keep(action.content);
        replies += action.reply;
        if (action.then == smtp::Then::discard) {  // needs no answer of anybody: goes on before anything is written
            discard();
            action = session_.resume();
            continue;
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
    const auto status = co_await stream_->write(octets, seconds_from_now(policy_->limits.write_wait_max));
    if (status == Stream::Status::late) {
        metrics_.bounds.count(&core::Limits::write_wait_max);
        ending_ = "did not read our replies";
    } else if (status != Stream::Status::done) {
        ending_ = "connection lost";
    }
    co_return status == Stream::Status::done;
}

Awaitable<smtp::Action> SmtpConnection::start_tls()
{
    auto certificates = options_.certificates();
    if (!certificates) {
        co_return session_.tls_unavailable();
    }
    const bool secured =
        co_await write(session_.tls_begins().reply) && co_await shake_hands(std::move(certificates));
    co_return smtp::Action{{}, {}, secured ? smtp::Then::read : smtp::Then::close, {}};
}

/// False when the connection is to end: after a handshake that failed nothing is said in clear text.
Awaitable<bool> SmtpConnection::shake_hands(std::shared_ptr<const Certificates> certificates)
{
    ending_ = "no TLS";
    if (!certificates) {
        co_return false;
    }
    const auto deadline = seconds_from_now(policy_->limits.tls_handshake_wait_max);
    const auto status = co_await stream_->secure(std::move(certificates), std::min(deadline, ends_at_));
    if (status == Stream::Status::done) {
        ++metrics_.handshakes;
        ending_ = ended_by_client;
        static_cast<void>(session_.secured(stream_->tls_description()));
        co_return true;
    }
    ++metrics_.handshakes_failed;
    if (status == Stream::Status::late) {
        metrics_.bounds.count(&core::Limits::tls_handshake_wait_max);
    }
    options_.log->line(core::Severity::info, "tls_handshake_failed",
                       {{"client", client_}, {"reason", handshake_ended_by(status, *stream_)}});
    co_return false;
}

/// What the session says to the next octets, or to their absence.
Awaitable<smtp::Action> SmtpConnection::next()
{
    for (;;) {
        if (draining_ && !session_.in_transaction()) {
            ending_ = "drained";
            co_return session_.shutting_down();
        }
        const auto idle_until = seconds_from_now(policy_->limits.command_wait_max);
        const auto got = co_await stream_->read(std::min(idle_until, ends_at_));
        switch (got.status) {
            case Stream::Status::done:
                metrics_.octets += static_cast<std::int64_t>(got.octets.size());
                co_return session_.receive(got.octets);
            case Stream::Status::interrupted:
                continue;
            case Stream::Status::late:
                co_return ran_out_of_time();
            case Stream::Status::lost:
                ending_ = "connection lost";
                break;
            case Stream::Status::end:
                break;
        }
        co_return smtp::Action{{}, {}, smtp::Then::close, {}};
    }
}

smtp::Action SmtpConnection::ran_out_of_time()
{
    const bool whole_session = std::chrono::steady_clock::now() >= ends_at_;
    if (draining_) {
        metrics_.bounds.count(whole_session ? &core::Limits::drain_time_max : &core::Limits::command_wait_max);
        ending_ = "drained";
        return session_.shutting_down();
    }
    metrics_.bounds.count(whole_session ? &core::Limits::session_time_max : &core::Limits::command_wait_max);
    ending_ = "timed out";
    return session_.timed_out();
}

/// The message is whole: waits until it is durable or refused. The client may be gone by then; nothing looks at the
/// socket meanwhile, and nothing of the message depends on it.
Awaitable<smtp::Action> SmtpConnection::decide()
{
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
    if (const auto* why = std::get_if<core::Refusal>(&outcome)) {
        co_return refuse(*why);
    }
    ++accepted_;
    ++metrics_.accepted;
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
        reception_->keep(content);
        return;
    } catch (const core::NotKept& failure) {
        unkept_ = failure.why;
        options_.log->line(core::Severity::warning, "not_kept", {{"client", client_}, {"why", failure.what()}});
    } catch (const std::exception& failure) {
        unkept_ = core::Refusal::store_failed;
        options_.log->line(core::Severity::error, "keep_failed", {{"client", client_}, {"error", failure.what()}});
    }
    reception_->discard();
}

void SmtpConnection::discard()
{
    reception_->discard();
    unkept_.reset();
}

void SmtpConnection::note(const smtp::Action& action)
{
    errors_ += errors_in(action.reply);
    for (const auto member : action.reached) {
        metrics_.bounds.count(member);
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
