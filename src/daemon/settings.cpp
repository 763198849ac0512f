// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>
#include <shield/daemon/config.hpp>

namespace shield::daemon {

core::result<triage::Settings> make_triage_settings(const Config& config)
{
    auto mailboxes = core::Mailboxes::make(config.hostname, config.mailboxes);
    if (!mailboxes) {
        return mailboxes.error();
    }
    const auto files = read_templates(config.acknowledgement.templates, config.limits);
    if (!files) {
        return core::Error{fault_at(config, "acknowledgement.templates", files.error().sentence)};
    }
    auto templates = acknowledge::Templates::make(*files, config.links, config.acknowledgement.team, config.limits);
    if (!templates) {
        const std::string sentences = templates.error().sentence;  // error() gives a copy
        std::string faults;
        for (const std::string_view fault : core::split(sentences, '\n')) {
            faults += (faults.empty() ? "" : "\n") + config.acknowledgement.templates.string() + "/" +
                      core::printable_line(fault);
        }
        return core::Error{std::move(faults)};
    }
    return triage::Settings{{config.acknowledgement.from, config.hostname},
                            std::move(*templates),
                            std::move(*mailboxes),
                            config.promises,
                            config.delivery.give_up_after,
                            config.delivery.give_up_after_person,
                            config.limits};
}

triage::Settings make_reading_settings(const Config& config)
{
    auto mailboxes = core::Mailboxes::make(config.hostname, config.mailboxes);
    return {{config.acknowledgement.from, config.hostname},
            acknowledge::Templates::none(),
            mailboxes ? std::move(*mailboxes) : core::Mailboxes::make(config.hostname, {}).value(),
            config.promises,
            config.delivery.give_up_after,
            config.delivery.give_up_after_person,
            config.limits};
}

std::string dns_fault(const Config& config)
{
    const std::string fault = net::trust_anchor_fault(config.dns);
    return fault.empty() ? fault
                         : fault_at(config, "dns.trust_anchor",
                                    fault + "; install dns-root-data, or write dns.validate = false");
}

core::result<classify::Classifier> make_classifier(const Config& config)
{
    if (config.rules.empty()) {
        return classify::Classifier::built_in();
    }
    const auto text = read_bounded(config.rules, config.limits.configuration_size_max);
    if (!text) {
        return core::Error{fault_at(config, "classify.rules", text.error().sentence)};
    }
    return classify::Classifier::from_rules(*text, config.rules.string());
}

}  // namespace shield::daemon
