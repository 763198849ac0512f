// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/time.hpp>

#include <array>
#include <cstdio>

namespace shield::core {

namespace {

struct Civil {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::seconds> clock;
    std::chrono::weekday weekday;
};

Civil civil(Time time)
{
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const auto within = std::chrono::floor<std::chrono::seconds>(time - days);
    return {std::chrono::year_month_day{days}, std::chrono::hh_mm_ss{within}, std::chrono::weekday{days}};
}

struct Unit {
    char letter;
    std::int64_t seconds;
};
constexpr std::array units{Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};
constexpr std::uint64_t duration_seconds_max = 10LL * 366 * 86400;

}  // namespace

std::string to_rfc3339(Time time)
{
    const Civil at = civil(time);
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", static_cast<int>(at.date.year()),
                  static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                  static_cast<long>(at.clock.hours().count()), static_cast<long>(at.clock.minutes().count()),
                  static_cast<long>(at.clock.seconds().count()));
    return text.data();
}

std::optional<Time> parse_rfc3339(std::string_view text)
{
    bool all_digits = true;
    const auto number = [&](std::size_t from, std::size_t length) {
        const auto parsed = parse_number(text.substr(from, length));
        all_digits = all_digits && parsed;
        return static_cast<int>(parsed.value_or(0));
    };
    if (text.size() != 20 || text[4] != '-' || text[7] != '-' || to_lower(text[10]) != 't' || text[13] != ':' ||
        text[16] != ':' || to_lower(text[19]) != 'z') {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    const int hour = number(11, 2);
    const int minute = number(14, 2);
    const int second = number(17, 2);
    if (!all_digits || !date.ok() || hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    return Time{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

std::string to_rfc5322(Time time)
{
    constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Civil at = civil(time);
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02ld:%02ld:%02ld +0000",
                  weekdays[at.weekday.c_encoding()], static_cast<unsigned>(at.date.day()),
                  months[static_cast<unsigned>(at.date.month()) - 1], static_cast<int>(at.date.year()),
                  static_cast<long>(at.clock.hours().count()), static_cast<long>(at.clock.minutes().count()),
                  static_cast<long>(at.clock.seconds().count()));
    return text.data();
}

result<std::chrono::seconds> parse_duration(std::string_view text)
{
    text = trimmed(text);
    for (const Unit unit : units) {
        if (text.empty() || text.back() != unit.letter) {
            continue;
        }
        const auto number = parse_number(text.substr(0, text.size() - 1));
        if (number && *number <= duration_seconds_max / static_cast<std::uint64_t>(unit.seconds)) {
            return std::chrono::seconds{static_cast<std::int64_t>(*number) * unit.seconds};
        }
    }
    return Error{"'" + std::string{text} + "' is not a duration: write a number and s, m, h or d, such as \"2h\""};
}

std::string format_duration(std::chrono::seconds duration)
{
    for (const Unit unit : units) {
        if (duration.count() % unit.seconds == 0 && duration.count() != 0) {
            return std::to_string(duration.count() / unit.seconds) + unit.letter;
        }
    }
    return "0s";
}

}  // namespace shield::core
