// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace shield::smtp {

/// One command as it came, without its CRLF. `text` is empty when the line was too long.
struct CommandLine {
    enum class Flaw { none, bare_cr_or_lf, too_long };

    std::string_view text;  ///< good until the next call of CommandLines::next()
    Flaw flaw{Flaw::none};
};

/// Octets to command lines. Only CRLF ends a line (RFC 5321 section 2.3.8); a lone CR or LF stays inside it and is
/// marked. Keeps the beginning of a line that was cut, at most the octets it was given as a bound; what is longer
/// is dropped up to its CRLF. Part of a Session, with its thread; cannot fail.
class CommandLines {
public:
    explicit CommandLines(std::size_t line_octets_max) noexcept : line_octets_max_{line_octets_max} {}

    /// Takes octets from the front of `input`, up to and with the next CRLF, or all of them and returns nothing.
    [[nodiscard]] std::optional<CommandLine> next(std::string_view& input);

private:
    std::size_t end_of_line(std::string_view input) const noexcept;
    void keep(std::string_view piece);

    std::size_t line_octets_max_;  // its CRLF counted
    std::string kept_;
    bool too_long_{false};
    bool given_{false};  // kept_ is a line that next() returned
};

}  // namespace shield::smtp
