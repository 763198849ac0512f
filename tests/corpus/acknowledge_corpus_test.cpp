// SPDX-License-Identifier: Apache-2.0
#include <shield/acknowledge/decide.hpp>
#include <shield/mime/read.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace shield::acknowledge {
namespace {

namespace fs = std::filesystem;

const fs::path bounces = SHIELD_SOURCE_DIR "/../shared/corpus/mail/sisimai-set-of-emails";

std::string content_of(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// Everything that is not about who wrote it is made easy: verified, in To, nothing sent before, and the
// reverse-path is the author although most of these came with none.
Decision decision_on(const std::string& octets)
{
    const core::Limits limits;
    core::Assessment message = mime::read(octets, limits);
    const auto ours =
        core::Mailboxes::make("mx.shield.test", {{"shield@shield.test", {}, core::Category::attack}}).value();
    message.to_and_cc.push_back("shield@shield.test");

    core::Envelope envelope;
    envelope.reverse_path = message.from.empty() ? "someone@somewhere.test" : message.from.front();
    envelope.recipients = {ours.find(*core::Mailbox::parse("shield@shield.test")).value()};
    core::Verdict verdict;
    verdict.reply_address = core::ReplyAddress::verified;
    return after({}, verdict, judged(decide(envelope, &message, ours), verdict, Unverified::send), limits);
}

TEST(AcknowledgeCorpus, AnswersNoBounceComplaintOrVacationReply)
{
    if (!fs::exists(bounces)) {
        GTEST_SKIP() << "no corpus at " << bounces;
    }
    std::size_t read = 0;
    std::map<core::AcknowledgementState, std::size_t> decisions;
    for (const auto& entry : fs::recursive_directory_iterator{bounces}) {
        if (!entry.is_regular_file() || entry.path().extension() != ".eml") {
            continue;
        }
        ++read;
        const Decision decision = decision_on(content_of(entry.path()));
        ++decisions[decision.state];
        EXPECT_NE(decision.state, core::AcknowledgementState::queued) << entry.path();
    }
    EXPECT_GE(read, 400U);
    // One person forwards a bounce; all others are machines, and are known as such.
    EXPECT_EQ(decisions[core::AcknowledgementState::held], 1U);
    RecordProperty("suppressed", static_cast<int>(decisions[core::AcknowledgementState::suppressed]));
    RecordProperty("held", static_cast<int>(decisions[core::AcknowledgementState::held]));
}

TEST(AcknowledgeCorpus, KnowsReportsAsMachines)
{
    const fs::path reports = SHIELD_SOURCE_DIR "/../shared/corpus/mail/mail-auth-reports";
    if (!fs::exists(reports)) {
        GTEST_SKIP() << "no corpus at " << reports;
    }
    std::size_t read = 0;
    for (const auto& entry : fs::recursive_directory_iterator{reports}) {
        if (entry.is_regular_file() && entry.path().extension() == ".eml") {
            ++read;
            EXPECT_EQ(decision_on(content_of(entry.path())).state, core::AcknowledgementState::suppressed)
                << entry.path();
        }
    }
    EXPECT_GT(read, 0U);
}

}  // namespace
}  // namespace shield::acknowledge
