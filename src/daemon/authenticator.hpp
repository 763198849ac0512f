// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_force.hpp"

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/core/dns.hpp>
#include <shield/core/reached_bounds.hpp>
#include <shield/store/authentications.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace shield::daemon {

struct Assessing;

/// SPF, DKIM, DMARC and ARC. What it was given to work on may be damaged: then result() throws.
[[nodiscard]] auth::Check<core::Verdict> check_sender(auth::Inquiry& inquiry, const store::AuthenticationWork& work,
                                                      const InForce& in_force);

/// Authenticates the senders of what was assessed, many at a time, on a thread of its own: asks the DNS what their
/// checks want to know, records the verdicts, and has the acknowledgements decided that waited for them. What the
/// DNS could not say is asked again later, as long as an acknowledgement waits that it could still allow. The
/// destructor leaves what is under way to the next process.
class Authenticator {
public:
    /// Answers once, from any thread, also when it has failed; may answer before it returns.
    using Ask = std::function<void(const core::DnsQuestion&, std::function<void(core::DnsAnswer)>)>;
    /// What is checked of a message. `work` and `in_force` outlive the check.
    using Checks = std::function<auth::Check<core::Verdict>(auth::Inquiry&, const store::AuthenticationWork& work,
                                                            const InForce& in_force)>;

    struct Options {
        const Current* current{nullptr};
        Ask ask;
        Checks checks;
        core::Clock clock;
        core::Log* log{nullptr};
        core::Metrics* metrics{nullptr};
    };
    Authenticator(store::Store& store, Options options);
    ~Authenticator();

private:
    class Inbox;
    struct UnderWay;
    using Moment = std::chrono::steady_clock::time_point;

    void run(const std::stop_token& stop);
    bool take_work(const std::shared_ptr<const InForce>& in_force);
    void begin(store::AuthenticationWork work, const std::shared_ptr<const InForce>& in_force);
    void hear_answers();
    void end_what_is_late(const core::Limits& limits);
    [[nodiscard]] std::optional<store::Authentications::Room> room(const core::Limits& limits) const;
    void ask_for(UnderWay& one);
    void finish(const std::shared_ptr<const InForce>& in_force);
    [[nodiscard]] std::optional<store::Authenticated> outcome_of(UnderWay& one, const Assessing& with);
    [[nodiscard]] std::optional<core::Time> try_again_at(const UnderWay& one, const core::Verdict& verdict,
                                                         const InForce& in_force) const;
    void postpone(const store::AuthenticationWork& work, core::Time until);
    void wait();

    store::Store& store_;
    Options options_;
    core::ReachedBounds bounds_;
    core::Metrics::Value& done_;
    core::Metrics::Value& postponed_;
    core::Metrics::Value& under_way_shown_;
    core::Metrics::Value& waiting_shown_;
    std::shared_ptr<Inbox> inbox_;
    std::map<std::int64_t, std::unique_ptr<UnderWay>> under_way_;  // by message
    std::uint64_t again_{0};                                       // of these, how many were tried before
    std::jthread thread_;
};

}  // namespace shield::daemon
