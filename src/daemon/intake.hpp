// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_force.hpp"

#include <shield/core/log.hpp>
#include <shield/net/smtp_server.hpp>
#include <shield/store/intake.hpp>

#include <optional>

namespace shield::daemon {

/// receive's way to the store: what one connection sends becomes messages. Owned by the connection, used on its
/// strand; `done` comes from the store. Knows neither SMTP nor SQL.
class Intake final : public net::Reception {
public:
    Intake(store::Intake& store, std::shared_ptr<const InForce> in_force, core::Log& log);

    void keep(std::string_view octets) override;
    void discard() override;
    [[nodiscard]] bool takes_only_attacks(std::string_view client) const override;
    void refused(core::RefusedMessage message) override;
    void submit(core::Envelope envelope, std::function<void(Outcome)> done) override;

private:
    store::Intake& store_;
    std::shared_ptr<const InForce> in_force_;
    core::Log& log_;
    std::optional<store::Spool> content_;  // none while nothing was sent: an idle connection costs little
};

}  // namespace shield::daemon
