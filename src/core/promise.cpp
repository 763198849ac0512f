// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/promise.hpp>

namespace shield::core {

namespace {

constexpr std::uint64_t business_days_max = 366;

bool is_weekend(std::chrono::sys_days day) noexcept
{
    const std::chrono::weekday weekday{day};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

}  // namespace

result<Promise> Promise::parse(std::string_view target)
{
    Promise promise;
    const std::string text = lowered(trimmed(target));
    const auto blank = text.find(' ');
    const std::string_view unit = blank == std::string::npos ? std::string_view{} : trimmed(text).substr(blank + 1);
    if (unit == "business days" || unit == "business day") {
        const auto days = parse_number(text.substr(0, blank));
        if (days && *days >= 1 && *days <= business_days_max) {
            promise.business_days = static_cast<unsigned>(*days);
            return promise;
        }
    } else if (const auto duration = parse_duration(text); duration && duration->count() > 0) {
        promise.wall_clock = *duration;
        return promise;
    }
    return Error{"'" + std::string{target} + "' is not a target: write \"2h\", \"3d\" or \"3 business days\""};
}

Time Promise::due(Time start) const noexcept
{
    if (business_days == 0) {
        return start + wall_clock;
    }
    auto day = std::chrono::floor<std::chrono::days>(start);
    auto within = start - day;
    while (is_weekend(day)) {  // the clock starts at the first moment of the next working day
        day += std::chrono::days{1};
        within = {};
    }
    for (unsigned left = business_days; left > 0;) {
        day += std::chrono::days{1};
        left -= is_weekend(day) ? 0 : 1;
    }
    return day + within;
}

std::string Promise::to_string() const
{
    if (business_days == 0) {
        return format_duration(wall_clock);
    }
    return std::to_string(business_days) + (business_days == 1 ? " business day" : " business days");
}

}  // namespace shield::core
