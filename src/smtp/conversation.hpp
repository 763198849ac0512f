// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"
#include "content.hpp"
#include "lines.hpp"
#include "transitions.hpp"

#include <shield/smtp/session.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace shield::smtp {

/// What stands behind a Session. reading.cpp takes octets apart, conversation.cpp has the commands, session.cpp
/// what the driver reports.
class Session::Conversation {
public:
    Conversation(std::shared_ptr<const Policy> policy, core::Envelope connection, Offer offer);

    [[nodiscard]] Action greet() const;
    [[nodiscard]] Action talked_too_soon();
    void hold_messages(std::uint64_t core::Limits::*bound) noexcept { held_ = bound; }
    void take_only_attacks(bool only) noexcept { only_attacks_ = only; }
    [[nodiscard]] Action receive(std::string_view octets);
    [[nodiscard]] Action resume();
    [[nodiscard]] Action accepted(const core::Receipt& receipt);
    [[nodiscard]] Action refused(core::Refusal why);
    [[nodiscard]] Action tls_begins();
    [[nodiscard]] Action secured(std::string description);
    [[nodiscard]] Action tls_unavailable();
    [[nodiscard]] Action close(const Closing& why);

    [[nodiscard]] bool in_transaction() const noexcept { return transaction_ != nullptr; }
    [[nodiscard]] bool in_content() const noexcept
    {
        return connection_.reading == Reading::data || connection_.reading == Reading::chunk;
    }
    [[nodiscard]] const core::Envelope& envelope() const noexcept
    {
        return transaction_ ? transaction_->envelope : connection_.peer;
    }

private:
    /// What the next octets are.
    enum class Reading : std::uint8_t {
        commands,
        data,
        chunk,
        nothing_until_decided,
        nothing_until_secured,
        nothing_any_more
    };

    /// Lasts as long as the connection.
    struct Connection {
        core::Envelope peer;  ///< what every message of this connection has in common
        State state{State::connected};
        Reading reading{Reading::commands};
        bool extended{false};            ///< introduced by EHLO or LHLO
        bool heard{false};               ///< an octet has come
        std::uint64_t errors{0};         ///< since the last message accepted
        std::uint64_t idle_commands{0};  ///< likewise, those that bring no message nearer
        std::uint64_t messages{0};
    };

    /// Lasts from MAIL to the reply to its message. A pointer, so that an idle session is small.
    struct Transaction {
        Transaction(const core::Envelope& peer, const core::Limits& limits) : envelope{peer}, content{limits} {}

        core::Envelope envelope;
        ContentReader content;
        std::uint64_t recipients_ok{0};  ///< RCPT answered 250, repeated addresses too: LMTP owes a reply to each
        bool handed_over{false};         ///< the driver keeps some content already
    };

    /// The BDAT under way.
    struct Chunk {
        std::uint64_t octets{0};
        std::uint64_t left{0};
        bool last{false};
        const Reply* refusal{nullptr};  ///< its octets are passed over, then this is said
    };

    // reading.cpp
    Action go_on(Action action);
    Action read(std::string_view input, Action action);
    bool listens() const noexcept;
    void read_some(std::string_view& input, Action& action);
    void read_data(std::string_view& input, Action& action);
    void read_chunk(std::string_view& input, Action& action);
    void end_chunk(Action& action);
    void end_message(Action& action);
    void forget_transaction();
    void drop_transaction(Action& action);
    static void say(Action& action, std::string_view line);
    void say_for_each_recipient(Action& action, std::string_view line) const;
    void refuse(Action& action, const Reply& why);
    void remember_too_big(Action& action, const core::Envelope& envelope, std::uint64_t size) const;
    void count_error(Action& action);
    void count_idle_command(Action& action);
    void hang_up(Action& action);

    // conversation.cpp: true when it was carried out
    void execute(const CommandLine& line, Action& action);
    bool carry_out(const Command& command, Action& action);
    bool introduce(const Command& command, Action& action);
    bool mail(std::string_view argument, Action& action);
    bool rcpt(std::string_view argument, Action& action);
    bool data(std::string_view argument, Action& action);
    void bdat(std::string_view argument, const Transition& step, Action& action);
    bool rset(std::string_view argument, Action& action);
    bool quit(std::string_view argument, Action& action);
    void starttls(std::string_view argument, Action& action);
    bool idle(const Reply& answer, Action& action);

    bool is_secured() const noexcept { return !connection_.peer.tls.empty(); }
    bool offers_starttls() const noexcept { return offer_.tls == Tls::starttls && !is_secured(); }
    std::string protocol_name(std::string_view smtp, std::string_view lmtp) const;
    const core::Limits& limits() const noexcept { return policy_->limits; }
    const std::string& hostname() const noexcept { return policy_->mailboxes.hostname(); }

    std::shared_ptr<const Policy> policy_;
    Offer offer_;
    Connection connection_;
    std::unique_ptr<Transaction> transaction_;
    Chunk chunk_;
    CommandLines lines_;
    std::uint64_t core::Limits::*held_{nullptr};  // why no message may begin now
    bool only_attacks_{false};                    // disk_reserve_attack
    std::string unread_;                          // came behind the end of a message, waits for its outcome
};

}  // namespace shield::smtp
