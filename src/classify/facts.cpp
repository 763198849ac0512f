// SPDX-License-Identifier: Apache-2.0
#include "facts.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/machine_fields.hpp>

#include <algorithm>
#include <array>

namespace shield::classify {

namespace {

constexpr std::array<std::string_view, fact_count> names{
    "link",       "many_links",       "code",      "http_request", "stack_trace", "headings",
    "attachment", "embedded_message", "encrypted", "list",         "automatic"};

struct Sign {
    std::string_view text;
    Fact fact;
};

// Anywhere. None begins with a character that is common in prose: that makes the search cheap.
constexpr std::array signs{
    Sign{"HTTP/1.", Fact::http_request},
    Sign{"HTTP/2", Fact::http_request},
    Sign{"<script", Fact::code},
    Sign{"onerror=", Fact::code},
    Sign{"../../", Fact::code},
    Sign{"/etc/passwd", Fact::code},
    Sign{"AddressSanitizer", Fact::stack_trace},
    Sign{"Traceback (most", Fact::stack_trace},
};

// At the beginning of a line.
constexpr std::array openings{
    Sign{"```", Fact::code},          Sign{"curl -", Fact::code},
    Sign{"curl http", Fact::code},    Sign{"#include", Fact::code},
    Sign{"#!/", Fact::code},          Sign{"$ ", Fact::code},
    Sign{"<?xml", Fact::code},        Sign{"<html", Fact::code},
    Sign{"#0 0x", Fact::stack_trace}, Sign{"Host: ", Fact::http_request},
};

bool is_heading(std::string_view line) noexcept
{
    const auto marks = line.find_first_not_of('#');
    const bool hashes = marks != std::string_view::npos && marks >= 1 && marks <= 4 && line.size() > marks + 2;
    return (hashes && (line[marks] == ' ' || core::is_alpha(line[marks]))) || line.starts_with("**");
}

std::size_t count_links(std::string_view text, std::size_t enough) noexcept
{
    std::size_t count = 0;
    for (auto at = text.find("://"); at != std::string_view::npos && count < enough;
         at = text.find("://", at + 3)) {
        count += text.substr(0, at).ends_with("http") || text.substr(0, at).ends_with("https") ? 1 : 0;
    }
    return count;
}

class Collector {
public:
    void add(Fact fact) noexcept { facts_.set(static_cast<std::size_t>(fact)); }
    void add_if(bool seen, Fact fact) noexcept { facts_[static_cast<std::size_t>(fact)] = seen || has(fact); }
    [[nodiscard]] bool has(Fact fact) const noexcept { return facts_[static_cast<std::size_t>(fact)]; }
    [[nodiscard]] const Facts& facts() const noexcept { return facts_; }

    void read_line(std::string_view line) noexcept
    {
        for (const Sign& opening : openings) {
            add_if(line.starts_with(opening.text), opening.fact);
        }
        headings_ += is_heading(line) ? 1 : 0;
        add_if(headings_ >= 2, Fact::headings);
    }

private:
    Facts facts_;
    std::size_t headings_{0};
};

}  // namespace

std::optional<Fact> parse_fact(std::string_view name) noexcept
{
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt : std::optional{static_cast<Fact>(found - names.begin())};
}

Facts facts_of(const core::Assessment& message, std::string_view text)
{
    constexpr std::size_t many = 4;
    Collector collector;
    const std::size_t links = count_links(text, many);
    collector.add_if(links > 0, Fact::link);
    collector.add_if(links >= many, Fact::many_links);
    for (const Sign& sign : signs) {
        collector.add_if(!collector.has(sign.fact) && text.find(sign.text) != std::string_view::npos, sign.fact);
    }
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = rest.find('\n');
        collector.read_line(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    collector.add_if(!message.attachments.empty(), Fact::attachment);
    collector.add_if(std::any_of(message.attachments.begin(), message.attachments.end(),
                                 [](const core::Attachment& one) { return one.embedded_message; }),
                     Fact::embedded_message);
    collector.add_if(message.encryption != core::Encryption::none, Fact::encrypted);
    collector.add_if(!message.machine.list_field.empty() || core::is_bulk(message.machine.precedence), Fact::list);
    collector.add_if(core::is_automatic(message.machine.auto_submitted), Fact::automatic);
    return collector.facts();
}

}  // namespace shield::classify
