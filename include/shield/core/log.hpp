// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace shield::core {

enum class Severity { debug, info, warning, error };

/// One fact of a log line. Values are made printable by the sink.
struct Field {
    std::string_view key;
    std::string value;
};

/// Where L2 and above say what happened: one line an event, never message text. Implementations are thread-safe and
/// do not throw.
class Log {
public:
    virtual ~Log() = default;
    virtual void line(Severity severity, std::string_view event, std::initializer_list<Field> fields = {}) = 0;
};

/// Says nothing; for tests and tools.
class NoLog final : public Log {
public:
    void line(Severity, std::string_view, std::initializer_list<Field>) override {}
};

}  // namespace shield::core
