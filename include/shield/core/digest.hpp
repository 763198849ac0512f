// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace shield::core {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 over octets that arrive in pieces. One owner, one thread; throws only if the library is broken.
class Sha256Stream {
public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(Sha256Stream&&) noexcept;
    Sha256Stream& operator=(Sha256Stream&&) noexcept;

    void update(std::string_view octets);
    /// Ends the stream; update() afterwards begins a new one.
    [[nodiscard]] Sha256 finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

[[nodiscard]] Sha256 sha256(std::string_view octets);
[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view octets);

/// In a time that does not depend on the content.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

[[nodiscard]] std::string to_hex(std::string_view octets);
[[nodiscard]] inline std::string to_hex(const Sha256& digest)
{
    return to_hex(std::string_view{reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace shield::core
