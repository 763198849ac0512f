// SPDX-License-Identifier: Apache-2.0
// The same octets as one chunk, as many, and cut into many reads are the same message with the same flaws, by the
// reader of content alone and by a whole session.
#include "content.hpp"
#include "support/dialogue.hpp"
#include "support/receipt.hpp"

#include <shield/smtp/session.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

core::Limits small_limits()
{
    core::Limits limits;
    limits.text_line_max = 60;
    limits.message_size_max = 500;
    limits.received_hops_max = 2;
    return limits;
}

struct Read {
    std::string content;
    smtp::ContentFlaws flaws;
};

/// Flaws of the whole, whatever the cuts; content up to the first of them.
Read read_whole(std::string_view octets, const core::Limits& limits)
{
    Read read;
    smtp::ContentReader reader{limits};
    reader.read_chunk(octets, read.content);
    reader.end_chunks();
    read.flaws = reader.flaws();
    return read;
}

Read read_in_pieces(FuzzedDataProvider& data, std::string_view octets, const core::Limits& limits)
{
    Read read;
    smtp::ContentReader reader{limits};
    while (!octets.empty()) {
        const auto count = data.ConsumeIntegralInRange<std::size_t>(1, octets.size());
        reader.read_chunk(octets.substr(0, count), read.content);
        octets.remove_prefix(count);
    }
    reader.end_chunks();
    read.flaws = reader.flaws();
    return read;
}

/// The message that a session takes from these chunks; how they are cut into chunks and reads is the fuzzer's.
std::string by_session(FuzzedDataProvider& data, std::string_view octets)
{
    static const auto policy = tests::dialogue_policy(small_limits());
    smtp::Session session{policy, {}};
    (void)session.receive("EHLO a.example\r\nMAIL FROM:<>\r\nRCPT TO:<shield@example.com>\r\n");
    std::string sent;
    for (int more = data.ConsumeIntegralInRange(0, 8); more > 0; --more) {
        const auto count = data.ConsumeIntegralInRange<std::size_t>(0, octets.size());
        sent += "BDAT " + std::to_string(count) + "\r\n";
        sent += octets.substr(0, count);
        octets.remove_prefix(count);
    }
    sent += "BDAT " + std::to_string(octets.size()) + " LAST\r\n";
    sent += octets;
    std::string kept;
    for (std::string_view rest = sent; !rest.empty();) {
        const auto count = data.ConsumeIntegralInRange<std::size_t>(1, rest.size());
        smtp::Action action = session.receive(rest.substr(0, count));
        rest.remove_prefix(count);
        kept += action.content;
        if (action.then == smtp::Then::discard || action.then == smtp::Then::close) {
            return "refused";
        }
        if (action.then == smtp::Then::deliver) {
            check(rest.empty());
            return kept;
        }
    }
    return "refused";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    static const core::Limits limits = small_limits();
    FuzzedDataProvider data{octets, size};
    const std::string message = data.ConsumeRandomLengthString(700);
    const Read whole = read_whole(message, limits);
    const Read pieces = read_in_pieces(data, message, limits);
    check(whole.flaws == pieces.flaws);
    check(whole.flaws.any() ? std::string_view{message}.starts_with(pieces.content) : pieces.content == message);
    check(by_session(data, message) == (whole.flaws.any() ? "refused" : message));
    return 0;
}
