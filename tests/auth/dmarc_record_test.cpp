// SPDX-License-Identifier: Apache-2.0
#include "dmarc_record.hpp"

#include <gtest/gtest.h>

namespace shield::auth::test {

namespace {

DmarcRecord read(std::string_view text)
{
    return DmarcRecord::parse(text).value();
}

}  // namespace

TEST(DmarcRecord, BeginsWithItsVersion)
{
    for (const std::string_view text :
         {"", "v=DMARC1", "p=none; v=DMARC1", "v=dmarc1; p=none", "v=DMARC2; p=none", "v=DMARC1 p=none",
          " v=DMARC1;", ";v=DMARC1;", "v=DMARC10;", "=DMARC1;", "DMARC1;"}) {
        EXPECT_EQ(DmarcRecord::parse(text).has_value(), text == "v=DMARC1") << text;
    }
    for (const std::string_view text : {"v=DMARC1;", "v = DMARC1 ; p=none", "V=DMARC1;p=none", "v\t=\tDMARC1;"}) {
        EXPECT_TRUE(DmarcRecord::parse(text)) << text;
    }
}

TEST(DmarcRecord, SaysWhatItsOwnerAsksFor)
{
    const DmarcRecord record =
        read("v=DMARC1; P = Quarantine ;sp=reject; np=none; psd=n; adkim=s; aspf=S; t=y; rua=mailto:a@b.example;");
    EXPECT_EQ(record.policy, DmarcPolicy::quarantine);
    EXPECT_EQ(record.policy_below(true), DmarcPolicy::reject);
    EXPECT_EQ(record.policy_below(false), DmarcPolicy::none);
    EXPECT_EQ(record.psd, DmarcRecord::Psd::no);
    EXPECT_TRUE(record.strict_dkim && record.strict_spf && record.testing && record.applies);
}

TEST(DmarcRecord, HasADefaultForWhatIsMissing)
{
    const DmarcRecord record = read("v=DMARC1; p=reject");
    EXPECT_EQ(record.policy_below(true), DmarcPolicy::reject);
    EXPECT_EQ(record.policy_below(false), DmarcPolicy::reject);
    EXPECT_EQ(record.psd, DmarcRecord::Psd::unknown);
    EXPECT_FALSE(record.strict_dkim || record.strict_spf || record.testing);
    EXPECT_EQ(read("v=DMARC1; p=reject; sp=none").policy_below(false), DmarcPolicy::none) << "np is as sp";
}

TEST(DmarcRecord, IgnoresWhatItDoesNotKnowAndWhatIsWrong)  // section 4.8
{
    const DmarcRecord record =
        read("v=DMARC1; p=reject; pct=0; rf=x; nonsense; =; x==; psd=maybe; adkim=x; aspf=; t=yes; p=none");
    EXPECT_EQ(record.policy, DmarcPolicy::reject) << "pct is gone, and the first p counts";
    EXPECT_EQ(record.psd, DmarcRecord::Psd::unknown);
    EXPECT_FALSE(record.strict_dkim || record.strict_spf || record.testing);
    EXPECT_TRUE(record.applies);
}

TEST(DmarcRecord, WithoutAReadablePolicyIsNoneOrNothing)  // section 4.10.1
{
    for (const std::string_view tags : {"", "p=", "p=refuse", "p=reject; sp=x", "p=reject; np=x"}) {
        const std::string text = "v=DMARC1; " + std::string{tags};
        EXPECT_FALSE(read(text).applies) << text;
        const DmarcRecord told = read(text + "; rua=nobody, mailto:a@b.example");
        EXPECT_TRUE(told.applies) << text;
        EXPECT_EQ(told.policy_below(false), DmarcPolicy::none);
        EXPECT_EQ(told.policy, DmarcPolicy::none);
    }
    for (const std::string_view rua :
         {"", "nobody", "mailto:", ":a@b", "1mailto:a@b", "mail to:a@b", "mailto:a b"}) {
        EXPECT_FALSE(read("v=DMARC1; rua=" + std::string{rua}).applies) << rua;
    }
}

}  // namespace shield::auth::test
