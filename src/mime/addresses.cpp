// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

#include "comments.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

namespace shield::mime {

namespace {

// No longer than this can an address be (core::Mailbox), so no more of one is collected.
constexpr std::size_t collected_max = 1024;

class Parser {
public:
    Parser(std::string_view value, std::size_t addresses_max) : rest_{value}, addresses_max_{addresses_max} {}

    std::vector<std::string> run() &&
    {
        while (!rest_.empty() && addresses_.size() < addresses_max_) {
            step();
        }
        end_address();
        return std::move(addresses_);
    }

private:
    void step()
    {
        switch (rest_.front()) {
            case '(':
                rest_.remove_prefix(comment_length(rest_));
                collect(' ');
                break;
            case '"':
                collect_quoted_string();
                break;
            case '<':
                take_angle_address();
                break;
            case ':':  // what came before was the name of a group
                bare_.clear();
                rest_.remove_prefix(1);
                break;
            case ',':
            case ';':
                end_address();
                rest_.remove_prefix(1);
                break;
            default:
                collect(rest_.front());
                rest_.remove_prefix(1);
        }
    }

    void collect(char c)
    {
        if (bare_.size() < collected_max) {
            bare_ += c;
        }
    }

    void collect_quoted_string()
    {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"') {
            end += rest_[end] == '\\' ? 2U : 1U;
        }
        end = std::min(end + 1, rest_.size());
        for (const char c : rest_.substr(0, end)) {
            collect(c);
        }
        rest_.remove_prefix(end);
    }

    void take_angle_address()
    {
        std::size_t end = 1;
        bool quoted = false;
        while (end < rest_.size() && (quoted || (rest_[end] != '>' && rest_[end] != '<'))) {
            quoted = rest_[end] == '"' ? !quoted : quoted;
            end += rest_[end] == '\\' ? 2U : 1U;
        }
        end = std::min(end, rest_.size());
        std::string address = without_comments(rest_.substr(1, end - 1));
        if (address.starts_with('@') &&
            address.find(':') != std::string::npos) {  // RFC 5322 section 4.4: obs-route
            address.erase(0, address.find(':') + 1);
        }
        add(address);
        angle_seen_ = true;
        rest_.remove_prefix(end < rest_.size() && rest_[end] == '>' ? end + 1 : end);
    }

    void end_address()
    {
        if (!angle_seen_) {
            add(bare_);
        }
        bare_.clear();
        angle_seen_ = false;
    }

    // Blanks around dots and the at sign are obsolete syntax; several words are a name that lost its brackets.
    void add(std::string_view text)
    {
        if (addresses_.size() >= addresses_max_ || text.find('@') == std::string_view::npos) {
            return;
        }
        std::string squeezed;
        bool quoted = false;
        for (const char c : text.substr(0, collected_max)) {
            quoted = c == '"' ? !quoted : quoted;
            if (quoted || !core::is_space(c)) {
                squeezed += c;
            }
        }
        std::optional<core::Mailbox> mailbox = several_words(text) ? std::nullopt : core::Mailbox::parse(squeezed);
        if (!mailbox) {
            mailbox = core::Mailbox::parse(word_with_at(text));
        }
        if (mailbox) {
            addresses_.push_back(mailbox->to_string());
        }
    }

    // "John Doe john@example.com": blanks that stand between two ordinary characters.
    static bool several_words(std::string_view text) noexcept
    {
        text = core::trimmed(text);
        const auto joins = [](char c) { return c == '.' || c == '@'; };
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            quoted = text[i] == '"' ? !quoted : quoted;
            if (quoted || !core::is_space(text[i])) {
                continue;
            }
            const char before = text[i - 1];
            while (i + 1 < text.size() && core::is_space(text[i + 1])) {
                ++i;
            }
            if (!joins(before) && i + 1 < text.size() && !joins(text[i + 1])) {
                return true;
            }
        }
        return false;
    }

    static std::string_view word_with_at(std::string_view text) noexcept
    {
        const std::size_t at = text.rfind('@');
        const std::size_t end = text.find_first_of(" \t\r\n", at);
        const std::size_t blank = text.find_last_of(" \t\r\n", at);
        const std::size_t begin = blank == std::string_view::npos ? 0 : blank + 1;
        return text.substr(begin, end == std::string_view::npos ? end : end - begin);
    }

    std::string_view rest_;
    std::size_t addresses_max_;
    std::vector<std::string> addresses_;
    std::string bare_;
    bool angle_seen_{false};
};

}  // namespace

std::vector<std::string> parse_addresses(std::string_view value, std::size_t addresses_max)
{
    return Parser{value, addresses_max}.run();
}

}  // namespace shield::mime
