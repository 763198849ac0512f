// SPDX-License-Identifier: Apache-2.0
#include "transitions.hpp"

#include "support/dialogue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shield::smtp {

namespace {

/// What a client sends, and with which code each state answers; written down by hand, not derived from the table.
struct Row {
    Verb verb;
    std::string_view octets;
    std::array<std::string_view, states> codes;  ///< connected, ready, addressed, deliverable, chunking
};

const std::vector<Row> smtp_rows{
    {Verb::helo, "HELO host\r\n", {"250", "250", "250", "250", "250"}},
    {Verb::ehlo, "EHLO host\r\n", {"250", "250", "250", "250", "250"}},
    {Verb::lhlo, "LHLO host\r\n", {"500", "500", "500", "500", "500"}},
    {Verb::mail, "MAIL FROM:<a@b.example>\r\n", {"503", "250", "503", "503", "503"}},
    {Verb::rcpt, "RCPT TO:<help@example.com>\r\n", {"503", "503", "250", "250", "503"}},
    {Verb::data, "DATA\r\n", {"503", "503", "503", "354", "503"}},
    {Verb::bdat, "BDAT 2\r\n\r\n", {"503", "503", "503", "250", "250"}},
    {Verb::rset, "RSET\r\n", {"250", "250", "250", "250", "250"}},
    {Verb::noop, "NOOP\r\n", {"250", "250", "250", "250", "250"}},
    {Verb::vrfy, "VRFY help\r\n", {"252", "252", "252", "252", "252"}},
    {Verb::help, "HELP\r\n", {"214", "214", "214", "214", "214"}},
    {Verb::quit, "QUIT\r\n", {"221", "221", "221", "221", "221"}},
    {Verb::expn, "EXPN help\r\n", {"502", "502", "502", "502", "502"}},
    {Verb::starttls, "STARTTLS\r\n", {"502", "502", "502", "502", "502"}},
    {Verb::auth, "AUTH PLAIN\r\n", {"502", "502", "502", "502", "502"}},
    {Verb::http, "GET / HTTP/1.1\r\n", {"554", "554", "554", "554", "554"}},
    {Verb::unknown, "XYZZY\r\n", {"500", "500", "500", "500", "500"}},
};

std::vector<Row> rows_of(Protocol protocol)
{
    std::vector<Row> rows = smtp_rows;
    if (protocol == Protocol::lmtp) {
        std::swap(rows[0].codes, rows[2].codes);  // HELO is refused and LHLO is not
        rows[1].codes = rows[0].codes;
    }
    return rows;
}

/// A session and the state it was led to.
struct Talk {
    Talk(Protocol protocol, State state) : session{tests::dialogue_policy(), {}, Offer{protocol}}
    {
        (void)session.greet();
        const std::array<std::string, states> steps{
            "", protocol == Protocol::smtp ? "EHLO host\r\n" : "LHLO host\r\n", "MAIL FROM:<a@b.example>\r\n",
            "RCPT TO:<shield@example.com>\r\n", "BDAT 6\r\na: b\r\n"};
        for (std::size_t step = 0; step <= static_cast<std::size_t>(state); ++step) {
            (void)session.receive(steps[step]);
        }
    }

    // All replies, whatever the driver has to do between them.
    std::string say(std::string_view octets)
    {
        Action action = session.receive(octets);
        std::string reply = action.reply;
        while (action.then == Then::discard) {
            action = session.resume();
            reply += action.reply;
        }
        then = action.then;
        return reply;
    }

    Session session;
    Then then{Then::read};
};

// In which state a session is, found out by asking: the codes of these commands tell the five apart.
State state_of(Talk& talk)
{
    const bool takes_mail = talk.say("MAIL FROM:<> UNKNOWN\r\n").starts_with("555");
    const bool takes_rcpt = talk.say("RCPT TO:<> UNKNOWN\r\n").starts_with("555");
    const bool takes_chunk = talk.say("BDAT 0\r\n").starts_with("250");
    if (takes_mail) {
        return State::ready;
    }
    if (takes_rcpt) {
        return takes_chunk ? State::deliverable : State::addressed;
    }
    return takes_chunk ? State::chunking : State::connected;
}

// Where a command that was carried out leads; written down by hand, too.
State next_by_hand(Verb verb, State state)
{
    switch (verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo:
            return State::ready;
        case Verb::mail:
            return State::addressed;
        case Verb::rcpt:
            return State::deliverable;
        case Verb::bdat:
            return State::chunking;
        case Verb::rset:
            return state == State::connected ? State::connected : State::ready;
        case Verb::data:
        case Verb::noop:
        case Verb::vrfy:
        case Verb::help:
        case Verb::quit:
        case Verb::expn:
        case Verb::starttls:
        case Verb::auth:
        case Verb::http:
        case Verb::unknown:
            break;
    }
    return state;
}

std::string name_of(const testing::TestParamInfo<Protocol>& info)
{
    return info.param == Protocol::smtp ? "Smtp" : "Lmtp";
}

class EveryPair : public testing::TestWithParam<Protocol> {};

TEST_P(EveryPair, OfStateAndVerbHasItsCode)
{
    const std::vector<Row> rows = rows_of(GetParam());
    ASSERT_EQ(rows.size(), verbs);
    for (const Row& row : rows) {
        for (std::size_t state = 0; state < states; ++state) {
            Talk talk{GetParam(), static_cast<State>(state)};
            const std::string reply = talk.say(row.octets);
            EXPECT_EQ(reply.substr(0, 3), row.codes[state]) << row.octets << "in state " << state;
            const bool ends = row.verb == Verb::quit || row.verb == Verb::http;
            EXPECT_EQ(talk.then == Then::close, ends) << row.octets << "in state " << state;
        }
    }
}

TEST_P(EveryPair, ThatIsRefusedChangesNothing)
{
    for (const Row& row : rows_of(GetParam())) {
        for (std::size_t state = 0; state < states; ++state) {
            if (row.codes[state].front() != '5' || row.verb == Verb::http) {
                continue;
            }
            Talk before{GetParam(), static_cast<State>(state)};
            Talk after{GetParam(), static_cast<State>(state)};
            (void)after.say(row.octets);
            EXPECT_EQ(state_of(after), state_of(before)) << row.octets << "in state " << state;
            EXPECT_EQ(after.session.in_transaction(), before.session.in_transaction());
            EXPECT_EQ(after.session.envelope(), before.session.envelope());
        }
    }
}

TEST_P(EveryPair, ThatIsAllowedLeadsToItsState)
{
    for (const Row& row : rows_of(GetParam())) {
        for (std::size_t state = 0; state < states; ++state) {
            const bool goes_on = row.codes[state].front() == '2' && row.verb != Verb::quit;
            if (!goes_on) {
                continue;
            }
            const State next = next_by_hand(row.verb, static_cast<State>(state));
            Talk talk{GetParam(), static_cast<State>(state)};
            (void)talk.say(row.octets);
            EXPECT_EQ(talk.session.in_transaction(), next != State::connected && next != State::ready)
                << row.octets;
            EXPECT_EQ(state_of(talk), next) << row.octets << "in state " << state;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Protocols, EveryPair, testing::Values(Protocol::smtp, Protocol::lmtp), name_of);

}  // namespace

}  // namespace shield::smtp
