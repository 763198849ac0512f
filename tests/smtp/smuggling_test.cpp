// SPDX-License-Identifier: Apache-2.0
// tests/support/end_of_data_forms.txt, cut at every offset: none of it ends a message or a command, nothing behind
// it is executed, and what follows the true end is understood.
#include "support/dialogue.hpp"
#include "support/receipt.hpp"

#include <shield/core/ascii.hpp>
#include <shield/smtp/session.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace shield::smtp {

namespace {

enum class Fate { refused, kept, command };

struct Form {
    std::string name;
    Fate fate{};
    std::string octets;

    friend void PrintTo(const Form& form, std::ostream* to) { *to << form.name; }
};

std::vector<Form> forms(bool of_commands)
{
    std::ifstream file{std::string{SHIELD_SOURCE_DIR} + "/tests/support/end_of_data_forms.txt"};
    std::vector<Form> found;
    for (std::string line; std::getline(file, line);) {
        const std::size_t quote = line.find('"');
        if (line.starts_with('#') || quote == std::string::npos) {
            continue;
        }
        std::istringstream words{line.substr(0, quote)};
        Form form;
        std::string fate;
        words >> form.name >> fate;
        form.octets = tests::unescaped(std::string_view{line}.substr(quote));
        form.fate = fate == "kept" ? Fate::kept : fate == "refused" ? Fate::refused : Fate::command;
        if ((form.fate == Fate::command) == of_commands) {
            found.push_back(std::move(form));
        }
    }
    return found;
}

constexpr std::string_view hello = "EHLO client.reporter.example\r\n";
constexpr std::string_view envelope = "MAIL FROM:<ada@reporter.example>\r\nRCPT TO:<security@example.com>\r\n";
constexpr std::string_view smuggled =
    "MAIL FROM:<forged@bank.example>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\nSubject: forged\r\n\r\nforged";
constexpr std::string_view legitimate = "Subject: after\r\n\r\nwell\r\n";

/// What came of a conversation: the codes of all replies, and the messages with their reverse-paths.
struct Outcome {
    std::string codes;
    std::vector<std::string> messages;

    friend bool operator==(const Outcome&, const Outcome&) = default;
    friend void PrintTo(const Outcome& outcome, std::ostream* to)
    {
        *to << outcome.codes << testing::PrintToString(outcome.messages);
    }
};

/// A client and the store behind the session, which takes everything.
class Conversation {
public:
    Conversation() { take(session_.greet()); }

    void give(std::string_view octets) { take(session_.receive(octets)); }
    [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }

private:
    void take(Action action)
    {
        for (;;) {
            note(action.reply);
            kept_ += action.content;
            if (action.then == Then::deliver) {
                outcome_.messages.push_back(session_.envelope().reverse_path + ": " + kept_);
                kept_.clear();
                action = session_.accepted(store::Intake::receipt(core::Reference::from_bits(7)));
            } else if (action.then == Then::discard) {
                kept_.clear();
                action = session_.resume();
            } else {
                outcome_.codes += action.then == Then::close ? "closed" : "";
                return;
            }
        }
    }

    void note(std::string_view replies)
    {
        for (const std::string_view line : core::split(replies, '\n')) {
            if (line.size() > 4 && line[3] == ' ') {
                outcome_.codes.append(line.substr(0, 3)).append(" ");
            }
        }
    }

    Session session_{tests::dialogue_policy(), {}};
    std::string kept_;
    Outcome outcome_;
};

std::string joined(std::initializer_list<std::string_view> parts)
{
    std::string all;
    for (const std::string_view part : parts) {
        all += part;
    }
    return all;
}

/// RFC 5321 section 4.5.2, written once more and in another way than in the session.
std::string without_stuffed_dots(std::string content)
{
    for (std::size_t at = 0; (at = content.find("\r\n.", at)) != std::string::npos; at += 2) {
        content.erase(at + 2, 1);
    }
    return content;
}

std::string chunk(std::string_view octets, bool last)
{
    return joined({"BDAT ", std::to_string(octets.size()), last ? " LAST" : "", "\r\n", octets});
}

void expect_cut_anywhere(std::string_view octets, const Outcome& expected)
{
    for (std::size_t cut = 0; cut < octets.size(); ++cut) {
        Conversation two_reads;
        two_reads.give(octets.substr(0, cut));
        two_reads.give(octets.substr(cut));
        ASSERT_EQ(two_reads.outcome(), expected) << "cut at " << cut << " of " << octets.size();
    }
    Conversation octet_by_octet;
    for (const char octet : octets) {
        octet_by_octet.give({&octet, 1});
    }
    ASSERT_EQ(octet_by_octet.outcome(), expected) << "octet by octet";
}

/// One message with the form in it, and behind its true end another.
class Smuggling : public testing::TestWithParam<Form> {
protected:
    static void expect_data(const std::string& content)
    {
        const bool kept = GetParam().fate == Fate::kept;
        Outcome expected{kept ? "220 250 250 250 354 250 " : "220 250 250 250 354 554 ", {}};
        if (kept) {
            expected.messages.push_back("ada@reporter.example: " + without_stuffed_dots(content) + "\r\n");
        }
        expect_in_step(joined({"DATA\r\n", content, "\r\n.\r\n"}), expected);
    }

    static void expect_in_step(const std::string& message, Outcome expected)
    {
        const std::string octets =
            joined({hello, envelope, message, envelope, "DATA\r\n", legitimate, ".\r\n", "QUIT\r\n"});
        expected.codes += "250 250 354 250 221 closed";
        expected.messages.push_back(joined({"ada@reporter.example: ", legitimate}));
        expect_cut_anywhere(octets, expected);
    }

    static std::string first() { return "Subject: first\r\n\r\nfirst" + GetParam().octets; }
};

TEST_P(Smuggling, DoesNotEndAMessage)
{
    Conversation conversation;
    conversation.give(joined({hello, envelope, "DATA\r\n"}));
    const Outcome before = conversation.outcome();
    conversation.give(first());
    EXPECT_EQ(conversation.outcome(), before) << "answered in the middle of a message";
    expect_data(first() + "rest");
}

TEST_P(Smuggling, HidesNoCommandsInAMessage)
{
    expect_data(first() + std::string{smuggled});
}

TEST_P(Smuggling, HidesNoCommandsInAChunk)
{
    const std::string content = joined({first(), smuggled, "\r\n.\r\n"});
    const bool kept = GetParam().fate == Fate::kept;
    Outcome expected{kept ? "220 250 250 250 250 " : "220 250 250 250 554 ", {}};
    if (kept) {
        expected.messages.push_back("ada@reporter.example: " + content);
    }
    expect_in_step(chunk(content, true), expected);
}

TEST_P(Smuggling, HidesNoCommandsInTwoChunksCutAnywhere)
{
    const std::string content = joined({first(), smuggled, "\r\n"});
    const std::size_t form = first().size() - GetParam().octets.size();
    for (std::size_t cut = form; cut <= first().size(); ++cut) {
        const std::string chunks = chunk(content.substr(0, cut), false) + chunk(content.substr(cut), true);
        if (GetParam().fate == Fate::kept) {
            expect_in_step(chunks, {"220 250 250 250 250 250 ", {"ada@reporter.example: " + content}});
            continue;
        }
        // The first chunk is refused as soon as it holds the fault, the message in any case.
        Conversation whole;
        whole.give(joined({hello, envelope, chunks}));
        const std::string codes = whole.outcome().codes;
        ASSERT_TRUE(codes == "220 250 250 250 250 554 " || codes == "220 250 250 250 554 554 ") << codes;
        expect_in_step(chunks, {codes, {}});
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, Smuggling, testing::ValuesIn(forms(false)),
                         [](const auto& test) { return test.param.name; });

class CommandSmuggling : public testing::TestWithParam<Form> {};

TEST_P(CommandSmuggling, HidesNoSecondCommandInALine)
{
    const std::string octets = joined({hello, "NOOP", GetParam().octets, "MAIL FROM:<forged@bank.example>\r\n",
                                       envelope, "DATA\r\n", legitimate, ".\r\nQUIT\r\n"});
    expect_cut_anywhere(
        octets, {"220 250 500 250 250 354 250 221 closed", {joined({"ada@reporter.example: ", legitimate})}});
}

INSTANTIATE_TEST_SUITE_P(Forms, CommandSmuggling, testing::ValuesIn(forms(true)),
                         [](const auto& test) { return test.param.name; });

TEST(SmugglingTable, HasTheStandardEndNowhere)
{
    EXPECT_GT(forms(false).size(), 50U);
    EXPECT_GT(forms(true).size(), 10U);
    for (const Form& form : forms(false)) {
        EXPECT_EQ(form.octets.find("\r\n.\r\n"), std::string::npos) << form.name;
    }
}

}  // namespace

}  // namespace shield::smtp
