// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>
#include <shield/daemon/log.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace shield::daemon {

namespace {

constexpr std::size_t value_shown_max = 500;

spdlog::level::level_enum level_of(core::Severity severity)
{
    switch (severity) {
        case core::Severity::debug:
            return spdlog::level::debug;
        case core::Severity::info:
            return spdlog::level::info;
        case core::Severity::warning:
            return spdlog::level::warn;
        case core::Severity::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

void append_value(std::string& line, const std::string& value)
{
    const std::string shown = core::printable_line(core::cut_utf8(value, value_shown_max));
    const bool bare = !shown.empty() && shown.find_first_of(" \"=\\") == std::string::npos;
    if (bare) {
        line += shown;
        return;
    }
    line += '"';
    for (const char c : shown) {
        if (c == '"' || c == '\\') {
            line += '\\';
        }
        line += c;
    }
    line += '"';
}

class StandardErrorLog final : public core::Log {
public:
    explicit StandardErrorLog(core::Severity least)
        : logger_{"shieldd", std::make_shared<spdlog::sinks::stderr_sink_mt>()}
    {
        logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        logger_.set_level(level_of(least));
        logger_.set_error_handler([](const std::string&) {});
        logger_.flush_on(spdlog::level::trace);
    }

    void line(core::Severity severity, std::string_view event, std::initializer_list<core::Field> fields) override
    {
        const auto level = level_of(severity);
        if (logger_.should_log(level)) {
            logger_.log(level, spdlog::string_view_t{format_event(event, fields)});
        }
    }

private:
    spdlog::logger logger_;
};

}  // namespace

std::string format_event(std::string_view event, std::initializer_list<core::Field> fields)
{
    std::string line = "event=";
    append_value(line, std::string{event});
    for (const core::Field& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        append_value(line, field.value);
    }
    return line;
}

std::unique_ptr<core::Log> make_log(core::Severity least)
{
    return std::make_unique<StandardErrorLog>(least);
}

}  // namespace shield::daemon
