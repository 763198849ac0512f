// SPDX-License-Identifier: Apache-2.0
#include <shield/core/nearest.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace shield::core {

namespace {

// Levenshtein.
std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest(std::string_view unknown, const std::vector<std::string>& known)
{
    constexpr std::size_t looked_at_max = 100;
    std::string best;
    std::size_t best_distance = 1 + std::max<std::size_t>(2, unknown.size() / 4);
    if (unknown.size() > looked_at_max) {
        return best;
    }
    for (const std::string& name : known) {
        const std::size_t distance = edit_distance(unknown, name);
        if (distance < best_distance && distance < name.size()) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace shield::core
