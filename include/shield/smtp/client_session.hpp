// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/vocabulary.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shield::smtp {

/// One message to hand to the next hop.
struct OutgoingMail {
    std::string sender;     ///< empty: MAIL FROM:<>
    std::string recipient;  ///< exactly one
    std::string octets;     ///< CRLF lines, not dot-stuffed
};

struct DeliveryOutcome {
    core::DeliveryResult result{core::DeliveryResult::deferred};
    std::string reply;  ///< the next hop's last words, or ours about it; bounded, not yet printable

    friend bool operator==(const DeliveryOutcome&, const DeliveryOutcome&) = default;
};

/// What the driver of a ClientSession does after writing `output`.
enum class ClientThen {
    read,    ///< wait for octets (at most wait()), give them to receive()
    ready,   ///< between messages: begin() another or quit()
    commit,  ///< 354 came: record durably that the attempt is committing, then commit()
    done,    ///< outcome() is there; begin() another or quit()
    close  ///< nothing more can be said; outcome() is there for a message under way, or that the connection was for
};

struct ClientAction {
    std::string output;
    ClientThen then{ClientThen::read};
    std::vector<std::uint64_t core::Limits::*> reached{};  ///< bounds that were met on the way, for the metrics

    friend bool operator==(const ClientAction&, const ClientAction&) = default;
};

/// Which deadline of RFC 5321 section 4.5.3.2 the session is under.
enum class ClientWait { greeting, command, data, final_reply };

/// The client's half: EHLO (HELO when refused), PIPELINING, SIZE, 8BITMIME, SMTPUTF8 (never downgraded silently),
/// several messages over one connection. Same shape as Session: no I/O, no throw on input, one owner.
class ClientSession {
public:
    ClientSession(std::string hostname, const core::Limits& limits);
    ~ClientSession();
    ClientSession(ClientSession&&) noexcept;
    ClientSession& operator=(ClientSession&&) noexcept;

    /// The connection is up; waits for the greeting.
    [[nodiscard]] ClientAction start();
    [[nodiscard]] ClientAction receive(std::string_view octets);

    /// After ready or done.
    [[nodiscard]] ClientAction begin(OutgoingMail mail);
    /// After commit: sends the content and the final dot.
    [[nodiscard]] ClientAction commit();
    /// Says QUIT; the reply need not be awaited.
    [[nodiscard]] ClientAction quit();

    /// The connection broke or a deadline passed; `why` is the driver's sentence. Ends the session.
    void lost(std::string_view why);

    [[nodiscard]] ClientWait wait() const noexcept;
    [[nodiscard]] const DeliveryOutcome& outcome() const noexcept;

private:
    class Conversation;
    std::unique_ptr<Conversation> conversation_;
};

}  // namespace shield::smtp
