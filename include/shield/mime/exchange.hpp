// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// read() and attachment() for when the octets are read in another process: what it is asked, and what it answers.
///
/// A question is a head, made here, and the octets of the message right behind it. Whoever reads hostile octets may
/// be taken over by them, so an answer is hostile too: every count, size, number and text in it is checked against
/// the bounds that the question gave, and one that does not check out is an error as a whole.
namespace shield::mime {

[[nodiscard]] std::string question_head_to_read(const core::Limits& limits);
[[nodiscard]] std::string question_head_for_attachment(std::size_t number, const core::Limits& limits);

/// Of a question to read: what, and within which bounds. For who reads something else in the same octets. Nothing
/// for any other question; a std::logic_error as in answer_to().
struct ToRead {
    std::string_view octets;
    core::Limits limits;
};
[[nodiscard]] std::optional<ToRead> to_read(std::string_view question);

/// What the other process does: reads, and puts into octets what it found. A reading that fails is an answer;
/// std::bad_alloc goes through, because it is the process that has too little. A question that cannot be understood
/// is a std::logic_error: only we ask.
[[nodiscard]] std::string answer_to(std::string_view question);

/// The answer that says this.
[[nodiscard]] std::string answer_with(const core::Assessment& message);

/// No honest answer about a message of `octets` is larger.
[[nodiscard]] std::uint64_t answer_size_max(const core::Limits& limits, std::uint64_t octets) noexcept;

/// The answer to question_head_to_read() with these limits, about this message. Identifiers that do not stand in
/// its octets are not believed.
[[nodiscard]] core::result<core::Assessment> assessment_in(std::string_view answer, const core::Limits& limits,
                                                           std::string_view octets);

/// The answer to question_head_for_attachment(); nothing when there is none of that number.
[[nodiscard]] core::result<std::optional<std::string>> attachment_in(std::string_view answer, std::uint64_t octets);

}  // namespace shield::mime
