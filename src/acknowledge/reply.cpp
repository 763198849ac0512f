// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"
#include "fields.hpp"

#include <shield/acknowledge/reply.hpp>
#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::acknowledge {

namespace {

using core::Error;
using core::Mailbox;

constexpr std::size_t references_kept =
    20;  // the first and the latest ones (RFC 5322 section 3.6.4 allows trimming)

std::string with_token(const Mailbox& address, std::string_view token)
{
    return address.local + "+" + std::string{token} + "@" + address.domain;
}

std::string from_field(const From& from)
{
    const std::string address = angle_address(from.address.to_string());
    const std::string name = phrase(from.display_name);
    return "From: " + (name.empty() ? address : name + (name.size() > 60 ? "\r\n " : " ") + address) + "\r\n";
}

// RFC 5322 section 3.6.4: what the answered message referred to, and then itself.
std::vector<std::string> chain_of(const Answered& answered)
{
    std::vector<std::string> chain;
    for (const std::string& one : answered.references) {
        if (is_repeatable_message_id(one) && one != answered.message_id &&
            std::find(chain.begin(), chain.end(), one) == chain.end()) {
            chain.push_back(one);
        }
    }
    if (is_repeatable_message_id(answered.message_id)) {
        chain.push_back(answered.message_id);
    }
    if (chain.size() > references_kept) {
        chain.erase(chain.begin() + 1, chain.end() - static_cast<std::ptrdiff_t>(references_kept - 1));
    }
    return chain;
}

std::string thread_fields(const Answered& answered, const std::vector<std::string>& chain)
{
    std::string fields;
    if (is_repeatable_message_id(answered.message_id)) {
        fields += field("In-Reply-To", answered.message_id);
    }
    if (!chain.empty()) {
        fields += "References:";
        for (const std::string& one : chain) {
            fields += (&one == &chain.front() ? " " : "\r\n ") + one;
        }
        fields += "\r\n";
    }
    return fields;
}

std::string head_of(const From& from, std::string_view recipient, std::string_view reply_to,
                    std::string_view subject, core::Time now, std::string_view message_id)
{
    return from_field(from) + field("To", angle_address(recipient)) + field("Reply-To", angle_address(reply_to)) +
           text_field("Subject", subject) + field("Date", core::to_rfc5322(now)) + field("Message-ID", message_id);
}

// A recipient is a path of one line; whoever made it out of something else gets a path that no server takes.
std::string one_line(std::string_view recipient)
{
    std::string line{recipient};
    std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return line;
}

}  // namespace

core::result<From> parse_from(std::string_view text)
{
    const std::string whole{core::trimmed(text)};
    std::string_view rest = whole;
    From from;
    std::string_view address = rest;
    if (rest.ends_with('>')) {
        const auto open = rest.rfind('<');
        if (open == std::string_view::npos) {
            return Error{"'" + whole + "' is not of the form Name <local@domain>"};
        }
        address = rest.substr(open + 1, rest.size() - open - 2);
        std::string_view name = core::trimmed(rest.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
            name = name.substr(1, name.size() - 2);
        }
        from.display_name = name;
    }
    const auto mailbox = Mailbox::parse(address);
    if (!mailbox || mailbox->local.front() == '"' || mailbox->domain.front() == '[') {
        return Error{"'" + whole + "' is not of the form Name <local@domain>"};
    }
    if (mailbox->local.find('+') != std::string::npos) {
        return Error{"'" + whole + "' has a +suffix: the address answers come to is extended by one of ours"};
    }
    if (!core::is_utf8(from.display_name) || from.display_name.size() > 200 ||
        std::any_of(from.display_name.begin(), from.display_name.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"' ||
                   c == '\\';
        })) {
        return Error{"the name in '" + whole + "' is not a plain one of at most 200 octets"};
    }
    from.address = *mailbox;
    return from;
}

Reply make_automatic(const Sender& sender, const Answered& answered, const Templates::Text& text,
                     std::string_view token, std::string_view unique, core::Time now)
{
    const From from = parse_from(sender.from).value();
    Reply reply;
    reply.recipient = one_line(answered.recipient);
    reply.message_id = core::make_message_id(token, unique, sender.hostname);
    const Body body = make_body(text.body);
    Answered only_it = answered;
    only_it.references.clear();  // invariant 5
    reply.octets =
        head_of(from, reply.recipient, with_token(from.address, token), text.subject, now, reply.message_id) +
        thread_fields(only_it, chain_of(only_it)) + field("Auto-Submitted", "auto-replied") +
        field("X-Auto-Response-Suppress", "All") + body.fields + "\r\n" + body.octets;
    return reply;
}

Reply make_personal(const Sender& sender, const Answered& answered, std::string_view subject,
                    std::string_view body_text, std::string_view token, std::string_view unique, core::Time now)
{
    const From from = parse_from(sender.from).value();
    Reply reply;
    reply.sender = with_token(from.address, token);
    reply.recipient = one_line(answered.recipient);
    reply.message_id = core::make_message_id(token, unique, sender.hostname);
    const Body body = make_body(body_text);
    reply.octets = head_of(from, reply.recipient, reply.sender, subject, now, reply.message_id) +
                   thread_fields(answered, chain_of(answered)) + body.fields + "\r\n" + body.octets;
    return reply;
}

}  // namespace shield::acknowledge
