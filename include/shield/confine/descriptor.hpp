// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace shield::confine {

/// Owns one descriptor. Move-only; empty is -1.
class Descriptor {
public:
    Descriptor() noexcept = default;
    explicit Descriptor(int value) noexcept : value_{value} {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : value_{std::exchange(other.value_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(value_, other.value_);
        return *this;
    }

    [[nodiscard]] int value() const noexcept { return value_; }
    [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }
    [[nodiscard]] explicit operator bool() const noexcept { return value_ >= 0; }

private:
    int value_{-1};
};

}  // namespace shield::confine
