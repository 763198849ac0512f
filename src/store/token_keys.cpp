// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"
#include "random.hpp"

namespace shield::store {

namespace {

constexpr std::int64_t ids = 32;  // what one character of a token can name

void add_key(Connection& connection, core::Time now)
{
    const std::int64_t generation = connection.number("SELECT ifnull(max(generation), -1) + 1 FROM token_keys");
    const std::string secret = random_octets(32);
    connection.run("INSERT OR REPLACE INTO token_keys (id, generation, secret, created_at) VALUES (?, ?, ?, ?)",
                   generation % ids, generation, Octets{secret}, now);
}

}  // namespace

void Store::Database::load_token_keys(Connection& connection)
{
    if (connection.number("SELECT count(*) FROM token_keys") == 0) {
        add_key(connection, now());
    }
    std::map<unsigned, core::TokenKey> keys;
    unsigned newest = 0;
    Query row = connection.query("SELECT id, secret FROM token_keys ORDER BY generation");
    while (row.next()) {
        newest = static_cast<unsigned>(row.natural(0));
        keys[newest] = core::TokenKey{newest, row.text(1)};
    }
    const std::lock_guard lock{keys_mutex_};
    keys_ = std::move(keys);
    signing_ = newest;
}

core::TokenKey Store::Database::signing_key() const
{
    const std::lock_guard lock{keys_mutex_};
    return keys_.at(signing_);
}

std::optional<core::TokenKey> Store::Database::token_key(unsigned id) const
{
    const std::lock_guard lock{keys_mutex_};
    const auto found = keys_.find(id);
    return found == keys_.end() ? std::nullopt : std::optional{found->second};
}

core::TokenKey Store::token_key() const
{
    return database_->signing_key();
}

core::TokenKeys Store::token_keys() const
{
    return [database = database_.get()](unsigned id) { return database->token_key(id); };
}

void Store::rotate_token_key()
{
    Database& database = *database_;
    database.writer().call([&](Connection& connection) { add_key(connection, database.now()); });
    // A key signs only when it is durable: a token of a lost key would be a lost conversation.
    database.readers().read([&](Connection& connection) { database.load_token_keys(connection); });
}

std::string Store::unique_name()
{
    return random_name(16);
}

}  // namespace shield::store
