// SPDX-License-Identifier: Apache-2.0
#include "lanes.hpp"

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::uint64_t work_beside_intake = 16;  // at least; jobs of others in a batch that also answers senders
// In a flood assessment comes after the flood. What it found touches pages of its own, the same few for one record
// as for many: so sixteen ride in every eighth batch, not two in each.
constexpr std::uint64_t batches_between_records = 8;
constexpr std::uint64_t records_beside_intake = 16;
constexpr std::chrono::milliseconds riding{10};  // after mail came in: longer than a busy sender takes to go on
constexpr std::uint64_t batch_octets = 8 << 20;  // a batch ends here, so its commit stays short

bool is_mail(Lane lane)
{
    return lane == Lane::intake || lane == Lane::large;
}

std::size_t index_of(Lane lane)
{
    return static_cast<std::size_t>(lane);
}

}  // namespace

void Lanes::add(Entry entry)
{
    octets_ += is_mail(entry.lane) ? entry.octets : 0;
    all_octets_ += entry.octets;
    lanes_[index_of(entry.lane)].push_back(std::move(entry));
}

bool Lanes::waits(Lane lane) const
{
    return !lanes_[index_of(lane)].empty();
}

bool Lanes::empty() const
{
    return turned_away_.empty() &&
           std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane.empty(); });
}

bool Lanes::anything_is_due(Moment now) const
{
    return !turned_away_.empty() || waits(Lane::intake) || waits(Lane::large) || waits(Lane::work) ||
           (waits(Lane::record) && now >= records_ride_until_);
}

std::optional<Lanes::Moment> Lanes::records_due_at() const
{
    return waits(Lane::record) ? std::optional{records_ride_until_} : std::nullopt;
}

void Lanes::move(Lane lane, std::uint64_t at_most, Batch& batch, std::uint64_t& octets)
{
    auto& waiting = lanes_[index_of(lane)];
    for (std::uint64_t n = 0; n < at_most && !waiting.empty() && octets < batch_octets; ++n) {
        octets += waiting.front().octets;
        octets_ -= is_mail(lane) ? waiting.front().octets : 0;
        all_octets_ -= waiting.front().octets;
        batch.push_back(std::move(waiting.front()));
        waiting.pop_front();
    }
}

std::vector<Lanes::Batch> Lanes::take(std::uint64_t jobs_max, Moment now)
{
    std::vector<Batch> batches(1);
    Batch& batch = batches.front();
    std::uint64_t octets = 0;
    move(Lane::intake, jobs_max, batch, octets);
    const std::uint64_t mails = batch.size();
    octets = 0;  // mail that fills a batch leaves the others their share
    move(Lane::record, records_taken(mails, jobs_max, now), batch, octets);
    move(Lane::work, mails == 0 ? jobs_max : std::max(work_beside_intake, mails), batch, octets);
    if (waits(Lane::large)) {
        octets = 0;
        move(Lane::large, 1, batches.emplace_back(), octets);
    }
    if (!turned_away_.empty()) {
        batches.push_back(std::exchange(turned_away_, {}));
    }
    return batches;
}

std::uint64_t Lanes::records_taken(std::uint64_t mails, std::uint64_t jobs_max, Moment now)
{
    if (mails == 0) {
        return now >= records_ride_until_ ? jobs_max : 0;
    }
    return ++mail_batches_ % batches_between_records == 0 ? records_beside_intake : 0;
}

void Lanes::mail_came(Moment now)
{
    records_ride_until_ = now + riding;
}

}  // namespace shield::store
