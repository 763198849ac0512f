// SPDX-License-Identifier: Apache-2.0
// Mail and texts that people wrote for themselves, each from a sender of its own: next to none may fold.
#include <shield/campaign/campaigns.hpp>
#include <shield/mime/read.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace shield::campaign {
namespace {

namespace fs = std::filesystem;

const fs::path corpus = SHIELD_SOURCE_DIR "/../shared/corpus";

class CampaignCorpus : public testing::Test {
protected:
    void SetUp() override
    {
        if (!fs::exists(corpus)) {
            GTEST_SKIP() << "no corpus at " << corpus;
        }
    }

    void place(const core::Assessment& message)
    {
        Origin origin;
        origin.sender = ++placed_;
        const Placement placement =
            campaigns_.place(placed_, sketch_of(message, ours_), origin,
                             core::from_unix_ms(1764000000000 + 1000 * static_cast<std::int64_t>(placed_)));
        folded_ += placement.standing == Standing::member ? 1 + placement.joined.size() : 0;
    }

    core::Mailboxes ours_ =
        core::Mailboxes::make("mx.shield.test", {{"shield@shield.test", {}, core::Category::attack}}).value();
    Campaigns campaigns_{core::Limits{}};
    std::uint64_t placed_{0};
    std::size_t folded_{0};
};

TEST_F(CampaignCorpus, FoldsNoTextOfAPerson)
{
    for (const char* label : {"attack", "urgent", "support"}) {
        std::ifstream in{corpus / "text" / (std::string{label} + ".jsonl")};
        for (std::string line; std::getline(in, line);) {
            const auto text = nlohmann::json::parse(line);
            core::Assessment message;
            message.subject = text.at("subject").get<std::string>();
            message.text = text.at("body").get<std::string>();
            place(message);
        }
    }
    EXPECT_GE(placed_, 600U);
    EXPECT_EQ(folded_, 0U);
}

TEST_F(CampaignCorpus, SketchesEveryMessageWithinItsBound)
{
    for (const auto& entry : fs::recursive_directory_iterator{corpus / "mail"}) {
        if (!entry.is_regular_file() || entry.path().extension() != ".eml") {
            continue;
        }
        std::ifstream in{entry.path(), std::ios::binary};
        const std::string octets{std::istreambuf_iterator<char>{in}, {}};
        const Sketch sketch = sketch_of(mime::read(octets, core::Limits{}), ours_);
        EXPECT_LE(to_octets(sketch).size(), Sketch::octets_max) << entry.path();
        EXPECT_EQ(sketch_from(to_octets(sketch)).value(), sketch) << entry.path();
        ++placed_;
    }
    EXPECT_GE(placed_, 500U);
}

}  // namespace
}  // namespace shield::campaign
