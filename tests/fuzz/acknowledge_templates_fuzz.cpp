// SPDX-License-Identifier: Apache-2.0
#include <shield/acknowledge/decide.hpp>
#include <shield/acknowledge/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace shield;

// The input is a template, then a person's words, then all that a message could put into a reply.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string input{reinterpret_cast<const char*>(data), size};
    const auto templates = acknowledge::Templates::make(
        {{"attack.en.txt", input}, {"urgent.en.txt", "Subject: u\n\nu"}, {"support.en.txt", "Subject: s\n\ns"}},
        {{"support", "https://shield.test/"}}, "Team", {});
    acknowledge::Templates::Text text{input, input};
    if (templates) {
        text = *templates->fill("attack", "en", core::Reference::from_bits(1), core::Time{});
    }
    const acknowledge::Sender sender{"Team <team@shield.test>", "mx.shield.test"};
    for (const auto& reply :
         {acknowledge::make_automatic(sender, {input, input, {input}}, text, "token", "1", core::Time{}),
          acknowledge::make_personal(sender, {input, input, {input}}, input, input, "token", "1", core::Time{})}) {
        for (std::size_t i = 0; i < reply.octets.size(); ++i) {
            const char c = reply.octets[i];
            const bool ends = c == '\n' && i > 0 && reply.octets[i - 1] == '\r';
            if ((c == '\n' && !ends) || (c == '\r' && reply.octets.substr(i + 1, 1) != "\n") || c == '\0') {
                std::abort();
            }
        }
        if (reply.octets.find("\r\n\r\n") == std::string::npos ||
            reply.recipient.find_first_of("\r\n") != std::string::npos) {
            std::abort();
        }
    }
    (void)acknowledge::parse_from(input);
    core::Assessment message;
    message.subject = message.from_shown = message.message_id = message.machine.auto_submitted = input;
    message.from = {input};
    core::Envelope envelope;
    envelope.reverse_path = input;
    (void)acknowledge::machine_reason(envelope, message, core::Mailboxes::make("mx.shield.test", {}).value());
    return 0;
}
