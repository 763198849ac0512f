// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::smtp {

/// One reply of the next hop, RFC 5321 section 4.2: its code and what stood behind it, line by line.
struct PeerReply {
    unsigned code{0};
    std::vector<std::string> lines;

    [[nodiscard]] bool positive() const noexcept { return code / 100 == 2; }
    [[nodiscard]] bool intermediate() const noexcept { return code / 100 == 3; }
    [[nodiscard]] bool transient() const noexcept { return code / 100 == 4; }
    [[nodiscard]] bool permanent() const noexcept { return code / 100 == 5; }

    /// Code and lines on one line.
    [[nodiscard]] std::string text() const;
};

/// Octets to replies. A line may end in a bare LF: nothing we send depends on where their text ends. Keeps at most
/// one reply of peer_reply_lines_max lines, each of peer_reply_line_max octets, beside what it was just given. Part
/// of a ClientSession, with its thread; once broken() it stays so.
class PeerReplyReader {
public:
    explicit PeerReplyReader(const core::Limits& limits)
        : line_octets_max_{limits.peer_reply_line_max}, lines_max_{limits.peer_reply_lines_max}
    {
    }

    /// Takes octets from the front of `input`, up to the end of the next whole reply.
    [[nodiscard]] std::optional<PeerReply> next(std::string_view& input);

    /// The peer said something that is no reply, or more than a bound allows; the sentence says which.
    [[nodiscard]] bool broken() const noexcept { return !fault_.empty(); }
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
    /// The bound that it passed, if that is the fault.
    [[nodiscard]] std::optional<std::uint64_t core::Limits::*> reached() const noexcept { return reached_; }

    /// A reply has begun and is not whole.
    [[nodiscard]] bool in_reply() const noexcept { return !line_.empty() || !reply_.lines.empty(); }

private:
    bool take_line(std::string_view line);

    std::uint64_t line_octets_max_;
    std::uint64_t lines_max_;
    std::string line_;  // cut by the end of the octets given
    PeerReply reply_;
    std::string fault_;
    std::optional<std::uint64_t core::Limits::*> reached_;
};

}  // namespace shield::smtp
