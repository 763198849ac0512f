// SPDX-License-Identifier: Apache-2.0
#include "recording.hpp"

#include <string>

namespace shield::store {

namespace {

std::string sentence_of(const std::exception_ptr& why)
{
    try {
        std::rethrow_exception(why);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an unknown error";
    }
}

}  // namespace

Completion Recording::ended(Fate fate, std::exception_ptr why)
{
    if (fate == Fate::committed) {
        committed();
    }
    if (fate == Fate::refused) {
        database_.options().log->line(core::Severity::warning, event_,
                                      {{"message", std::to_string(message_id_)}, {"why", sentence_of(why)}});
    }
    const std::lock_guard lock{recorded_->mutex};
    if (fate != Fate::committed) {
        recorded_->returned.push_back({message_id_, fate == Fate::refused});
    }
    if (fate != Fate::committed && fate != Fate::refused) {
        recorded_->worst = fate;
    }
    if (--recorded_->left == 0) {
        recorded_->ready.notify_one();
    }
    return {};
}

void record_together(Writer& writer, std::vector<std::pair<std::unique_ptr<Recording>, Lane>> jobs,
                     const std::function<void(const std::vector<ReturnedWork>&)>& give_back)
{
    const auto recorded = std::make_shared<Recorded>();
    recorded->left = jobs.size();
    for (auto& [job, lane] : jobs) {
        job->belongs_to(recorded);
        const std::uint64_t octets = job->octets();
        writer.submit(std::move(job), lane, octets);
    }
    std::unique_lock lock{recorded->mutex};
    recorded->ready.wait(lock, [&] { return recorded->left == 0; });
    if (!recorded->returned.empty()) {
        give_back(recorded->returned);
    }
    require_committed(recorded->worst, nullptr);
}

}  // namespace shield::store
