// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"
#include "support/kept_log.hpp"
#include "support/tcp_client.hpp"

#include <shield/net/control.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <system_error>
#include <thread>

namespace shield::net {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using support::TcpClient;
using testing::HasSubstr;

class Control : public testing::Test {
protected:
    Control()
    {
        std::string name = "/tmp/shield-control-XXXXXX";
        directory_ = ::mkdtemp(name.data());
        path_ = directory_ / "control";
    }
    ~Control() override
    {
        server_.reset();
        std::filesystem::remove_all(directory_);
    }

    void serve(ControlServer::Handler handler)
    {
        server_ = std::make_unique<ControlServer>(io_, path_, std::move(handler), limits_, log_, metrics_);
    }
    void serve_echo()
    {
        serve([](const ControlPeer&, const std::string& request) { return "echo " + request; });
    }
    [[nodiscard]] ControlAnswer ask(std::string_view request, std::chrono::milliseconds at_most = 10s) const
    {
        return ask_control(path_, request, core::Limits{}, at_most);
    }

    std::filesystem::path directory_, path_;
    core::Limits limits_;
    support::KeptLog log_;
    core::Metrics metrics_;
    IoContext io_{2};
    std::unique_ptr<ControlServer> server_;
};

TEST_F(Control, AnswersARequest)
{
    serve_echo();
    const auto answer = ask("queue");
    EXPECT_EQ(answer.outcome, ControlAnswer::Outcome::answered);
    EXPECT_EQ(answer.text, "echo queue");
    EXPECT_EQ(ask("").text, "echo ");
}

TEST_F(Control, KnowsWhoAsks)
{
    serve([](const ControlPeer& peer, const std::string&) {
        return std::to_string(peer.uid) + " " + std::to_string(peer.pid) + " " + peer.login;
    });
    const passwd* entry = ::getpwuid(::getuid());
    const std::string login = entry != nullptr ? entry->pw_name : "uid " + std::to_string(::getuid());
    EXPECT_EQ(ask("who").text, std::to_string(::getuid()) + " " + std::to_string(::getpid()) + " " + login);
}

TEST_F(Control, CarriesALargeRequestAndALargeAnswer)
{
    const std::string answer(70'000'000, 'x');
    serve(
        [&](const ControlPeer&, const std::string& request) { return request.size() == 1'000'000 ? answer : "?"; });
    EXPECT_EQ(ask(std::string(1'000'000, 'r'), 60s).text, answer);
}

TEST_F(Control, OnlyOwnerAndGroupMayConnectWhateverTheUmask)
{
    const auto before = ::umask(0);
    serve_echo();
    struct stat file {};
    ASSERT_EQ(::stat(path_.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0660U);
    server_.reset();
    ::umask(0177);
    serve_echo();
    ASSERT_EQ(::stat(path_.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0660U);
    ::umask(before);
}

TEST_F(Control, TellsThatNobodyListens)
{
    EXPECT_EQ(ask("queue").outcome, ControlAnswer::Outcome::nobody_listens);
    serve_echo();
    server_.reset();
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_EQ(ask("queue").outcome, ControlAnswer::Outcome::nobody_listens);
}

TEST_F(Control, ReplacesASocketThatNobodyListensOn)
{
    {
        const auto left_behind = directory_ / "other";
        ControlServer other{io_,     left_behind, [](const auto&, const auto&) { return "other"; },
                            limits_, log_,        metrics_};
        std::filesystem::create_hard_link(left_behind, path_);
    }
    ASSERT_TRUE(std::filesystem::is_socket(path_));
    EXPECT_TRUE(eventually([&] { return ask("queue").outcome == ControlAnswer::Outcome::nobody_listens; }));
    serve_echo();
    EXPECT_EQ(ask("queue").text, "echo queue");
}

TEST_F(Control, TakesNothingAwayFromWhoListensThere)
{
    serve_echo();
    try {
        ControlServer second{io_, path_, [](const auto&, const auto&) { return ""; }, limits_, log_, metrics_};
        ADD_FAILURE();
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(path_.native()));
    }
    EXPECT_EQ(ask("queue").text, "echo queue");
}

TEST_F(Control, DoesNotRemoveAFileThatIsInItsWay)
{
    std::ofstream{path_} << "precious";
    EXPECT_THROW(serve_echo(), std::system_error);
    EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(Control, RefusesAPathThatNoSocketCanHave)
{
    path_ = directory_ / std::string(200, 'x');
    EXPECT_THROW(serve_echo(), std::system_error);
    EXPECT_EQ(ask("queue").outcome, ControlAnswer::Outcome::failed);
}

TEST_F(Control, GarbageHarmsNobody)
{
    serve_echo();
    for (const std::string& garbage :
         {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(100'000, '\xff'), std::string("\0\0", 2),
          std::string("\0\0\0\x05"
                      "ab",
                      6),
          std::string{}}) {
        TcpClient client{path_.native()};
        client.send(garbage);
        client.end_sending();
        EXPECT_EQ(client.rest(), "");
    }
    EXPECT_GE(metrics_.counter("shield_limit_control_request_total", {}), 2);
    EXPECT_EQ(ask("queue").text, "echo queue");
}

TEST_F(Control, ARequestPastItsBoundIsClosedOn)
{
    limits_.control_request_max = 10;
    serve_echo();
    EXPECT_EQ(ask(std::string(10, 'r')).text, "echo rrrrrrrrrr");
    EXPECT_EQ(ask(std::string(11, 'r')).outcome, ControlAnswer::Outcome::failed);
    EXPECT_EQ(metrics_.counter("shield_limit_control_request_total", {}), 1);
}

TEST_F(Control, AnAnswerPastItsBoundIsNotSent)
{
    limits_.control_answer_max = 10;
    serve_echo();
    EXPECT_EQ(ask("12345").text, "echo 12345");
    EXPECT_EQ(ask("123456").outcome, ControlAnswer::Outcome::failed);
    EXPECT_EQ(metrics_.counter("shield_limit_control_answer_total", {}), 1);
    EXPECT_EQ(log_.count("an answer of 11 octets"), 1U);
}

TEST_F(Control, WhoDoesNotReadTheAnswerIsGivenUp)
{
    limits_.write_wait_max = 1;
    serve([](const ControlPeer&, const std::string&) { return std::string(70'000'000, 'x'); });
    TcpClient client{path_.native()};
    client.send(std::string("\0\0\0\x05queue", 9));
    EXPECT_TRUE(eventually([&] { return metrics_.counter("shield_limit_write_wait_total", {}) == 1; }));
}

TEST_F(Control, ARequestInPiecesIsARequest)
{
    serve_echo();
    TcpClient client{path_.native()};
    for (const char octet : std::string("\0\0\0\x05queue", 9)) {
        client.send({&octet, 1});
    }
    EXPECT_EQ(client.rest(), std::string("\0\0\0\x0a"
                                         "echo queue",
                                         14));
}

TEST_F(Control, AnIncompleteRequestEndsInTime)
{
    limits_.control_wait_max = 1;
    serve_echo();
    TcpClient client{path_.native()};
    client.send(std::string("\0\0\0\x05qu", 6));
    EXPECT_EQ(client.rest(), "");
    EXPECT_EQ(metrics_.counter("shield_limit_control_wait_total", {}), 1);
}

TEST_F(Control, AClientThatLeavesBeforeItsAnswerHarmsNobody)
{
    std::promise<void> go_on;
    const auto may_go_on = go_on.get_future().share();
    std::atomic<int> handled{0};
    serve([&](const ControlPeer&, const std::string& request) {
        if (request == "slow") {
            may_go_on.wait();
        }
        ++handled;
        return std::string{"done"};
    });
    EXPECT_EQ(ask("slow", 200ms).outcome, ControlAnswer::Outcome::failed);
    go_on.set_value();
    EXPECT_EQ(ask("quick").text, "done");
    EXPECT_EQ(handled, 2);
}

TEST_F(Control, ALongRequestHoldsUpNobodyElse)
{
    std::promise<void> end;
    const auto ended = end.get_future().share();
    serve([&](const ControlPeer&, const std::string& request) {
        if (request == "long") {
            ended.wait();
        }
        return std::string{"done"};
    });
    std::atomic<bool> answered{false};
    std::thread patient{[&] { answered = ask("long").text == "done"; }};
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ask("x").text, "done");
    }
    EXPECT_FALSE(answered);
    end.set_value();
    patient.join();
    EXPECT_TRUE(answered);
}

TEST_F(Control, RefusesConnectionsOverTheLimitAndForgetsNoPlace)
{
    limits_.control_connections_max = 4;
    serve_echo();
    for (int round = 0; round < 3; ++round) {
        std::vector<TcpClient> idle;
        EXPECT_TRUE(
            eventually([&] {  // the place of the one before may not be free yet: then one of these is refused
                idle.emplace_back(path_.native());
                return idle.size() >= 4 && ask("queue").outcome == ControlAnswer::Outcome::failed;
            }));
        idle.clear();
        EXPECT_TRUE(eventually([&] { return ask("queue").outcome == ControlAnswer::Outcome::answered; }));
    }
    EXPECT_GE(metrics_.counter("shield_limit_control_connections_total", {}), 3);
}

TEST_F(Control, AHandlerThatThrowsCostsOneAnswer)
{
    serve([](const ControlPeer&, const std::string& request) -> std::string {
        if (request == "bad") {
            throw std::runtime_error{"the store is closed"};
        }
        return "good";
    });
    const auto answer = ask("bad");
    EXPECT_EQ(answer.outcome, ControlAnswer::Outcome::failed);
    EXPECT_THAT(answer.text, HasSubstr("without an answer"));
    EXPECT_EQ(log_.count("the store is closed"), 1U);
    EXPECT_EQ(ask("ok").text, "good");
}

TEST_F(Control, ItsEndLeavesNobodyWaiting)
{
    std::atomic<bool> entered{false};
    serve([&](const ControlPeer&, const std::string&) {
        entered = true;
        std::this_thread::sleep_for(200ms);
        return std::string{"late"};
    });
    std::vector<std::thread> people;
    std::atomic<int> ended{0};
    for (int i = 0; i < 5; ++i) {
        people.emplace_back([&] {
            static_cast<void>(ask("x"));
            ++ended;
        });
    }
    ASSERT_TRUE(eventually([&] { return entered.load(); }));
    server_.reset();
    for (auto& person : people) {
        person.join();
    }
    EXPECT_EQ(ended, 5);
}

}  // namespace
}  // namespace shield::net
