// SPDX-License-Identifier: Apache-2.0
#include "intake.hpp"

namespace shield::daemon {

Intake::Intake(store::Intake& store, std::shared_ptr<const InForce> in_force, core::Log& log)
    : store_{store}, in_force_{std::move(in_force)}, log_{log}
{
}

void Intake::keep(std::string_view octets)
{
    if (!content_) {
        content_.emplace(store_.spool());
    }
    content_->append(octets);
}

void Intake::discard()
{
    content_.reset();
}

bool Intake::takes_only_attacks(std::string_view client) const
{
    return store_.takes_only_attacks(client);
}

void Intake::refused(core::RefusedMessage message)
{
    log_.line(core::Severity::warning, "refused",
              {{"why", "message_size_max"},
               {"sender", message.sender},
               {"mailbox", message.mailbox},
               {"client", message.client},
               {"size", std::to_string(message.size)}});
    store_.refused(std::move(message));
}

void Intake::submit(core::Envelope envelope, std::function<void(Outcome)> done)
{
    store::Spool content = content_ ? std::move(*content_) : store_.spool();  // an empty message is a message
    content_.reset();

    // The clock runs from our own arrival time (invariant 7), at the most pressing mailbox, before anything of the
    // message is read: from its 250 on it is in the queue (invariant 3).
    const core::Category category = core::most_pressing(envelope).category;
    const core::Promise& promise = in_force_->triage.promises[static_cast<std::size_t>(category)];
    const core::Time due_at = promise.due(envelope.received_at);

    auto said = [&log = log_, done = std::move(done), client = envelope.client_address,
                 sender = envelope.reverse_path, mailbox = core::most_pressing(envelope).mailbox,
                 size = content.size()](Outcome outcome) {
        if (const auto* receipt = std::get_if<core::Receipt>(&outcome)) {
            log.line(core::Severity::info, "accepted",
                     {{"reference", receipt->reference().to_string()},
                      {"mailbox", mailbox},
                      {"sender", sender},
                      {"client", client},
                      {"size", std::to_string(size)}});
        }
        done(std::move(outcome));
    };
    store_.submit({std::move(envelope), std::move(content), due_at}, std::move(said));
}

}  // namespace shield::daemon
