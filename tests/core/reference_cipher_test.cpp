// SPDX-License-Identifier: Apache-2.0
#include <shield/core/reference_cipher.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <stdexcept>

namespace shield::core {
namespace {

const std::string key = "0123456789abcdef";

TEST(ReferenceCipher, GoesBackFromEveryReferenceToItsPosition)
{
    ReferenceCipher cipher{key};
    for (std::uint64_t position = 0; position < 20'000; ++position) {
        EXPECT_EQ(cipher.position_of(cipher.reference_at(position)), position);
    }
    for (std::uint64_t position = 1; position < Reference::values; position *= 3) {
        EXPECT_EQ(cipher.position_of(cipher.reference_at(position)), position);
        EXPECT_EQ(cipher.reference_at(cipher.position_of(Reference::from_bits(position))).bits(), position);
    }
    EXPECT_EQ(cipher.position_of(cipher.reference_at(Reference::values - 1)), Reference::values - 1);
}

TEST(ReferenceCipher, GivesNoReferenceTwice)
{
    ReferenceCipher cipher{key};
    std::set<Reference> given;
    for (std::uint64_t position = 0; position < 100'000; ++position) {
        EXPECT_TRUE(given.insert(cipher.reference_at(position)).second) << position;
    }
}

// Neighbours differ in half of their bits, as random numbers do.
TEST(ReferenceCipher, TellsNothingOfTheOrder)
{
    ReferenceCipher cipher{key};
    constexpr std::uint64_t count = 20'000;
    std::uint64_t differing = 0;
    std::uint64_t rising = 0;
    for (std::uint64_t position = 0; position < count; ++position) {
        const auto one = cipher.reference_at(position).bits();
        const auto next = cipher.reference_at(position + 1).bits();
        differing += static_cast<std::uint64_t>(std::popcount(one ^ next));
        rising += one < next ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(differing) / count, 20.0, 0.2);
    EXPECT_NEAR(static_cast<double>(rising) / count, 0.5, 0.02);
}

TEST(ReferenceCipher, AnotherKeyGivesOtherReferences)
{
    ReferenceCipher one{key};
    ReferenceCipher other{"0123456789abcdeg"};
    int same = 0;
    for (std::uint64_t position = 0; position < 1000; ++position) {
        same += one.reference_at(position) == other.reference_at(position) ? 1 : 0;
    }
    EXPECT_EQ(same, 0);
}

// What a database holds must be found by every later program, on every machine.
TEST(ReferenceCipher, IsTheSameForEver)
{
    ReferenceCipher cipher{key};
    EXPECT_EQ(cipher.reference_at(0).to_string(), "SR-T9QM-VGAX");
    EXPECT_EQ(cipher.reference_at(123'456'789).to_string(), "SR-5F7N-SDJB");
}

TEST(ReferenceCipher, RefusesAKeyOfAnotherLength)
{
    EXPECT_THROW(ReferenceCipher{"short"}, std::invalid_argument);
}

}  // namespace
}  // namespace shield::core
