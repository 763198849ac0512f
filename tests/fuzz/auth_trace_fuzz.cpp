// SPDX-License-Identifier: Apache-2.0
// What hosts wrote into a header: an honest reader is believed, nothing else comes out of the exchange than went
// in, and below the relay's own Received field a sender may write what he likes.
#include "rewritten.hpp"

#include <shield/auth/relayed.hpp>

#include <cstdlib>
#include <string_view>

using namespace shield;

namespace {

constexpr std::string_view border =
    "Received: from mail.a.example (mail.a.example [203.0.113.7]) by relay.example.org; x\r\n";

void need(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

auth::Relay our_relay()
{
    auth::Relay relay;
    relay.name = "ours";
    relay.networks = {*core::Network::parse("192.0.2.0/24")};
    relay.authserv_id = "relay.example.org";
    return relay;
}

core::Envelope envelope()
{
    core::Envelope given;
    given.client_address = "192.0.2.1";
    given.reverse_path = "ann@a.example";
    return given;
}

void check_exchange(const auth::Trace& trace)
{
    const core::Limits limits;
    const std::string octets = auth::to_octets(trace);
    const auto again = auth::trace_in(octets, limits);
    need(again && *again == trace && octets.size() <= auth::trace_size_max(limits));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const core::Mailboxes ours = core::Mailboxes::make("mx.example.com", {}).value();
    static const std::vector<auth::Relay> relays{our_relay()};
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const core::Limits limits;

    if (const auto said = auth::trace_in(octets, limits)) {
        check_exchange(*said);
        (void)auth::by_our_relay(envelope(), *said, relays, ours);
    }
    const auth::Trace read = auth::read_trace(octets, limits);
    check_exchange(read);
    (void)auth::by_our_relay(envelope(), read, relays, ours);

    const auto by = auth::by_our_relay(
        envelope(), auth::read_trace(std::string{border} + std::string{octets}, limits), relays, ours);
    need(by && by->relayed.results == auth::Recorded{} && by->envelope.reverse_path == "ann@a.example");
    // He may go on in the relay's field, until nobody reads it, and no further.
    need(by->envelope.client_address == "203.0.113.7" || by->envelope.client_address == "192.0.2.1");

    if (const auto path = core::Mailbox::parse(octets)) {
        const auto original = auth::unwrapped_path(*path);
        need(!original || core::Mailbox::parse(*original));
    }
    return 0;
}
