// SPDX-License-Identifier: Apache-2.0
// Signs mail for the tests from outside.
//   sign_mail new-key rsa|ed25519 KEY          writes a key, prints the record to publish
//   sign_mail sign DOMAIN SELECTOR KEY         from standard input to standard output, lines end in CRLF
//   sign_mail arc INSTANCE DOMAIN SELECTOR KEY RESULTS
#include "signer.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace {

using shield::support::SigningKey;

template <typename Stream>
std::string all_of(Stream&& stream)
{
    return {std::istreambuf_iterator<char>{stream}, {}};
}

SigningKey key_in(const std::string& file)
{
    return SigningKey::from_pem(all_of(std::ifstream{file}));
}

std::string run(const std::vector<std::string>& words)
{
    if (words.size() == 3 && words[0] == "new-key") {
        const SigningKey key = words[1] == "rsa" ? SigningKey::rsa(2048) : SigningKey::ed25519();
        std::ofstream{words[2]} << key.pem();
        return "v=DKIM1; " + key.record() + "\n";
    }
    if (words.size() == 4 && words[0] == "sign") {
        const SigningKey key = key_in(words[3]);
        return shield::support::with_signature(all_of(std::cin),
                                               shield::support::plain_field(words[1], words[2], key), key);
    }
    if (words.size() == 6 && words[0] == "arc") {
        return shield::support::with_arc_set(all_of(std::cin), std::stoi(words[1]),
                                             {words[2], words[3], key_in(words[4]), words[5]});
    }
    throw std::runtime_error("usage: see the first lines of sign_mail.cpp");
}

}  // namespace

int main(int count, char** words)
{
    try {
        std::cout << run({words + 1, words + count}) << std::flush;
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "sign_mail: " << error.what() << "\n";
        return 1;
    }
}
