// SPDX-License-Identifier: Apache-2.0
#include "sending.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace shield::net {
namespace {

using core::DeliveryResult;
using support::ScriptedPeer;
using support::TcpClient;
using testing::HasSubstr;

/// One step at which the next hop says no, or goes.
struct Refusal {
    const char* name;
    ScriptedPeer::Script script;
    DeliveryResult result;
    const char* says;
    int asked;
};
class NextHopThatRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(NextHopThatRefuses, IsReportedForWhatItIs)
{
    const auto& refusal = GetParam();
    ScriptedPeer peer{{refusal.script}};
    Sending sending{peer.address()};
    const auto outcome = sending.outcome_of("hello");
    EXPECT_EQ(outcome.result, refusal.result);
    EXPECT_THAT(outcome.reply, HasSubstr(refusal.says));
    EXPECT_EQ(sending.asked(), refusal.asked);
    sending.end();
    EXPECT_EQ(sending.outcomes().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Steps, NextHopThatRefuses,
                         testing::Values(Refusal{"greeting 421", [](TcpClient& peer) { peer.send("421 busy\r\n"); },
                                                 DeliveryResult::deferred, "busy", 0},
                                         Refusal{"no greeting", [](TcpClient&) {}, DeliveryResult::deferred, "", 0},
                                         Refusal{"garbage",
                                                 [](TcpClient& peer) { peer.send("HTTP/1.1 400 no\r\n\r\n"); },
                                                 DeliveryResult::deferred, "", 0},
                                         Refusal{"MAIL 451",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "451 not now");
                                                     peer.line();
                                                 },
                                                 DeliveryResult::deferred, "not now", 0},
                                         Refusal{"RCPT 550",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "550 nobody");
                                                     peer.line();
                                                 },
                                                 DeliveryResult::failed, "nobody", 0},
                                         Refusal{"DATA 554",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "250 ok");
                                                     answer(peer, "554 no data");
                                                     peer.line();
                                                 },
                                                 DeliveryResult::failed, "no data", 0},
                                         Refusal{"gone after MAIL",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                 },
                                                 DeliveryResult::deferred, "the connection", 0},
                                         Refusal{"content 452",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "250 ok");
                                                     answer(peer, "354 go on");
                                                     content(peer);
                                                     peer.send("452 full\r\n");
                                                     peer.line();
                                                 },
                                                 DeliveryResult::deferred, "full", 1},
                                         Refusal{"content 552",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "250 ok");
                                                     answer(peer, "354 go on");
                                                     content(peer);
                                                     peer.send("552 too big\r\n");
                                                     peer.line();
                                                 },
                                                 DeliveryResult::failed, "too big", 1},
                                         Refusal{"gone after the final dot",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "250 ok");
                                                     answer(peer, "354 go on");
                                                     content(peer);
                                                 },
                                                 DeliveryResult::unknown, "the connection", 1},
                                         Refusal{"reset after the final dot",
                                                 [](TcpClient& peer) {
                                                     introduce(peer);
                                                     answer(peer, "250 ok");
                                                     answer(peer, "250 ok");
                                                     answer(peer, "354 go on");
                                                     content(peer);
                                                     peer.reset();
                                                 },
                                                 DeliveryResult::unknown, "", 1}),
                         [](const auto& one) {
                             std::string name = one.param.name;
                             std::replace(name.begin(), name.end(), ' ', '_');
                             return name;
                         });

}  // namespace
}  // namespace shield::net
