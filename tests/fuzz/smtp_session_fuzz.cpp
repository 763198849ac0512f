// SPDX-License-Identifier: Apache-2.0
// One conversation, given whole and cut where the fuzzer says, must be the same conversation.
#include "support/dialogue.hpp"
#include "support/receipt.hpp"

#include <shield/smtp/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

struct Talk {
    std::string replies;
    std::vector<std::string> messages;
    bool closed{false};

    friend bool operator==(const Talk&, const Talk&) = default;
};

bool has_bare_cr_or_lf(std::string_view octets)
{
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const bool bare_cr = octets[i] == '\r' && octets.substr(i + 1, 1) != "\n";
        const bool bare_lf = octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r');
        if (bare_cr || bare_lf) {
            return true;
        }
    }
    return false;
}

// RFC 5321 section 4.2: three digits, a blank or hyphen, text of ASCII, 512 octets with the CRLF.
void check_replies(std::string_view replies)
{
    while (!replies.empty()) {
        const std::size_t end = replies.find("\r\n");
        check(end != std::string_view::npos && end + 2 <= 512 && end > 4);
        const std::string_view line = replies.substr(0, end);
        check(line[0] >= '2' && line[0] <= '5' && line[1] >= '0' && line[1] <= '5');
        check(line[3] == ' ' || line[3] == '-');
        check(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
        replies.remove_prefix(end + 2);
    }
}

/// The driver of net, with a store that refuses every third message.
class Driver {
public:
    Driver(const std::shared_ptr<const smtp::Policy>& policy, smtp::Offer offer)
        : size_max_{policy->limits.message_size_max}, session_{policy, {}, offer}
    {
        take(session_.greet());
    }

    void give(std::string_view octets)
    {
        if (!talk.closed) {
            take(session_.receive(octets));
        }
    }

    Talk talk;

private:
    void take(smtp::Action action)
    {
        for (;;) {
            talk.replies += action.reply;
            kept_ += action.content;
            if (action.then == smtp::Then::discard) {
                kept_.clear();
                action = session_.resume();
            } else if (action.then == smtp::Then::deliver) {
                action = decide();
            } else {
                talk.closed = action.then == smtp::Then::close;
                check(!talk.closed || !session_.in_transaction());
                return;
            }
        }
    }

    smtp::Action decide()
    {
        check(!has_bare_cr_or_lf(kept_));
        check(kept_.size() <= size_max_);
        check(!session_.envelope().recipients.empty());
        talk.messages.push_back(std::move(kept_));
        kept_.clear();
        if (talk.messages.size() % 3 == 0) {
            return session_.refused(core::Refusal::disk_full);
        }
        return session_.accepted(store::Intake::receipt(core::Reference::from_bits(talk.messages.size())));
    }

    std::uint64_t size_max_;
    smtp::Session session_;
    std::string kept_;
};

core::Limits small_limits()
{
    core::Limits limits;
    limits.command_line_max = 200;
    limits.text_line_max = 300;
    limits.message_size_max = 2000;
    limits.recipients_max = 3;
    limits.received_hops_max = 3;
    return limits;
}

}  // namespace

// The first octet chooses the protocol, the second how many octets of cuts follow; the rest is what the client
// says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::shared_ptr<const smtp::Policy> policy = tests::dialogue_policy(small_limits());
    if (size < 2) {
        return 0;
    }
    const smtp::Offer offer{data[0] % 2 == 0 ? smtp::Protocol::smtp : smtp::Protocol::lmtp};
    const std::size_t cuts = std::min<std::size_t>(data[1] % 32, size - 2);
    const std::uint8_t* cut = data + 2;
    const std::string_view octets{reinterpret_cast<const char*>(data) + 2 + cuts, size - 2 - cuts};

    Driver whole{policy, offer};
    whole.give(octets);
    check_replies(whole.talk.replies);

    Driver pieces{policy, offer};
    std::string_view rest = octets;
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t count = cuts == 0 ? 1 : std::max<std::size_t>(1, cut[i % cuts]);
        pieces.give(rest.substr(0, count));
        rest.remove_prefix(std::min(count, rest.size()));
    }
    check(whole.talk == pieces.talk);
    return 0;
}
