// SPDX-License-Identifier: Apache-2.0
#include "peer_connection.hpp"

#include <shield/net/smtp_client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace shield::net {

using core::DeliveryResult;

namespace {

void tell(IoContext& io, PeerJob job, std::string why)
{
    io.post([done = std::move(job.done), why = std::move(why)] { done({DeliveryResult::deferred, why}); });
}

}  // namespace

void SmtpClient::State::take(PeerJob job)
{
    const std::lock_guard lock{mutex_};
    if (stopping_) {
        tell(io, std::move(job), "we are going down");
    } else if (!idle_.empty()) {
        const auto connection = idle_.back();
        idle_.pop_back();
        connection->given_ = std::move(job);
        connection->wake();
    } else if (connections_ < std::max<std::uint64_t>(limits.delivery_concurrency_max, 1)) {
        start(std::move(job));
    } else if (waiting_.size() < limits.delivery_waiting_max) {
        waiting_.push_back(std::move(job));
    } else {
        bounds.count(&core::Limits::delivery_waiting_max);
        tell(io, std::move(job), "too many mails wait for the next hop");
    }
}

void SmtpClient::State::start(PeerJob job)
{
    const auto connection = std::make_shared<PeerConnection>(shared_from_this());
    std::erase_if(all_, [](const auto& weak) { return weak.expired(); });
    all_.push_back(connection);
    ++connections_;
    boost::asio::co_spawn(
        connection->strand(),
        [present = population->enter(), connection, first = std::move(job)]() mutable -> Awaitable<void> {
            co_await connection->run(std::move(first));
        },
        boost::asio::detached);
}

std::optional<PeerJob> SmtpClient::State::next(PeerConnection& free, bool can_wait)
{
    const std::lock_guard lock{mutex_};
    if (!waiting_.empty()) {
        std::optional<PeerJob> job{std::move(waiting_.front())};
        waiting_.pop_front();
        return job;
    }
    if (can_wait) {
        idle_.push_back(free.shared_from_this());
    } else {
        --connections_;
    }
    return std::nullopt;
}

std::optional<PeerJob> SmtpClient::State::given(PeerConnection& idle)
{
    const std::lock_guard lock{mutex_};
    std::erase_if(idle_, [&](const auto& connection) { return connection.get() == &idle; });
    if (idle.given_) {
        return std::exchange(idle.given_, std::nullopt);
    }
    --connections_;
    return std::nullopt;
}

bool SmtpClient::State::stopping()
{
    const std::lock_guard lock{mutex_};
    return stopping_;
}

void SmtpClient::State::stop()
{
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    idle_.clear();
    for (auto& job : std::exchange(waiting_, {})) {
        tell(io, std::move(job), "we are going down");
    }
    for (const auto& weak : all_) {
        if (const auto connection = weak.lock()) {
            connection->wake();
        }
    }
}

SmtpClient::SmtpClient(IoContext& io, std::string address, std::string hostname, const core::Limits& limits,
                       core::Log& log, core::Metrics& metrics)
    : state_{std::make_shared<State>(io, std::move(address), std::move(hostname), limits, log, metrics)}
{
}

SmtpClient::~SmtpClient()
{
    state_->stop();
    state_->population->wait_empty(state_->io, std::chrono::seconds{state_->limits.drain_time_max});
}

void SmtpClient::send(smtp::OutgoingMail mail, Committing committing, Done done)
{
    // The lease ends some time after the attempt must, else another attempt could begin beside this one.
    constexpr std::uint64_t margin_seconds = 60;
    const auto lease = state_->limits.delivery_lease;
    const auto at_latest = seconds_from_now(lease > 2 * margin_seconds ? lease - margin_seconds : lease / 2);
    state_->take({std::move(mail), std::move(committing), std::move(done), at_latest});
}

}  // namespace shield::net
