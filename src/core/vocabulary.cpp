// SPDX-License-Identifier: Apache-2.0
#include <shield/core/assessment.hpp>
#include <shield/core/vocabulary.hpp>

namespace shield::core {

namespace {

constexpr std::array<std::string_view, 3> category_names{"attack", "urgent", "support"};
constexpr std::array<std::string_view, 5> state_names{"new", "triaged", "in_progress", "waiting", "closed"};
constexpr std::array<std::string_view, 11> closing_code_names{
    "resolved",    "fixed",     "contained", "duplicate", "not_applicable", "out_of_scope", "informative",
    "handed_over", "no_answer", "spam",      "test"};
constexpr std::array<std::string_view, 7> acknowledgement_names{"pending", "queued", "sent",      "unknown",
                                                                "failed",  "held",   "suppressed"};
constexpr std::array<std::string_view, 4> delivery_result_names{"sent", "deferred", "failed", "unknown"};
constexpr std::array<std::string_view, 4> encryption_names{"none", "pgp_mime", "pgp_inline", "smime"};

constexpr std::array<std::string_view, 4> reply_address_names{"unverified", "probable", "verified", "refuted"};

template <typename Enum, std::size_t count>
std::optional<Enum> parse(const std::array<std::string_view, count>& names, std::string_view text) noexcept
{
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i] == text) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Category value) noexcept
{
    return category_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(State value) noexcept
{
    return state_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(ClosingCode value) noexcept
{
    return closing_code_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(AcknowledgementState value) noexcept
{
    return acknowledgement_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(DeliveryResult value) noexcept
{
    return delivery_result_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(Encryption value) noexcept
{
    return encryption_names[static_cast<std::size_t>(value)];
}
std::string_view to_string(ReplyAddress value) noexcept
{
    return reply_address_names[static_cast<std::size_t>(value)];
}

std::optional<Category> parse_category(std::string_view text) noexcept
{
    return parse<Category>(category_names, text);
}
std::optional<State> parse_state(std::string_view text) noexcept
{
    return parse<State>(state_names, text);
}
std::optional<ClosingCode> parse_closing_code(std::string_view text) noexcept
{
    return parse<ClosingCode>(closing_code_names, text);
}
std::optional<AcknowledgementState> parse_acknowledgement_state(std::string_view text) noexcept
{
    return parse<AcknowledgementState>(acknowledgement_names, text);
}

std::optional<ReplyAddress> parse_reply_address(std::string_view text) noexcept
{
    return parse<ReplyAddress>(reply_address_names, text);
}

}  // namespace shield::core
