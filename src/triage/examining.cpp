// SPDX-License-Identifier: Apache-2.0
#include "operations.hpp"

#include <shield/store/assessments.hpp>
#include <shield/store/outbox.hpp>

#include <utility>

/// What is wrong with the whole, and what to do: doctor, and the share of held mail in stats.
namespace shield::triage {

namespace {

constexpr std::uint64_t held_percent_max = 20;
constexpr std::uint64_t messages_min = 10;  // of fewer a share says nothing
constexpr std::chrono::days verified_within{35};
constexpr std::chrono::hours outbox_age_max{1};
constexpr std::int64_t backlog_max = 1000;

using Level = Finding::Level;

Finding store_finding(const store::Store& store)
{
    switch (store.health()) {
        case store::Health::open:
            return {"store", Level::ok, "open", {}};
        case store::Health::reserved:
            return {"store", Level::warn,
                    "the last part of the disk takes only mail for attack mailboxes and from known networks",
                    "make room; it opens by itself"};
        case store::Health::full:
            return {"store", Level::fail, "the disk is full, mail is answered 452",
                    "make room; it opens by itself"};
        case store::Health::failed:
            break;
    }
    return {"store", Level::fail, "an I/O error closed it", "look at the disk and the log, then restart shieldd"};
}

Finding verification_finding(const std::optional<store::Store::LastVerification>& last, core::Time now)
{
    const std::string remedy = "run 'shieldctl verify', every month";
    if (!last) {
        return {"verification", Level::warn, "the store was never verified", remedy};
    }
    if (last->faults != 0) {
        return {"verification", Level::fail,
                std::to_string(last->faults) + " faults were found at " + core::to_rfc3339(last->at),
                "restore from a backup and keep this copy for study"};
    }
    return {"verification", now - last->at <= verified_within ? Level::ok : Level::warn,
            "the store was verified at " + core::to_rfc3339(last->at),
            now - last->at <= verified_within ? std::string{} : remedy};
}

Finding outbox_finding(const std::optional<core::Time>& oldest, core::Time now)
{
    if (!oldest || now - *oldest <= outbox_age_max) {
        return {"outbox", Level::ok, oldest ? "nothing waits longer than an hour" : "nothing waits", {}};
    }
    return {"outbox", Level::warn, "mail waits for the next hop since " + core::to_rfc3339(*oldest),
            "look at what the next hop says: 'shieldctl show' of a case that waits, or the log"};
}

Finding backlog_finding(std::uint64_t waiting)
{
    const bool many = waiting > static_cast<std::uint64_t>(backlog_max);
    return {"assessment", many ? Level::warn : Level::ok, std::to_string(waiting) + " messages wait",
            many ? "more mail comes in than is read; it is in the queue already" : ""};
}

bool is_too_much(const store::HeldShare::Count& count)
{
    return count.messages >= messages_min && count.held * 100 > count.messages * held_percent_max;
}

std::string of_people(const store::HeldShare::Count& count)
{
    return std::to_string(count.percent()) + " % of the mail of people of the last 7 days (" +
           std::to_string(count.held) + " of " + std::to_string(count.messages) + ")";
}

Finding held_finding(const store::HeldShare& share)
{
    if (!is_too_much(share.all)) {
        return {"held", Level::ok, of_people(share.all) + " was held", {}};
    }
    std::string what = of_people(share.all) + " was held";
    for (const auto& [relay, count] : share.relays) {
        if (is_too_much(count)) {
            what += "; most from " + relay + " (" + std::to_string(count.held) + " of " +
                    std::to_string(count.messages) + ")";
            break;
        }
    }
    return {"held", Level::warn, std::move(what),
            "is that a relay of ours, tell shieldd about it; 'shieldctl show' says why one is held, 'allow' whom "
            "you know, and 'release --held --dry-run' lists them"};
}

Json count_json(const store::HeldShare::Count& count)
{
    return {{"messages", count.messages}, {"held", count.held}, {"percent", count.percent()}};
}

std::string_view name_of(Level level)
{
    switch (level) {
        case Level::ok:
            return "ok";
        case Level::warn:
            return "warn";
        case Level::fail:
            return "fail";
    }
    return "fail";
}

}  // namespace

Json held_share_json(const store::HeldShare& share)
{
    Json json = count_json(share.all);
    json["too_much"] = is_too_much(share.all);
    json["relays"] = Json::array();
    for (const auto& [relay, count] : share.relays) {
        Json one{{"relay", relay}};
        one.update(count_json(count));
        json["relays"].push_back(std::move(one));
    }
    return json;
}

Answer Operations::doctor(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    std::vector<Finding> findings{store_finding(store_), verification_finding(store_.last_verification(), now_),
                                  outbox_finding(store_.outbox().oldest_queued(), now_),
                                  backlog_finding(store_.assessments().backlog()),
                                  held_finding(store_.cases().held_share())};
    if (examine_) {
        for (Finding& one : examine_()) {
            findings.push_back(std::move(one));
        }
    }
    Json list = Json::array();
    bool all_well = true;
    for (const Finding& one : findings) {
        all_well = all_well && one.level == Level::ok;
        list.push_back(
            {{"check", one.check}, {"level", name_of(one.level)}, {"found", one.found}, {"remedy", one.remedy}});
    }
    Answer answer = Answer::done(std::move(list));
    answer.status = all_well ? 0 : 1;
    return answer;
}

}  // namespace shield::triage
