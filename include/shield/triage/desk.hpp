// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/acknowledge/decide.hpp>
#include <shield/acknowledge/reply.hpp>
#include <shield/acknowledge/templates.hpp>
#include <shield/classify/classifier.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/promise.hpp>
#include <shield/store/cases.hpp>
#include <shield/store/store.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace shield::triage {

/// What the operations need to know of the configuration. A reload makes a new one.
struct Settings {
    acknowledge::Sender sender;
    acknowledge::Templates templates;
    core::Mailboxes mailboxes;
    core::Promises promises;
    std::chrono::seconds give_up_after{};  ///< automatic replies
    std::chrono::seconds give_up_after_person{};
    core::Limits limits;
};

/// The decoded octets of an attachment by its number, from the octets of a message; nothing when it has none of
/// that number, and an error when they cannot be read. Callable from any thread.
using ReadAttachment = std::function<core::result<std::optional<std::string>>(
    std::string_view octets, std::size_t number, const core::Limits& limits)>;

/// One line of what `doctor` finds.
struct Finding {
    enum class Level { ok, warn, fail };
    std::string check;  ///< a word
    Level level{Level::ok};
    std::string found;
    std::string remedy;  ///< empty when it is ok
};
/// What only whoever runs the desk can look at. May wait some seconds; called from any thread.
using Examine = std::function<std::vector<Finding>()>;

/// What a person may do with cases. Every face (shieldctl, later the web) speaks to it in the same requests.
///
/// A request is one JSON object, {"command": "claim", "reference": "SR-…", …}; so is the answer: {"status": 0,
/// "result": …} or {"status": 1, "error": "sentence"} with the exit status of the contract, and "warnings" that a
/// person must hear. Octets (raw, attachment, export, a dry run of reply) follow the answer's JSON after a line
/// feed, as many as its "octets" says. Requests are hostile input: bounded, checked, never trusted; a member that a
/// command does not have is refused. Thread-safe; waits for the store.
///
// clang-format off
///     queue            (category? state? held? spam?) | campaigns? limit? full?
///                                                                  full: every key of the contract, not just a row's
///     queue            campaign limit? full?                       the cases that one stands for
///     search           words limit? full?
///     refused          limit?
///     show             reference
///     raw              reference message?                          a message by its number, or the one that
///     attachment       reference message? number                   reference names
///     export           reference (message? raw? | stix sender?)    an mbox of its mail, or its evidence as STIX 2.1
///     claim, reopen    reference
///     note             reference text
///     set              reference state
///     reclassify       reference category
///     reply            reference (text | template) to? dry_run?
///     close            reference code (of | campaign)?
///     mute             reference for                               for: a duration
///     unfold           reference campaign?
///     join             reference into
///     release          references together? late?                  the result has a status and an error for each;
///                                                                  together: within the caps; late: past the promise
///     held             from? category? older_than? newer_than? limit?   what release --held goes by
///     allow            whom? until? ended?                         lists without whom
///     disallow         whom
///     doctor                                                       a line each; status 1 when one is not ok
///     backup-taken     file                                        the result of backup, once it is open
///     backup, stats, templates, verify, rotate-token-key
// clang-format on
///
/// With `campaign`, close and unfold take a step over some thousand cases and say whether they are finished;
/// whoever asked asks again until they are.
class Desk {
public:
    Desk(store::Store& store, std::function<std::shared_ptr<const Settings>()> settings, core::Clock clock,
         core::Metrics& metrics, ReadAttachment read_attachment, Examine examine = {});
    ~Desk();

    /// `who` is who asks: it is written to the history.
    [[nodiscard]] std::string execute(std::string_view request, std::string_view who);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What a follow-up does to the case it joins: a person's reopens it and starts its clock again, a machine's only
/// adds. That it comes from another address than the case began with is put on record. Pure.
[[nodiscard]] store::Decide on_follow_up(const core::Envelope& envelope, const core::Assessment& message,
                                         bool automatic, core::Time now, const core::Promises& promises);

/// What makes one mail of ours one of a kind.
struct Stamp {
    std::string token;
    std::string unique;
    core::Time now{};
};

/// What an acknowledgement has to do with the message that it acknowledges.
struct Acknowledged {
    core::Reference reference;
    core::Category category{core::Category::support};
    std::string reverse_path;
    std::string message_id;
    std::string language;
};

/// The acknowledgement of a message, ready for the outbox; used when it is granted at once and when a person
/// releases it later. `due` is named only if the category's promise tells and it is still `promise_time_min` away.
[[nodiscard]] store::NewOutgoing make_acknowledgement(const Settings& settings, const Acknowledged& message,
                                                      std::optional<core::Time> due, const Stamp& stamp);

/// As acknowledge::after() takes it.
[[nodiscard]] acknowledge::History history_of(const store::AcknowledgementHistory& before);

}  // namespace shield::triage
