// SPDX-License-Identifier: Apache-2.0
#include "in_force.hpp"

namespace shield::daemon {

core::Networks unbounded_clients(const Config& config)
{
    core::Networks networks = config.exempt;
    for (const auth::Relay& relay : config.relays) {
        networks.insert(networks.end(), relay.networks.begin(), relay.networks.end());
    }
    return networks;
}

core::result<std::shared_ptr<const InForce>> make_in_force(const Config& config)
{
    auto triage = make_triage_settings(config);
    if (!triage) {
        return triage.error();
    }
    auto classifier = make_classifier(config);
    if (!classifier) {
        return classifier.error();
    }
    auto policy = std::make_shared<const smtp::Policy>(smtp::Policy{triage->mailboxes, config.limits});
    return std::make_shared<const InForce>(InForce{std::move(*triage), std::move(*classifier),
                                                   config.acknowledgement.unverified, std::move(policy),
                                                   config.exempt, unbounded_clients(config), config.relays,
                                                   config.dns.mode != net::ResolverOptions::Mode::none});
}

}  // namespace shield::daemon
