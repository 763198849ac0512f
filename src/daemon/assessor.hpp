// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assess.hpp"
#include "reader.hpp"

#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/reached_bounds.hpp>
#include <shield/core/time.hpp>
#include <shield/store/store.hpp>

#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace shield::daemon {

/// Runs assess() over everything that arrives, on threads of its own that yield to intake, each with a worker
/// process that reads for it. Takes work by lease and records it a batch at a time; a message that cannot be read
/// costs only itself, a store that is unavailable is waited for, and so are workers. The destructor ends after the
/// messages under way.
class Assessor {
public:
    struct Options {
        unsigned threads{1};
        const Current* current{nullptr};
        const confine::Zygote* zygote{nullptr};  ///< without: messages are read in this process
        core::Clock clock;
        core::Log* log{nullptr};
        core::Metrics* metrics{nullptr};
    };
    Assessor(store::Store& store, Options options);
    ~Assessor();

private:
    void run(const std::stop_token& stop);
    bool index_some();
    bool assess_batch(Reader& reader, const std::stop_token& stop);
    using Work = std::vector<store::AssessmentWork>::const_iterator;
    void give_back(Work first, Work last);
    void record(std::vector<store::Assessed>& batch);
    std::optional<store::Assessed> assess_one(Reader& reader, const store::AssessmentWork& work,
                                              const Assessing& with);
    core::result<store::Assessed> attempt(Reader& reader, const store::AssessmentWork& work, const Assessing& with);
    store::Assessed counted(store::Assessed assessed) const;

    store::Store& store_;
    Options options_;
    core::Metrics::Value& assessed_;
    core::Metrics::Value& failures_;
    core::ReachedBounds bounds_;
    std::mutex indexing_;
    std::vector<std::jthread> threads_;
};

}  // namespace shield::daemon
