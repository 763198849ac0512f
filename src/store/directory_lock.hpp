// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace shield::store {

/// A descriptor that is closed when its owner goes.
class Descriptor {
public:
    explicit Descriptor(int value = -1) noexcept : value_{value} {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    [[nodiscard]] int value() const noexcept { return value_; }
    explicit operator bool() const noexcept { return value_ >= 0; }

private:
    int value_;
};

/// Makes the store's directory if need be (0750) and holds it for one process: `shieldd.lock`, an flock() that the
/// kernel lets go when the process dies. Throws Unavailable: busy, naming who holds it.
[[nodiscard]] Descriptor lock_directory(const std::filesystem::path& directory, bool create);

}  // namespace shield::store
