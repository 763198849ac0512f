// SPDX-License-Identifier: Apache-2.0
#include <shield/core/metrics.hpp>

#include <algorithm>
#include <set>

namespace shield::core {

Metrics::Value& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels)
{
    return find_or_add("counter", name, help, labels);
}

Metrics::Value& Metrics::gauge(std::string_view name, std::string_view help, std::string_view labels)
{
    return find_or_add("gauge", name, help, labels);
}

Metrics::Value& Metrics::find_or_add(const char* type, std::string_view name, std::string_view help,
                                     std::string_view labels)
{
    const std::lock_guard lock{mutex_};
    const auto found = std::find_if(series_.begin(), series_.end(), [&](const Series& series) {
        return series.name == name && series.labels == labels;
    });
    if (found != series_.end()) {
        return found->value;
    }
    auto& added = series_.emplace_back();
    added.name = name;
    added.help = help;
    added.labels = labels;
    added.type = type;
    return added.value;
}

std::string Metrics::render() const
{
    const std::lock_guard lock{mutex_};
    std::string text;
    std::set<std::string_view> families;  // the format wants each family's samples together
    for (const Series& family : series_) {
        if (!families.insert(family.name).second) {
            continue;
        }
        text += "# HELP " + family.name + " " + family.help + "\n# TYPE " + family.name + " " + family.type + "\n";
        for (const Series& series : series_) {
            if (series.name == family.name) {
                text += series.name + (series.labels.empty() ? "" : "{" + series.labels + "}") + " " +
                        std::to_string(series.value.load(std::memory_order_relaxed)) + "\n";
            }
        }
    }
    return text;
}

}  // namespace shield::core
