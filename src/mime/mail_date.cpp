// SPDX-License-Identifier: Apache-2.0
#include "mail_date.hpp"

#include "comments.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/evidence.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace shield::mime {

namespace {

using namespace std::chrono;

constexpr std::size_t date_max = 200;

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!(text = core::trimmed(text)).empty()) {
        const auto end = std::min(text.find_first_of(" \t,\r\n"), text.size());
        if (end > 0) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::optional<month> month_of(std::string_view word)
{
    constexpr std::array<std::string_view, 12> names{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](std::string_view name) { return core::istarts_with(word, name); });
    return found == names.end() ? std::nullopt
                                : std::optional{month{static_cast<unsigned>(found - names.begin()) + 1}};
}

std::optional<int> number_of(std::string_view word, int most)
{
    const auto number = word.size() <= 4 ? core::parse_number(word) : std::nullopt;
    return number && *number <= static_cast<std::uint64_t>(most) ? std::optional{static_cast<int>(*number)}
                                                                 : std::nullopt;
}

// RFC 5322 section 4.3: two digits are of 1950 to 2049, three are years since 1900.
std::optional<year> year_of(std::string_view word)
{
    const auto number = number_of(word, 9999);
    if (!number || word.size() < 2) {
        return std::nullopt;
    }
    return year{word.size() == 2 ? *number + (*number < 50 ? 2000 : 1900)
                                 : *number + (word.size() == 3 ? 1900 : 0)};
}

std::optional<seconds> time_of_day(std::string_view word)
{
    const auto pieces = core::split(word, ':');
    if (pieces.size() < 2 || pieces.size() > 3) {
        return std::nullopt;
    }
    const auto hour = number_of(pieces[0], 23);
    const auto minute = number_of(pieces[1], 59);
    const auto second = pieces.size() == 3 ? number_of(pieces[2], 60) : std::optional{0};
    if (!hour || !minute || !second) {
        return std::nullopt;
    }
    return hours{*hour} + minutes{*minute} + seconds{*second};
}

// How far the zone is ahead of UTC. RFC 5322 section 4.3: of names only these are sure, others are as -0000.
minutes offset_of(std::string_view word)
{
    constexpr std::array<std::pair<std::string_view, int>, 8> names{
        {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}}};
    if (word.size() == 5 && (word.front() == '+' || word.front() == '-')) {
        const auto digits = number_of(word.substr(1), 9959);
        const minutes ahead = digits ? hours{*digits / 100} + minutes{*digits % 100} : minutes{0};
        return word.front() == '-' ? -ahead : ahead;
    }
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return core::iequals(name.first, word); });
    return found == names.end() ? minutes{0} : minutes{hours{found->second}};
}

// The days before the time of day: "23 Nov 2026", and as asctime() has them, "Nov 23 10:00:00 2026".
struct Day {
    std::optional<unsigned> day;
    std::optional<month> in;
    std::optional<year> of;
};

void add(Day& day, std::string_view word)
{
    if (const auto named = day.in ? std::nullopt : month_of(word)) {
        day.in = named;
    } else if (const auto number = day.day || word.size() > 2 ? std::nullopt : number_of(word, 31)) {
        day.day = static_cast<unsigned>(*number);
    } else if (!day.of) {
        day.of = year_of(word);
    }
}

// RFC 3339 section 5.6, with a fraction or an offset too: "2026-11-23T10:37:34.5+01:00".
std::optional<core::Time> exact_time(std::string_view text)
{
    constexpr std::size_t to_the_second = 19;
    const auto moment = core::parse_rfc3339(std::string{text.substr(0, to_the_second)} + "Z");
    const auto zone = moment ? text.find_first_of("Zz+-", to_the_second) : std::string_view::npos;
    if (zone == std::string_view::npos) {
        return std::nullopt;
    }
    std::string written{text.substr(zone)};
    std::erase(written, ':');
    return *moment - offset_of(written);
}

// Twelve hours and a word, as some programs write above what they quote.
seconds half_day(std::string_view word, seconds clock)
{
    return core::iequals(word, "pm") && clock < hours{12}    ? hours{12}
           : core::iequals(word, "am") && clock >= hours{12} ? hours{-12}
                                                             : hours{0};
}

}  // namespace

std::optional<core::Time> parse_mail_date(std::string_view text)
{
    text = core::trimmed(text.substr(0, date_max));
    if (const auto exact = exact_time(text)) {
        return core::is_plausible(*exact) ? exact : std::nullopt;
    }
    const std::string bare = without_comments(text);
    Day day;
    std::optional<seconds> clock;
    std::string_view zone;
    for (const std::string_view word : words_of(bare)) {
        if (const auto read = clock ? std::nullopt : time_of_day(word)) {
            clock = read;
        } else if (const auto half = clock ? half_day(word, *clock) : seconds{0}; half != seconds{0}) {
            *clock += half;
        } else if (clock && zone.empty() &&
                   (word.front() == '+' || word.front() == '-' || core::is_alpha(word[0]))) {
            zone = word;
        } else {
            add(day, word);
        }
    }
    if (!clock || !day.day || !day.in || !day.of || !(*day.of / *day.in / *day.day).ok()) {
        return std::nullopt;
    }
    const core::Time moment = sys_days{*day.of / *day.in / *day.day} + *clock - offset_of(zone);
    return core::is_plausible(moment) ? std::optional{moment} : std::nullopt;
}

}  // namespace shield::mime
