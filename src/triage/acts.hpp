// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/mailboxes.hpp>
#include <shield/core/promise.hpp>
#include <shield/store/cases.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a person may do to a case: each act takes the case as it is and gives the whole change, or a sentence that
/// says why not and what to do instead. Pure; the store runs them inside its transaction.
namespace shield::triage::acts {

[[nodiscard]] core::result<store::Change> claim(const store::CaseDetail& detail, std::string_view who);

/// Allowed in every state: writing something down never does harm.
[[nodiscard]] core::result<store::Change> note(std::string_view text);

/// Moves between triaged, in_progress and waiting. The clock is left alone: only words to the reporter stop it.
[[nodiscard]] core::result<store::Change> set_state(const store::CaseDetail& detail, core::State wanted);

/// A person's word raises or lowers (invariant 8). A running clock takes the new category's target, but never later
/// than what the reporter was told.
[[nodiscard]] core::result<store::Change> reclassify(const store::CaseDetail& detail, core::Category category,
                                                     const core::Promises& promises);

/// `original` is the case that a duplicate repeats; exactly the code duplicate needs one.
[[nodiscard]] core::result<store::Change> close(const store::CaseDetail& detail, core::ClosingCode code,
                                                const std::optional<store::CaseDetail>& original);

[[nodiscard]] core::result<store::Change> reopen(const store::CaseDetail& detail, core::Time now,
                                                 const core::Promises& promises);

/// A person's answer: stops the clock (invariant 10).
[[nodiscard]] core::result<store::Change> reply(const store::CaseDetail& detail, const store::NewOutgoing& mail,
                                                core::Time now);

/// Sends a held acknowledgement.
[[nodiscard]] core::result<store::Change> release(const store::CaseDetail& detail, const store::NewOutgoing& mail);

/// Whether the acknowledgement of this case may be released at all; the error says why not.
[[nodiscard]] core::result<void> may_release(const store::CaseDetail& detail);

/// Why a held acknowledgement comes too late to say what it says, and what to do instead; empty while it does not.
/// It is held too long when a person should have answered by now: the promise of its category is over.
[[nodiscard]] std::string held_too_long(core::Time received_at, core::Category category, core::Reference reference,
                                        core::Time now, const core::Promises& promises);

/// Whether it may be released together with others, when nobody has looked at it alone.
[[nodiscard]] core::result<void> may_release_in_bulk(const store::CaseDetail& detail, core::Time now,
                                                     const core::Promises& promises);

/// Where an answer goes: `to`, or the address the case began with. Never to one of our own mailboxes.
[[nodiscard]] core::result<core::Mailbox> reply_recipient(const store::CaseDetail& detail,
                                                          const std::optional<std::string>& to,
                                                          const core::Mailboxes& ours);

/// In which language a reply would be read.
[[nodiscard]] std::string language_of(const store::CaseDetail& detail);

/// What somebody who is about to answer must hear: the address is not verified, is not the From, the case came
/// encrypted, the last word came from elsewhere. Sentences; empty is good.
[[nodiscard]] std::vector<std::string> reply_warnings(const store::CaseDetail& detail, std::string_view recipient);

/// The message of a person that came last, or the last of all.
[[nodiscard]] const store::Message& last_word(const store::CaseDetail& detail);

/// Where a message says it comes from: every address in its From, which is what a reader believes; the reverse-path
/// when there is none that can be read (`message` may be null).
[[nodiscard]] std::vector<std::string> authors_of(const core::Envelope& envelope, const core::Assessment* message);
[[nodiscard]] std::vector<std::string> authors_of(const store::Message& message);

/// Whether one of these is an address that the first message named neither in its From nor as its reverse-path. No
/// address at all is another one.
[[nodiscard]] bool from_another_address(const store::CaseDetail& detail, const std::vector<std::string>& authors);

}  // namespace shield::triage::acts
