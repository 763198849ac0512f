// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// The words of the public contract, each enumeration beside its spelling.
namespace shield::core {

/// From the most pressing to the least.
enum class Category : std::uint8_t { attack, urgent, support };
inline constexpr std::array categories{Category::attack, Category::urgent, Category::support};

enum class State : std::uint8_t { fresh, triaged, in_progress, waiting, closed };
inline constexpr std::array states{State::fresh, State::triaged, State::in_progress, State::waiting, State::closed};

enum class ClosingCode : std::uint8_t {
    resolved,
    fixed,
    contained,
    duplicate,
    not_applicable,
    out_of_scope,
    informative,
    handed_over,
    no_answer,
    spam,
    test
};
inline constexpr std::array closing_codes{
    ClosingCode::resolved,       ClosingCode::fixed,        ClosingCode::contained,   ClosingCode::duplicate,
    ClosingCode::not_applicable, ClosingCode::out_of_scope, ClosingCode::informative, ClosingCode::handed_over,
    ClosingCode::no_answer,      ClosingCode::spam,         ClosingCode::test};

/// The automatic reply to one message. `pending` until decided; `held` is for what a person may have written,
/// `suppressed` for machines; `unknown` is an attempt whose outcome was lost after it was committed to the wire.
enum class AcknowledgementState : std::uint8_t { pending, queued, sent, unknown, failed, held, suppressed };
inline constexpr std::array acknowledgement_states{AcknowledgementState::pending,   AcknowledgementState::queued,
                                                   AcknowledgementState::sent,      AcknowledgementState::unknown,
                                                   AcknowledgementState::failed,    AcknowledgementState::held,
                                                   AcknowledgementState::suppressed};

/// How one attempt to hand a mail to the next hop ended.
enum class DeliveryResult : std::uint8_t {
    sent,      ///< the next hop took it: 250 to the final dot, or a file in the Maildir
    deferred,  ///< 4xx, or the connection failed before the final dot: safe to try again
    failed,    ///< 5xx, or the next hop cannot take it (SMTPUTF8, SIZE): never tried again
    unknown    ///< the outcome was lost after the final dot: never tried again by itself
};
inline constexpr std::array delivery_results{DeliveryResult::sent, DeliveryResult::deferred, DeliveryResult::failed,
                                             DeliveryResult::unknown};

/// What is known of who reads a reply to a message's reverse-path.
enum class ReplyAddress : std::uint8_t {
    unverified,
    probable,  ///< its domain publishes nothing, and the client is a host of it
    verified,  ///< proven to come from its domain
    refuted    ///< its domain, or the author's, says that the message is not its own
};

/// Spelled as in the contract; State::fresh is "new".
[[nodiscard]] std::string_view to_string(Category value) noexcept;
[[nodiscard]] std::string_view to_string(State value) noexcept;
[[nodiscard]] std::string_view to_string(ClosingCode value) noexcept;
[[nodiscard]] std::string_view to_string(AcknowledgementState value) noexcept;
[[nodiscard]] std::string_view to_string(DeliveryResult value) noexcept;
[[nodiscard]] std::string_view to_string(ReplyAddress value) noexcept;

[[nodiscard]] std::optional<Category> parse_category(std::string_view text) noexcept;
[[nodiscard]] std::optional<State> parse_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<ClosingCode> parse_closing_code(std::string_view text) noexcept;
[[nodiscard]] std::optional<AcknowledgementState> parse_acknowledgement_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<ReplyAddress> parse_reply_address(std::string_view text) noexcept;

}  // namespace shield::core
