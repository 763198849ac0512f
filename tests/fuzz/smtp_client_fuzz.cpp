// SPDX-License-Identifier: Apache-2.0
// A next hop that says anything at all. Every mail begun has one outcome, bounded words, and `sent` or `unknown`
// only behind a final dot.
#include <shield/smtp/client_session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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
    std::string said;
    std::vector<smtp::DeliveryOutcome> outcomes;
    bool closed{false};
};

/// A driver that hands over up to four mails.
class Driver {
public:
    Driver() { take(client_.start()); }

    void give(std::string_view octets)
    {
        if (!talk.closed) {
            take(client_.receive(octets));
        }
    }

    void lose()
    {
        client_.lost("the connection broke");
        if (under_way_ && !talk.closed) {
            note();
        }
    }

    Talk talk;

private:
    void note()
    {
        const smtp::DeliveryOutcome& outcome = client_.outcome();
        check(outcome.reply.size() <= limits_.peer_reply_kept_max && !outcome.reply.empty());
        const bool needs_dot =
            outcome.result == core::DeliveryResult::sent || outcome.result == core::DeliveryResult::unknown;
        check(!needs_dot || committed_);
        talk.outcomes.push_back(outcome);
        under_way_ = false;
        committed_ = false;
    }

    void take(smtp::ClientAction action)
    {
        for (;;) {
            talk.said += action.output;
            check(talk.said.size() < 10000);
            switch (action.then) {
                case smtp::ClientThen::read:
                    return;
                case smtp::ClientThen::done:
                    note();
                    [[fallthrough]];
                case smtp::ClientThen::ready:
                    if (begun_ == 4) {
                        action = client_.quit();
                        break;
                    }
                    under_way_ = true;
                    action = client_.begin(
                        {"", begun_++ % 2 == 0 ? "ada@reporter.example" : "zo\xc3\xab@reporter.example",
                         "Subject: x\r\n\r\n.hello\r\n"});
                    break;
                case smtp::ClientThen::commit:
                    committed_ = true;
                    action = client_.commit();
                    break;
                case smtp::ClientThen::close:
                    if (under_way_) {
                        note();
                    }
                    talk.closed = true;
                    return;
            }
        }
    }

    core::Limits limits_;
    smtp::ClientSession client_{"mx.example.com", limits_};
    int begun_{0};
    bool under_way_{false};
    bool committed_{false};
};

}  // namespace

// The first octet says how many octets of cuts follow; the rest is what the next hop says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const std::size_t cuts = std::min<std::size_t>(data[0] % 32, size - 1);
    const std::uint8_t* cut = data + 1;
    std::string_view rest{reinterpret_cast<const char*>(data) + 1 + cuts, size - 1 - cuts};

    Driver pieces;
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t count = cuts == 0 ? 1 : std::max<std::size_t>(1, cut[i % cuts]);
        pieces.give(rest.substr(0, count));
        rest.remove_prefix(std::min(count, rest.size()));
    }
    pieces.lose();
    return 0;
}
