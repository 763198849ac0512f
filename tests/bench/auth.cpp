// SPDX-License-Identifier: Apache-2.0
// What verifying DKIM costs: microseconds of CPU for a message of 10 KB with one signature, the key in the cache.
//   cmake --build --preset dev --target bench_auth   (better with CMAKE_BUILD_TYPE=RelWithDebInfo)
#include <shield/auth/dkim.hpp>

#include <auth/answers.hpp>
#include <support/signer.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <vector>

namespace {

using namespace shield;
using auth::test::TextZone;
using support::SigningKey;

constexpr std::size_t rounds = 2000;

double cpu_microseconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The median of all rounds.
template <typename Work>
double measured(const Work& work)
{
    std::vector<double> times;
    for (std::size_t i = 0; i < rounds; ++i) {
        const double begin = cpu_microseconds();
        work();
        times.push_back(cpu_microseconds() - begin);
    }
    std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
    return times[rounds / 2];
}

std::string mail_of(std::size_t octets)
{
    std::string mail =
        "Received: from mail.example.net by mx.example.com; Mon, 23 Nov 2026 22:37:34 +0000\r\n"
        "From: Jo <jo@example.net>\r\nTo: security@example.com\r\nSubject: A hole in your wall\r\n"
        "Date: Mon, 23 Nov 2026 22:37:34 +0000\r\nMessage-ID: <1@example.net>\r\n\r\n";
    while (mail.size() < octets) {
        mail += "The quick brown fox  jumps over the lazy dog, and then it writes to security.\r\n";
    }
    return mail;
}

void measure(const char* name, const SigningKey& key)
{
    const std::string message =
        support::with_signature(mail_of(10240), support::plain_field("example.net", "s1", key), key);
    const TextZone zone{{{"s1._domainkey.example.net", {"v=DKIM1; " + key.record()}}}};
    const core::Limits limits;
    const auth::Signatures signatures = auth::read_signatures(message, limits);
    const auto verify = [&] {
        auth::Inquiry inquiry{40};
        auto check = auth::check_dkim(inquiry, signatures.dkim.at(0), core::from_unix_ms(1'795'000'000'000));
        if (auth::test::result_of(std::move(check), inquiry, zone).result != auth::Result::pass) {
            std::cerr << "the signature does not hold\n";
        }
    };
    const double reading = measured([&] { (void)auth::read_signatures(message, limits); });
    const double verifying = measured(verify);
    std::cout << name << ": read_signatures " << reading << " us, check_dkim " << verifying << " us, together "
              << reading + verifying << " us\n";
}

// The worst that the bounds allow: every signature of every kind names the largest fields, and a body of 64 MB is
// read in both forms.
void measure_worst(const SigningKey& key)
{
    std::string names = "from";
    std::string header = "From: jo@example.net\r\n";
    for (int i = 0; i < 99; ++i) {
        names += ":x" + std::to_string(i);
        header += "X" + std::to_string(i) + ": " + std::string(1500, 'x') + " y\r\n";
    }
    std::string message = header + "\r\n";
    for (int i = 1; i <= 50; ++i) {
        const std::string instance = "i=" + std::to_string(i) + "; ";
        const std::string who = "a=ed25519-sha256; d=example.net; s=s1; ";
        message = "ARC-Seal: " + instance + who + "cv=pass; b=QUJD\r\nARC-Message-Signature: " + instance + who +
                  "c=relaxed; h=" + names + "; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n" +
                  "ARC-Authentication-Results: " + instance + std::string(300, 'x') + "\r\n" + message;
    }
    const std::string plain = "DKIM-Signature: v=1; a=" + key.algorithm() + "; d=example.net; s=s1; h=" + names;
    for (int i = 0; i < 8; ++i) {
        message = plain + (i % 2 == 0 ? "; c=relaxed/relaxed" : "") +
                  "; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n" + message;
    }
    const std::string whole = mail_of(67108864 - message.size());
    message += whole.substr(whole.find("\r\n\r\n") + 4);
    const double begin = cpu_microseconds();
    const auth::Signatures signatures = auth::read_signatures(message, core::Limits{});
    std::cout << "worst: read_signatures " << (cpu_microseconds() - begin) / 1000 << " ms for " << message.size()
              << " octets, " << signatures.dkim.size() << " signatures and " << signatures.arc.size()
              << " ARC sets " << signatures.header_defect << signatures.arc_defect << "\n";
}

}  // namespace

int main()
{
    measure_worst(SigningKey::ed25519());
    measure("rsa-2048", SigningKey::rsa(2048));
    measure("rsa-4096", SigningKey::rsa(4096));
    measure("ed25519", SigningKey::ed25519());
}
