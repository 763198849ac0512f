// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>

#include <memory>

namespace shield::daemon {

/// The log of the daemon: one line an event on standard error, where the journal takes it.
///
///     2026-11-23T22:37:34.123Z info event=accepted reference=SR-7F3K-92QX size=4096
///
/// Values are shown through printable_line() and quoted when they hold a blank, a quote or nothing. Thread-safe; a
/// line that cannot be written is lost without a word.
[[nodiscard]] std::unique_ptr<core::Log> make_log(core::Severity least);

/// The text of one event without its time and severity: `event=NAME key=value …`.
[[nodiscard]] std::string format_event(std::string_view event, std::initializer_list<core::Field> fields);

}  // namespace shield::daemon
