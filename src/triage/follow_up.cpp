// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"

#include <shield/triage/desk.hpp>
#include <shield/triage/transitions.hpp>

namespace shield::triage {

store::Decide on_follow_up(const core::Envelope& envelope, const core::Assessment& message, bool automatic,
                           core::Time now, const core::Promises& promises)
{
    return [authors = acts::authors_of(envelope, &message), automatic, now,
            promises](const store::CaseDetail& detail) {
        const store::Case& before = detail.summary;
        store::Change change;
        std::string words = automatic ? "written by a machine; nothing else changes" : "written by a person";
        if (acts::from_another_address(detail, authors)) {
            words += "; it comes from another address than the case began with";
        }
        const core::State next =
            after(before.state, automatic ? Act::automatic_follow_up : Act::human_follow_up).value_or(before.state);
        if (next != before.state) {
            change.state = next;
        }
        if (!automatic) {
            if (before.state == core::State::closed) {
                change.code = std::optional<core::ClosingCode>{};
                change.duplicate_of = std::optional<core::Reference>{};
                words += "; the case is open again";
            }
            if (!before.due_at) {  // a clock that runs keeps its time: writing again must not postpone the answer
                change.due_at = promises[static_cast<std::size_t>(before.category)].due(now);
                words += "; the clock starts again";
            }
        }
        change.events.push_back({"follow_up", words});
        return core::result<store::Change>{std::move(change)};
    };
}

}  // namespace shield::triage
