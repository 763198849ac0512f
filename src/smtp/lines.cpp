// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

namespace shield::smtp {

std::optional<CommandLine> CommandLines::next(std::string_view& input)
{
    if (given_) {
        kept_ = std::string{};  // not clear(): thousands of idle sessions should not each keep their longest line
        too_long_ = false;
        given_ = false;
    }
    const std::size_t end = end_of_line(input);
    std::string_view line = input.substr(0, end);
    input.remove_prefix(line.size());
    if (end == std::string_view::npos) {
        keep(line);
        return std::nullopt;
    }
    if (!kept_.empty()) {
        keep(line);
        line = kept_;
        given_ = true;
    }
    if (too_long_ || line.size() > line_octets_max_) {
        return CommandLine{{}, CommandLine::Flaw::too_long};
    }
    line.remove_suffix(2);
    const bool bare = line.find_first_of("\r\n") != std::string_view::npos;
    return CommandLine{line, bare ? CommandLine::Flaw::bare_cr_or_lf : CommandLine::Flaw::none};
}

// The offset behind the first CRLF, which may have begun in what is kept; or npos.
std::size_t CommandLines::end_of_line(std::string_view input) const noexcept
{
    std::size_t lf = input.find('\n');
    while (lf != std::string_view::npos) {
        const bool after_cr = lf > 0 ? input[lf - 1] == '\r' : !kept_.empty() && kept_.back() == '\r';
        if (after_cr) {
            return lf + 1;
        }
        lf = input.find('\n', lf + 1);
    }
    return std::string_view::npos;
}

void CommandLines::keep(std::string_view piece)
{
    if (piece.empty()) {
        return;
    }
    if (too_long_ || kept_.size() + piece.size() > line_octets_max_) {
        too_long_ = true;
        kept_ = std::string(1, piece.back());  // the last octet tells whether an LF that comes next ends the line
        return;
    }
    kept_.append(piece);
}

}  // namespace shield::smtp
