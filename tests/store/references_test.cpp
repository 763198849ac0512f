// SPDX-License-Identifier: Apache-2.0
#include "references.hpp"

#include "migrate.hpp"
#include "store_fixture.hpp"

#include <deque>
#include <set>

namespace shield::store::test {

/// References by themselves: no message is needed to be given one.
class StoreReferences : public testing::Test {
protected:
    StoreReferences()
    {
        migrate(connection, embedded_migrations());
        References::make_key(connection);
    }
    [[nodiscard]] References references()
    {
        return References{[this] {
            const std::uint64_t next = draws.front();
            draws.pop_front();
            return next;
        }};
    }
    Connection connection{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, ""};
    std::deque<std::uint64_t> draws;
};

constexpr std::int64_t room = std::int64_t{1} << 28;

TEST_F(StoreReferences, ARunThatMeetsTheNextBeginsAnother)
{
    connection.run("INSERT INTO reference_runs VALUES (?, 1)", 1000 + room);
    draws = {1000, 7 * room};
    References given = references();
    std::set<core::Reference> seen;
    for (const std::int64_t message : {std::int64_t{2}, room + 1, room + 2, room + 3}) {
        EXPECT_TRUE(seen.insert(given.reference_of(connection, message)).second) << message;
        given.settle();
    }
    EXPECT_TRUE(draws.empty());
    EXPECT_EQ(connection.number("SELECT count(*) FROM reference_runs"), 3);
}

TEST_F(StoreReferences, ARunThatWasUndoneIsBegunAgain)
{
    draws = {1000, 9 * room};
    References given = references();
    connection.run("BEGIN");
    (void)given.reference_of(connection, 1);
    connection.run("ROLLBACK");
    (void)given.reference_of(connection, 2);
    given.settle();
    (void)given.reference_of(connection, 3);
    EXPECT_TRUE(draws.empty());
    EXPECT_EQ(connection.number("SELECT first_position FROM reference_runs WHERE first_message_id = 2"), 9 * room);
}

}  // namespace shield::store::test
