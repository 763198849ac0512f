// SPDX-License-Identifier: Apache-2.0
#include "mbox.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>

namespace shield::triage {

namespace {

std::string literal(const std::string& address)
{
    return (address.find(':') == std::string::npos ? "[" : "[IPv6:") + address + "]";
}

// Names come from strangers and from the DNS; in a field of ours stands only what cannot leave it.
std::string host_or(const std::string& name, const char* otherwise)
{
    return core::is_host_name(name) ? name : otherwise;
}

bool is_word(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return core::is_alpha(c) || core::is_digit(c) || c == '-'; });
}

std::string path(const std::string& address)
{
    return core::is_ascii(address) && core::Mailbox::parse(address) ? "<" + address + ">" : "<>";
}

// RFC 8601 section 2.7: which property each method is about.
std::string property_of(const core::Proof& proof)
{
    const std::string_view name = proof.method == "spf"     ? "smtp.mailfrom"
                                  : proof.method == "dkim"  ? "header.d"
                                  : proof.method == "dmarc" ? "header.from"
                                                            : "";
    return name.empty() || !core::is_host_name(proof.domain) ? std::string{}
                                                             : " " + std::string{name} + "=" + proof.domain;
}

std::string results(const core::Verdict& verdict)
{
    std::string text;
    for (const core::Proof& proof : verdict.proofs) {
        if (is_word(proof.method) && is_word(proof.result)) {
            text.append(";\r\n\t").append(proof.method).append("=").append(proof.result).append(property_of(proof));
        }
    }
    return text.empty() ? "; none" : text;
}

// "From " at the beginning, behind any number of ">".
bool needs_quoting(std::string_view line)
{
    return line.substr(std::min(line.find_first_not_of('>'), line.size())).starts_with("From ");
}

void append_lines(std::string& mbox, std::string_view octets)
{
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        std::string_view line = octets.substr(0, end);
        octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (needs_quoting(line)) {
            mbox += '>';
        }
        mbox.append(line).push_back('\n');
    }
}

}  // namespace

std::string trace_fields(const store::Message& message, const std::string& hostname)
{
    const core::Envelope& envelope = message.envelope;
    std::string text = "Return-Path: " + path(envelope.reverse_path) + "\r\n";
    text += "Authentication-Results: " + hostname + results(message.verdict) + "\r\n";
    text += "Received: from " + host_or(envelope.helo, "unknown");
    if (core::IpAddress::parse(envelope.client_address)) {
        text += " (" + literal(envelope.client_address) + ")";
    }
    text += "\r\n\tby " + hostname + " with " + (is_word(envelope.protocol) ? envelope.protocol : "SMTP") + " id " +
            message.reference.to_string() + ";\r\n\t" + core::to_rfc5322(envelope.received_at) + "\r\n";
    return text;
}

std::string without_our_results(std::string_view octets, std::string_view hostname)
{
    constexpr std::string_view name = "authentication-results:";
    std::string kept;
    bool left_out = false;
    while (!octets.empty()) {
        const std::size_t end = std::min(octets.find('\n'), octets.size() - 1) + 1;
        const std::string_view line = octets.substr(0, end);
        if (line == "\r\n" || line == "\n") {
            break;  // the body is as it is
        }
        if (!core::is_blank(line.front())) {
            const std::string_view value =
                core::istarts_with(line, name) ? core::trimmed(line.substr(name.size())) : std::string_view{};
            const std::string_view id = value.substr(0, value.find_first_of("; \t("));
            left_out = core::istarts_with(line, name) && (id.empty() || core::iequals(id, hostname));
        }
        kept += left_out ? std::string_view{} : line;
        octets.remove_prefix(end);
    }
    return kept.append(octets);
}

void append_to_mbox(std::string& mbox, const store::Message& message, std::string_view trace,
                    std::string_view octets)
{
    const std::string& sender = message.envelope.reverse_path;
    const bool plain =
        core::is_ascii(sender) && core::Mailbox::parse(sender) && sender.find(' ') == std::string::npos;
    // RFC 4155 appendix A: the time as asctime() has it, in UTC.
    const std::string at = core::to_rfc5322(message.envelope.received_at);  // "Mon, 23 Nov 2026 22:37:34 +0000"
    std::string day = at.substr(5, 2);
    day.front() = day.front() == '0' ? ' ' : day.front();
    mbox += "From " + (plain ? sender : "MAILER-DAEMON") + " " + at.substr(0, 3) + " " + at.substr(8, 3) + " " +
            day + " " + at.substr(17, 8) + " " + at.substr(12, 4) + "\n";
    append_lines(mbox, trace);
    append_lines(mbox, octets);
    mbox += '\n';
}

}  // namespace shield::triage
