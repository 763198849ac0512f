// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"
#include "mbox.hpp"
#include "operations.hpp"
#include "stix.hpp"

#include <utility>

namespace shield::triage {

namespace {

Answer with_octets(const store::CaseDetail& detail, std::string octets)
{
    Answer answer = Answer::done({{"reference", detail.summary.reference.to_string()},
                                  {"size", octets.size()},
                                  {"sha256", core::to_hex(core::sha256(octets))}});
    answer.octets = std::move(octets);
    return answer;
}

Answer export_stix(const store::CaseDetail& detail, const Settings& settings, bool sender)
{
    const Json bundle =
        stix_bundle(detail, evidence_of(detail, settings.mailboxes), settings.mailboxes.hostname(), sender);
    if (bundle.is_null()) {
        return Answer::refused(detail.summary.reference.to_string() +
                               " holds no evidence but who sent it; --sender takes that for the attacker");
    }
    return with_octets(detail, bundle.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Answer Operations::export_case(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const auto number = request.number_if("message");
    const bool stix = request.flag("stix");
    const bool raw = request.flag("raw");
    const bool sender = request.flag("sender");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (stix ? raw || number : sender) {
        return Answer::misused("raw and message are about mail, sender is about stix");
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    if (stix) {
        return export_stix(*detail, *settings_, sender);
    }
    if (number && (*number < 1 || *number > detail->messages.size())) {
        return Answer::refused(detail->summary.reference.to_string() + " has messages 1 to " +
                               std::to_string(detail->messages.size()));
    }
    const std::string& hostname = settings_->mailboxes.hostname();
    std::string mbox;
    for (std::size_t i = number ? *number - 1 : 0; i < (number ? *number : detail->messages.size()); ++i) {
        const store::Message& message = detail->messages[i];
        // Quoting may add an octet to every line of six.
        if (mbox.size() + message.size / 5 * 6 + 4096 > settings_->limits.control_answer_max) {
            return Answer::past(&core::Limits::control_answer_max,
                                Answer::refused("the mail of " + detail->summary.reference.to_string() +
                                                " is too large for one answer; export message by message, or take "
                                                "one with show --raw (control_answer_max)"));
        }
        const auto octets = store_.cases().octets(message.reference);
        if (octets) {
            raw ? append_to_mbox(mbox, message, {}, *octets)
                : append_to_mbox(mbox, message, trace_fields(message, hostname),
                                 without_our_results(*octets, hostname));
        }
    }
    return with_octets(*detail, std::move(mbox));
}

}  // namespace shield::triage
