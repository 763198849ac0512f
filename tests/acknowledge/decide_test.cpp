// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <shield/acknowledge/decide.hpp>

#include <gmock/gmock.h>

namespace shield::acknowledge {
namespace {

using core::AcknowledgementState;
using testing::HasSubstr;

// A message that may be acknowledged, to be spoiled in one way.
struct Case {
    core::Envelope envelope{a_persons_envelope()};
    core::Assessment message{a_persons_message()};
    core::Verdict verdict{{}, core::ReplyAddress::verified, "home.test", {}};
    History history;
    Unverified unverified{Unverified::hold};
    core::Limits limits;

    [[nodiscard]] Decision decision() const
    {
        return after(history, verdict, judged(decide(envelope, &message, our_mailboxes()), verdict, unverified),
                     limits);
    }
};

TEST(Decide, QueuesForAVerifiedPerson)
{
    EXPECT_EQ(Case{}.decision().state, AcknowledgementState::queued);
}

TEST(Decide, SuppressesForAMachine)
{
    Case one;
    one.message.machine.auto_submitted = "auto-replied";
    EXPECT_EQ(one.decision().state, AcknowledgementState::suppressed);
    EXPECT_THAT(one.decision().reason, HasSubstr("Auto-Submitted"));
}

TEST(Decide, HoldsForASenderThatIsNotVerifiedUnlessToldToSend)
{
    Case one;
    one.verdict = {};
    EXPECT_EQ(one.decision(), (Decision{AcknowledgementState::held, "reply address not verified", false}));
    one.unverified = Unverified::send;
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
}

TEST(Decide, WhoIsAllowedByAPersonIsAnsweredForThatReasonUnlessTheirDomainDisownsIt)
{
    const Decision may{AcknowledgementState::queued, "its sender may be answered", false};
    core::Verdict verdict;
    EXPECT_EQ(judged(may, verdict, Unverified::hold, "allowed by bea"),
              (Decision{AcknowledgementState::queued, "allowed by bea", false}));
    verdict.reply_address = core::ReplyAddress::refuted;
    EXPECT_EQ(judged(may, verdict, Unverified::hold, "allowed by bea").state, AcknowledgementState::held);
    const Decision machine{AcknowledgementState::suppressed, "a machine", true};
    EXPECT_EQ(judged(machine, {}, Unverified::hold, "allowed by bea"), machine);
    History history;
    history.sender_day = 1;
    EXPECT_EQ(after(history, {}, judged(may, {}, Unverified::hold, "allowed by bea"), core::Limits{}).state,
              AcknowledgementState::held)
        << "as for one that is probable";
}

TEST(Decide, NeverAnswersByItselfWhatItsDomainDisowns)
{
    Case one;
    one.verdict.reply_address = core::ReplyAddress::refuted;
    for (const Unverified unverified : {Unverified::hold, Unverified::send}) {
        one.unverified = unverified;
        EXPECT_EQ(one.decision().state, AcknowledgementState::held);
        EXPECT_THAT(one.decision().reason, HasSubstr("disowns"));
    }
}

TEST(Decide, AnswersAProbableSenderOnceADayAndAVerifiedOneThreeTimes)
{
    Case one;
    one.history.sender_day = 2;
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
    one.history.sender_day = 3;
    EXPECT_THAT(one.decision().reason, HasSubstr("acknowledgements_verified_day_max"));
    one.verdict.reply_address = core::ReplyAddress::probable;
    one.history.sender_day = 0;
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
    one.history.sender_day = 1;
    EXPECT_THAT(one.decision().reason, HasSubstr("acknowledgements_sender_day_max"));
}

TEST(Decide, HoldsWhenNoMailboxOfOursIsInToOrCc)
{
    Case one;
    one.message.to_and_cc = {"undisclosed@x.test", "not an address"};
    EXPECT_EQ(one.decision().state, AcknowledgementState::held);
    EXPECT_THAT(one.decision().reason, HasSubstr("To or Cc"));
    one.message.to_and_cc = {"x@y.test", "Shield+case@MX.Shield.Test"};  // another name of ours
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
}

TEST(Decide, HoldsWhatLooksLikeSpam)
{
    Case one;
    one.message.classification.flags = {"legal", "spam"};
    EXPECT_EQ(one.decision().state, AcknowledgementState::held);
    EXPECT_THAT(one.decision().reason, HasSubstr("unsolicited"));
}

// A person may pass on a bounce; a machine that answers machines would do the same.
TEST(Decide, HoldsWhatAnswersOrPassesOnAMachinesMail)
{
    for (const auto* subject : {"Fwd: Returned mail: see transcript for details", "Re: Automatic reply: hello",
                                "AW: WG: Abwesenheitsnotiz: Hallo"}) {
        Case one;
        one.message.subject = subject;
        EXPECT_EQ(one.decision().state, AcknowledgementState::held) << subject;
    }
    Case one;
    one.message.subject = "Re: Fwd: automatic replies are flooding me";
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
}

TEST(Decide, HoldsWhatAMachineOrAPersonMayHaveWritten)
{
    std::vector<Case> cases(4);
    cases[0].envelope.reverse_path = "root@home.test";
    cases[1].message.from = {"alerts@home.test"};
    cases[2].message.machine.autoreply_field = "x-jira-fingerprint";
    cases[3].message.machine.autoreply_field = "feedback-id";
    for (const Case& one : cases) {
        EXPECT_EQ(one.decision().state, AcknowledgementState::held) << one.decision().reason;
    }
}

TEST(Decide, HoldsAtEachCapAndNamesIt)
{
    const auto held_by = [](std::uint64_t History::*count, std::uint64_t core::Limits::*limit) {
        Case one;
        one.limits.*limit = 3;
        one.history.*count = 2;
        EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
        one.history.*count = 3;
        EXPECT_EQ(one.decision().state, AcknowledgementState::held);
        return one.decision().reason;
    };
    EXPECT_THAT(held_by(&History::sender_day, &core::Limits::acknowledgements_verified_day_max),
                HasSubstr("acknowledgements_verified_day_max"));
    EXPECT_THAT(held_by(&History::signer_day, &core::Limits::acknowledgements_signer_day_max),
                HasSubstr("acknowledgements_signer_day_max"));
    EXPECT_THAT(held_by(&History::domain_day, &core::Limits::acknowledgements_domain_day_max),
                HasSubstr("acknowledgements_domain_day_max"));
    EXPECT_THAT(held_by(&History::network_day, &core::Limits::acknowledgements_network_day_max),
                HasSubstr("acknowledgements_network_day_max"));
    EXPECT_THAT(held_by(&History::total_day, &core::Limits::acknowledgements_day_max),
                HasSubstr("acknowledgements_day_max"));
}

TEST(Decide, OwesNothingForARepeatOrAFollowUp)
{
    Case one;
    one.history.follow_up = true;
    EXPECT_EQ(one.decision().state, AcknowledgementState::suppressed);
    EXPECT_THAT(one.decision().reason, HasSubstr("follows up"));
    one.history.repeat = true;
    EXPECT_THAT(one.decision().reason, HasSubstr("repeats"));
}

TEST(Decide, DoesNotAcknowledgeForPostmasterAndAbuse)
{
    Case one;
    one.envelope.recipients = {our_mailboxes().find(*core::Mailbox::parse("abuse@shield.test")).value()};
    one.message.to_and_cc = {"abuse@shield.test"};
    EXPECT_EQ(one.decision().state, AcknowledgementState::suppressed);
    EXPECT_THAT(one.decision().reason, HasSubstr("not acknowledged"));
    one.envelope.recipients.push_back(a_persons_envelope().recipients.front());
    EXPECT_EQ(one.decision().state, AcknowledgementState::queued);
}

TEST(Decide, HoldsWhatCouldNotBeRead)
{
    const Case one;
    const auto decision = [&](const core::Envelope& envelope) {
        return after(one.history, one.verdict,
                     judged(decide(envelope, nullptr, our_mailboxes()), one.verdict, Unverified::send), one.limits);
    };
    EXPECT_EQ(decision(one.envelope).state, AcknowledgementState::held);
    auto bounce = one.envelope;
    bounce.reverse_path.clear();
    EXPECT_EQ(decision(bounce).state, AcknowledgementState::suppressed);
}

TEST(Decide, HoldsForAReturnAddressItCannotOrShouldNotAnswer)
{
    for (const auto* address : {"mary@[192.0.2.1]", "no at sign", "colleague@shield.test", "root@mx.shield.test"}) {
        Case one;
        one.envelope.reverse_path = address;
        EXPECT_EQ(one.decision().state, AcknowledgementState::held) << address;
    }
}

// The reason is shown to people and written to logs: it holds no octet of the message.
// Each of them reaches joe@home.test, or may, and would be another sender to the caps.
TEST(Decide, HoldsForAnAddressThatHasOtherSpellings)
{
    for (const auto* path :
         {R"("joe"@home.test)", R"("j\oe"@home.test)", "(1)joe@home.test", "joe(1)@home.test", "joe@home.test.",
          "joe%home.test@relay.test", "home.test!joe@relay.test", "joe..@home.test", R"(j"o"e@home.test)",
          "a@home.test,joe@home.test", "joe@localhost"}) {
        Case one;
        one.envelope.reverse_path = path;
        EXPECT_EQ(one.decision().state, AcknowledgementState::held) << path;
        EXPECT_THAT(one.decision().reason, HasSubstr("return address")) << path;
    }
    for (const auto* path : {"joe.x+tag=1@home.test", "prvs=12ab=joe@home.test", "j\u00f6e@h\u00f6me.test"}) {
        Case one;
        one.envelope.reverse_path = path;
        EXPECT_EQ(one.decision().state, AcknowledgementState::queued) << path;
    }
}

TEST(Decide, GivesReasonsInWordsOfItsOwn)
{
    const std::string marker = "MaRkEr";
    std::vector<Case> cases(8);
    cases[0].envelope.reverse_path = marker;
    cases[1].envelope.reverse_path = "noreply+" + marker + "@x.test";
    cases[2].message.subject = "Auto: " + marker;
    cases[3].message.machine.auto_submitted = marker;
    cases[4].message.machine.precedence = "bulk " + marker;
    cases[5].message.machine.list_field = marker;
    cases[6].message.to_and_cc = {marker + "@x.test"};
    cases[7].message.machine.content_type = "message/" + marker;
    for (const Case& one : cases) {
        EXPECT_NE(one.decision().state, AcknowledgementState::queued);
        EXPECT_THAT(one.decision().reason, testing::Not(HasSubstr(marker)));
        EXPECT_NE(one.decision().reason, "");
    }
}

}  // namespace
}  // namespace shield::acknowledge
