// SPDX-License-Identifier: Apache-2.0
#include "authors.hpp"

#include "a_labels.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::auth {

namespace {

/// One From field, unfolded. Stops at what is read in more than one way.
class FromField {
public:
    FromField(std::string_view text, Authors& authors) noexcept : rest_{text}, authors_{authors} {}

    [[nodiscard]] bool read()
    {
        while (!rest_.empty()) {
            if (!step()) {
                return false;
            }
        }
        return !in_angle_;
    }

private:
    [[nodiscard]] bool step()
    {
        switch (rest_.front()) {
            case ' ':
            case '\t':
                rest_.remove_prefix(1);
                return true;
            case '(':
                return skip_comment();
            case '"':
                return after_ != After::angle && skip_quoted('"');
            case '<':
                return begin_angle();
            case '>':
                return end_angle();
            case '@':
                rest_.remove_prefix(1);
                return after_ != After::angle && take_domain();
            case ',':
            case ';':
            case ':':
                after_ = After::separator;
                rest_.remove_prefix(1);
                return true;
            default:
                return skip_word();
        }
    }

    // RFC 5322 section 3.2.2: they nest.
    [[nodiscard]] bool skip_comment()
    {
        std::size_t depth = 0;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;
            } else if (rest_[i] == '(') {
                ++depth;
            } else if (rest_[i] == ')' && --depth == 0) {
                rest_.remove_prefix(i + 1);
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] bool skip_quoted(char end)
    {
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;
            } else if (rest_[i] == end) {
                rest_.remove_prefix(i + 1);
                return after_ != After::domain;
            }
        }
        return false;
    }

    [[nodiscard]] bool begin_angle()
    {
        if (in_angle_ || after_ == After::angle) {
            return false;
        }
        in_angle_ = true;
        after_ = After::separator;
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] bool end_angle()
    {
        if (!in_angle_) {
            return false;
        }
        in_angle_ = false;
        after_ = After::angle;
        rest_.remove_prefix(1);
        return true;
    }

    // Words of a name or a local part. Behind a domain or ">" nothing but a separator is clear.
    [[nodiscard]] bool skip_word()
    {
        const auto octet = static_cast<unsigned char>(rest_.front());
        if (after_ != After::separator || octet < 0x20 || octet == 0x7f || rest_.front() == ')' ||
            rest_.front() == '\\' || rest_.front() == '[' || rest_.front() == ']') {
            return false;
        }
        rest_.remove_prefix(std::max<std::size_t>(encoded_word_length(), 1));
        return true;
    }

    // RFC 2047 section 2. Its text is shown, never an address.
    [[nodiscard]] std::size_t encoded_word_length() const noexcept
    {
        if (in_angle_ || !rest_.starts_with("=?")) {
            return 0;
        }
        std::size_t end = 1;
        for (int mark = 0; mark < 3; ++mark) {
            end = rest_.find_first_of("? \t\"(),", end + 1);
            if (end == std::string_view::npos || rest_[end] != '?') {
                return 0;
            }
        }
        return rest_.substr(end).starts_with("?=") ? end + 2 : 0;
    }

    // RFC 5322 section 4.4, obs-domain: blanks and comments around its dots.
    [[nodiscard]] bool take_domain()
    {
        std::string name;
        do {
            if (!skip_blanks()) {
                return false;
            }
            const std::size_t end = std::min(rest_.find_first_of(" \t()<>@,;:.\"\\[]"), rest_.size());
            name.append(rest_.substr(0, end));
            rest_.remove_prefix(end);
            if (!skip_blanks()) {
                return false;
            }
            if (!rest_.starts_with('.')) {
                break;
            }
            name += '.';
            rest_.remove_prefix(1);
        } while (name.size() <= name_octets_max);
        after_ = After::domain;
        const auto domain = to_a_labels(name);
        return domain && keep(*domain);
    }

    [[nodiscard]] bool skip_blanks()
    {
        while (!rest_.empty() && (core::is_blank(rest_.front()) || rest_.front() == '(')) {
            if (rest_.front() == '(') {
                if (!skip_comment()) {
                    return false;
                }
            } else {
                rest_.remove_prefix(1);
            }
        }
        return true;
    }

    [[nodiscard]] bool keep(const std::string& domain)
    {
        std::vector<std::string>& domains = authors_.domains;
        if (std::find(domains.begin(), domains.end(), domain) != domains.end()) {
            return true;
        }
        if (domains.size() == author_domains_max) {
            return false;
        }
        domains.push_back(domain);
        return true;
    }

    static constexpr std::size_t name_octets_max = 1024;
    enum class After { separator, domain, angle };

    std::string_view rest_;
    Authors& authors_;
    After after_{After::separator};
    bool in_angle_{false};
};

}  // namespace

std::optional<std::string> Authors::only_domain() const
{
    const bool only = readable && fields == 1 && domains.size() == 1;
    return only ? std::optional{domains.front()} : std::nullopt;
}

Authors read_authors(const std::vector<HeaderField>& fields)
{
    Authors authors;
    for (const HeaderField& field : fields) {
        if (core::iequals(field.name(), "from")) {
            ++authors.fields;
            authors.readable = FromField{unfolded(field.value()), authors}.read() && authors.readable;
        }
    }
    return authors;
}

}  // namespace shield::auth
