// SPDX-License-Identifier: Apache-2.0
#include "likeness.hpp"
#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::campaign {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string words_by_chance(std::size_t count, Dice& dice)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += dice.letters(4 + dice.below(6)) + (i % 12 == 11 ? ".\n" : " ");
    }
    return text;
}

TEST(Sketch, OfTheSameOctetsIsTheSameEverywhere)
{
    const Sketch sketch = sketch_of_text(
        "Your parcel 4711 waits at the depot. Pay the customs fee within three days "
        "at https://parcel.example/pay or it goes back to the sender.");
    EXPECT_EQ(core::to_hex(core::sha256(to_octets(sketch))),
              "05ef962da5bfef4be3fbf907f1d6ace471ea49002ea3abcb564de59dbbf299dd")
        << "sketches are kept in the store: when this changes, its version must";
}

TEST(Sketch, FitsItsBound)
{
    Dice dice{1};
    std::string text = words_by_chance(9000, dice);
    for (int i = 0; i < 40; ++i) {
        text.insert(0, "https://" + dice.letters(8) + ".example/a" + dice.letters(3) + "/b?c=1 ");
    }
    core::Assessment message = message_of("Subject with several words", text);
    for (std::uint8_t i = 0; i < 20; ++i) {
        message.attachments.push_back({"a", "application/pdf", "", 1000, core::sha256(std::string(i, 'x')), false});
    }
    const Sketch sketch = sketch_of(message, our_mailboxes());
    EXPECT_THAT(sketch.words, SizeIs(Sketch::words_max));
    EXPECT_THAT(sketch.marks, SizeIs(Sketch::marks_max));
    EXPECT_THAT(sketch.attachments, SizeIs(Sketch::attachments_max));
    EXPECT_LE(to_octets(sketch).size(), Sketch::octets_max);
}

TEST(Sketch, ComesBackFromItsOctets)
{
    Dice dice{2};
    for (const Family& family : families()) {
        const Sketch sketch = copy_of(family, dice);
        EXPECT_EQ(sketch_from(to_octets(sketch)).value(), sketch) << family.name;
    }
    const Sketch empty = sketch_of({}, our_mailboxes());
    EXPECT_EQ(sketch_from(to_octets(empty)).value(), empty);
}

TEST(Sketch, IsNotReadFromOctetsThatCannotBe)
{
    const std::string octets =
        to_octets(sketch_of_text("some words that tell something about parcels and customs"));
    for (std::size_t size = 0; size < octets.size(); ++size) {
        EXPECT_FALSE(sketch_from(octets.substr(0, size))) << size;
    }
    EXPECT_FALSE(sketch_from(octets + "x"));
    EXPECT_EQ(sketch_from("\x03" + octets.substr(1)).error().sentence, "The sketch is of another version.");
}

TEST(Sketch, StaysAlikeWithATenthOfRandomWordsBefore)
{
    Dice dice{3};
    for (const std::size_t words : {60U, 200U, 1000U}) {
        const std::string text = words_by_chance(words, dice);
        const Sketch plain = sketch_of_text(text);
        const Sketch prefixed = sketch_of_text(words_by_chance(words / 10, dice) + text);
        EXPECT_EQ(likeness(plain, prefixed).degree, Degree::copy) << words;
        EXPECT_GT(likeness(plain, prefixed).similarity, 0.75) << words;
    }
}

TEST(Sketch, OfDifferentTextsAreNotAlike)
{
    Dice dice{4};
    const auto all = families();
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            EXPECT_LT(likeness(copy_of(all[i], dice), copy_of(all[j], dice)).degree, Degree::variant)
                << all[i].name << " and " << all[j].name;
        }
    }
}

TEST(Sketch, KnowsNothingByOurOwnDomainsAndThoseOfEverybody)
{
    const std::string text =
        "Look at https://www.shield.test/login and https://github.com/a/b, ask help@shield.test.";
    EXPECT_THAT(sketch_of_text(text).marks, IsEmpty());
    EXPECT_THAT(sketch_of_text(text + " https://evil.example/").marks, SizeIs(1));
}

TEST(Sketch, OfAFewWordsIsAlikeOnlyWithMoreInCommon)
{
    const Sketch hello = sketch_of_text("Hello, please help me quickly", "Need some urgent help");
    EXPECT_TRUE(is_brief(hello));
    EXPECT_EQ(likeness(hello, hello).degree, Degree::brief);
    const Sketch link = sketch_of_text("See this https://evil.example/", "Need some urgent help");
    EXPECT_EQ(likeness(link, link).degree, Degree::variant);
    EXPECT_EQ(likeness(hello, sketch_of_text("Hello, please help", "Another subject altogether")).degree,
              Degree::none);
    const Sketch nothing = sketch_of({}, our_mailboxes());
    EXPECT_EQ(likeness(nothing, nothing).degree, Degree::none);
}

TEST(Sketch, OfAMessagePassedOnIsOnlyLinkedToTheOriginal)
{
    Dice dice{5};
    const std::string text = filled(families().front().text, dice);
    const Sketch original = sketch_of_text(text, "Payment");
    const Sketch passed_on = sketch_of_text("Is this real?\n---------- Forwarded message ---------\n" + text);
    EXPECT_TRUE(passed_on.quoted);
    EXPECT_EQ(likeness(original, passed_on).degree, Degree::linked);
}

TEST(Sketch, KnowsConfirmationsByAllThatMakesThem)
{
    Dice dice{6};
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(confirmation(dice).confirmation);
    }
    const auto is_confirmation = [](std::string_view header, std::string_view body) {
        return sketch_of(read_message(header, body), our_mailboxes()).confirmation;
    };
    const std::string_view body = "Please confirm your subscription: https://news.example/c/8a7b6c5d4e3f2a1b";
    EXPECT_TRUE(is_confirmation("From: no-reply@news.example\r\n", body));
    EXPECT_TRUE(is_confirmation("From: news@news.example\r\nList-Unsubscribe: <mailto:a@news.example>\r\n", body));
    EXPECT_FALSE(
        is_confirmation("From: joe@person.example\r\n", "My wife got this, is it yours? " + std::string{body}))
        << "a person tells of one";
    EXPECT_FALSE(
        is_confirmation("From: no-reply@news.example\r\n", "Confirm your subscription at https://news.example/"))
        << "no link that was made for it";
    EXPECT_FALSE(is_confirmation("From: no-reply@bank.example\r\nPrecedence: bulk\r\n",
                                 "Verify your account or it is suspended: https://evil.example/v/8a7b6c5d4e3f2a1b"))
        << "phishing";
    EXPECT_FALSE(is_confirmation("From: joe@person.example\r\nAuto-Submitted: auto-replied\r\n", "I am away."));
}

TEST(Sketch, KnowsMachinesByTheirHeader)
{
    const auto by_machine = [](std::string_view header) {
        return sketch_of(read_message(header, "text"), our_mailboxes()).machine;
    };
    EXPECT_TRUE(by_machine("From: a@b.example\r\nAuto-Submitted: auto-generated\r\n"));
    EXPECT_TRUE(by_machine("From: a@b.example\r\nPrecedence: bulk\r\n"));
    EXPECT_TRUE(by_machine("From: a@b.example\r\nList-Id: <x.b.example>\r\n"));
    EXPECT_TRUE(by_machine("From: Do-Not-Reply@b.example\r\n"));
    EXPECT_FALSE(by_machine("From: a@b.example\r\nAuto-Submitted: no\r\n"));
}

}  // namespace
}  // namespace shield::campaign
