// SPDX-License-Identifier: Apache-2.0
// Every test of the OpenSPF suite for RFC 7208. Each result that the suite accepts counts as one.
#include "spf_suite.hpp"

#include <shield/auth/spf.hpp>

#include <gmock/gmock.h>

#include <filesystem>

namespace shield::auth::test {

namespace {

const std::string suite = SHIELD_SOURCE_DIR "/../shared/corpus/auth/spf/rfc7208-tests.yml";

}  // namespace

TEST(SpfCorpus, EveryTestHasAResultThatTheSuiteAccepts)
{
    if (!std::filesystem::exists(suite)) {
        GTEST_SKIP() << "no suite at " << suite;
    }
    int cases = 0;
    for (SpfScenario& scenario : read_spf_suite(suite)) {
        for (const SpfSuiteCase& one : scenario.cases) {
            ++cases;
            Inquiry inquiry{1000};
            SpfInput input;
            input.client = core::IpAddress::parse(one.field("host")).value();
            input.helo = one.field("helo");
            input.reverse_path = one.field("mailfrom");
            const Finding finding = scenario.zone.run(inquiry, check_spf(inquiry, input));
            EXPECT_THAT(one.fields.at("result"), testing::Contains(to_string(finding.result)))
                << scenario.description << ": " << one.name << ": " << finding.reason;
        }
    }
    EXPECT_EQ(cases, 200) << "the suite that this was written for has so many";
    RecordProperty("tests", cases);
}

}  // namespace shield::auth::test
