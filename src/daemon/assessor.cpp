// SPDX-License-Identifier: Apache-2.0
#include "assessor.hpp"

#include "acknowledging.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace shield::daemon {

namespace {

constexpr int niceness = 10;
constexpr unsigned batches_before_indexing = 8;
constexpr std::chrono::milliseconds batch_time{250};  // then what was found is recorded
constexpr std::chrono::milliseconds idle_wait_max{1000};
constexpr std::chrono::milliseconds unavailable_wait{1000};

// One that ended whoever read it, as often as it may, is not to be read again.
bool is_to_be_read(const store::AssessmentWork& work, const core::Limits& limits)
{
    return work.attempt <= limits.assessment_attempts_max;
}

std::vector<Reader::Message> to_be_read(const std::vector<store::AssessmentWork>& work, const core::Limits& limits)
{
    std::vector<Reader::Message> messages;
    for (const store::AssessmentWork& one : work) {
        if (is_to_be_read(one, limits)) {
            messages.push_back({one.octets, one.attempt > 1});
        }
    }
    return messages;
}

}  // namespace

Assessor::Assessor(store::Store& store, Options options)
    : store_{store},
      options_{std::move(options)},
      assessed_{options_.metrics->counter("shield_assessed_total", "Messages assessed")},
      failures_{options_.metrics->counter("shield_assessment_failures_total",
                                          "Attempts to read a message that came to nothing")},
      bounds_{*options_.metrics}
{
    for (unsigned i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }
}

Assessor::~Assessor()
{
    for (std::jthread& thread : threads_) {
        thread.request_stop();
    }
    store_.assessments().wake();
    threads_.clear();
    try {
        store_.assessments().write_returned();
    } catch (const std::exception& failure) {  // then each of them has one attempt less
        options_.log->line(core::Severity::warning, "leases_not_returned", {{"reason", failure.what()}});
    }
}

void Assessor::run(const std::stop_token& stop)
{
    // On Linux a priority belongs to a thread. Intake wins: a sender waits for its 250, nobody waits for this.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
    Reader reader{options_.zygote, options_.current->get()->triage.limits, *options_.metrics};
    bool available = true;
    for (unsigned batches = 0; !stop.stop_requested();) {
        try {
            const bool worked = assess_batch(reader, stop);
            batches = worked ? batches + 1 : 0;
            const bool index_now = !worked || batches % batches_before_indexing == 0;
            const bool indexed = index_now && index_some();
            if (!worked && !indexed) {
                store_.assessments().wait(idle_wait_max);
            }
            available = true;
        } catch (const std::exception& failure) {
            if (available) {
                options_.log->line(core::Severity::error, "assessment_stopped", {{"reason", failure.what()}});
            }
            available = false;
            if (!stop.stop_requested()) {
                std::this_thread::sleep_for(unavailable_wait);
            }
        }
    }
}

/// Whether there was anything to index. One thread at a time, and each after its own messages: whoever found the
/// other at it and slept would leave what it has just assessed out of the search.
bool Assessor::index_some()
{
    const std::lock_guard one_at_a_time{indexing_};
    return store_.assessments().index_some() > 0;
}

/// Whether there was anything to do.
bool Assessor::assess_batch(Reader& reader, const std::stop_token& stop)
{
    const std::shared_ptr<const InForce> in_force = options_.current->get();
    const auto work = store_.assessments().lease(in_force->triage.limits.assessment_batch_max);
    const Assessing with{
        in_force,         store_.token_key(), store_.token_keys(), [this] { return store_.unique_name(); },
        options_.clock(), allowed_in(store_)};
    reader.begin(to_be_read(work, in_force->triage.limits));
    std::vector<store::Assessed> batch;
    auto begun = std::chrono::steady_clock::now();
    auto next = work.begin();
    try {
        while (next != work.end() && !stop.stop_requested()) {
            if (auto assessed = assess_one(reader, *next, with)) {
                batch.push_back(std::move(*assessed));
            }
            ++next;
            // One that takes long does not hold up those that were leased with it.
            if (std::chrono::steady_clock::now() > begun + batch_time) {
                record(batch);
                begun = std::chrono::steady_clock::now();
            }
        }
    } catch (...) {
        for (const store::Assessed& unrecorded : batch) {
            store_.assessments().give_back(unrecorded.message_id, false);
        }
        give_back(next, work.end());
        throw;
    }
    give_back(next, work.end());
    record(batch);
    return !work.empty();
}

void Assessor::give_back(Work first, Work last)
{
    std::for_each(first, last, [this](const store::AssessmentWork& one) {
        store_.assessments().give_back(one.message_id, false);
    });
}

void Assessor::record(std::vector<store::Assessed>& batch)
{
    if (batch.empty()) {
        return;
    }
    const auto count = static_cast<std::int64_t>(batch.size());
    store_.assessments().record(std::exchange(batch, {}));
    assessed_.fetch_add(count, std::memory_order_relaxed);
}

/// The same, with the bounds it met and will meet counted.
store::Assessed Assessor::counted(store::Assessed assessed) const
{
    for (const std::string& defect : assessed.assessment->defects) {
        bounds_.count_named_in(defect);
    }
    // The store asks while record() waits for it, so `this` is there.
    assessed.acknowledge = [this, decide = std::move(assessed.acknowledge)](const store::GrantedBefore& before,
                                                                            bool joined) {
        store::Grant granted = decide(before, joined);
        bounds_.count_named_in(granted.acknowledgement.reason);
        return granted;
    };
    return assessed;
}

core::result<store::Assessed> Assessor::attempt(Reader& reader, const store::AssessmentWork& work,
                                                const Assessing& with)
{
    auto said = reader.next();
    if (!said) {
        return said.error();
    }
    try {
        return counted(assess(work, std::move(*said), with));
    } catch (const std::exception& failure) {
        return core::Error{failure.what()};
    }
}

/// Nothing when this attempt failed and another will be made.
std::optional<store::Assessed> Assessor::assess_one(Reader& reader, const store::AssessmentWork& work,
                                                    const Assessing& with)
{
    const core::Limits& limits = with.in_force->triage.limits;
    const std::uint64_t attempts_max = limits.assessment_attempts_max;
    std::string why =
        std::to_string(attempts_max) + " attempts to read it, or to record what it says, came to nothing";
    if (is_to_be_read(work, limits)) {
        auto assessed = attempt(reader, work, with);
        if (assessed) {
            return std::move(*assessed);
        }
        why = core::Error{assessed.error()}.sentence;
        failures_.fetch_add(1, std::memory_order_relaxed);
        bounds_.count_named_in(why);
        options_.log->line(core::Severity::warning, "assessment_failed",
                           {{"reference", work.reference.to_string()},
                            {"attempt", std::to_string(work.attempt)},
                            {"reason", why}});
    }
    if (work.attempt < attempts_max) {
        store_.assessments().give_back(work.message_id, true);
        return std::nullopt;
    }
    return unreadable(work, std::move(why), with);
}

}  // namespace shield::daemon
