// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace shield::smtp {

/// Why a message will be refused at its end. What is found stays found.
struct ContentFlaws {
    bool bare_cr_or_lf{false};
    bool too_big{false};
    bool line_too_long{false};
    bool too_many_hops{false};

    [[nodiscard]] bool any() const noexcept { return bare_cr_or_lf || too_big || line_too_long || too_many_hops; }
    friend bool operator==(const ContentFlaws&, const ContentFlaws&) = default;
};

/// The content of one message, from DATA or from BDAT: finds its end, removes the stuffed dots, measures. It reads
/// no header except to count `Received` (RFC 5321 section 6.3). A flaw never ends the reading, else the rest of the
/// message would be taken for commands; but from the first flaw on nothing is added to the content any more.
/// Part of a transaction, with its thread; cannot fail.
class ContentReader {
public:
    explicit ContentReader(const core::Limits& limits) noexcept : limits_{&limits} {}

    /// DATA: takes octets from the front of `input` and appends them without stuffed dots to `content`. True when
    /// the end of data was taken: CRLF "." CRLF and nothing else (RFC 5321 section 4.1.1.4).
    [[nodiscard]] bool read_data(std::string_view& input, std::string& content);

    /// BDAT: `octets` belong to a chunk; a dot is a dot (RFC 3030 section 2).
    void read_chunk(std::string_view octets, std::string& content);

    /// A chunk of that many octets was announced, so it need not be kept to know that it is too much.
    void expect(std::uint64_t octets) noexcept;

    /// No chunk follows: a CR at the very end has no LF.
    void end_chunks() noexcept;

    /// How many have come, kept or not.
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }

    [[nodiscard]] const ContentFlaws& flaws() const noexcept { return flaws_; }

private:
    enum class Dot : std::uint8_t { none, seen, seen_with_cr };

    bool pass_dot(std::string_view& input);
    void measure(std::string_view piece);
    void look_for_received(std::string_view piece);

    const core::Limits* limits_;
    std::uint64_t octets_{0};
    std::uint64_t line_octets_{0};  // of the line under way, its CRLF counted
    std::uint64_t hops_{0};
    ContentFlaws flaws_;
    Dot dot_{Dot::none};  // a dot at the beginning of the line, not yet known to be stuffed or the end
    bool after_cr_{false};
    bool in_header_{true};
    std::uint8_t received_octets_{0};  // how much of "Received:" the line under way has matched
};

}  // namespace shield::smtp
