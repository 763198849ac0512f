// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"
#include "operations.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>
#include <shield/store/allowances.hpp>

#include <algorithm>
#include <utility>

/// Held acknowledgements: which there are, and sending them.
namespace shield::triage {

namespace {

using core::AcknowledgementState;

/// Whether the caps that protect others leave room for one more; the same that an acknowledgement meets which
/// nobody held.
std::string cap_reached(const store::AcknowledgementHistory& before, const core::Verdict& verdict,
                        const core::Limits& limits)
{
    const acknowledge::Decision decision =
        acknowledge::after(history_of(before), verdict, {AcknowledgementState::queued, {}, false}, limits);
    return decision.state == AcknowledgementState::queued ? std::string{} : decision.reason;
}

/// "3d" as a moment before now.
core::result<std::optional<core::Time>> ago(const std::optional<std::string>& written, const char* name,
                                            core::Time now)
{
    if (!written) {
        return std::optional<core::Time>{};
    }
    const auto duration = core::parse_duration(*written);
    constexpr std::chrono::hours longest{24 * 3660};
    if (!duration || *duration > longest) {
        return core::Error{std::string{name} + " is a time such as 90m, 2h or 3d"};
    }
    return std::optional<core::Time>{now - *duration};
}

Json held_json(const store::HeldCase& row)
{
    return {{"reference", row.reference.to_string()},
            {"category", to_string(row.category)},
            {"from", row.reverse_path},
            {"received_at", core::to_rfc3339(row.received_at)},
            {"reason", row.reason}};
}

}  // namespace

acknowledge::History history_of(const store::AcknowledgementHistory& before)
{
    acknowledge::History history;
    history.sender_day = before.sender_day;
    history.domain_day = before.domain_day;
    history.signer_day = before.signer_day;
    history.network_day = before.network_day;
    history.total_day = before.total_day;
    return history;
}

core::result<store::HeldFilter> Operations::held_filter(Request& request, std::uint64_t& limit)
{
    store::HeldFilter filter;
    filter.category = request.category_if("category");
    const auto from = request.text_if("from");
    const auto older = ago(request.text_if("older_than"), "older-than", now_);
    const auto newer = ago(request.text_if("newer_than"), "newer-than", now_);
    filter.limit = settings_->limits.queue_rows_max;
    limit = request.number_within("limit", 1, filter.limit).value_or(std::min<std::uint64_t>(100, filter.limit));
    if (!older || !newer) {
        return older ? newer.error() : older.error();
    }
    filter.before = *older;
    filter.after = *newer;
    if (from) {
        const auto whom = store::Allowances::parse(*from);
        if (!whom) {
            return whom.error();
        }
        filter.whom = *whom;
    }
    return filter;
}

/// The list that a release in bulk goes by: `release` are those that it would send, up to the limit, `others` those
/// that it leaves and why.
Answer Operations::held(Request& request)
{
    std::uint64_t limit = 0;
    const auto filter = held_filter(request, limit);
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (!filter) {
        return Answer::misused(filter.error().sentence);
    }
    Json release = Json::array();
    Json others = Json::array();
    std::uint64_t left = 0;
    for (const store::HeldCase& row : store_.cases().held(*filter)) {
        if (release.size() >= limit) {
            ++left;
            continue;
        }
        const auto detail = store_.cases().find(row.reference);
        if (!detail) {
            continue;
        }
        Json one = held_json(row);
        if (const auto allowed = acts::may_release_in_bulk(*detail, now_, settings_->promises); !allowed) {
            one["why"] = core::Error{allowed.error()}.sentence;
            others.push_back(std::move(one));
        } else {
            release.push_back(std::move(one));
        }
    }
    return Answer::done({{"release", std::move(release)}, {"others", std::move(others)}, {"left", left}});
}

core::result<store::CaseDetail> Operations::release_one(const std::string& written, Release how)
{
    const auto reference = core::Reference::parse(written);
    if (!reference) {
        return core::Error{"this is not a reference; one looks like SR-7F3K-92QX"};
    }
    const auto detail = store_.cases().find(*reference);
    if (!detail) {
        return no_such_case(*reference);
    }
    if (const auto allowed = acts::may_release(*detail); !allowed) {
        return allowed.error();
    }
    const store::Message& first = detail->messages.front();
    const std::string late = acts::held_too_long(first.envelope.received_at, detail->summary.category,
                                                 detail->summary.reference, now_, settings_->promises);
    if (how == Release::alone && !late.empty()) {
        return core::Error{late + ", or release it all the same with --late"};
    }
    const core::Assessment message = first.assessment.value_or(core::Assessment{});
    store::NewOutgoing mail =
        make_acknowledgement(*settings_,
                             {first.reference, detail->summary.category, first.envelope.reverse_path,
                              message.message_id, message.language},
                             detail->summary.due_at, stamp_for(*detail));
    mail.signing_domain = first.verdict.signing_domain;
    return store_.cases().change(
        *reference, who_, [&](const store::CaseDetail& current) -> core::result<store::Change> {
            if (how == Release::together) {
                if (auto allowed = acts::may_release_in_bulk(current, now_, settings_->promises); !allowed) {
                    return allowed.error();
                }
            }
            auto change = acts::release(current, mail);
            if (change && how == Release::together) {
                change->too_much = [&](const store::AcknowledgementHistory& before) {
                    return cap_reached(before, first.verdict, settings_->limits);
                };
            }
            return change;
        });
}

Answer Operations::release(Request& request)
{
    const std::vector<std::string> references = request.texts("references");
    const bool together = request.flag("together");
    const bool late = request.flag("late");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (together && late) {
        return Answer::misused("what is held too long is released by its reference alone");
    }
    if (references.size() > settings_->limits.control_references_max) {
        return Answer::past(&core::Limits::control_references_max,
                            Answer::refused("at most " + std::to_string(settings_->limits.control_references_max) +
                                            " acknowledgements are released at once"));
    }
    const Release how = together ? Release::together : late ? Release::alone_though_late : Release::alone;
    Answer answer = Answer::done(Json::array());
    std::size_t failed = 0;
    for (const std::string& written : references) {
        const auto outcome = release_one(written, how);
        failed += outcome ? 0 : 1;
        answer.result.push_back(outcome ? Json{{"reference", outcome->summary.reference.to_string()}, {"status", 0}}
                                        : Json{{"reference", core::printable_line(core::cut_utf8(written, 60))},
                                               {"status", 1},
                                               {"error", outcome.error().sentence}});
    }
    if (failed != 0) {
        answer.status = 1;
        answer.error = std::to_string(failed) + " of " + std::to_string(references.size()) + " not released";
    }
    return answer;
}

}  // namespace shield::triage
