// SPDX-License-Identifier: Apache-2.0
// The published DKIM messages of the shared corpus, with the keys that are beside them.
#include <shield/auth/dkim.hpp>

#include <auth/answers.hpp>
#include <corpus/auth_files.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace shield::auth::test {

namespace {

namespace fs = std::filesystem;

const core::Time now = core::from_unix_ms(1'795'000'000'000);
const fs::path chasquid = corpus / "dkim-chasquid" / "dkim" / "testdata";
const fs::path mimekit = corpus / "dkim-mimekit" / "UnitTests" / "TestData" / "dkim";

// "name: \" and lines that end in "\" until one does not; "TEMPERROR" and "PERMERROR" in place of a record.
TextZone zone_of(const fs::path& file)
{
    TextZone zone;
    std::ifstream stream{file};
    std::string whole;
    for (std::string line; std::getline(stream, line);) {
        const bool goes_on = line.ends_with('\\');
        whole += line.substr(0, line.size() - (goes_on ? 1 : 0));
        const std::size_t colon = whole.find(':');
        if (goes_on || colon == std::string::npos) {
            continue;
        }
        const std::string record = whole.substr(whole.find_first_not_of(' ', colon + 1));
        if (record == "TEMPERROR") {
            zone.texts[whole.substr(0, colon)] = {"(failed)"};
        } else if (record != "PERMERROR") {
            zone.texts[whole.substr(0, colon)].push_back(record);
        }
        whole.clear();
    }
    return zone;
}

// What the suite calls a state, by what RFC 8601 has for it.
std::string state_of(Result result)
{
    switch (result) {
        case Result::pass:
            return "SUCCESS";
        case Result::temperror:
            return "TEMPFAIL";
        default:
            return "PERMFAIL";
    }
}

// A file beside the test's, or that of the first test whose mail and keys several share.
fs::path beside(const fs::path& result, const char* extension)
{
    fs::path own = result;
    own.replace_extension(extension);
    return fs::exists(own) ? own : chasquid / ("01-rfc8463" + std::string{extension});
}

}  // namespace

TEST(DkimCorpus, ChasquidsMessagesComeToWhatItExpects)
{
    if (!fs::exists(chasquid)) {
        GTEST_SKIP() << "no shared corpus at " << chasquid;
    }
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{chasquid}) {
        if (entry.path().extension() != ".result") {
            continue;
        }
        SCOPED_TRACE(entry.path().filename().string());
        const TextZone zone = zone_of(beside(entry.path(), ".dns"));
        const auto expected = nlohmann::json::parse(slurp(entry.path())).at("Results");
        const Signatures signatures =
            read_signatures(with_crlf(slurp(beside(entry.path(), ".msg"))), core::Limits{});
        ASSERT_GE(signatures.dkim.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            Inquiry inquiry{10};
            const Finding finding = result_of(check_dkim(inquiry, signatures.dkim[i], now), inquiry, zone);
            // Differs on purpose: l= is never trusted (RFC 6376 section 8.2 lets us).
            const bool has_length = signatures.dkim[i].body_length;
            EXPECT_EQ(has_length, entry.path().filename() == "09-limited_body.result" && i == 0);
            EXPECT_EQ(state_of(finding.result),
                      has_length ? "PERMFAIL" : expected[i].at("State").get<std::string>())
                << i << ": " << finding.reason;
            const std::string domain = expected[i].at("Domain");
            EXPECT_TRUE(domain.empty() || finding.domain == domain) << finding.domain;
        }
        ++count;
    }
    EXPECT_EQ(count, 9U);
}

TEST(DkimCorpus, ChasquidsTwoRecordsUnderOneSelectorVerify)
{
    if (!fs::exists(chasquid)) {
        GTEST_SKIP() << "no shared corpus at " << chasquid;
    }
    const TextZone zone = zone_of(chasquid / "07-algo_mismatch.dns");
    EXPECT_EQ(zone.texts.at("brisbane._domainkey.football.example.com").size(), 2U);
    const Signatures signatures = read_signatures(with_crlf(slurp(chasquid / "01-rfc8463.msg")), core::Limits{});
    ASSERT_EQ(signatures.dkim.size(), 2U);
    for (const Signature& signature : signatures.dkim) {
        Inquiry inquiry{10};
        EXPECT_EQ(result_of(check_dkim(inquiry, signature, now), inquiry, zone).result, Result::pass);
    }
}

TEST(DkimCorpus, ChasquidsMessageWithoutAHeaderHasNothingToVerify)
{
    if (!fs::exists(chasquid)) {
        GTEST_SKIP() << "no shared corpus at " << chasquid;
    }
    const Signatures signatures =
        read_signatures(with_crlf(slurp(chasquid / "03-bad_message.msg")), core::Limits{});
    EXPECT_TRUE(signatures.dkim.empty());
    EXPECT_NE(signatures.header_defect, "");
}

TEST(DkimCorpus, MimeKitsMessagesVerify)
{
    if (!fs::exists(mimekit)) {
        GTEST_SKIP() << "no shared corpus at " << mimekit;
    }
    std::string key;
    std::ifstream pem{mimekit / "gmail.pub"};
    for (std::string line; std::getline(pem, line);) {
        key += line.starts_with('-') ? "" : line;
    }
    TextZone zone = fs::exists(chasquid) ? zone_of(chasquid / "01-rfc8463.dns") : TextZone{};
    zone.texts["20120113._domainkey.gmail.com"] = {"v=DKIM1; k=rsa; p=" + key};
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{mimekit}) {
        if (entry.path().extension() != ".msg") {
            continue;
        }
        const Signatures signatures = read_signatures(with_crlf(slurp(entry.path())), core::Limits{});
        EXPECT_FALSE(signatures.dkim.empty());
        for (const Signature& signature : signatures.dkim) {
            Inquiry inquiry{10};
            const Finding finding = result_of(check_dkim(inquiry, signature, now), inquiry, zone);
            EXPECT_EQ(finding.result, Result::pass) << entry.path().filename() << ": " << finding.reason;
            EXPECT_EQ(signatures.authors.only_domain(), signature.domain);
        }
        ++count;
    }
    EXPECT_EQ(count, 4U);
}

}  // namespace shield::auth::test
