// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <array>

namespace shield::daemon {

namespace {

struct Range {
    std::int64_t low, high;
};

// What a bound may be set to: wide enough for any site, too narrow for a slip of the finger to harm. Those that
// bound a recursion or the memory of one message are held closer than their unit asks.
Range range_of(const core::LimitEntry& limit)
{
    struct Exception {
        std::string_view name;
        Range range;
    };
    constexpr std::array exceptions{
        Exception{"command_line_max", {512, 65536}},         // RFC 5321 section 4.5.3.1.4
        Exception{"text_line_max", {1000, 1048576}},         // RFC 5321 section 4.5.3.1.6
        Exception{"message_size_max", {65536, 1073741824}},  // RFC 5321 section 4.5.3.1.7
        Exception{"mime_depth_max", {1, 100}},
        Exception{"greeting_pause", {0, 60}},  // a sender waits five minutes, RFC 5321 section 4.5.3.2.1
        Exception{"error_pause", {0, 10}},
        Exception{"content_rate_min", {0, 1'000'000}},
        Exception{"html_depth_max", {1, 400}},
        Exception{"mime_parts_max", {1, 10000}},
        Exception{"header_block_max", {1024, 4194304}},
        Exception{"header_field_max", {1024, 262144}},
        Exception{"octets_row_max", {4096, 1048576}},
        Exception{"acknowledgement_size_max", {512, 16384}},
        Exception{"disk_reserve", {0, 1LL << 50}},
        Exception{"disk_reserve_attack", {0, 1LL << 50}},
        Exception{"repeat_window", {0, 366LL * 86400}},
        Exception{"assessment_attempts_max", {1, 100}},
        Exception{"dns_questions_max", {1, 10000}},
        Exception{"dns_wait_max", {1, 60}},
        Exception{"dns_records_max", {1, 1000}},
        Exception{"dns_cache_max", {65536, 1LL << 32}},
        Exception{"worker_time_max", {1, 3600}},
        Exception{"worker_memory_max", {134217728, 1LL << 40}},  // less is not enough to begin with
    };
    for (const Exception& exception : exceptions) {
        if (exception.name == limit.name) {
            return exception.range;
        }
    }
    if (limit.unit == "seconds") {
        return {1, 366LL * 86400};
    }
    if (limit.unit == "percent") {
        return {1, 100};
    }
    if (limit.unit == "octets") {
        return {256, 1LL << 40};
    }
    return {limit.name.substr(0, 16) == "acknowledgements" ? 0 : 1, 1'000'000'000};
}

}  // namespace

std::string number_between(std::int64_t low, std::int64_t high, std::int64_t number)
{
    return number >= low && number <= high ? std::string{}
                                           : std::to_string(number) + " is out of range; write a number from " +
                                                 std::to_string(low) + " to " + std::to_string(high);
}

Key limit_key(const core::LimitEntry& limit)
{
    return {"limits." + std::string{limit.name},
            Type::number,
            Need::optional,
            std::to_string(limit.default_value),
            std::string{limit.unit} + (limit.reason.empty() ? "" : "; " + std::string{limit.reason}),
            [limit](Config& config, std::string_view, const Value& value) {
                config.limits.*limit.member = static_cast<std::uint64_t>(value.number);
                const Range range = range_of(limit);
                return number_between(range.low, range.high, value.number);
            }};
}

}  // namespace shield::daemon
