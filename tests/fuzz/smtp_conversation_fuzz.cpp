// SPDX-License-Identifier: Apache-2.0
// A conversation made of steps, not of octets: commands in any order, right and wrong, content and chunks, outcomes
// of the store and interruptions in every state, cut anywhere. A model of what is owed is kept beside the session.
#include "support/dialogue.hpp"
#include "support/receipt.hpp"

#include <shield/smtp/session.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
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

constexpr std::array<std::string_view, 34> lines{
    "EHLO client.reporter.example\r\n",
    "HELO client\r\n",
    "LHLO client.reporter.example\r\n",
    "EHLO\r\n",
    "MAIL FROM:<ada@reporter.example>\r\n",
    "MAIL FROM:<>\r\n",
    "MAIL FROM:<ada@reporter.example> SIZE=100 BODY=8BITMIME SMTPUTF8\r\n",
    "MAIL FROM:<ada@reporter.example> SIZE=99999999999\r\n",
    "MAIL FROM: <ada@reporter.example> RET=HDRS\r\n",
    "RCPT TO:<security@example.com>\r\n",
    "RCPT TO:<shield@example.com>\r\n",
    "RCPT TO:<postmaster>\r\n",
    "RCPT TO:<help+tag@example.com>\r\n",
    "RCPT TO:<nobody@example.com>\r\n",
    "RCPT TO:<ada@reporter.example>\r\n",
    "RCPT TO:<\xc3\xa9@example.com>\r\n",
    "DATA\r\n",
    "DATA now\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "VRFY ada\r\n",
    "HELP\r\n",
    "EXPN list\r\n",
    "STARTTLS\r\n",
    "AUTH PLAIN AAAA\r\n",
    "QUIT\r\n",
    "GET / HTTP/1.1\r\n",
    "NOOP\nMAIL FROM:<forged@bank.example>\r\n",
    "NO\0OP\r\n",
    "BDAT\r\n",
    "BDAT x\r\n",
    "BDAT 18446744073709551615 LAST\r\n",
    "\r\n",
    ".\r\n",
};
constexpr std::array<std::string_view, 14> pieces{"\r\n.\r\n", "\r\n.",
                                                  ".",         "..\r\n",
                                                  "\n.\n",     "\r.\r",
                                                  "\r\n",      "text",
                                                  "\0",        "Received: from a by b\r\n",
                                                  "\r",        "\n",
                                                  "\x80\xff",  "Subject: x\r\n\r\n"};

core::Limits small_limits()
{
    core::Limits limits;
    limits.command_line_max = 200;
    limits.text_line_max = 100;
    limits.message_size_max = 2000;
    limits.recipients_max = 3;
    limits.received_hops_max = 3;
    limits.session_messages_max = 20;
    return limits;
}

/// The session and its driver, with a store that decides as the fuzzer says, or is still deciding.
class Driver {
public:
    Driver(FuzzedDataProvider& data, const std::shared_ptr<const smtp::Policy>& policy, smtp::Offer offer)
        : data_{data}, session_{policy, {}, offer}, size_max_{policy->limits.message_size_max}
    {
        take(session_.greet());
    }

    [[nodiscard]] bool closed() const noexcept { return closed_; }

    /// In pieces; a driver reads nothing while the store decides, so the rest waits like in a socket.
    void give(std::string_view octets)
    {
        waiting_ += octets;
        while (!waiting_.empty() && !deciding_ && !closed_) {
            const auto count = data_.ConsumeBool() ? waiting_.size()
                                                   : data_.ConsumeIntegralInRange<std::size_t>(1, waiting_.size());
            const std::string some = waiting_.substr(0, count);
            waiting_.erase(0, count);
            take(session_.receive(some));
        }
    }

    void decide()
    {
        if (!deciding_) {
            return;
        }
        deciding_ = false;
        const bool accept = data_.ConsumeBool();
        const auto why = data_.PickValueInArray({core::Refusal::disk_full, core::Refusal::store_failed,
                                                 core::Refusal::overloaded, core::Refusal::shutting_down,
                                                 core::Refusal::row_refused});
        smtp::Action action = accept ? session_.accepted(store::Intake::receipt(core::Reference::from_bits(7)))
                                     : session_.refused(why);
        // Invariant 1: a message is answered once, 250 only with the receipt.
        const bool named = action.reply.starts_with("250 2.0.0 Accepted as SR-");
        check(interrupted_ ? action.reply.empty() : named == accept && !action.reply.empty());
        take(std::move(action));
    }

    void interrupt()
    {
        const auto which = data_.ConsumeIntegralInRange(0, 4);
        const smtp::Action action = which == 0   ? session_.timed_out()
                                    : which == 1 ? session_.shutting_down()
                                    : which == 2 ? session_.too_slow()
                                    : which == 3 ? session_.make_room()
                                                 : session_.failed();
        check(action.then == smtp::Then::close);
        check(closed_ == action.reply.empty());
        interrupted_ = true;
        take(action);
    }

private:
    void take(smtp::Action action)
    {
        for (;;) {
            check_replies(action.reply);
            check(!closed_ || action.reply.empty());
            check(action.content.empty() || !closed_);
            kept_ += action.content;
            check(kept_.size() <= size_max_);
            if (action.then == smtp::Then::start_tls) {
                action = start_tls();
                continue;
            }
            if (action.then != smtp::Then::discard) {
                break;
            }
            kept_.clear();
            action = session_.resume();
        }
        if (closed_) {  // for ever
            check(action.then == smtp::Then::close && !session_.in_transaction());
            return;
        }
        closed_ = action.then == smtp::Then::close;
        if (action.then == smtp::Then::deliver) {
            check(!deciding_ && session_.in_transaction());
            check_message();
            deciding_ = true;
        }
        check(!closed_ || !session_.in_transaction());
    }

    smtp::Action start_tls()
    {
        check(!session_.in_transaction() && session_.envelope().tls.empty());
        if (data_.ConsumeBool()) {
            return session_.tls_unavailable();
        }
        check(session_.tls_begins().reply.starts_with("220 "));
        smtp::Action action = session_.secured("TLSv1.3 TLS_AES_256_GCM_SHA384");
        check(action.reply.empty() && session_.envelope().helo.empty());
        waiting_.clear();  // what came in clear text is gone
        return action;
    }

    void check_message()
    {
        const core::Envelope& envelope = session_.envelope();
        check(!envelope.recipients.empty() && !envelope.helo.empty());
        check(envelope.recipients.size() <= 3);
        for (std::size_t at = 0; (at = kept_.find_first_of("\r\n", at)) != std::string::npos; at += 2) {
            check(kept_.compare(at, 2, "\r\n") == 0);
        }
        kept_.clear();
    }

    // RFC 5321 section 4.2: whole lines, three digits, no octet of the client's that is not text.
    static void check_replies(std::string_view replies)
    {
        check(replies.size() < 100000);
        while (!replies.empty()) {
            const std::size_t end = replies.find("\r\n");
            check(end != std::string_view::npos && end > 4 && end <= 510);
            const std::string_view line = replies.substr(0, end);
            check(line[0] >= '2' && line[0] <= '5' && line[1] >= '0' && line[1] <= '5' && line[2] >= '0');
            check(line[3] == ' ' || line[3] == '-');
            replies.remove_prefix(end + 2);
        }
    }

    FuzzedDataProvider& data_;
    smtp::Session session_;
    std::uint64_t size_max_;
    std::string kept_;
    std::string waiting_;
    bool deciding_{false};
    bool closed_{false};
    bool interrupted_{false};
};

std::string content(FuzzedDataProvider& data)
{
    std::string octets;
    for (int i = data.ConsumeIntegralInRange(0, 12); i > 0; --i) {
        octets +=
            data.ConsumeBool() ? std::string{data.PickValueInArray(pieces)} : data.ConsumeRandomLengthString(40);
    }
    return octets;
}

/// Announces as many octets as follow, or nearly.
std::string chunk(FuzzedDataProvider& data)
{
    const std::string octets = content(data);
    const auto size = octets.size() + (data.ConsumeIntegralInRange(0, 9) == 0 ? 1 : 0);
    return "BDAT " + std::to_string(size) + (data.ConsumeBool() ? " LAST\r\n" : "\r\n") + octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    static const std::shared_ptr<const smtp::Policy> policy = tests::dialogue_policy(small_limits());
    FuzzedDataProvider data{octets, size};
    const smtp::Offer offer{data.ConsumeBool() ? smtp::Protocol::lmtp : smtp::Protocol::smtp,
                            data.PickValueInArray({smtp::Tls::none, smtp::Tls::starttls}), data.ConsumeBool()};
    Driver driver{data, policy, offer};
    if (data.ConsumeBool()) {  // most of what is interesting comes after this
        driver.give(lines[0]);
        driver.give(lines[2]);
        driver.give(lines[4]);
        driver.give(lines[9]);
    }
    int after_close = 5;
    while (data.remaining_bytes() > 0 && (!driver.closed() || after_close-- > 0)) {
        switch (data.ConsumeIntegralInRange(0, 9)) {
            case 0:
            case 1:
            case 2:
            case 3:
                driver.give(data.PickValueInArray(lines));
                break;
            case 4:
                driver.give("DATA\r\n" + content(data) + (data.ConsumeBool() ? "\r\n.\r\n" : ""));
                break;
            case 5:
                driver.give(chunk(data));
                break;
            case 6:
                driver.give(content(data));
                break;
            case 7:
            case 8:
                driver.decide();
                break;
            case 9:
                if (data.ConsumeIntegralInRange(0, 7) == 0) {
                    driver.interrupt();
                }
                break;
        }
    }
    driver.decide();
    return 0;
}
