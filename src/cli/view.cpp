// SPDX-License-Identifier: Apache-2.0
#include "view.hpp"

#include <shield/core/ascii.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace shield::cli {

namespace {

constexpr std::size_t columns_min = 40;
constexpr std::size_t columns_max = 500;

// https://no-color.org: set and not empty.
bool colour_is_unwanted()
{
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return (no_colour != nullptr && *no_colour != '\0') ||
           (terminal != nullptr && std::strcmp(terminal, "dumb") == 0);
}

const char* sequence_of(Paint paint)
{
    switch (paint) {
        case Paint::alarm:
            return "\x1b[1;31m";
        case Paint::warning:
            return "\x1b[33m";
        case Paint::quiet:
            return "\x1b[2m";
        case Paint::strong:
            return "\x1b[1m";
    }
    return "";
}

}  // namespace

View view_of_output()
{
    View view;
    view.now = current_time();
    view.wrap = output_is_terminal();
    view.colour = view.wrap && !colour_is_unwanted();
    winsize window{};
    const char* asked_for = std::getenv("COLUMNS");
    const auto number = asked_for == nullptr ? std::nullopt : core::parse_number(asked_for);
    if (number) {
        view.columns = static_cast<std::size_t>(*number);
    } else if (view.wrap && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
        view.columns = window.ws_col;
    }
    view.columns = std::clamp(view.columns, columns_min, columns_max);
    return view;
}

bool output_is_terminal()
{
    return isatty(STDOUT_FILENO) == 1;
}

bool errors_are_coloured()
{
    return isatty(STDERR_FILENO) == 1 && !colour_is_unwanted();
}

core::Time current_time()
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string painted(std::string_view text, Paint paint, bool colour)
{
    return colour ? sequence_of(paint) + std::string{text} + "\x1b[0m" : std::string{text};
}

}  // namespace shield::cli
