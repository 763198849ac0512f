// SPDX-License-Identifier: Apache-2.0
// One command line: what the grammar takes is what it says, and nothing that could be read in two ways gets
// through.
#include "command.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

bool is_text(std::string_view text)
{
    return core::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

void check_reply(const smtp::Reply& reply)
{
    check(reply.line.size() > 4 && (reply.line[0] == '4' || reply.line[0] == '5'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view line{reinterpret_cast<const char*>(data), size};
    if (smtp::has_control_character(line)) {
        return 0;  // such a line is refused before it is looked at
    }
    const smtp::Command command = smtp::parse_command(line);
    check(line.find(command.argument) != std::string_view::npos);

    if (const auto name = smtp::parse_hello_name(command.argument)) {
        check(!name->empty() && name->size() <= 255 && name->find(' ') == std::string::npos && is_text(*name));
    } else {
        check_reply(name.error());
    }
    if (const auto mail = smtp::parse_mail(command.argument)) {
        check(is_text(mail->reverse_path) && mail->reverse_path.size() <= 1000);
        if (!mail->reverse_path.empty()) {
            const auto mailbox = core::Mailbox::parse(mail->reverse_path);
            check(mailbox && mailbox->to_string() == mail->reverse_path);
            check(mail->smtputf8 || core::is_ascii(mail->reverse_path));
        }
        check(mail->extended || (!mail->eight_bit && !mail->smtputf8 && mail->size == 0));
    } else {
        check_reply(mail.error());
    }
    for (const bool smtputf8 : {false, true}) {
        if (const auto recipient = smtp::parse_rcpt(command.argument, smtputf8)) {
            check(is_text(recipient->to_string()) && (smtputf8 || core::is_ascii(recipient->to_string())));
        } else {
            check_reply(recipient.error());
        }
    }
    if (const auto chunk = smtp::parse_chunk(command.argument)) {
        check(core::is_ascii(command.argument) && core::is_digit(command.argument.front()));
        check(command.argument.find(' ') != std::string_view::npos || !chunk->last);
    }
    return 0;
}
