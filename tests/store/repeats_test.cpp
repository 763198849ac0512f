// SPDX-License-Identifier: Apache-2.0
#include "repeats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::store::test {
namespace {

const core::Sha256 octets = core::sha256("the same");
constexpr const char* sender = "ann@reporter.example";

void commit(Repeats& repeats, const core::Sha256& digest, std::int64_t id)
{
    repeats.note(digest, sender, id);
    repeats.settle(digest, sender, id, true);
}

}  // namespace

TEST(Repeats, WhatIsUndoneLeavesTheCommittedOneToBeFound)
{
    Repeats repeats{10};
    commit(repeats, octets, 5);
    repeats.note(octets, sender, 6);
    EXPECT_THAT(repeats.find(octets, sender), testing::ElementsAre(6, 5)) << "6 may be undone and run again";
    repeats.settle(octets, sender, 6, false);
    EXPECT_THAT(repeats.find(octets, sender), testing::ElementsAre(5));
}

TEST(Repeats, TwoOfOneBatchFindEachOther)
{
    Repeats repeats{10};
    repeats.note(octets, sender, 1);
    EXPECT_THAT(repeats.find(octets, sender), testing::ElementsAre(1));
    repeats.note(octets, sender, 2);
    repeats.settle(octets, sender, 1, true);
    repeats.settle(octets, sender, 2, true);
    EXPECT_THAT(repeats.find(octets, sender), testing::ElementsAre(2));
    EXPECT_THAT(repeats.find(octets, "bob@reporter.example"), testing::IsEmpty());
}

TEST(Repeats, TheOldestAreForgottenFirst)
{
    Repeats repeats{2};
    commit(repeats, core::sha256("1"), 1);
    commit(repeats, core::sha256("2"), 2);
    commit(repeats, core::sha256("3"), 3);
    EXPECT_THAT(repeats.find(core::sha256("1"), sender), testing::IsEmpty());
    EXPECT_THAT(repeats.find(core::sha256("2"), sender), testing::ElementsAre(2));
}

TEST(Repeats, WithoutRoomNothingIsRemembered)
{
    Repeats repeats{0};
    repeats.note(octets, sender, 1);
    EXPECT_THAT(repeats.find(octets, sender), testing::IsEmpty());
    repeats.settle(octets, sender, 1, true);
    EXPECT_THAT(repeats.find(octets, sender), testing::IsEmpty());
}

}  // namespace shield::store::test
