// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shield::core {

/// The name given to every message with its 250, such as `SR-7F3K-92QX`: 40 bits that tell nothing of their order,
/// in Crockford's base 32. A value; the store sees to it that none is given twice.
class Reference {
public:
    static constexpr std::uint64_t values = std::uint64_t{1} << 40;

    /// `bits` below `values`.
    [[nodiscard]] static Reference from_bits(std::uint64_t bits) noexcept { return Reference{bits % values}; }

    /// Takes any case, with or without `SR-` and hyphens, and o, i, l for 0, 1, 1 (they are read aloud by phone).
    [[nodiscard]] static std::optional<Reference> parse(std::string_view text) noexcept;

    [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const Reference&, const Reference&) = default;

private:
    explicit Reference(std::uint64_t bits) noexcept : bits_{bits} {}
    std::uint64_t bits_;
};

}  // namespace shield::core
