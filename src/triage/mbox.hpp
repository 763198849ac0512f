// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/cases.hpp>

#include <string>
#include <string_view>

namespace shield::triage {

/// What our server knows of a message and the message does not say: Return-Path (RFC 5321 section 4.4),
/// Authentication-Results (RFC 8601) and Received, made from its envelope and verdict; lines end in CRLF. Nothing
/// in it can begin a line of its own.
[[nodiscard]] std::string trace_fields(const store::Message& message, const std::string& hostname);

/// The message without the Authentication-Results that claim to be ours and are not (RFC 8601 section 5).
[[nodiscard]] std::string without_our_results(std::string_view octets, std::string_view hostname);

/// Adds one message to an mbox (RFC 4155, with mboxrd's quoting: every ">*From " gets one more ">"): lines end in
/// LF, and `trace` stands before its header.
void append_to_mbox(std::string& mbox, const store::Message& message, std::string_view trace,
                    std::string_view octets);

}  // namespace shield::triage
