// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <triage/store_fixture.hpp>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace shield::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
    int status{-1};
    std::string out, err;
};

std::string contents(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// The program as it is built, on a store that no daemon holds.
class Shieldctl : public testing::Test {
protected:
    void SetUp() override
    {
        std::filesystem::create_directory(house_.directory() / "templates");
        for (const char* category : {"attack", "urgent", "support"}) {
            write("templates/" + std::string{category} + ".en.txt",
                  "Subject: We have your message {{reference}}\n\nThank you.\n");
        }
        write("templates/more.en.txt", "Subject: More\n\nPlease tell us more about {{reference}}.\n");
        write("shieldd.toml",
              "hostname = \"mx.example.com\"\n"
              "directory = \"" +
                  (house_.directory() / "state").string() +
                  "\"\n"
                  "[[listen]]\naddress = \"127.0.0.1:2525\"\n"
                  "[[mailbox]]\naddress = \"shield@example.com\"\ncategory = \"attack\"\n"
                  "[[mailbox]]\naddress = \"help@example.com\"\ncategory = \"support\"\n"
                  "[acknowledgement]\nfrom = \"Example Security <shield@example.com>\"\ntemplates = \"templates\"\n"
                  "[links]\nsupport = \"https://help.test/\"\n"
                  "[delivery]\ntransport = \"maildir\"\nmaildir = \"replies\"\n");
        std::filesystem::create_directory(state());
        reference_ = receive(triage::cry_for_help, "alice@example.net");
    }

    [[nodiscard]] std::filesystem::path state() const { return house_.directory() / "state"; }
    [[nodiscard]] std::string path(const std::string& name) const { return (house_.directory() / name).string(); }

    void write(const std::string& name, std::string_view text) const
    {
        std::ofstream{path(name), std::ios::binary} << text;
    }

    std::string receive(std::string_view octets, const std::string& from)
    {
        triage::StoreInDirectory running{state()};
        running.open();
        const std::string reference = running.receive(octets, from).to_string();
        running.assess();
        return reference;
    }

    /// `words` as a shell would have them; standard input is `input`.
    Outcome run(const std::vector<std::string>& words, const std::string& input = {}, bool configured = true) const
    {
        write("in", input);
        std::vector<std::string> all{SHIELDCTL};
        if (configured) {
            all.insert(all.end(), {"--config", path("shieldd.toml")});
        }
        all.insert(all.end(), words.begin(), words.end());
        const pid_t child = fork();
        if (child == 0) {
            unsetenv("COLUMNS");
            if (std::freopen(path("in").c_str(), "r", stdin) == nullptr ||
                std::freopen(path("out").c_str(), "w", stdout) == nullptr ||
                std::freopen(path("err").c_str(), "w", stderr) == nullptr) {
                _exit(126);
            }
            std::vector<char*> argv;
            for (std::string& word : all) {
                argv.push_back(word.data());
            }
            argv.push_back(nullptr);
            execv(SHIELDCTL, argv.data());
            _exit(127);
        }
        int status = 0;
        waitpid(child, &status, 0);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(path("out")), contents(path("err"))};
    }

    json run_json(std::vector<std::string> words) const
    {
        words.emplace_back("--json");
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return json::parse(outcome.out, nullptr, false);
    }

    triage::StoreInDirectory house_;
    std::string reference_;
};

TEST_F(Shieldctl, ListsAndShowsWhatCame)
{
    const Outcome queue = run({"queue"});
    EXPECT_EQ(queue.status, 0) << queue.err;
    EXPECT_THAT(queue.out, AllOf(HasSubstr("1 attack, 0 urgent, 0 support open"), HasSubstr(reference_),
                                 HasSubstr("[held]"), Not(HasSubstr("\x1b"))));
    const json cases = run_json({"queue"});
    ASSERT_TRUE(cases.is_array());
    ASSERT_EQ(cases.size(), 1U);
    for (const char* key : {"reference", "category", "state", "mailbox", "from", "subject", "received_at", "due_at",
                            "assignee", "messages", "reasons", "authentication", "acknowledgement", "similar"}) {
        EXPECT_TRUE(cases[0].contains(key)) << key;
    }
    const Outcome show = run({"show", reference_});
    EXPECT_THAT(show.out,
                AllOf(HasSubstr("  | My account was hacked"), HasSubstr("proof.bin"), HasSubstr("History")));
    EXPECT_EQ(run_json({"show", reference_})["messages_detail"].size(), 1U);
    EXPECT_EQ(run_json({"show", reference_, "--message", "1"})["number"], 1);
    EXPECT_EQ(run({"show", reference_, "--message", "2"}).status, 1);
    EXPECT_EQ(run_json({"search", "kangaroo"}).size(), 1U);
    EXPECT_THAT(run({"search", "wombat"}).out, HasSubstr("no cases"));
}

TEST_F(Shieldctl, WritesExactOctetsAndAttachmentsButOverwritesNothing)
{
    EXPECT_EQ(run({"show", reference_, "--raw"}).out, triage::cry_for_help);
    ASSERT_EQ(run({"show", reference_, "--attachment", "1", "--to", path("proof")}).status, 0);
    EXPECT_EQ(contents(path("proof")), std::string("\0\1\2\3", 4));
    const Outcome again = run({"show", reference_, "--attachment", "1", "--to", path("proof")});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("exists"));
    EXPECT_EQ(run({"show", reference_, "--attachment", "1"}).status, 2);
    EXPECT_EQ(run({"show", reference_, "--attachment", "9", "--to", path("nine")}).status, 1);
    EXPECT_EQ(run({"show", reference_, "--raw", "--json"}).status, 2);
}

TEST_F(Shieldctl, WorksACaseFromClaimToClose)
{
    EXPECT_THAT(run({"claim", reference_}).out, HasSubstr("triaged"));
    EXPECT_EQ(run({"note", reference_, "called", "her"}).status, 0);
    EXPECT_EQ(run({"note", reference_, "-"}, "two\nlines\n").status, 0);
    EXPECT_EQ(run_json({"set", reference_, "in_progress"})["state"], "in_progress");
    EXPECT_EQ(run_json({"reclassify", reference_, "urgent"})["category"], "urgent");

    const Outcome dry = run({"reply", reference_, "--dry-run"}, "We locked it.\n");
    EXPECT_THAT(dry.out, AllOf(HasSubstr("We locked it."), HasSubstr("To: ")));
    EXPECT_THAT(dry.err, HasSubstr("WARNING: alice@example.net is not verified"));
    const Outcome replied = run({"reply", reference_}, "We locked it.\n");
    EXPECT_EQ(replied.status, 0) << replied.err;
    EXPECT_THAT(replied.out, HasSubstr("waiting"));
    EXPECT_THAT(replied.err, HasSubstr("WARNING"));
    EXPECT_EQ(run({"reply", reference_, "--template", "more"}).status, 0);
    EXPECT_EQ(run({"reply", reference_, "--template", "more", "--file", "x"}).status, 2);
    EXPECT_EQ(run({"reply", reference_}, "").status, 2);
    EXPECT_EQ(run({"reply", reference_}, "\xff\xfe").status, 2);

    EXPECT_EQ(run({"close", reference_, "frobnicate"}).status, 2);
    EXPECT_EQ(run({"close", reference_, "contained"}).status, 0);
    const Outcome closed = run({"claim", reference_});
    EXPECT_EQ(closed.status, 1);
    EXPECT_THAT(closed.err, HasSubstr("comes first"));
    EXPECT_EQ(run_json({"queue"}).size(), 0U);
    EXPECT_EQ(run_json({"queue", "--state", "closed"}).size(), 1U);
    EXPECT_EQ(run_json({"reopen", reference_})["state"], "in_progress");

    const json detail = run_json({"show", reference_});
    EXPECT_EQ(detail["outgoing"].size(), 2U);
    EXPECT_EQ(detail["events"].back()["kind"], "reopen");
    EXPECT_THAT(detail.dump(), HasSubstr("two\\nlines"));
}

TEST_F(Shieldctl, ReleasesAHeldAcknowledgementOnce)
{
    EXPECT_EQ(run_json({"queue", "--held"}).size(), 1U);
    EXPECT_THAT(run({"release", reference_}).err, HasSubstr("past the promise"));  // it is a record of months ago
    EXPECT_THAT(run({"release", reference_, "--late"}).out, HasSubstr("released"));
    EXPECT_EQ(run_json({"queue", "--held"}).size(), 0U);
    const Outcome again = run({"release", reference_});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("at most one"));
}

TEST_F(Shieldctl, JoinsCasesAndKeepsBothNames)
{
    const std::string other =
        receive("From: bob@example.org\r\nSubject: me too\r\n\r\nhello\r\n", "bob@example.org");
    EXPECT_EQ(run_json({"join", other, reference_})["messages"], 2);
    EXPECT_THAT(run({"show", other}).out, HasSubstr(reference_));
}

TEST_F(Shieldctl, NothingInAMessageSteersTheTerminal)
{
    const std::string hostile = receive(
        "From: \"\x1b]0;owned\x07\" <eve@example.org>\r\n"
        "Subject: =?utf-8?B?G1syShtbSCDigK4gbGl2ZWQ=?=\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n"
        "\x1b[2J\x1b]52;c;cm0gLXJm\x07 \xc2\x9b"
        "31m \xe2\x80\xae txt\r\n",
        "eve@example.org");
    const std::vector<std::vector<std::string>> ways{
        {"queue"}, {"show", hostile}, {"search", "lived"}, {"claim", hostile}};
    for (const auto& words : ways) {
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        for (const char* steering : {"\x1b", "\x07", "\xc2\x9b", "\xe2\x80\xae"}) {
            EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(steering))) << words[0];
        }
    }
}

TEST_F(Shieldctl, VerifiesCountsAndBacksUp)
{
    EXPECT_THAT(run({"verify"}).out, HasSubstr("all good"));
    EXPECT_EQ(run({"stats"}).status, 0);
    EXPECT_EQ(run({"refused"}).out, "nothing was refused for its size\n");
    EXPECT_EQ(run({"refused", "--json"}).out, "[]\n");
    EXPECT_EQ(run({"refused", "--limit", "0"}).status, 2);
    EXPECT_EQ(run({"backup", path("copy.db")}).status, 0);
    EXPECT_TRUE(std::filesystem::exists(path("copy.db")));
    EXPECT_EQ(run({"backup", path("copy.db")}).status, 1);
    EXPECT_THAT(run({"templates"}).out, HasSubstr("more\n"));
}

TEST_F(Shieldctl, SaysWhatIsWrongWithTheStoreAndExitsThree)
{
    {
        triage::StoreInDirectory daemon{state()};
        daemon.open();
        const Outcome busy = run({"queue"});
        EXPECT_EQ(busy.status, 3);
        EXPECT_THAT(busy.err, Not(HasSubstr("missing")));
        EXPECT_FALSE(busy.err.empty());
    }
    std::filesystem::path database;
    for (const auto& entry : std::filesystem::directory_iterator{state()}) {
        if (entry.is_regular_file() && contents(entry.path()).starts_with("SQLite format 3")) {
            database = entry.path();
        }
    }
    ASSERT_FALSE(database.empty());
    std::string octets = contents(database);
    octets.replace(60, 4, std::string("\0\0\x27\x0f", 4));  // user_version 9999
    std::ofstream{database, std::ios::binary} << octets;
    const Outcome newer = run({"queue"});
    EXPECT_EQ(newer.status, 3);
    EXPECT_THAT(newer.err, HasSubstr("newer"));

    std::ofstream{database, std::ios::binary} << std::string(8192, 'x');
    const Outcome corrupt = run({"queue"});
    EXPECT_EQ(corrupt.status, 3);
    EXPECT_FALSE(corrupt.err.empty());

    std::filesystem::remove_all(state());
    std::filesystem::create_directory(state());
    const Outcome missing = run({"claim", reference_});
    EXPECT_EQ(missing.status, 3);
    EXPECT_THAT(missing.err, HasSubstr("no "));
    EXPECT_TRUE(corrupt.err != newer.err && newer.err != missing.err);
}

TEST_F(Shieldctl, TellsUsageFromRefusal)
{
    EXPECT_EQ(run({}).status, 2);
    EXPECT_EQ(run({"frobnicate"}).status, 2);
    EXPECT_EQ(run({"claim"}).status, 2);
    EXPECT_EQ(run({"queue", "--category", "orange"}).status, 2);
    EXPECT_EQ(run({"queue", "--limit", "many"}).status, 2);
    EXPECT_EQ(run({"show", "SR-0000-0000"}).status, 1);
    EXPECT_EQ(run({"show", "no such thing"}).status, 1);
    EXPECT_EQ(run({"restore", "x"}).status, 1);
    EXPECT_EQ(run({"--config", "/nonexistent/shieldd.toml", "queue"}, {}, false).status, 2);
    const Outcome help = run({"--help"}, {}, false);
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, AllOf(HasSubstr("Examples:"), HasSubstr("reclassify")));
    EXPECT_THAT(run({"--version"}, {}, false).out, HasSubstr("shieldctl "));
}

TEST_F(Shieldctl, NamesWhatWasMeant)
{
    EXPECT_THAT(run({"quue"}).err, HasSubstr("there is no command 'quue'; did you mean 'queue'?"));
    EXPECT_THAT(run({"frobnicate"}).err, HasSubstr("there is no command 'frobnicate'; 'shieldctl --help'"));
    EXPECT_THAT(run({"claim"}).err, HasSubstr("REF is required; 'shieldctl claim --help'"));
    write("answer.txt", "one\ntwo\n\xff\n");
    EXPECT_THAT(run({"reply", reference_, "--file", path("answer.txt")}).err, HasSubstr("answer.txt:3: "));
    EXPECT_THAT(run({"reply", reference_}, "\xff").err, HasSubstr("standard input:1: "));
    EXPECT_EQ(run({"show", "SR" + reference_.substr(3)}).status, 0);
    for (const char* limit : {"0", "-1", "5000"}) {
        const Outcome refused = run({"queue", "--limit", limit});
        EXPECT_EQ(refused.status, 2) << limit;
        EXPECT_THAT(refused.err, HasSubstr("limit is a whole number from 1 to 1000")) << limit;
    }
    EXPECT_THAT(run({"search", "kangaroo", "--limit", "201"}).err, HasSubstr("from 1 to 200"));
    std::filesystem::remove_all(state());
    EXPECT_THAT(run({"queue"}).err, HasSubstr("; start shieldd first, or name its configuration with --config."));
}

TEST_F(Shieldctl, WritesToOneAddressAndSendsNoAcknowledgement)
{
    const Outcome two = run({"reply", reference_, "--to", "a@b.example,c@d.example"}, "Hello\n");
    EXPECT_EQ(two.status, 1);
    EXPECT_THAT(two.err, HasSubstr("one address only"));
    EXPECT_EQ(run({"templates"}).out, "more\n");
    const Outcome attack = run({"reply", reference_, "--template", "attack"});
    EXPECT_EQ(attack.status, 1);
    EXPECT_THAT(attack.err, HasSubstr("'attack' is an acknowledgement, which no person sends; the canned texts are "
                                      "more"));
    EXPECT_THAT(run({"reply", reference_, "--template", "les"}).err, HasSubstr("there is no template 'les'; the "));
}

TEST_F(Shieldctl, ShowsAReplyThatDidNotArrive)
{
    ASSERT_EQ(run({"reply", reference_}, "We locked it.\n").status, 0);
    {
        triage::StoreInDirectory running{state()};
        running.open();
        running.pass(std::chrono::hours{24 * 365 * 50});  // past the clock of the program
        auto& outbox = running.store().outbox();
        outbox.finished(outbox.lease(1).at(0).attempt_id, {core::DeliveryResult::failed, "550 no such user", {}});
        (void)outbox.lease(1);
    }
    EXPECT_THAT(run({"queue"}).out, AllOf(HasSubstr("[undelivered]"), HasSubstr("in_progress"),
                                          HasSubstr("1 unanswered"), HasSubstr("due in")));
    EXPECT_EQ(run_json({"queue"})[0]["flags"].back(), "undelivered");
    EXPECT_THAT(run({"show", reference_}).out, HasSubstr("reply not delivered: 550 no such user"));
}

TEST_F(Shieldctl, WorksWhileAKeyThatItDoesNotNeedIsFaulty)
{
    const std::string good = contents(path("shieldd.toml"));
    write("shieldd.toml", good + "nonsense = 1\n");
    const Outcome queue = run({"queue"});
    EXPECT_EQ(queue.status, 0);
    EXPECT_THAT(queue.out, HasSubstr(reference_));
    EXPECT_THAT(queue.err, AllOf(HasSubstr("WARNING: "), HasSubstr("shieldd.toml:"), HasSubstr("nonsense")));
    EXPECT_EQ(run({"claim", reference_}).status, 0);
    const Outcome reply = run({"reply", reference_}, "Hello\n");
    EXPECT_EQ(reply.status, 2);
    EXPECT_THAT(reply.err, HasSubstr("reply needs a configuration without faults, and no shieldd runs"));
    write("shieldd.toml", good + "nonsense = \n");
    EXPECT_EQ(run({"queue"}).status, 2);
    write("shieldd.toml", "nonsense = 1\n");
    EXPECT_EQ(run({"queue"}).status, 2);
}

TEST_F(Shieldctl, ClassifiesFilesWithoutStoreOrConfiguration)
{
    write("a.eml", triage::cry_for_help);
    const Outcome outcome =
        run({"classify", path("a.eml"), path("nothing.eml"), "-"}, std::string{triage::cry_for_help}, false);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("nothing.eml"));
    std::istringstream lines{outcome.out};
    std::string first, second, more;
    ASSERT_TRUE(std::getline(lines, first) && std::getline(lines, second));
    EXPECT_FALSE(std::getline(lines, more));
    const json one = json::parse(first);
    EXPECT_EQ(one["file"], path("a.eml"));
    EXPECT_EQ(one["category"], "attack");
    EXPECT_EQ(one["probabilities"].size(), 3U);
    EXPECT_FALSE(one["reasons"].empty());
    EXPECT_EQ(json::parse(second)["file"], "-");

    write("b.eml", "From: bob@example.org\r\nSubject: hello\r\n\r\nhello\r\n");
    const auto category = [&](const char* mailbox) {
        return json::parse(run({"classify", "--mailbox", mailbox, path("b.eml")}).out)["category"];
    };
    EXPECT_EQ(category("shield@example.com"), "attack");
    EXPECT_EQ(category("help@example.com"), "support");
    EXPECT_EQ(run({"classify", "--mailbox", "else@example.com", path("b.eml")}).status, 2);
}

}  // namespace
}  // namespace shield::cli
