// SPDX-License-Identifier: Apache-2.0
#include "peer_reply.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <utility>

namespace shield::smtp {

std::string PeerReply::text() const
{
    std::string all = std::to_string(code);
    for (const std::string& line : lines) {
        all.append(" ").append(line);
    }
    return all;
}

std::optional<PeerReply> PeerReplyReader::next(std::string_view& input)
{
    while (!broken() && !input.empty()) {
        const std::size_t lf = input.find('\n');
        const std::string_view piece = input.substr(0, lf);
        if (line_.size() + piece.size() > line_octets_max_) {
            fault_ = "the next hop sent a reply line that is too long";
            reached_ = &core::Limits::peer_reply_line_max;
            break;
        }
        line_.append(piece);
        if (lf == std::string_view::npos) {
            input = {};
            break;
        }
        input.remove_prefix(lf + 1);
        const std::string line = std::exchange(line_, {});
        if (take_line(std::string_view{line}.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0)))) {
            return std::exchange(reply_, {});
        }
    }
    return std::nullopt;
}

// True when it was the last line of a reply.
bool PeerReplyReader::take_line(std::string_view line)
{
    const bool has_code = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && core::is_digit(line[1]) &&
                          core::is_digit(line[2]) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
    const auto code = static_cast<unsigned>(core::parse_number(line.substr(0, 3)).value_or(0));
    if (!has_code || (!reply_.lines.empty() && code != reply_.code)) {
        fault_ = "the next hop sent something that is not an SMTP reply";
        return false;
    }
    if (reply_.lines.size() >= lines_max_) {
        fault_ = "the next hop sent a reply of too many lines";
        reached_ = &core::Limits::peer_reply_lines_max;
        return false;
    }
    reply_.code = code;
    reply_.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
    return line.size() == 3 || line[3] == ' ';
}

}  // namespace shield::smtp
