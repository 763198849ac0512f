// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/campaign/campaigns.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/time.hpp>
#include <shield/store/campaigns.hpp>

#include <memory>
#include <thread>
#include <vector>

namespace shield::daemon {

class Current;

/// Folds copies of one message behind the first of them, on a thread of its own: compares what was assessed with
/// what came before, in the order of arrival, and records what that tells. It decides about views alone, but that
/// what stands for others is as pressing as the most pressing of them: every message stays a case with its clock,
/// and whatever it finds is taken back by one act of a person. What it knows is in memory and, as hashes, in the
/// store; when the two may differ because a record failed, it is loaded again.
class Gatherer {
public:
    struct Options {
        const Current* current{nullptr};
        core::Limits limits;
        core::Clock clock;
        core::Log* log{nullptr};
        core::Metrics* metrics{nullptr};
    };
    Gatherer(store::Store& store, Options options);
    ~Gatherer();

private:
    void run(const std::stop_token& stop);
    void load();
    [[nodiscard]] bool gather_some();
    [[nodiscard]] store::Gathered gather_safely(const store::GatheringWork& work);
    [[nodiscard]] store::Gathered gather(const store::GatheringWork& work);
    void record(const std::vector<store::Gathered>& batch);
    void keep_house();

    store::Store& store_;
    Options options_;
    core::Metrics::Value& placed_;
    core::Metrics::Value& folded_;
    core::Metrics::Value& campaigns_shown_;
    std::unique_ptr<campaign::Campaigns> campaigns_;  // nothing: to be loaded
    bool one_at_a_time_{false};                       // a batch could not be recorded: one of them is to blame
    core::Time mutes_looked_at_{};
    std::jthread thread_;
};

}  // namespace shield::daemon
