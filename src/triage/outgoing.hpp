// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/triage/desk.hpp>

#include <string>
#include <string_view>

namespace shield::triage {

/// The subject under which a case is answered: the reporter's own, so that mail programs keep the thread together.
[[nodiscard]] std::string reply_subject(const store::CaseDetail& detail);

/// A person's mail, ready for the outbox, to `recipient`; it answers the last word of a person.
[[nodiscard]] store::NewOutgoing make_reply(const Settings& settings, const store::CaseDetail& detail,
                                            std::string_view recipient, std::string_view subject,
                                            std::string_view text, const Stamp& stamp);

}  // namespace shield::triage
