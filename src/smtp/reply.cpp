// SPDX-License-Identifier: Apache-2.0
#include "reply.hpp"

#include <stdexcept>

namespace shield::smtp {

void throw_exception_from_error(const Reply& reply, const boost::source_location&)
{
    throw std::logic_error("a command was used that is refused with " + std::string{reply.line});
}

}  // namespace shield::smtp

namespace shield::smtp::reply {

std::string closing(const Closing& why, std::string_view hostname)
{
    return std::string{why.code}.append(" ").append(hostname).append(" ").append(why.sentence);
}

std::string greeting(std::string_view hostname, Protocol protocol)
{
    return std::string{"220 "}.append(hostname).append(protocol == Protocol::smtp ? " ESMTP Shield"
                                                                                  : " LMTP Shield");
}

std::string hello(std::string_view hostname)
{
    return std::string{"250 "}.append(hostname);
}

std::string extended_hello(std::string_view hostname, const core::Limits& limits, bool starttls_offered)
{
    return std::string{"250-"}
        .append(hostname)
        .append(starttls_offered ? "\r\n250-STARTTLS" : "")
        .append("\r\n250-PIPELINING\r\n250-SIZE ")
        .append(std::to_string(limits.message_size_max))
        .append(
            "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250 LIMITS RCPTMAX=")
        .append(std::to_string(limits.recipients_max))
        .append(" MAILMAX=")
        .append(std::to_string(limits.session_messages_max));
}

std::string chunk_kept(std::uint64_t octets)
{
    return std::string{"250 2.0.0 "}.append(std::to_string(octets)).append(" octets");
}

std::string accepted(const core::Receipt& receipt)
{
    return std::string{"250 2.0.0 Accepted as "}.append(receipt.reference().to_string());
}

std::string refused(core::Refusal why, std::string_view hostname)
{
    switch (why) {
        case core::Refusal::disk_full:
            return "452 4.3.1 No room now, try again later";
        case core::Refusal::store_failed:
            return "451 4.3.0 Cannot keep mail now, try again later";
        case core::Refusal::overloaded:
            return "452 4.3.2 Too much mail at once, try again later";
        case core::Refusal::shutting_down:
            return closing(shutting_down, hostname);
        case core::Refusal::row_refused:
            return "451 4.3.0 Cannot keep this message now, try again later";
    }
    return "451 4.3.0 Cannot keep mail now, try again later";
}

}  // namespace shield::smtp::reply
