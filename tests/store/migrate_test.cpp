// SPDX-License-Identifier: Apache-2.0
#include "migrate.hpp"

#include "store_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace shield::store::test {

namespace {

std::string content_of(const std::filesystem::path& file)
{
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> migration_files()
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{SHIELD_SOURCE_DIR "/migrations"}) {
        if (entry.path().extension() == ".sql") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string schema_of(Connection& connection)
{
    std::string schema;
    Query row = connection.query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name");
    while (row.next()) {
        schema += row.text(0) + ";\n\n";
    }
    return schema;
}

// What a database of version 1 holds of one message; each later version can hold it too.
constexpr const char* one_message =
    "INSERT INTO cases (id, category, mailbox, sender, received_at, updated_at) "
    "VALUES (1, 'attack', 'shield@example.com', 'ann@reporter.example', 1000, 1000);"
    "INSERT INTO reference_key VALUES (1, CAST('0123456789abcdef' AS BLOB));"
    "INSERT INTO reference_runs VALUES (1000, 1);"
    "INSERT INTO counts VALUES ('case open new attack 1 0 0', 1), ('event received first', 1);"
    "INSERT INTO messages (id, reference, case_id, kind, received_at, client_address, client_port, helo, protocol, "
    "tls, "
    "reverse_path, smtputf8, eight_bit, recipients, size, sha256) VALUES (1, 409887081467, 1, 'first', 1000, "
    "'192.0.2.1', "
    "25, 'x', 'ESMTP', '', 'ann@reporter.example', 0, 0, "
    "'[{\"local\":\"shield\",\"domain\":\"example.com\",\"mailbox\":"
    "\"shield@example.com\",\"category\":\"attack\",\"acknowledged\":true}]', 4, "
    "x'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');"  // SHA-256 of "test"
    "INSERT INTO octets VALUES (65536, CAST('test' AS BLOB));"
    "INSERT INTO assessment_work (message_id) VALUES (1);"
    "INSERT INTO events (case_id, message_id, at, who, kind, word) VALUES (1, 1, 1000, 'shieldd', 'received', "
    "'first');";

}  // namespace

class StoreMigrate : public StoreTest {
protected:
    [[nodiscard]] Connection file(const std::string& name)
    {
        return Connection{(directory.path() / name).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, ""};
    }
};

TEST_F(StoreMigrate, TheFilesAreNumberedWithoutGapsAndEmbeddedAsTheyAre)
{
    const auto files = migration_files();
    const auto embedded = embedded_migrations();
    ASSERT_EQ(embedded.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::ostringstream number;
        number << std::string(4 - std::to_string(i + 1).size(), '0') << i + 1 << "_";
        EXPECT_EQ(files[i].filename().string().rfind(number.str(), 0), 0U) << files[i];
        EXPECT_EQ(embedded[i].name, files[i].stem().string());
        EXPECT_EQ(embedded[i].sql, content_of(files[i]));
    }
}

TEST_F(StoreMigrate, AReleasedMigrationIsNeverEdited)
{
    std::ifstream list{SHIELD_SOURCE_DIR "/tests/store/migrations.sha256"};
    std::string digest;
    std::string name;
    std::size_t count = 0;
    while (list >> digest >> name) {
        EXPECT_EQ(
            core::to_hex(core::sha256(content_of(std::filesystem::path{SHIELD_SOURCE_DIR "/migrations"} / name))),
            digest)
            << name << " was changed; put it right with a new migration";
        ++count;
    }
    EXPECT_EQ(count, migration_files().size()) << "add the new file: cd migrations && sha256sum *.sql";
}

TEST_F(StoreMigrate, TheEndStateIsTheGoldenSchema)
{
    Connection connection = file("golden.db");
    migrate(connection, embedded_migrations());
    EXPECT_EQ(schema_of(connection), content_of(SHIELD_SOURCE_DIR "/tests/store/schema.golden.sql"));
}

TEST_F(StoreMigrate, EveryVersionWithDataGoesUpToTheNewest)
{
    const auto all = embedded_migrations();
    for (std::size_t version = 1; version <= all.size(); ++version) {
        Directory old;
        {
            Connection connection{(old.path() / "shield.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                  ""};
            migrate(connection, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(version)});
            EXPECT_EQ(connection.pragma("PRAGMA user_version"), std::to_string(version));
            connection.execute(one_message);
        }
        Options made = options();
        made.directory = old.path();
        const auto opened = Store::open(made);
        const auto reference = core::Reference::from_bits(409887081467);
        EXPECT_EQ(opened->cases().octets(reference), "test") << "from version " << version;
        EXPECT_EQ(opened->cases().queue({}).counts.attack, 1U);
        EXPECT_EQ(opened->assessments().lease(1).size(), 1U);
        EXPECT_TRUE(opened->verify({}).faults.empty());
    }
}

TEST_F(StoreMigrate, AMigrationThatFailsLeavesTheVersionBefore)
{
    Connection connection = file("failing.db");
    auto all = embedded_migrations();
    const auto known = all.size();
    migrate(connection, all);
    const std::string before = schema_of(connection);
    all.push_back({"0099_fail", "CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"});
    EXPECT_THROW(migrate(connection, all), SQLite::Exception);
    EXPECT_EQ(connection.pragma("PRAGMA user_version"), std::to_string(known));
    EXPECT_EQ(schema_of(connection), before);
    all.back().sql = "CREATE TABLE whole (x INTEGER) STRICT;";
    migrate(connection, all);
    EXPECT_EQ(connection.pragma("PRAGMA user_version"), std::to_string(known + 1));
}

}  // namespace shield::store::test
