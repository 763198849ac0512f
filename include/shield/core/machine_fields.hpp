// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// What header fields tell about machines: which of them to look at (mime) and how far to believe them
/// (acknowledge).
namespace shield::core {

/// Who writes a field of some name, from the least to the most telling.
enum class FieldWriter : std::uint8_t {
    anybody,
    mass_mailer,    ///< on all mail that is sent through it, a person's too
    ticket_system,  ///< on what it writes itself and on what people write in it, a colleague in another team for
                    ///< one
    responder       ///< responders, monitors and mail systems, and no person
};

/// `name` in lower case.
[[nodiscard]] FieldWriter writer_of_field(std::string_view name) noexcept;

/// Whether a Precedence says that the message goes to many or was written by none.
[[nodiscard]] bool is_bulk(std::string_view precedence) noexcept;

/// Whether an Auto-Submitted is there and says something else than "no" (RFC 3834 section 5).
[[nodiscard]] bool is_automatic(std::string_view auto_submitted) noexcept;

}  // namespace shield::core
