// SPDX-License-Identifier: Apache-2.0
#include "operations.hpp"

#include <shield/core/mailbox.hpp>
#include <shield/store/allowances.hpp>

#include <algorithm>
#include <utility>

/// Whom people allow: an address or a domain whose mail is acknowledged though nobody can verify it.
namespace shield::triage {

namespace {

constexpr std::chrono::days usual{90};
constexpr std::chrono::days longest{366};

/// A duration ("30d"), a day ("2027-02-01", to its end in UTC) or a moment (RFC 3339).
std::optional<core::Time> end_of(const std::string& written, core::Time now)
{
    if (const auto duration = core::parse_duration(written); duration && *duration <= longest) {
        return now + *duration;
    }
    if (const auto day = core::parse_rfc3339(written + "T00:00:00Z")) {
        return *day + std::chrono::days{1};
    }
    return core::parse_rfc3339(written);
}

Json allowance_json(const store::Allowance& one)
{
    Json json{{"whom", one.whom},
              {"who", one.who},
              {"at", core::to_rfc3339(one.at)},
              {"until", core::to_rfc3339(one.until)}};
    if (one.ended_at) {
        json["ended_at"] = core::to_rfc3339(*one.ended_at);
        json["ended_by"] = one.ended_by;
    }
    return json;
}

bool is_ours(const core::Mailboxes& ours, const std::string& whom)
{
    return ours.is_our_domain(whom.substr(whom.rfind('@') + 1));  // npos + 1 is the whole
}

}  // namespace

Answer Operations::allow(Request& request)
{
    const auto written = request.text_if("whom");
    const auto until = request.text_if("until");
    const bool ended = request.flag("ended");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (!written) {
        return until ? Answer::misused("until when is said of an address or a domain") : list_allowances(ended);
    }
    const auto whom = store::Allowances::parse(*written);
    if (!whom) {
        return Answer::misused(whom.error().sentence);
    }
    const auto end = until ? end_of(*until, now_) : std::optional<core::Time>{now_ + usual};
    if (!end || *end <= now_ || *end > now_ + longest) {
        return Answer::misused("until is a time such as 30d or a day such as " +
                               core::to_rfc3339(now_ + usual).substr(0, 10) +
                               ", to come and at most a year from now");
    }
    if (is_ours(settings_->mailboxes, *whom)) {
        return Answer::refused(*whom + " is in a domain of ours, which is never answered");
    }
    const store::Allowance allowance{*whom, std::string{who_}, now_, *end, std::nullopt, {}};
    if (const auto allowed = store_.allowances().allow(allowance); !allowed) {
        return Answer::refused(allowed.error().sentence);
    }
    store::HeldFilter waiting;
    waiting.whom = *whom;
    Answer answer = Answer::done(allowance_json(allowance));
    answer.result["held"] = store_.cases().held(waiting).size();
    if (whom->find('@') == std::string::npos) {
        answer.warnings.push_back("whoever writes in the name of any address at " + *whom +
                                  " is answered there, up to the caps of a day, until then");
    }
    return answer;
}

Answer Operations::list_allowances(bool ended)
{
    Json list = Json::array();
    for (const store::Allowance& one : store_.allowances().list(ended)) {
        list.push_back(allowance_json(one));
    }
    return Answer::done(std::move(list));
}

Answer Operations::disallow(Request& request)
{
    const std::string written = request.text("whom");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto whom = store::Allowances::parse(written);
    if (!whom) {
        return Answer::misused(whom.error().sentence);
    }
    if (const auto ended = store_.allowances().end(*whom, who_); !ended) {
        return Answer::refused(ended.error().sentence);
    }
    return Answer::done({{"whom", *whom}});
}

}  // namespace shield::triage
