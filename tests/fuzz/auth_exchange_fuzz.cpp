// SPDX-License-Identifier: Apache-2.0
// What a worker may say of signatures, and what a database may hold: what is believed comes out as it went in.
#include <shield/auth/exchange.hpp>

#include <cstdlib>
#include <string_view>

using namespace shield;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const core::Limits limits;
    if (const auto signatures = auth::signatures_in(octets, limits)) {
        const auto again = auth::signatures_in(auth::to_octets(*signatures), limits);
        if (!again || *again != *signatures ||
            auth::to_octets(*signatures).size() > auth::signatures_size_max(limits)) {
            std::abort();
        }
    }
    const auth::Signatures read = auth::read_signatures(octets, limits);
    const auto believed = auth::signatures_in(auth::to_octets(read), limits);
    if (!believed || *believed != read) {
        std::abort();  // an honest worker is believed
    }
    return 0;
}
