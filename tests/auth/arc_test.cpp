// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/arc.hpp>

#include <auth/answers.hpp>
#include <gmock/gmock.h>
#include <support/signer.hpp>

namespace shield::auth::test {

namespace {

using support::ArcSigner;
using support::SigningKey;
using testing::HasSubstr;

const core::Time now = core::from_unix_ms(1'795'000'000'000);
const std::string mail =
    "From: Jo <jo@example.net>\r\nTo: security@example.com\r\nSubject: A hole\r\n\r\nLook here.\r\n";

const SigningKey& key()
{
    static const SigningKey made = SigningKey::ed25519();
    return made;
}

ArcSigner sealer(const std::string& domain)
{
    return {domain, "s1", key(), domain + "; spf=pass smtp.mailfrom=jo@example.net"};
}

TextZone zone()
{
    TextZone zone;
    for (const char* domain : {"a.example", "b.example", "c.example"}) {
        zone.texts[std::string{"s1._domainkey."} + domain] = {"v=DKIM1; " + key().record()};
    }
    return zone;
}

std::string chain()
{
    const std::string one = with_arc_set(mail, 1, sealer("a.example"));
    const std::string two = with_arc_set("X-List: yes\r\n" + one, 2, sealer("b.example"));
    return with_arc_set(two, 3, sealer("c.example"));
}

ArcFinding check(const std::string& message, const TextZone& texts = zone(), std::size_t questions_max = 40)
{
    Inquiry inquiry{questions_max};
    return result_of(check_arc(inquiry, read_signatures(message, core::Limits{}), now), inquiry, texts);
}

std::string with(std::string message, const std::string& from, const std::string& to)
{
    const std::size_t place = message.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return message.replace(place, from.size(), to);
}

}  // namespace

TEST(Arc, AChainThatHoldsNamesItsSealersInOrder)
{
    const ArcFinding finding = check(chain());
    EXPECT_EQ(finding.result, Result::pass) << finding.reason;
    ASSERT_EQ(finding.sealers.size(), 3U);
    EXPECT_EQ(finding.sealers[0].domain, "a.example");
    EXPECT_EQ(finding.sealers[2].domain, "c.example");
    EXPECT_EQ(finding.sealers[1].results, "b.example; spf=pass smtp.mailfrom=jo@example.net");
    EXPECT_EQ(finding.sealers[1].record, "v=DKIM1; " + key().record());
}

TEST(Arc, MailWithoutOneHasNone)
{
    const ArcFinding finding = check(mail);
    EXPECT_EQ(finding.result, Result::none);
    EXPECT_TRUE(finding.sealers.empty());
}

TEST(Arc, NothingOfTheSetsMayChangeNorTheMessageSinceTheLast)
{
    EXPECT_THAT(check(with(chain(), "Look here", "Look there")).reason,
                HasSubstr("ARC-Message-Signature of instance 3"));
    EXPECT_EQ(check(with(chain(), "Look here", "Look there")).result, Result::fail);
    EXPECT_EQ(check(with(chain(), "Subject: A", "Subject: No")).result, Result::fail);
    for (const char* domain : {"a.example", "b.example", "c.example"}) {
        const std::string results = std::string{domain} + "; spf=pass";
        EXPECT_EQ(check(with(chain(), results, std::string{domain} + "; spf=fail")).result, Result::fail) << domain;
    }
    // The first set's own signature need not hold any more, but its seal must.
    const std::string changed = with(with_arc_set(mail, 1, sealer("a.example")), "Look here", "Look there");
    EXPECT_EQ(check(with_arc_set(changed, 2, sealer("b.example"))).result, Result::pass);
    const std::string broken = with(with_arc_set(mail, 1, sealer("a.example")), "i=1; a.example", "i=1; x.example");
    const ArcFinding finding = check(with_arc_set(broken, 2, sealer("b.example")));
    EXPECT_EQ(finding.result, Result::fail);
    EXPECT_THAT(finding.reason, HasSubstr("The ARC-Seal of instance 1"));
}

TEST(Arc, ASealSaysWhatItMustOfTheChainBeforeIt)
{
    const std::string one = with_arc_set(mail, 1, sealer("a.example"));
    EXPECT_EQ(check(with_arc_set(mail, 1, sealer("a.example"), "pass")).result, Result::fail);
    EXPECT_EQ(check(with_arc_set(one, 2, sealer("b.example"), "none")).result, Result::fail);
    EXPECT_THAT(check(with_arc_set(one, 2, sealer("b.example"), "fail")).reason, HasSubstr("cv=fail"));
    EXPECT_EQ(check(with_arc_set(mail, 1, sealer("a.example"), "maybe")).result, Result::fail);
}

TEST(Arc, AChainHasEveryFieldOfEveryInstanceOnce)
{
    const std::string whole = chain();
    for (const char* name : {"ARC-Seal: i=2", "ARC-Message-Signature: i=2", "ARC-Authentication-Results: i=2"}) {
        const std::string removed = with(whole, name, std::string{"X-"} + name);
        EXPECT_THAT(check(removed).reason, HasSubstr("Instance 2 has no ")) << name;
        EXPECT_EQ(check(removed).result, Result::fail);
        const std::string twice = with(whole, name, std::string{name} + "; x=y\r\n" + name);
        EXPECT_THAT(check(twice).reason, HasSubstr("Instance 2 has a second ")) << name;
    }
    for (const char* instance : {"i=0", "i=51", "i=02x", "i=", "i=-1", "i=100", "x=3"}) {
        const ArcFinding finding = check(with(whole, "ARC-Seal: i=3", std::string{"ARC-Seal: "} + instance));
        EXPECT_EQ(finding.result, Result::fail) << instance;
        EXPECT_TRUE(finding.sealers.empty());
    }
    EXPECT_EQ(check(with_arc_set(mail, 2, sealer("a.example"))).reason,
              "Instance 1 has no ARC-Authentication-Results.");
}

TEST(Arc, AKeyThatCannotBeAskedForIsNoFailure)
{
    TextZone broken = zone();
    broken.texts["s1._domainkey.b.example"] = {"(failed)"};
    EXPECT_EQ(check(chain(), broken).result, Result::temperror);
    broken.texts.erase("s1._domainkey.b.example");
    EXPECT_EQ(check(chain(), broken).result, Result::fail);
    EXPECT_EQ(check(chain(), zone(), 2).result, Result::temperror) << "the budget is spent";
}

TEST(Arc, TheMessageSignatureSignsFromAndNoSeal)
{
    const std::string results = "ARC-Authentication-Results: i=1; a.example; none\r\n";
    for (const char* names : {"to:subject", "from:arc-seal"}) {
        const std::string field =
            "ARC-Message-Signature: i=1; a=ed25519-sha256; d=a.example; s=s1; h=" + std::string{names} +
            "; bh=; b=";
        const std::string message = "ARC-Seal: i=1; a=ed25519-sha256; d=a.example; s=s1; cv=none; b=QUJD\r\n" +
                                    support::with_signature(results + mail, field, key());
        const Signatures signatures = read_signatures(message, core::Limits{});
        ASSERT_EQ(signatures.arc.size(), 1U) << signatures.arc_defect;
        EXPECT_EQ(signatures.arc[0].message_signature.result, Result::permerror) << names;
    }
}

TEST(Arc, ASealHasNoNamesOfFieldsAndItsSignatureIsBase64)
{
    const std::string whole = with_arc_set(mail, 1, sealer("a.example"));
    const auto reason = [&](const std::string& seal) {
        const Signatures signatures =
            read_signatures("ARC-Seal: i=1; cv=none; " + seal + whole.substr(whole.find("\r\n")), core::Limits{});
        return signatures.arc.empty() ? signatures.arc_defect : signatures.arc[0].seal.reason;
    };
    EXPECT_EQ(reason("a=ed25519-sha256; d=a.example; s=s1; b=QUJD"), "");
    EXPECT_EQ(reason("a=ed25519-sha256; d=a.example; s=s1; b=QUJD; h=from"), "The seal has h=.");
    EXPECT_EQ(reason("a=ed25519-sha256; d=a.example; s=s1; b=*"), "b= is no base64 of at most 512 octets.");
    EXPECT_EQ(reason("a=ed25519-sha256; d=a.example; b=QUJD"), "The signature has no s=.");
}

TEST(Arc, TheResultsBeginWithTheirInstance)  // RFC 8617 section 4.1.1
{
    const std::string whole = with_arc_set(mail, 1, sealer("a.example"));
    const auto sets = [&](const std::string& results) {
        return read_signatures(with(whole, "Results: i=1;", "Results:" + results), core::Limits{}).arc;
    };
    ASSERT_EQ(sets(" (a) i (b (\\)) c)\r\n = 1 (d);").size(), 1U);
    EXPECT_EQ(sets("i=1;").at(0).results, "a.example; spf=pass smtp.mailfrom=jo@example.net");
    for (const char* results : {" i=1", " i=1 x;", " x; i=1;", " i=;", " (i=1;", "", " I=1;", " i=1; \xff"}) {
        EXPECT_TRUE(sets(results).empty()) << results;
    }
}

TEST(Arc, FiftySetsAreTheMost)  // RFC 8617 section 4.2.1
{
    std::string message = mail;
    for (int i = 1; i <= 51; ++i) {
        const Signatures before = read_signatures(message, core::Limits{});
        EXPECT_EQ(before.arc.size(), static_cast<std::size_t>(i - 1)) << before.arc_defect;
        const std::string tag = ": i=" + std::to_string(i) + "; ";
        message = "ARC-Seal" + tag + "cv=pass\r\nARC-Message-Signature" + tag +
                  "a=x\r\nARC-Authentication-Results" + tag + "x\r\n" + message;
    }
    EXPECT_NE(read_signatures(message, core::Limits{}).arc_defect, "");
}

TEST(Arc, SeveralFromFieldsNeverAuthenticate)
{
    EXPECT_EQ(check("From: eve@evil.example\r\n" + chain()).result, Result::fail);
}

TEST(Arc, FiftySetsAreReadInLittleTimeAndAskedForWithinTheBudget)
{
    std::string message = mail;
    TextZone texts;
    for (int i = 1; i <= 50; ++i) {
        const std::string domain = "d" + std::to_string(i) + ".example";
        texts.texts["s1._domainkey." + domain] = {"v=DKIM1; " + key().record()};
        message = with_arc_set(message, i, sealer(domain));
    }
    EXPECT_EQ(check(message, texts, 60).result, Result::pass);
    const ArcFinding bounded = check(message, texts, 40);
    EXPECT_EQ(bounded.result, Result::temperror);
    EXPECT_THAT(bounded.reason, HasSubstr("the message asks too many questions"));
}

}  // namespace shield::auth::test
