// SPDX-License-Identifier: Apache-2.0
#include "support/temporary_directory.hpp"
#include "support/test_certificate.hpp"

#include <shield/net/certificates.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace shield::net {
namespace {

using support::TestCertificate;
using testing::HasSubstr;
using testing::StartsWith;

core::Time now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

class CertificateFilesOf : public testing::Test {
protected:
    CertificateFiles files(const std::string& name) const
    {
        return {directory.path() / (name + ".pem"), directory.path() / (name + ".key")};
    }
    CertificateFiles made(const TestCertificate& certificate, const std::string& name) const
    {
        certificate.write(directory.path(), name);
        return files(name);
    }
    static std::string fault(std::vector<CertificateFiles> files)
    {
        const auto loaded = Certificates::load({std::move(files)}, now());
        return loaded ? "" : loaded.error().sentence;
    }

    support::TemporaryDirectory directory;
};

TEST_F(CertificateFilesOf, AGoodOneTellItsNamesAndItsEnd)
{
    const auto loaded = Certificates::load({{made({{"b.example", "a.example"}}, "good")}}, now());
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    ASSERT_EQ((*loaded)->facts().size(), 1U);
    EXPECT_THAT((*loaded)->facts()[0].names, testing::ElementsAre("a.example", "b.example"));
    EXPECT_GT((*loaded)->facts()[0].not_after, now() + std::chrono::days{88});
    EXPECT_LT((*loaded)->facts()[0].not_after, now() + std::chrono::days{91});
}

TEST_F(CertificateFilesOf, NothingAreNamedAsMissing)
{
    EXPECT_THAT(fault({files("nowhere")}),
                AllOf(StartsWith(files("nowhere").chain.string() + ": is missing"), HasSubstr("; ")));
    made({}, "half");
    std::filesystem::remove(files("half").key);
    EXPECT_THAT(fault({files("half")}), StartsWith(files("half").key.string() + ": is missing"));
}

TEST_F(CertificateFilesOf, ADirectoryOrNothingAreRefused)
{
    std::filesystem::create_directory(files("folder").chain);
    EXPECT_THAT(fault({files("folder")}), StartsWith(files("folder").chain.string() + ": "));
    std::ofstream{files("empty").chain};
    EXPECT_THAT(fault({files("empty")}), StartsWith(files("empty").chain.string() + ": is empty"));
}

TEST_F(CertificateFilesOf, GarbageAreRefused)
{
    made({}, "garbage");
    std::ofstream{files("garbage").chain} << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    EXPECT_THAT(fault({files("garbage")}), HasSubstr("holds no certificate in PEM"));
    made({}, "garbage");
    std::ofstream{files("garbage").key} << "nothing";
    EXPECT_THAT(fault({files("garbage")}), HasSubstr("holds no key in PEM without a passphrase"));
}

TEST_F(CertificateFilesOf, AnotherKeyAreRefused)
{
    made({}, "one");
    made({}, "two");
    EXPECT_THAT(fault({{files("one").chain, files("two").key}}),
                StartsWith(files("two").key.string() + ": is not the key of " + files("one").chain.string()));
}

TEST_F(CertificateFilesOf, AnotherTimeAreRefused)
{
    using std::chrono::hours;
    EXPECT_THAT(fault({made({{"x.example"}, TestCertificate::Key::ecdsa, hours{-48}, hours{24}}, "old")}),
                HasSubstr("the certificate expired at "));
    EXPECT_THAT(fault({made({{"x.example"}, TestCertificate::Key::ecdsa, hours{24}, hours{24}}, "young")}),
                HasSubstr("the certificate is valid only from "));
}

TEST_F(CertificateFilesOf, TheSameNamesAreTogetherUnlessTheirKeysAreOfOneKind)
{
    const auto ecdsa = made({{"x.example"}, TestCertificate::Key::ecdsa}, "ecdsa");
    const auto rsa = made({{"x.example"}, TestCertificate::Key::rsa}, "rsa");
    const auto again = made({{"x.example"}, TestCertificate::Key::rsa}, "again");
    EXPECT_EQ(fault({ecdsa, rsa}), "");
    EXPECT_THAT(fault({ecdsa, rsa, again}),
                StartsWith(again.chain.string() + ": has the same names and kind of key"));
}

TEST_F(CertificateFilesOf, EachFaultHasItsLine)
{
    const std::string all = fault({files("a"), made({}, "good"), files("b")});
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1);
    EXPECT_THAT(all, AllOf(HasSubstr("a.pem: is missing"), HasSubstr("\n" + files("b").chain.string())));
}

}  // namespace
}  // namespace shield::net
