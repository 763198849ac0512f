// SPDX-License-Identifier: Apache-2.0
#include "support/dns_server.hpp"
#include "support/eventually.hpp"
#include "support/kept_log.hpp"

#include <shield/net/resolver.hpp>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <string>

namespace shield::net {
namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsQuestion;
using core::DnsRecord;
using core::Dnssec;
using core::DnsType;
using support::DnsServer;
using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

/// Answers by the first label of the name.
std::optional<std::string> scripted(const DnsServer::Query& query)
{
    const std::string first = query.name.substr(0, query.name.find('.'));
    const auto reply = [&](const std::vector<std::string>& records) { return DnsServer::reply(query, records); };
    if (query.name.empty()) {  // the keys of the root, of which it knows nothing
        return reply({});
    }
    if (first == "plain") {
        return reply({DnsServer::string("v=spf1 ") + DnsServer::string("-all")});
    }
    if (first == "none") {
        return reply({});
    }
    if (first == "gone") {
        return DnsServer::reply(query, {}, 3);
    }
    if (first == "refused") {
        return DnsServer::reply(query, {}, 5);
    }
    if (first == "shout") {
        return reply({"\0\x0a"s + DnsServer::wire_name("MX.Example.NET")});
    }
    if (first == "alias") {
        return DnsServer::raw_reply(query, 1,
                                    DnsServer::record("\xc0\x0c", 5, DnsServer::wire_name("plain.example")));
    }
    if (first == "many") {
        return reply(std::vector<std::string>(150, "\1x"));
    }
    if (first == "long") {
        std::string text;
        for (int i = 0; i < 150; ++i) {
            text += DnsServer::string(std::string(255, 'y'));
        }
        return reply({text});
    }
    if (first == "malformed") {
        return reply({"\x20too short"});
    }
    if (first == "half") {
        return reply({"\x20too short", DnsServer::string("good")});
    }
    if (first == "dotted") {
        return reply({"\0\1\x0e"s + "mx.example.net\0"s});
    }
    if (first == "loop") {  // a name that is a pointer to itself
        return DnsServer::raw_reply(
            query, 1,
            DnsServer::record("\xc0\x0c", query.type,
                              "\0\1\xc0"s + static_cast<char>(12 + query.question.size() + 14)));
    }
    if (first == "other") {  // an answer to another question
        auto other = query;
        other.question = DnsServer::wire_name("plain.example") + query.question.substr(query.question.size() - 4);
        return DnsServer::reply(other, {"\1x"});
    }
    if (first == "forged") {  // a wrong identifier
        auto other = query;
        other.octets[0] = static_cast<char>(other.octets[0] + 1);
        return DnsServer::reply(other, {"\1x"});
    }
    if (first == "garbage") {
        return "no DNS at all";
    }
    if (first == "echo") {
        return reply({DnsServer::string(query.name.substr(0, 200))});
    }
    return std::nullopt;
}

class Resolving : public testing::Test {
protected:
    Resolving() { options_.validate = false; }

    void resolve()
    {
        if (options_.address.empty()) {
            options_.address = server_.address();
            options_.mode = ResolverOptions::Mode::address;
        }
        resolver_ = std::make_unique<Resolver>(io_, options_, limits_, log_, metrics_);
    }
    std::future<DnsAnswer> ask(std::string name, DnsType type = DnsType::txt)
    {
        if (!resolver_) {
            resolve();
        }
        const auto answer = std::make_shared<std::promise<DnsAnswer>>();
        resolver_->ask({std::move(name), type}, [answer](DnsAnswer given) { answer->set_value(std::move(given)); });
        return answer->get_future();
    }
    DnsAnswer answer(std::string name, DnsType type = DnsType::txt) { return ask(std::move(name), type).get(); }

    /// A line of the metrics.
    [[nodiscard]] bool counted(const std::string& line) const
    {
        return metrics_.render().find("\n" + line + "\n") != std::string::npos;
    }

    DnsServer server_{scripted};
    ResolverOptions options_;
    core::Limits limits_;
    support::KeptLog log_;
    core::Metrics metrics_;
    IoContext io_{2};
    std::unique_ptr<Resolver> resolver_;
};

}  // namespace

TEST_F(Resolving, AnswersComeAsValues)
{
    EXPECT_EQ(answer("plain.example"), (DnsAnswer{DnsOutcome::records, Dnssec::unchecked, {{"v=spf1 -all"}}, ""}));
    EXPECT_EQ(answer("none.example").outcome, DnsOutcome::no_data);
    EXPECT_EQ(answer("gone.example").outcome, DnsOutcome::no_name);
    EXPECT_EQ(answer("alias.example").records, (std::vector<DnsRecord>{{"v=spf1 -all"}}));
    EXPECT_EQ(answer("shout.example", DnsType::mx).records, (std::vector<DnsRecord>{{"mx.example.net", 10}}));
    const DnsAnswer refused = answer("refused.example");
    EXPECT_EQ(refused.outcome, DnsOutcome::failed);
    EXPECT_EQ(refused.failure, "SERVFAIL") << "libunbound's word for whatever a resolver does not answer";
    EXPECT_TRUE(counted("shield_dns_questions_total 6"));
    EXPECT_TRUE(counted("shield_dns_answers_total{result=\"records\"} 3"));
    EXPECT_TRUE(counted("shield_dns_answers_total{result=\"no_name\"} 1"));
    EXPECT_TRUE(counted("shield_dns_answers_total{result=\"failed\"} 1"));
    EXPECT_TRUE(eventually([&] { return counted("shield_dns_questions_under_way 0"); }));
}

TEST_F(Resolving, WhatWasAnsweredIsRemembered)
{
    EXPECT_EQ(answer("plain.example"), answer("plain.example"));
    EXPECT_EQ(server_.asked(), 1);
    resolver_->replace(options_);
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
    EXPECT_EQ(server_.asked(), 2) << "another resolver begins with nothing";
}

TEST_F(Resolving, NoMoreIsRememberedThanDnsCacheMaxHolds)
{
    limits_.dns_cache_max = 65536;
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
    std::vector<std::future<DnsAnswer>> others;
    for (int i = 0; i < 500; ++i) {
        others.push_back(ask("echo.n" + std::to_string(i) + ".example"));
    }
    for (auto& other : others) {
        EXPECT_EQ(other.get().outcome, DnsOutcome::records);
    }
    const int asked = server_.asked();
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
    EXPECT_EQ(server_.asked(), asked + 1);
}

TEST_F(Resolving, NamesOfAnyOctetsAreAskedForAsTheyAre)
{
    EXPECT_EQ(answer("echo.a b\\c\"(d);\xff.example").records,
              (std::vector<DnsRecord>{{"echo.a b\\c\"(d);\xff.example"}}));
    const std::string longest = "echo." + std::string(62, 'a') + "." + std::string(62, 'b') + "." +
                                std::string(62, 'c') + "." + std::string(59, 'd');
    ASSERT_EQ(longest.size(), 253U);
    EXPECT_EQ(answer(longest).records, (std::vector<DnsRecord>{{longest.substr(0, 200)}}));
    const int asked = server_.asked();
    for (const std::string& name : {""s, "a..example"s, "example."s, "echo." + longest, "a\0b"s}) {
        EXPECT_EQ(answer(name).outcome, DnsOutcome::no_name) << name;
    }
    EXPECT_EQ(server_.asked(), asked) << "what is no name is not asked for";
}

TEST_F(Resolving, HostileAnswersHarmNobody)
{
    limits_.dns_wait_max = 3;
    EXPECT_EQ(answer("malformed.example").failure, "every record is malformed");
    EXPECT_EQ(answer("half.example").records, (std::vector<DnsRecord>{{"good"}}));
    EXPECT_EQ(answer("dotted.example", DnsType::mx).outcome, DnsOutcome::failed) << "a dot inside of a label";
    EXPECT_EQ(answer("long.example").records.at(0).value.size(), 150U * 255U);
    std::vector<std::future<DnsAnswer>> failing;
    failing.push_back(ask("loop.example", DnsType::mx));
    for (const char* name : {"other.example", "forged.example", "garbage.example"}) {
        failing.push_back(ask(name));
    }
    for (auto& failed : failing) {
        EXPECT_EQ(failed.get().outcome, DnsOutcome::failed);
    }
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
}

TEST_F(Resolving, AnAnswerIsCutAtDnsRecordsMax)
{
    limits_.dns_records_max = 40;
    EXPECT_EQ(answer("many.example").records.size(), 40U);
    EXPECT_TRUE(counted("shield_limit_dns_records_total 1"));
}

TEST_F(Resolving, ASilentServerIsGivenUpAfterDnsWaitMax)
{
    limits_.dns_wait_max = 1;
    const auto begin = std::chrono::steady_clock::now();
    const DnsAnswer late = answer("silent.example");
    EXPECT_EQ(late.outcome, DnsOutcome::failed);
    EXPECT_EQ(late.failure, "no answer in time");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{3});
    EXPECT_TRUE(counted("shield_limit_dns_wait_total 1"));
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records) << "others are answered meanwhile";
}

TEST_F(Resolving, NoMoreThanDnsQuestionsMaxAreUnderWay)
{
    limits_.dns_wait_max = 1;
    limits_.dns_questions_max = 3;
    std::vector<std::future<DnsAnswer>> silent;
    for (int i = 0; i < 3; ++i) {
        silent.push_back(ask("silent.a" + std::to_string(i) + ".example"));
    }
    EXPECT_EQ(answer("plain.example").failure, "too many questions are under way");
    for (auto& late : silent) {
        EXPECT_EQ(late.get().failure, "no answer in time");
    }
    EXPECT_EQ(answer("plain.example").failure, "too many questions are under way")
        << "the library still works on those that nobody waits for";
    EXPECT_TRUE(counted("shield_limit_dns_questions_total 2"));
    const auto free_again = [&] { return counted("shield_dns_questions_under_way 0"); };
    EXPECT_TRUE(eventually(free_again, std::chrono::seconds{60})) << "but not for long";
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
}

TEST_F(Resolving, WhoIsGoneIsNotCalledBack)
{
    auto silent = ask("silent.example");
    auto begun = ask("plain.example");
    resolver_.reset();
    EXPECT_THROW((void)silent.get(), std::future_error) << "dropped, and not called";
    // Either it was called before, or never.
    try {
        EXPECT_EQ(begun.get().outcome, DnsOutcome::records);
    } catch (const std::future_error&) {
    }
}

TEST_F(Resolving, EndsInsideOfItsOwnCallback)
{
    resolve();
    std::promise<void> ended;
    resolver_->ask({"plain.example", DnsType::txt}, [&](const DnsAnswer&) {
        resolver_.reset();
        ended.set_value();
    });
    ended.get_future().get();
}

TEST_F(Resolving, EndsAfterTheThreadsOfItsContextHaveEnded)
{
    auto silent = ask("silent.example");
    io_.stop();
    resolver_.reset();
    SUCCEED();
}

TEST_F(Resolving, ReplacedItFailsWhatIsBeingAskedAtOnce)
{
    auto silent = ask("silent.example");
    auto earlier = answer("plain.example");
    resolver_->replace(options_);
    EXPECT_EQ(silent.get().failure, "the resolver was replaced");
    ResolverOptions wrong = options_;
    wrong.validate = true;
    wrong.trust_anchor = "/nowhere";
    EXPECT_THROW(resolver_->replace(wrong), std::runtime_error);
    EXPECT_EQ(answer("plain.example"), earlier) << "the one before goes on";
    ResolverOptions nobody;
    nobody.mode = ResolverOptions::Mode::none;
    resolver_->replace(nobody);
    EXPECT_EQ(answer("plain.example").failure, "no resolver is configured");
}

TEST_F(Resolving, WithNoResolverEveryQuestionFails)
{
    options_.mode = ResolverOptions::Mode::none;
    options_.address = "unused";
    EXPECT_EQ(answer("plain.example").failure, "no resolver is configured");
    EXPECT_EQ(server_.asked(), 0);
}

TEST_F(Resolving, ManyThreadsMayAskAtOnce)
{
    resolve();
    constexpr int threads = 4;
    constexpr int questions = 100;
    std::atomic_int good{0};
    std::vector<std::thread> asking;
    for (int i = 0; i < threads; ++i) {
        asking.emplace_back([&, i] {
            for (int n = 0; n < questions; ++n) {
                const std::string name = "echo.n" + std::to_string(i * questions + n) + ".example";
                resolver_->ask({name, DnsType::txt}, [&good, name](const DnsAnswer& given) {
                    good += given.records == std::vector<DnsRecord>{{name}} ? 1 : 0;
                });
            }
        });
    }
    for (auto& thread : asking) {
        thread.join();
    }
    EXPECT_TRUE(eventually([&] { return good == threads * questions; }));
}

// The library must not wait with select(2), whose set has room for 1024 descriptors.
TEST_F(Resolving, WorksWithThousandsOfDescriptorsOpen)
{
    rlimit allowed{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &allowed), 0);
    allowed.rlim_cur = std::min<rlim_t>(allowed.rlim_max, 4096);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &allowed), 0);
    if (allowed.rlim_cur < 2000) {
        GTEST_SKIP() << "needs 2000 descriptors";
    }
    std::vector<int> held;
    for (int i = 0; i < 1500; ++i) {
        held.push_back(dup(STDERR_FILENO));
    }
    EXPECT_EQ(answer("plain.example").outcome, DnsOutcome::records);
    for (const int descriptor : held) {
        close(descriptor);
    }
}

// A server without signatures in front of a validating resolver: its own fault or an attack, nobody can tell.
TEST_F(Resolving, WhatCannotBeValidatedIsBogusAndTheLogSaysWhatToDo)
{
    const std::string file = testing::TempDir() + "resolver_test.key";
    std::ofstream{file} << "; the anchor of nobody's root\n"
                           ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    options_.validate = true;
    options_.trust_anchor = file;
    EXPECT_EQ(trust_anchor_fault(options_), "");
    for (int i = 0; i < 2; ++i) {
        const DnsAnswer bogus = answer("plain.example");
        EXPECT_EQ(bogus.dnssec, Dnssec::bogus);
        EXPECT_EQ(bogus.outcome, DnsOutcome::failed);
        EXPECT_THAT(bogus.records, ElementsAre());
    }
    EXPECT_EQ(log_.count("dns_bogus name=plain.example"), 1U);
    EXPECT_TRUE(counted("shield_dns_answers_total{result=\"bogus\"} 2"));
    std::filesystem::remove(file);
}

TEST(TrustAnchors, MustBeThereWhenSignaturesAreChecked)
{
    const std::string file = testing::TempDir() + "trust_anchors_test.key";
    ResolverOptions options;
    options.trust_anchor = file;
    EXPECT_EQ(trust_anchor_fault(options), "cannot read '" + file + "': No such file or directory");
    std::ofstream{file} << "; none\n\n";
    EXPECT_EQ(trust_anchor_fault(options), "'" + file + "' has no trust anchor in it");
    std::ofstream{file} << "password = secret\n";
    EXPECT_THAT(trust_anchor_fault(options), HasSubstr("'" + file + "' has a line that is no trust anchor"));
    std::ofstream{file} << std::string(70000, ';');
    EXPECT_EQ(trust_anchor_fault(options), "'" + file + "' is too large to be a list of trust anchors");
    std::filesystem::remove(file);
    options.validate = false;
    EXPECT_EQ(trust_anchor_fault(options), "");
    options.validate = true;
    options.mode = ResolverOptions::Mode::none;
    EXPECT_EQ(trust_anchor_fault(options), "");
}

}  // namespace shield::net
