// SPDX-License-Identifier: Apache-2.0
#include "gatherer.hpp"

#include "in_force.hpp"

#include <shield/campaign/origin.hpp>
#include <shield/campaign/sketch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace shield::daemon {

namespace {

using store::Gathered;
using store::GatheringWork;

constexpr int niceness = 10;
constexpr std::uint64_t batch_max = 256;
constexpr std::chrono::milliseconds idle_wait_max{1000};
constexpr std::chrono::milliseconds unavailable_wait{1000};
constexpr std::chrono::seconds mutes_every{5};

Gathered::Standing standing_of(campaign::Standing standing)
{
    switch (standing) {
        case campaign::Standing::alone:
            return Gathered::Standing::alone;
        case campaign::Standing::linked:
            return Gathered::Standing::linked;
        case campaign::Standing::member:
            return Gathered::Standing::member;
    }
    return Gathered::Standing::alone;
}

std::vector<std::int64_t> signed_ids(const std::vector<std::uint64_t>& ids)
{
    return {ids.begin(), ids.end()};
}

/// Nothing when another version wrote the sketch, or the row is damaged: it is compared with no longer.
std::optional<campaign::Remembered> remembered(const store::KeptSketch& kept)
{
    auto sketch = campaign::sketch_from(kept.sketch);
    if (!sketch) {
        return std::nullopt;
    }
    campaign::Remembered one;
    one.id = static_cast<campaign::MessageId>(kept.message_id);
    one.sketch = std::move(*sketch);
    one.origin = {static_cast<std::uint64_t>(kept.sender), static_cast<std::uint64_t>(kept.recipient),
                  kept.verified, kept.machine};
    one.received_at = kept.received_at;
    one.campaign = static_cast<campaign::CampaignId>(kept.campaign);
    return one;
}

store::KeptSketch kept(const GatheringWork& work, const campaign::Placement& placement,
                       const campaign::Sketch& sketch, const campaign::Origin& origin)
{
    const bool member = placement.standing == campaign::Standing::member;
    return {work.message_id,
            member ? static_cast<std::int64_t>(placement.campaign) : 0,
            static_cast<std::int64_t>(origin.sender),
            static_cast<std::int64_t>(origin.recipient),
            origin.verified,
            origin.machine,
            to_octets(sketch),
            work.envelope.received_at};
}

}  // namespace

Gatherer::Gatherer(store::Store& store, Options options)
    : store_{store},
      options_{std::move(options)},
      placed_{options_.metrics->counter("shield_gathered_total", "Messages compared with those before them")},
      folded_{options_.metrics->counter("shield_folded_total", "Messages found to be of a campaign")},
      campaigns_shown_{options_.metrics->gauge("shield_campaigns", "Campaigns that take new messages")},
      thread_{[this](const std::stop_token& stop) { run(stop); }}
{
}

Gatherer::~Gatherer()
{
    thread_.request_stop();
    store_.campaigns().wake();
}

void Gatherer::run(const std::stop_token& stop)
{
    // A sender who waits for a 250 comes first, and what a person sees of a message does not wait for this.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
    bool available = true;
    while (!stop.stop_requested()) {
        try {
            if (!campaigns_) {
                load();
            }
            keep_house();
            if (!gather_some()) {
                store_.campaigns().wait(idle_wait_max);
            }
            available = true;
        } catch (const std::exception& failure) {
            if (available) {
                options_.log->line(core::Severity::error, "gathering_stopped", {{"reason", failure.what()}});
            }
            available = false;
            campaigns_.reset();
            if (!stop.stop_requested()) {
                std::this_thread::sleep_for(unavailable_wait);
            }
        }
    }
}

void Gatherer::load()
{
    auto fresh = std::make_unique<campaign::Campaigns>(options_.limits);
    store_.campaigns().load([&](const store::KeptSketch& kept) {
        if (auto one = remembered(kept)) {
            one->received_at = std::min(one->received_at, options_.clock());
            fresh->load(*one);
        }
    });
    campaigns_ = std::move(fresh);
}

void Gatherer::keep_house()
{
    const core::Time now = options_.clock();
    if (now < mutes_looked_at_ || now >= mutes_looked_at_ + mutes_every) {
        mutes_looked_at_ = now;
        store_.campaigns().end_mutes();
        store_.campaigns().trim();
    }
}

/// Whether there was anything to do.
bool Gatherer::gather_some()
{
    const auto work = store_.campaigns().take(one_at_a_time_ ? 1 : batch_max);
    if (work.empty()) {
        return false;
    }
    std::vector<Gathered> batch;
    for (const GatheringWork& one : work) {
        batch.push_back(gather_safely(one));
    }
    record(batch);
    campaigns_shown_ = static_cast<std::int64_t>(campaigns_->campaigns());
    return true;
}

/// One that cannot be compared stays where it is, and stops no other.
Gathered Gatherer::gather_safely(const GatheringWork& work)
{
    try {
        return gather(work);
    } catch (const std::exception& failure) {
        options_.log->line(core::Severity::warning, "not_gathered",
                           {{"message", std::to_string(work.message_id)}, {"reason", failure.what()}});
        Gathered alone;
        alone.message_id = work.message_id;
        alone.act = work.act;
        return alone;
    }
}

Gathered Gatherer::gather(const GatheringWork& work)
{
    Gathered gathered;
    gathered.message_id = work.message_id;
    gathered.act = work.act;
    const auto id = static_cast<campaign::MessageId>(work.message_id);
    if (work.act == GatheringWork::Act::forget || work.act == GatheringWork::Act::forget_campaign) {
        campaigns_->forget(id);
        if (work.act == GatheringWork::Act::forget_campaign) {
            campaigns_->forget_campaign(id);
        }
        gathered.standing = Gathered::Standing::forgotten;
        return gathered;
    }
    if (!work.assessment) {
        return gathered;
    }
    const auto in_force = options_.current->get();
    const campaign::Sketch sketch = campaign::sketch_of(*work.assessment, in_force->triage.mailboxes);
    campaign::Origin origin = campaign::origin_of(work.envelope, *work.assessment);
    origin.verified = work.verified;
    origin.machine = work.automatic;
    if (work.act == GatheringWork::Act::again) {
        campaigns_->forget(id);
    }
    // A clock that was ahead for a while must not stop the time that a campaign is remembered.
    const core::Time at = std::min(work.envelope.received_at, options_.clock());
    const campaign::Placement placement = campaigns_->place(id, sketch, origin, at);
    gathered.standing = standing_of(placement.standing);
    gathered.campaign = static_cast<std::int64_t>(placement.campaign);
    gathered.like = static_cast<std::int64_t>(placement.like);
    gathered.why = placement.why;
    gathered.joined = signed_ids(placement.joined);
    gathered.absorbed = signed_ids(placement.absorbed);
    if (placement.remembered) {
        gathered.kept = kept(work, placement, sketch, origin);
    }
    return gathered;
}

/// A batch that cannot be written is taken again piece by piece; a piece that cannot is left where it is in the
/// queue.
void Gatherer::record(const std::vector<Gathered>& batch)
{
    try {
        store_.campaigns().record(batch);
    } catch (const store::Unavailable&) {
        throw;
    } catch (const std::exception& failure) {
        if (batch.size() > 1) {
            one_at_a_time_ = true;
            throw;
        }
        options_.log->line(core::Severity::warning, "not_gathered",
                           {{"message", std::to_string(batch.front().message_id)}, {"reason", failure.what()}});
        Gathered alone;
        alone.message_id = batch.front().message_id;
        alone.act = batch.front().act;
        store_.campaigns().record({alone});
        campaigns_.reset();
        load();
        return;
    }
    one_at_a_time_ = false;
    for (const Gathered& one : batch) {
        ++placed_;
        folded_ +=
            one.standing == Gathered::Standing::member ? 1 + static_cast<std::int64_t>(one.joined.size()) : 0;
    }
}

}  // namespace shield::daemon
