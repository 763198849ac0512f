// SPDX-License-Identifier: Apache-2.0
#include <shield/classify/classifier.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

namespace shield::classify {
namespace {

using core::Category;

const std::string texts = SHIELD_SOURCE_DIR "/../shared/corpus/text/";

/// How many texts of each label went to each category, [label][category].
using Confusion = std::array<std::array<int, 3>, 3>;

Confusion confusion_with(std::optional<Category> prior)
{
    const auto classifier = Classifier::built_in();
    Confusion confusion{};
    for (const Category label : core::categories) {
        std::ifstream in{texts + std::string{core::to_string(label)} + ".jsonl"};
        for (std::string line; std::getline(in, line);) {
            const auto text = nlohmann::json::parse(line);
            core::Assessment message;
            message.subject = text.at("subject").get<std::string>();
            message.text = text.at("body").get<std::string>();
            const auto category = classifier.classify(message, prior).category;
            ++confusion[static_cast<std::size_t>(label)][static_cast<std::size_t>(category)];
        }
    }
    return confusion;
}

double recall(const Confusion& confusion, Category category)
{
    const auto& row = confusion[static_cast<std::size_t>(category)];
    return static_cast<double>(row[static_cast<std::size_t>(category)]) / (row[0] + row[1] + row[2]);
}

class ClassifyCorpus : public testing::Test {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(texts)) {
            GTEST_SKIP() << "no corpus at " << texts;
        }
    }
};

// Floors that a change of rules must not fall through; they are no measure of quality on mail that nobody has seen.
TEST_F(ClassifyCorpus, IsSortedWellEnoughWithoutAPrior)
{
    const Confusion confusion = confusion_with({});
    EXPECT_GE(recall(confusion, Category::attack), 0.78);
    EXPECT_GE(recall(confusion, Category::urgent), 0.87);
    EXPECT_GE(recall(confusion, Category::support), 0.88);
    int right = 0;
    int all = 0;
    for (std::size_t label = 0; label < 3; ++label) {
        for (std::size_t category = 0; category < 3; ++category) {
            right += label == category ? confusion[label][category] : 0;
            all += confusion[label][category];
            RecordProperty(std::string{core::to_string(core::categories[label])} + "_as_" +
                               std::string{core::to_string(core::categories[category])},
                           confusion[label][category]);
        }
    }
    EXPECT_GE(right, all * 87 / 100);
}

// Invariant 8.
TEST_F(ClassifyCorpus, LosesNoAttackThatWasSentToTheRightMailbox)
{
    EXPECT_EQ(recall(confusion_with(Category::attack), Category::attack), 1.0);
}

TEST_F(ClassifyCorpus, FindsMostAttacksInOtherMailboxes)
{
    EXPECT_GE(recall(confusion_with(Category::urgent), Category::attack), 0.9);
    EXPECT_GE(recall(confusion_with(Category::support), Category::attack), 0.85);
}

}  // namespace
}  // namespace shield::classify
