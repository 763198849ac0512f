// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <utility>

namespace shield::smtp {

namespace {

std::string_view header_of(std::string_view octets) noexcept
{
    return octets.substr(0, octets.find("\r\n\r\n"));
}

bool has_bare_cr_or_lf(std::string_view octets) noexcept
{
    for (std::size_t at = octets.find_first_of("\r\n"); at != std::string_view::npos;
         at = octets.find_first_of("\r\n", at)) {
        if (octets.substr(at, 2) != "\r\n") {
            return true;
        }
        at += 2;
    }
    return false;
}

}  // namespace

void Offers::take(std::string_view line) noexcept
{
    const std::string_view keyword = line.substr(0, line.find(' '));
    const std::string_view rest = core::trimmed(line.substr(keyword.size()));
    if (core::iequals(keyword, "PIPELINING")) {
        pipelining = true;
    } else if (core::iequals(keyword, "8BITMIME")) {
        eight_bit = true;
    } else if (core::iequals(keyword, "SMTPUTF8")) {
        smtputf8 = true;
    } else if (core::iequals(keyword, "SIZE")) {
        size = true;
        size_max = core::parse_number(rest).value_or(0);
    }
}

Needs needs_of(const OutgoingMail& mail) noexcept
{
    return {!core::is_ascii(mail.octets), !core::is_ascii(mail.sender) || !core::is_ascii(mail.recipient) ||
                                              !core::is_ascii(header_of(mail.octets))};
}

std::optional<std::string> obstacle(const OutgoingMail& mail, const Offers& offers)
{
    // An address or a line ending of ours that could be read in two ways is a fault of ours, and stops here.
    if (!mail.sender.empty() && !core::Mailbox::parse(mail.sender)) {
        return "the sender's address is not well-formed";
    }
    if (!core::Mailbox::parse(mail.recipient)) {
        return "the recipient's address is not well-formed";
    }
    if (has_bare_cr_or_lf(mail.octets)) {
        return "the message has a CR or LF that is not part of a CRLF";
    }
    const Needs needs = needs_of(mail);
    if (needs.smtputf8 && !offers.smtputf8) {  // RFC 6531 section 3.2: no silent downgrade
        return "the message needs SMTPUTF8 (an address or its header is not ASCII), which the next hop does not "
               "offer";
    }
    if (needs.eight_bit && !offers.eight_bit) {
        return "the message is not ASCII, and the next hop does not offer 8BITMIME";
    }
    if (offers.size_max != 0 && mail.octets.size() > offers.size_max) {
        return "the message has " + std::to_string(mail.octets.size()) +
               " octets, and the next hop takes at most " + std::to_string(offers.size_max);
    }
    return std::nullopt;
}

std::string mail_command(const OutgoingMail& mail, const Offers& offers)
{
    const Needs needs = needs_of(mail);
    std::string command = "MAIL FROM:<" + mail.sender + ">";
    if (offers.size) {
        command += " SIZE=" + std::to_string(mail.octets.size());
    }
    if (needs.eight_bit) {
        command += " BODY=8BITMIME";
    }
    if (needs.smtputf8) {
        command += " SMTPUTF8";
    }
    return command;
}

std::string wire_content(std::string octets)
{
    if (!octets.empty() && !octets.ends_with("\r\n")) {
        octets += "\r\n";
    }
    if (!octets.starts_with('.') && octets.find("\n.") == std::string::npos) {
        octets += ".\r\n";
        return octets;
    }
    std::string stuffed;
    stuffed.reserve(octets.size() + octets.size() / 64 + 3);
    for (std::string_view rest = octets; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);  // every line ends in CRLF by now
        if (line.starts_with('.')) {
            stuffed += '.';
        }
        stuffed += line;
        rest.remove_prefix(line.size());
    }
    stuffed += ".\r\n";
    return stuffed;
}

}  // namespace shield::smtp
