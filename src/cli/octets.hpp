// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"
#include "desk_line.hpp"

#include <optional>
#include <string>

/// The commands whose answer is octets that a stranger wrote. Each gives the exit status.
namespace shield::cli {

/// Exact octets, but not at a terminal: they would be obeyed there.
void print_octets(const std::string& octets);

[[nodiscard]] int show_raw(const Arguments& arguments, DeskLine& desk);
[[nodiscard]] int save_attachment(const Arguments& arguments, DeskLine& desk);
[[nodiscard]] int export_case(const Arguments& arguments, DeskLine& desk);

/// Asks, and says on standard error what went wrong or is to be known.
[[nodiscard]] Reply ask_aloud(DeskLine& desk, const Json& request);

void print_json(const Json& json);

template <typename T>
void add_if(Json& request, const char* name, const std::optional<T>& value)
{
    if (value) {
        request[name] = *value;
    }
}

}  // namespace shield::cli
