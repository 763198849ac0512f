// SPDX-License-Identifier: Apache-2.0
// The examples of the RFCs.
#include <shield/auth/dkim.hpp>

#include <auth/answers.hpp>
#include <gmock/gmock.h>
#include <support/crlf.hpp>

namespace shield::auth::test {

namespace {

using support::with_crlf;

const core::Time now = core::from_unix_ms(1'795'000'000'000);

std::vector<Result> results_of(const std::string& message, const TextZone& zone)
{
    std::vector<Result> results;
    for (const Signature& signature : read_signatures(message, core::Limits{}).dkim) {
        Inquiry inquiry{10};
        const Finding finding = result_of(check_dkim(inquiry, signature, now), inquiry, zone);
        results.push_back(finding.result);
        EXPECT_EQ(finding.result, Result::pass) << finding.reason;
    }
    return results;
}

const std::string mail = R"(From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
)";

}  // namespace

TEST(DkimExamples, Rfc6376AppendixAVerifies)
{
    const std::string message = with_crlf(R"(DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
)" + mail);
    const TextZone zone{
        {{"brisbane._domainkey.example.com",
          {"v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxO"
           "CKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMm"
           "PSPDdQPNUYckcQ2QIDAQAB"}}}};
    EXPECT_THAT(results_of(message, zone), testing::ElementsAre(Result::pass));
}

TEST(DkimExamples, Rfc8463AppendixAVerifiesByBothAlgorithms)
{
    const std::string message = with_crlf(R"(DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
)" + mail);
    const TextZone zone{
        {{"brisbane._domainkey.football.example.com",
          {"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}},
         {"test._domainkey.football.example.com",
          {"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2j"
           "LQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/"
           "8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3I"
           "p3G+2kryOTIKT+l/K4w3QIDAQAB"}}}};
    EXPECT_THAT(results_of(message, zone), testing::ElementsAre(Result::pass, Result::pass));
}

}  // namespace shield::auth::test
