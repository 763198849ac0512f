// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json.hpp"
#include "outgoing.hpp"
#include "request.hpp"

#include <shield/triage/desk.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::triage {

/// What goes back: the status of the contract, and a result, a sentence or both.
struct Answer {
    int status{0};
    Json result;
    std::string error;
    std::vector<std::string> warnings;
    std::optional<std::string> octets;                       ///< follow the JSON
    std::optional<std::uint64_t core::Limits::*> reached{};  ///< the bound that refused it, for the metrics

    static Answer done(Json result);
    static Answer refused(std::string sentence);
    static Answer misused(std::string sentence);
    static Answer unavailable(std::string sentence);
    static Answer faulty(const Request::Fault& fault);
    /// Refused because of this bound.
    static Answer past(std::uint64_t core::Limits::*bound, Answer answer);

    /// As the wire has it.
    [[nodiscard]] std::string to_string() const;
};

/// The commands of one request: each reads what it needs, checks it, and asks or changes the store. Made for one
/// request, used by one thread; throws what the store throws.
class Operations {
public:
    Operations(store::Store& store, std::shared_ptr<const Settings> settings, core::Time now, std::string_view who,
               const ReadAttachment& read_attachment, const Examine& examine)
        : store_{store},
          settings_{std::move(settings)},
          now_{now},
          who_{who},
          read_attachment_{read_attachment},
          examine_{examine}
    {
    }

    /// Runs the command that the request names.
    [[nodiscard]] Answer run(Request& request);

private:
    // queries.cpp
    Answer queue(Request& request);
    Answer show(Request& request);
    Answer raw(Request& request);
    Answer attachment(Request& request);
    Answer search(Request& request);
    Answer refused(Request& request);
    Answer stats(Request& request);
    Answer templates(Request& request);
    Answer verify(Request& request);
    Answer backup(Request& request);
    Answer backup_taken(Request& request);
    Answer rotate_token_key(Request& request);

    // export.cpp
    Answer export_case(Request& request);

    // changes.cpp
    Answer claim(Request& request);
    Answer note(Request& request);
    Answer set(Request& request);
    Answer reclassify(Request& request);
    Answer reply(Request& request);
    Answer close(Request& request);
    Answer reopen(Request& request);
    Answer join(Request& request);

    // releasing.cpp
    enum class Release { alone, alone_though_late, together };
    Answer held(Request& request);
    core::result<store::HeldFilter> held_filter(Request& request, std::uint64_t& limit);
    Answer release(Request& request);
    core::result<store::CaseDetail> release_one(const std::string& written, Release how);

    // allowing.cpp
    Answer allow(Request& request);
    Answer list_allowances(bool ended);
    Answer disallow(Request& request);

    // examining.cpp
    Answer doctor(Request& request);

    // campaigns.cpp
    Answer close_campaign(core::Reference reference, core::ClosingCode code);
    Answer mute(Request& request);
    Answer unfold(Request& request);

    Answer change(core::Reference reference, const store::Decide& decide);
    Answer send_reply(const store::CaseDetail& detail, const std::string& recipient, const std::string& text,
                      bool dry_run);
    Stamp stamp_for(const store::CaseDetail& detail);

    struct Command {
        std::string_view name;
        Answer (Operations::*run)(Request&);
    };
    static const Command commands[];

    store::Store& store_;
    std::shared_ptr<const Settings> settings_;
    core::Time now_;
    std::string_view who_;
    const ReadAttachment& read_attachment_;
    const Examine& examine_;
};

/// How much of the mail of people is held, and through which relays it came.
[[nodiscard]] Json held_share_json(const store::HeldShare& share);

[[nodiscard]] core::Error no_such_case(core::Reference reference);

}  // namespace shield::triage
