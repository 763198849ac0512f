// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/reference.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace shield::core {

/// A secret permutation of the 2^40 references: position n of a sequence becomes a reference that tells nothing of
/// n, no two positions share one, and who has the key goes back from a reference to its position without an index.
/// A balanced Feistel network of ten rounds over AES-128, the construction of NIST SP 800-38G.
/// One owner, one thread at a time; throws only if the cryptographic library is broken.
class ReferenceCipher {
public:
    static constexpr std::size_t key_octets = 16;

    /// Throws std::invalid_argument for a key of another length.
    explicit ReferenceCipher(std::string_view key);
    ~ReferenceCipher();
    ReferenceCipher(ReferenceCipher&&) noexcept;
    ReferenceCipher& operator=(ReferenceCipher&&) noexcept;

    /// `position` below Reference::values.
    [[nodiscard]] Reference reference_at(std::uint64_t position);
    [[nodiscard]] std::uint64_t position_of(Reference reference);

private:
    struct Context;
    [[nodiscard]] std::uint64_t mixed(std::uint64_t half, unsigned round);
    std::unique_ptr<Context> context_;
};

}  // namespace shield::core
