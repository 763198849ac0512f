// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace shield::support {

/// Remembers what was logged: "event key=value key=value".
class KeptLog final : public core::Log {
public:
    void line(core::Severity, std::string_view event, std::initializer_list<core::Field> fields) override
    {
        std::string text{event};
        for (const auto& field : fields) {
            text += " " + std::string{field.key} + "=" + field.value;
        }
        const std::lock_guard lock{mutex_};
        lines_.push_back(std::move(text));
    }

    /// How many lines have `part` in them.
    [[nodiscard]] std::size_t count(std::string_view part) const
    {
        const std::lock_guard lock{mutex_};
        std::size_t found = 0;
        for (const auto& text : lines_) {
            found += text.find(part) != std::string::npos;
        }
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace shield::support
