// SPDX-License-Identifier: Apache-2.0
#include "migrate.hpp"
#include "store_fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace shield::store::test {

class StoreOpen : public StoreTest {
protected:
    /// The kind and the sentence of the refusal.
    [[nodiscard]] std::pair<Unavailable::Kind, std::string> refused(const Options& how)
    {
        try {
            (void)Store::open(how);
        } catch (const Unavailable& error) {
            return {error.kind(), error.what()};
        }
        throw std::runtime_error{"it was opened"};
    }
    [[nodiscard]] std::pair<Unavailable::Kind, std::string> refused() { return refused(options()); }
    [[nodiscard]] std::filesystem::path file() const { return directory.path() / "shield.db"; }
    void write_file(const std::string& content) const { std::ofstream{file(), std::ios::binary} << content; }
    [[nodiscard]] static unsigned mode(const std::filesystem::path& path)
    {
        struct stat about {};
        return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
    }
};

TEST_F(StoreOpen, MakesItsDirectoryAndFilesForNobodyElse)
{
    const auto previous = ::umask(0);
    Options made = options();
    made.directory = directory.path() / "a" / "b";
    const auto opened = Store::open(made);
    ::umask(previous);
    EXPECT_EQ(mode(made.directory), 0750U);
    EXPECT_EQ(mode(made.directory / "shield.db"), 0640U);
    EXPECT_EQ(mode(made.directory / "shield.db-wal"), 0640U);
    EXPECT_EQ(mode(made.directory / "shieldd.lock"), 0640U);
}

TEST_F(StoreOpen, TheSecondOpenerIsToldWhoHasIt)
{
    open();
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::busy);
    EXPECT_THAT(sentence, testing::HasSubstr("process " + std::to_string(::getpid())));
    store.reset();
    EXPECT_NO_THROW(open());
}

TEST_F(StoreOpen, AMissingDatabaseIsMissingUnlessItMayBeMade)
{
    Options made = options();
    made.create = false;
    EXPECT_EQ(refused(made).first, Unavailable::Kind::missing);
    made.directory = directory.path() / "nowhere";
    EXPECT_EQ(refused(made).first, Unavailable::Kind::missing);
    EXPECT_FALSE(std::filesystem::exists(made.directory));
}

TEST_F(StoreOpen, ATextFileIsNotADatabase)
{
    write_file(std::string(100, 'x') + "\nThis is no database.\n" + std::string(20'000, 'y'));
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::corrupt);
    EXPECT_THAT(sentence, testing::HasSubstr("is not a database"));
    EXPECT_EQ(std::filesystem::file_size(file()), 20'122U) << "it was not touched";
}

TEST_F(StoreOpen, AnotherProgramsDatabaseIsNotTouched)
{
    tamper_new("CREATE TABLE notes (text)");
    std::ostringstream before;
    before << std::ifstream{file(), std::ios::binary}.rdbuf();
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::corrupt);
    EXPECT_THAT(sentence, testing::HasSubstr("another program"));
    std::ostringstream after;
    after << std::ifstream{file(), std::ios::binary}.rdbuf();
    EXPECT_EQ(after.str(), before.str());
}

TEST_F(StoreOpen, ANewerDatabaseIsRefused)
{
    open();
    const auto reference = receive("kept");
    store.reset();
    tamper("PRAGMA user_version = 99");
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::newer);
    EXPECT_THAT(sentence, testing::AllOf(testing::HasSubstr("99"), testing::HasSubstr("newer")));
    tamper("PRAGMA user_version = " + std::to_string(embedded_migrations().size()));
    open();
    EXPECT_EQ(store->cases().octets(reference), "kept");
}

TEST_F(StoreOpen, ATruncatedDatabaseIsRefused)
{
    open();
    (void)receive(std::string(200'000, 'x'));
    store.reset();
    std::filesystem::resize_file(file(), std::filesystem::file_size(file()) / 2);
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::corrupt);
    EXPECT_THAT(sentence, testing::HasSubstr("Restore a backup"));
}

TEST_F(StoreOpen, AfterAnUncleanEndADamagedPageIsFound)
{
    open();
    for (int i = 0; i < 50; ++i) {
        (void)receive("message " + std::to_string(i));
    }
    store.reset();
    EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal")) << "a clean end leaves no log behind";
    std::fstream damaged{file(), std::ios::in | std::ios::out | std::ios::binary};
    for (std::streamoff page = 3; page < 30; ++page) {
        damaged.seekp(page * 16384 + 8);
        damaged << std::string(64, '\xee');
    }
    damaged.close();
    std::ofstream{file().string() + "-wal", std::ios::binary} << std::string(64, '\0');  // the process was killed
    const auto [kind, sentence] = refused();
    EXPECT_EQ(kind, Unavailable::Kind::corrupt);
    EXPECT_THAT(sentence, testing::HasSubstr("damaged"));
}

TEST_F(StoreOpen, AMarkOfFailureAsksForACheckOfEverything)
{
    open();
    (void)receive("x");
    store.reset();
    std::ofstream{directory.path() / "shield.db.check"} << "";
    // An index that misses a row is what quick_check cannot see.
    tamper(
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE INDEX events_by_case ON events "
        "(case_id, at)' WHERE name = 'events_by_case'; PRAGMA writable_schema = OFF");
    EXPECT_EQ(refused().first, Unavailable::Kind::corrupt);
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "shield.db.check"));
}

TEST_F(StoreOpen, TokenKeysSurviveAndRotate)
{
    open();
    const auto first = store->token_key();
    const auto token = core::make_token(first, core::Reference::from_bits(77));
    store->rotate_token_key();
    const auto second = store->token_key();
    EXPECT_NE(first.id, second.id);
    EXPECT_NE(first.secret, second.secret);
    EXPECT_EQ(core::verify_token(token, store->token_keys()), core::Reference::from_bits(77));
    open();
    EXPECT_EQ(store->token_key().secret, second.secret);
    EXPECT_EQ(core::verify_token(token, store->token_keys()), core::Reference::from_bits(77));
    for (int i = 0; i < 31; ++i) {
        store->rotate_token_key();
    }
    EXPECT_FALSE(core::verify_token(token, store->token_keys())) << "its id was needed again";
    EXPECT_NE(store->unique_name(), store->unique_name());
    EXPECT_EQ(store->unique_name().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
}

}  // namespace shield::store::test
