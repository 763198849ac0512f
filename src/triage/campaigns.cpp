// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"
#include "operations.hpp"

#include <shield/core/time.hpp>
#include <shield/store/campaigns.hpp>

/// What a person decides about a whole campaign: in steps, each a request of its own, so that whoever asked sees
/// how far it is and nobody else waits long.
namespace shield::triage {

namespace {

constexpr std::uint64_t cases_a_step = 1000;

Answer stands_for_none(core::Reference reference)
{
    return Answer::refused(reference.to_string() + " stands for no campaign");
}

bool stands_for_others(const store::CaseDetail& detail)
{
    return detail.campaign && detail.campaign->reference == detail.summary.reference;
}

Answer step(std::uint64_t cases, Json shown, bool finished)
{
    shown["campaign_cases"] = cases;
    shown["finished"] = finished;
    return Answer::done(std::move(shown));
}

}  // namespace

Answer Operations::close_campaign(core::Reference reference, core::ClosingCode code)
{
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    if (!stands_for_others(*detail)) {
        return stands_for_none(reference);
    }
    if (code == core::ClosingCode::duplicate) {
        return Answer::misused("a campaign is closed by what became of it, not as a duplicate");
    }
    const std::uint64_t closed = store_.campaigns().close_some(detail->summary.id, code, who_, cases_a_step);
    if (closed == cases_a_step) {
        return step(closed, case_json(*detail), false);
    }
    if (detail->summary.state == core::State::closed) {
        return step(closed, case_json(*detail), true);
    }
    Answer answer = change(
        reference, [&](const store::CaseDetail& current) { return acts::close(current, code, std::nullopt); });
    return answer.status == 0 ? step(closed + 1, std::move(answer.result), true) : answer;
}

Answer Operations::mute(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const std::string written = request.text("for");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto time = core::parse_duration(written);
    if (!time || *time <= std::chrono::seconds{0} || *time > store::Campaigns::mute_max) {
        return Answer::misused("how long it is muted is written as 90m, 24h or 7d, and is at most 30d");
    }
    if (const auto error = store_.campaigns().mute(reference, now_ + *time, who_)) {
        return Answer::refused(error->sentence);
    }
    return Answer::done(case_json(store_.cases().find(reference).value()));
}

Answer Operations::unfold(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const bool whole = request.flag("campaign");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    if (!whole) {
        if (const auto error = store_.campaigns().unfold(reference, who_)) {
            return Answer::refused(error->sentence);
        }
        return Answer::done(case_json(store_.cases().find(reference).value()));
    }
    if (!stands_for_others(*detail)) {
        return stands_for_none(reference);
    }
    const std::uint64_t back = store_.campaigns().unfold_some(detail->summary.id, who_, cases_a_step);
    const store::CaseDetail now = store_.cases().find(reference).value();
    return step(back, case_json(now), !stands_for_others(now));
}

}  // namespace shield::triage
