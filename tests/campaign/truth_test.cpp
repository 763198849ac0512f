// SPDX-License-Identifier: Apache-2.0
// Campaigns against the set in truth/, which was written and frozen by somebody who had not seen them. The places
// that were found are left in a file for truth/score.py, which tells more.
#include "samples.hpp"

#include <shield/acknowledge/decide.hpp>
#include <shield/core/ascii.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace shield::campaign {
namespace {

namespace fs = std::filesystem;

using Row = std::vector<std::string>;

std::string content_of(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The lines of a table but the first, which names the columns.
std::vector<Row> rows_of(const fs::path& path)
{
    std::vector<Row> rows;
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        Row& row = rows.emplace_back();
        for (const std::string_view cell : core::split(line, '\t')) {
            row.emplace_back(cell);
        }
    }
    return rows;
}

/// As the daemon does: what acknowledge knows of machines counts, and nobody is verified.
void place(const Row& row, const fs::path& set, Mail& mail)
{
    static const auto ours =
        core::Mailboxes::make("mx.desk.example", {{"security@desk.example", {}, core::Category::attack}}).value();
    core::Envelope envelope;
    envelope.client_address = row.at(2);
    envelope.reverse_path = row.at(3);
    if (auto recipient = core::Mailbox::parse(row.at(4)); recipient && ours.find(*recipient)) {
        envelope.recipients.push_back(ours.find(*recipient).value());
    }
    const core::Assessment message = mime::read(content_of(set / (row.at(0) + ".eml")), core::Limits{});
    Origin origin = origin_of(envelope, message);
    origin.machine = !acknowledge::machine_reason(envelope, message, ours).empty();
    mail.now = core::from_unix_ms(1764000000000 + 1000 * std::stoll(row.at(1)));
    mail.come(sketch_of(message, ours), origin);
}

TEST(CampaignTruth, IsFoundWellEnough)
{
    const fs::path generator = fs::path{SHIELD_SOURCE_DIR} / "tests" / "campaign" / "truth" / "generate.py";
    if (!fs::exists(generator)) {
        GTEST_SKIP() << "no ground truth at " << generator;
    }
    const fs::path set = fs::path{testing::TempDir()} / "campaign_truth";
    ASSERT_EQ(std::system(("python3 " + generator.string() + " " + set.string()).c_str()), 0);
    Mail mail;
    std::vector<std::string> names;
    for (const Row& row : rows_of(set / "messages.tsv")) {
        place(row, set, mail);
        names.push_back(row.at(0));
    }
    std::map<std::string, std::string> campaign_of;
    for (const Row& row : rows_of(set / "truth.tsv")) {
        campaign_of[row.at(0)] = row.at(1);
    }
    std::vector<std::string> truth;
    std::vector<CampaignId> found;
    std::ofstream places{set / "places.tsv"};
    std::size_t people = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        truth.push_back(campaign_of.at(names[i]));
        found.push_back(mail.of.at(i + 1));
        people += truth.back().empty() && found.back() != 0 ? 1 : 0;
        if (found.back() != 0) {
            places << names[i] << '\t' << found.back() << '\n';
        }
    }
    const Quality quality = quality_of(truth, found);
    std::printf("precision %.4f, recall %.4f, people's messages folded %zu; tests/campaign/truth/score.py %s\n",
                quality.precision, quality.recall, people, (set / "places.tsv").c_str());
    EXPECT_GE(quality.precision, 0.999);
    EXPECT_GE(quality.recall, 0.9);
    EXPECT_EQ(people, 0U);
}

}  // namespace
}  // namespace shield::campaign
