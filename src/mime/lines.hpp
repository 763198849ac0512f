// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace shield::mime {

/// The lines of a message, whatever ends them: CRLF, a lone LF, or, where there is no LF at all, a lone CR.
/// Remembers what it saw. Refers to the octets it was given; never fails.
class Lines {
public:
    explicit Lines(std::string_view octets) noexcept
        : octets_{octets}, line_end_{octets.find('\n') == std::string_view::npos ? '\r' : '\n'}
    {
    }

    [[nodiscard]] bool at_end() const noexcept { return position_ >= octets_.size(); }
    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    void go_to(std::size_t position) noexcept { position_ = position; }

    /// The next line without its end.
    std::string_view next() noexcept
    {
        const std::size_t begin = position_;
        const std::size_t end = octets_.find(line_end_, begin);
        std::string_view line = octets_.substr(begin, end == std::string_view::npos ? end : end - begin);
        position_ = end == std::string_view::npos ? octets_.size() : end + 1;
        const std::size_t carriage_return = line.find('\r');
        if (carriage_return != std::string_view::npos && carriage_return + 1 == line.size()) {
            line.remove_suffix(1);
        } else {
            bare_cr_ = bare_cr_ || carriage_return != std::string_view::npos;
            bare_lf_ = bare_lf_ || (line_end_ == '\n' && end != std::string_view::npos);
        }
        bare_cr_ = bare_cr_ || (line_end_ == '\r' && end != std::string_view::npos);
        long_ = long_ || line.size() > line_max;
        return line;
    }

    [[nodiscard]] bool bare_cr() const noexcept { return bare_cr_; }
    [[nodiscard]] bool bare_lf() const noexcept { return bare_lf_; }
    [[nodiscard]] bool long_line() const noexcept { return long_; }

private:
    static constexpr std::size_t line_max = 998;  // RFC 5322 section 2.1.1

    std::string_view octets_;
    char line_end_;
    std::size_t position_{0};
    bool bare_cr_{false};
    bool bare_lf_{false};
    bool long_{false};
};

}  // namespace shield::mime
