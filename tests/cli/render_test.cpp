// SPDX-License-Identifier: Apache-2.0
#include "render.hpp"

#include "columns.hpp"
#include "doctor.hpp"
#include "held.hpp"

#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

View plain(std::size_t columns)
{
    View view;
    view.columns = columns;
    view.now = *core::parse_rfc3339("2026-03-02T12:00:00Z");
    return view;
}

Json row(const char* reference, const char* category, const Json& due_at, const char* from, const char* subject)
{
    return {{"reference", reference}, {"category", category}, {"state", "new"},
            {"from", from},           {"subject", subject},   {"due_at", due_at},
            {"assignee", nullptr},    {"messages", 1},        {"acknowledgement", {{"state", "sent"}}},
            {"flags", Json::array()}};
}

Json sample_queue()
{
    Json held = row("SR-0000-0002", "support", nullptr, "Bob <bob@example.org>", "How do I export my data?");
    held["acknowledgement"]["state"] = "held";
    held["messages"] = 3;
    held["assignee"] = "bea";
    held["flags"] = Json::array({"encrypted"});
    return {{"cases", Json::array({row("SR-0000-0001", "attack", "2026-03-02T09:00:00Z",
                                       "日本 太郎 <taro@example.jp>", "アカウントが乗っ取られました"),
                                   held})},
            {"counts",
             {{"attack", 3},
              {"urgent", 1},
              {"support", 12},
              {"unanswered", 0},
              {"held", 2},
              {"unreadable", 0},
              {"folded", 5},
              {"closed", 9}}},
            {"limit", 50}};
}

TEST(RenderQueue, LooksLikeThis)
{
    const std::string expected =
        R"(3 attack, 1 urgent, 12 support open; 2 held (queue --held); 5 folded as spam (queue --spam)
REFERENCE     CATEGORY  STATE        DUE            ASSIGNEE   FROM          SUBJECT
SR-0000-0001  attack    new          OVERDUE 3h     -          日本 太郎 <…  アカウントが乗っ取られ…
SR-0000-0002  support   new          -              bea        Bob <bob@ex…  (3) [held] [encrypted]…
)";
    EXPECT_EQ(render_queue(sample_queue(), plain(100)), expected);
}

TEST(RenderQueue, GivesTheRoomOfAnAssigneeNobodyHasToTheSubject)
{
    Json queue = sample_queue();
    queue["cases"].erase(1);
    const std::string text = render_queue(queue, plain(100));
    EXPECT_THAT(text, Not(HasSubstr("ASSIGNEE")));
    EXPECT_THAT(text, HasSubstr("アカウントが乗っ取られました"));
}

TEST(RenderQueue, FitsEveryWindow)
{
    for (std::size_t columns = 40; columns < 200; ++columns) {
        const std::string text = render_queue(sample_queue(), plain(columns));
        const auto lines = core::split(text, '\n');
        for (std::size_t i = 1; i < lines.size(); ++i) {  // the counts are a sentence, not a row
            EXPECT_LE(columns_of(lines[i]), columns) << lines[i];
        }
    }
}

TEST(RenderQueue, NothingThatArrivedSteersTheTerminal)
{
    const Json queue{
        {"cases", Json::array({row("SR-0000-0001", "attack", nullptr, "\x1b]0;owned\x07 \xe2\x80\xae lived",
                                   "first\nSR-9999-9999  attack \x1b[2J \xc2\x9b"
                                   "31m")})},
        {"counts", Json::object()},
        {"limit", 50}};
    View wide = plain(300);
    const std::string text = render_queue(queue, wide);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(text, HasSubstr(R"(\x1b]0;owned\x07 \u202e lived)"));
    EXPECT_THAT(text, HasSubstr(R"(first\nSR-9999-9999  attack \x1b[2J \u009b31m)"));
    EXPECT_EQ(core::split(text, '\n').size(), 4U);  // counts, header, one row, end
}

TEST(RenderQueue, ColourIsOnlyForTerminals)
{
    View coloured = plain(100);
    EXPECT_EQ(render_queue(sample_queue(), coloured).find('\x1b'), std::string::npos);
    coloured.colour = true;
    EXPECT_THAT(render_queue(sample_queue(), coloured), HasSubstr("\x1b[1;31mOVERDUE 3h"));
}

TEST(RenderQueue, SaysWhenTheListGoesOn)
{
    Json queue = sample_queue();
    queue["limit"] = 2;
    EXPECT_THAT(render_queue(queue, plain(100)), HasSubstr("the first 2; --limit N shows more"));
    queue["cases"] = Json::array();
    EXPECT_THAT(render_queue(queue, plain(100)), HasSubstr("no cases"));
}

Json sample_detail(const std::string& text)
{
    Json detail = row("SR-0000-0001", "attack", "2026-03-02T13:20:00Z", "Eve <eve@example.org>", "Help");
    detail["mailbox"] = "shield@example.com";
    detail["received_at"] = "2026-03-02T11:20:00Z";
    detail["acknowledgement"] = {{"state", "held"}, {"reason", "the sender is not verified"}, {"sent_at", nullptr}};
    detail["authentication"] = {
        {"spf", nullptr}, {"dkim", nullptr}, {"dmarc", nullptr}, {"arc", nullptr}, {"reply_address", "unverified"}};
    detail["similar"] = Json::array({"SR-0000-0005"});
    detail["messages_detail"] = Json::array(
        {{{"number", 1},
          {"reference", "SR-0000-0001"},
          {"kind", "first"},
          {"received_at", "2026-03-02T11:20:00Z"},
          {"automatic", false},
          {"assessed", true},
          {"envelope",
           {{"client_address", "192.0.2.7"},
            {"helo", "mail.example.org"},
            {"protocol", "ESMTP"},
            {"reverse_path", "eve@example.org"},
            {"recipients", Json::array({"shield@example.com"})}}},
          {"from", "Eve <eve@example.org>"},
          {"subject", "Help"},
          {"encryption", "none"},
          {"text", text},
          {"attachments", Json::array({{{"number", 1},
                                        {"name", "../../etc/\x1b[31mpasswd"},
                                        {"declared_type", "image/png"},
                                        {"sniffed_type", "application/x-dosexec"},
                                        {"size", 10},
                                        {"sha256", "00ff"}}})},
          {"defects", Json::array()},
          {"classification",
           {{"category", "attack"},
            {"reasons", Json::array({{{"sentence", "says 'help'"}, {"towards", "attack"}, {"weight", 2.25}}})}}}}});
    detail["outgoing"] = Json::array();
    detail["events"] =
        Json::array({{{"at", "2026-03-02T11:20:00Z"}, {"who", "shieldd"}, {"kind", "received"}, {"detail", ""}},
                     {{"at", "2026-03-02T11:30:00Z"}, {"who", "bea"}, {"kind", "note"}, {"detail", "two\nlines"}}});
    return detail;
}

TEST(RenderCase, LooksLikeThis)
{
    EXPECT_EQ(render_case(sample_detail("Please help.\n"), {}, plain(100)),
              "SR-0000-0001  attack  new  due in 1h20m\n"
              "  From            Eve <eve@example.org>\n"
              "  Subject         Help\n"
              "  Mailbox         shield@example.com\n"
              "  Received        2026-03-02T11:20:00Z (40m ago)\n"
              "  Due             2026-03-02T13:20:00Z (in 1h20m)\n"
              "  Acknowledgement held: the sender is not verified\n"
              "  Sender          address unverified; not checked\n"
              "  Join?           SR-0000-0005\n"
              "\n"
              "Why attack\n"
              "  - +2.2 attack: says 'help'\n"
              "\n"
              "Message 1 of 1  SR-0000-0001  first\n"
              "  Received        2026-03-02T11:20:00Z from 192.0.2.7 (mail.example.org) with ESMTP, in clear text\n"
              "  Envelope        <eve@example.org> to shield@example.com\n"
              "  From            Eve <eve@example.org>\n"
              "  Subject         Help\n"
              "  | Please help.\n"
              "  attachment 1: ../../etc/\\x1b[31mpasswd, image/png (looks like application/x-dosexec), 10 octets, "
              "sha256 00ff\n"
              "\n"
              "History\n"
              "  2026-03-02T11:20:00Z  shieldd  received\n"
              "  2026-03-02T11:30:00Z  bea  note\n"
              "  | two\n"
              "  | lines\n");
}

TEST(RenderCase, APersonsDecisionStandsBeforeTheReasonsOfTheProgram)
{
    Json detail = sample_detail("x\n");
    detail["category"] = "support";
    detail["events"].push_back(
        {{"at", "2026-03-02T11:40:00Z"}, {"who", "bea"}, {"kind", "reclassify"}, {"detail", "attack to support"}});
    EXPECT_THAT(
        render_case(detail, {}, plain(100)),
        HasSubstr("\nCategory support, by bea at 2026-03-02T11:40:00Z; the program had said attack:\n  - +2.2 "));
}

TEST(RenderCase, SaysWhyTheHighestSumDidNotDecide)
{
    Json detail = sample_detail("x\n");
    Json& classification = detail["messages_detail"][0]["classification"];
    classification["probabilities"] = {{"attack", 0.42}, {"urgent", 0.5}, {"support", 0.08}};
    EXPECT_THAT(render_case(detail, {}, plain(100)),
                HasSubstr("Why attack\n  - attack against urgent 42% to 50%: what is in doubt goes to the more "
                          "pressing one, "));
    classification["probabilities"] = {{"attack", 0.5}, {"urgent", 0.42}, {"support", 0.08}};
    EXPECT_THAT(render_case(detail, {}, plain(100)), Not(HasSubstr("against")));
}

TEST(RenderCase, SaysWhatWasCheckedOfTheSender)
{
    Json detail = sample_detail("x\n");
    detail["authentication"]["spf"] = "pass";
    detail["authentication"]["dkim"] = "none";
    EXPECT_THAT(render_case(detail, {}, plain(100)),
                HasSubstr("  Sender          address unverified; spf pass, dkim none\n"));
    detail["authentication"]["reply_address"] = "verified";
    detail["authentication"]["verified_domain"] = "example.org";
    detail["messages_detail"][0]["authentication"] = {
        {"proofs",
         {{{"method", "spf"}, {"result", "pass"}, {"domain", "example.org"}, {"reason", "192.0.2.1 matches a"}}}}};
    const std::string page = render_case(detail, {}, plain(100));
    EXPECT_THAT(page, HasSubstr("  Sender          address verified (example.org); spf pass, dkim none\n"));
    EXPECT_THAT(page, HasSubstr("  spf             pass for example.org: 192.0.2.1 matches a\n"));
}

TEST(Render, SaysThatThereIsNoSubject)
{
    Json detail = sample_detail("x\n");
    detail["subject"] = "";
    detail["messages_detail"][0]["subject"] = " ";
    const std::string text = render_case(detail, {}, plain(100));
    EXPECT_EQ(core::split(text, '(').size(),
              core::split(render_case(sample_detail("x\n"), {}, plain(100)), '(').size() + 2);
    EXPECT_THAT(text, HasSubstr("  Subject         (no subject)\n"));
    Json queue = sample_queue();
    queue["cases"][0]["subject"] = "";
    EXPECT_THAT(render_queue(queue, plain(100)), HasSubstr("  (no subject)\n"));
    EXPECT_THAT(render_outcome(queue["cases"][0], plain(100)), HasSubstr("  (no subject)\n"));
}

Json evidence_row(const char* kind, const char* value)
{
    return {{"kind", kind},       {"value", value}, {"found_in", "text"}, {"place", "pasted header"},
            {"message", 1},       {"source", 2},    {"at", nullptr},      {"ours", false},
            {"reporters", false}, {"network", "n"}, {"size", 3},          {"sha256", "00ff"}};
}

TEST(RenderEvidence, IsALineAnItemThatNobodyCanFollow)
{
    Json detail = sample_detail("x\n");
    EXPECT_EQ(render_evidence(detail, plain(100)), "");
    detail["evidence"] = Json::array({evidence_row("url", "https://a.b.example/c.d?e=f.g"),
                                      evidence_row("domain", "a.example"), evidence_row("mailbox", "x.y@a.example"),
                                      evidence_row("address", "203.0.113.9"), evidence_row("file", "a.pdf")});
    detail["evidence"][0]["at"] = "2026-03-02T11:20:00Z";
    detail["evidence"][1]["ours"] = true;
    detail["evidence_cut"] = true;
    EXPECT_THAT(render_evidence(detail, plain(100)),
                HasSubstr("\n  url         2026-03-02T11:20:00Z  text, pasted header 2               "
                          "hxxps://a[.]b[.]example/c.d?e=f.g\n"
                          "  domain      -                     text, pasted header 2               "
                          "a[.]example  (ours)\n"
                          "  mailbox     -                     text, pasted header 2               "
                          "x.y@a[.]example\n"
                          "  address     -                     text, pasted header 2               "
                          "203.0.113.9 in n\n"
                          "  file        -                     text, pasted header 2               "
                          "a.pdf, 3 octets, sha256 00ff\n"
                          "  there is more than is shown\n"));
}

TEST(RenderEvidence, NothingInItSteersTheTerminal)
{
    Json detail = sample_detail("x\n");
    for (const char* kind : {"url", "file", "subject", "mailbox", "x\n\x1b"}) {
        detail["evidence"].push_back(evidence_row(kind, "a\x1b[31m\nHistory\xe2\x80\xae.b"));
    }
    detail["evidence"].push_back("no row at all");
    const std::string text = render_evidence(detail, plain(100));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\nHistory"), std::string::npos);
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
}

TEST(RenderCase, NoMessageCanPassForWhatWeSay)
{
    const std::string text = render_case(
        sample_detail("\n\nHistory\n  2026-03-02T11:40:00Z  bea  close: resolved\r\n\x1b[A\rSR\xe2\x80\xae\n"), {},
        plain(100));
    EXPECT_THAT(text, HasSubstr("\n  | History\n"));
    EXPECT_THAT(text, Not(HasSubstr("\nHistory\n  2026-03-02T11:40")));
    EXPECT_THAT(text, HasSubstr(R"(  | \x1b[A\rSR\u202e)"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(RenderCase, ALongLineIsBrokenBehindTheBarOnATerminal)
{
    View terminal = plain(60);
    terminal.wrap = true;
    const std::string text =
        render_case(sample_detail(std::string(70, ' ') + "History" + std::string(500, 'x')), {}, terminal);
    for (const auto line : core::split(text, '\n')) {
        EXPECT_LE(columns_of(line), 60U) << line;
    }
    EXPECT_EQ(text.find("\nHistoryxx"), std::string::npos);
    EXPECT_EQ(text.find("\nxxx"), std::string::npos);
}

TEST(RenderCase, OneMessageAloneComesWithoutTheRest)
{
    const std::string text = render_case(sample_detail("hello"), 1, plain(100));
    EXPECT_THAT(text, HasSubstr("  | hello"));
    EXPECT_THAT(text, Not(HasSubstr("History")));
}

TEST(RenderCase, TakesAnAnswerThatHoldsNothing)
{
    EXPECT_NO_THROW((void)render_case(Json::object(), {}, plain(80)));
    EXPECT_NO_THROW((void)render_case(Json::array({1, 2}), {}, plain(80)));
    EXPECT_NO_THROW((void)render_queue(Json{}, plain(80)));
}

TEST(RenderSpan, HasTwoUnitsAtMost)
{
    EXPECT_EQ(render_span(0s), "0s");
    EXPECT_EQ(render_span(59s), "59s");
    EXPECT_EQ(render_span(61s), "1m");
    EXPECT_EQ(render_span(80min), "1h20m");
    EXPECT_EQ(render_span(3h), "3h");
    EXPECT_EQ(render_span(53h), "2d5h");
}

TEST(RenderOutcome, NamesTheCaseAndWhatBecameOfIt)
{
    Json one = row("SR-0000-0001", "attack", "2026-03-02T13:20:00Z", "", "Help\x1b[2J");
    one["state"] = "triaged";
    one["assignee"] = "bea";
    EXPECT_EQ(render_outcome(one, plain(100)), "SR-0000-0001  attack  triaged  bea  due in 1h20m  Help\\x1b[2J\n");
}

TEST(RenderRefused, IsALineForEachSender)
{
    EXPECT_EQ(render_refused(Json::array()), "nothing was refused for its size\n");
    const Json known{{"last_at", "2026-03-02T12:00:00Z"},
                     {"sender", "ann@reporter.example"},
                     {"mailbox", "shield@example.com"},
                     {"client", "192.0.2.7"},
                     {"size", 70000000},
                     {"attempts", 3}};
    const Json hostile{{"last_at", "2026-03-02T12:00:00Z"},
                       {"sender", "\x1b[2J"},
                       {"client", "192.0.2.7"},
                       {"size", 1},
                       {"attempts", 1}};
    EXPECT_EQ(
        render_refused(Json::array({known, hostile, Json::object()})),
        "2026-03-02T12:00:00Z  ann@reporter.example                  70000000 octets to shield@example.com from "
        "192.0.2.7, 3 attempts\n"
        "2026-03-02T12:00:00Z  \\x1b[2J                               1 octets from 192.0.2.7\n"
        "  <>                                    0 octets from \n");
}

TEST(RenderStats, ReadsAsWords)
{
    EXPECT_EQ(render_stats({{"received", 3}, {"median_first_reply_seconds", 4800}}),
              "received                              3\n"
              "median first reply                    1h20m\n");
}

TEST(RenderStats, ShowsTheShareOfHeldMailByRelay)
{
    const Json relay{{"relay", "192.0.2.0/24\x1b"}, {"percent", 50}, {"held", 1}, {"messages", 2}};
    const Json share{
        {"percent", 50}, {"held", 1}, {"messages", 2}, {"too_much", false}, {"relays", Json::array({relay})}};
    EXPECT_EQ(render_stats({{"held_share", share}}),
              "held of people's mail, 7 days         50 % (1 of 2)\n"
              "  by 192.0.2.0/24\\x1b                 50 % (1 of 2)\n");
}

TEST(RenderHeld, SaysWhatWillBeSentAndWhatIsLeftAndObeysNothing)
{
    const Json sent{{"reference", "SR-0000-0001"},
                    {"category", "urgent"},
                    {"from", "ann@example.net\x1b[31m"},
                    {"received_at", "2026-11-25T00:00:00Z"},
                    {"reason", "not verified"}};
    Json left = sent;
    left["why"] = "reply instead";
    const Json answer{{"release", Json::array({sent})}, {"others", Json::array({left})}, {"left", 3}};
    const std::string text = render_held(answer);
    EXPECT_THAT(text, HasSubstr("to be released; was held: not verified\n"));
    EXPECT_THAT(text, HasSubstr("left: reply instead\n"));
    EXPECT_THAT(text, HasSubstr("1 to be released, 1 left, 3 more past the limit\n"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(render_allowances(Json::array()), "nobody is allowed\n");
}

TEST(RenderFindings, HasALineForEachAndWhatToDoBelow)
{
    const Json well{{"check", "store"}, {"level", "ok"}, {"found", "open"}, {"remedy", ""}};
    const Json bad{{"check", "disk"}, {"level", "fail"}, {"found", "full"}, {"remedy", "make room"}};
    EXPECT_EQ(render_findings(Json::array({well, bad}), false),
              "ok    store         open\n"
              "fail  disk          full\n"
              "      make room\n");
}

TEST(RenderVerification, ListsFaultsFirst)
{
    EXPECT_EQ(render_verification({{"messages", 2},
                                   {"octets", 30},
                                   {"cases", 1},
                                   {"references", 2},
                                   {"faults", Json::array({"message SR-0000-0001 has other octets\x1b"})}}),
              "fault: message SR-0000-0001 has other octets\\x1b\n"
              "2 messages (30 octets) in 1 cases, 2 references: not all good\n");
}

}  // namespace
}  // namespace shield::cli
