// SPDX-License-Identifier: Apache-2.0
#include "limits_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace shield::daemon {

std::string limits_table(const core::Limits& in_force)
{
    using Row = std::array<std::string, 7>;
    std::vector<Row> rows{{"name", "value", "default", "unit", "reached", "metric", "reason"}};
    for (const core::LimitEntry& limit : core::limit_table()) {
        rows.push_back({std::string{limit.name}, std::to_string(in_force.*limit.member),
                        std::to_string(limit.default_value), std::string{limit.unit}, std::string{limit.reply},
                        std::string{limit.metric}, std::string{limit.reason}});
    }
    std::array<std::size_t, std::tuple_size_v<Row>> widths{};
    for (const Row& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    std::string table;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        table += line + '\n';
    }
    return table;
}

}  // namespace shield::daemon
