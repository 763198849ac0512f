// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace shield::core {

/// Numbers that operators watch, rendered in the Prometheus text format (version 0.0.4). A value is looked up once
/// and then counted without a lock; looking up and rendering lock. Owned by the daemon's main, shared by reference.
class Metrics {
public:
    using Value = std::atomic<std::int64_t>;

    /// `labels` is the inside of the braces, e.g. `code="250"`, from our own constants only. The same name and
    /// labels give the same value.
    [[nodiscard]] Value& counter(std::string_view name, std::string_view help, std::string_view labels = {});
    [[nodiscard]] Value& gauge(std::string_view name, std::string_view help, std::string_view labels = {});

    [[nodiscard]] std::string render() const;

private:
    struct Series {
        std::string name, help, labels;
        const char* type;
        Value value{0};
    };
    Value& find_or_add(const char* type, std::string_view name, std::string_view help, std::string_view labels);

    mutable std::mutex mutex_;
    std::deque<Series> series_;  // stable addresses
};

}  // namespace shield::core
