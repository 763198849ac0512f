// SPDX-License-Identifier: Apache-2.0
#include "dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <stdexcept>

namespace shield::support {

namespace {

constexpr std::size_t header_octets = 12;

std::string number(unsigned value)
{
    return {static_cast<char>(value >> 8U), static_cast<char>(value)};
}

std::optional<DnsServer::Query> parse(std::string_view octets)
{
    DnsServer::Query query;
    query.octets = octets;
    std::size_t at = header_octets;
    while (at < octets.size() && octets[at] != '\0') {
        const auto size = static_cast<unsigned char>(octets[at]);
        query.name += query.name.empty() ? "" : ".";
        for (const char octet : octets.substr(at + 1, size)) {
            query.name += static_cast<char>(std::tolower(static_cast<unsigned char>(octet)));
        }
        at += 1U + size;
    }
    if (at + 5 > octets.size()) {
        return std::nullopt;
    }
    query.type = static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at + 1]) << 8U |
                                            static_cast<unsigned char>(octets[at + 2]));
    query.question = octets.substr(header_octets, at + 5 - header_octets);
    return query;
}

}  // namespace

DnsServer::DnsServer(Answer answer)
    : answer_{std::move(answer)}, socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)}
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, plain, size) != 0 || ::getsockname(socket_, plain, &size) != 0) {
        throw std::runtime_error{"cannot bind a DNS server"};
    }
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread{[this] { serve(); }};
}

DnsServer::~DnsServer()
{
    ::shutdown(socket_, SHUT_RDWR);  // fails, for UDP, and wakes whoever reads
    thread_.join();
    ::close(socket_);
}

void DnsServer::serve()
{
    std::array<char, 4096> buffer{};
    for (;;) {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* const plain = reinterpret_cast<sockaddr*>(&from);
        const ssize_t got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, plain, &size);
        if (got <= 0) {
            return;
        }
        const auto query = parse({buffer.data(), static_cast<std::size_t>(got)});
        if (!query) {
            continue;
        }
        ++asked_;
        if (const auto reply = answer_(*query)) {
            (void)::sendto(socket_, reply->data(), reply->size(), 0, plain, size);
        }
    }
}

std::string DnsServer::string(std::string_view text)
{
    return static_cast<char>(text.size()) + std::string{text};
}

std::string DnsServer::wire_name(std::string_view name)
{
    std::string wire;
    while (!name.empty()) {
        const auto dot = name.find('.');
        wire += string(name.substr(0, dot));
        name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    }
    return wire + '\0';
}

std::string DnsServer::record(std::string_view name, std::uint16_t type, const std::string& rdata)
{
    using namespace std::string_literals;
    return std::string{name} + number(type) + number(1) + "\0\0\1\0"s +
           number(static_cast<unsigned>(rdata.size())) + rdata;
}

std::string DnsServer::raw_reply(const Query& query, unsigned count, const std::string& records, unsigned code)
{
    constexpr unsigned answered = 0x8580;  // QR, AA, RD, RA
    return query.octets.substr(0, 2) + number(answered | code) + number(1) + number(count) + number(0) + number(0) +
           query.question + records;
}

std::string DnsServer::reply(const Query& query, const std::vector<std::string>& records, unsigned code)
{
    std::string all;
    for (const std::string& rdata : records) {
        all += record("\xc0\x0c", query.type, rdata);
    }
    return raw_reply(query, static_cast<unsigned>(records.size()), all, code);
}

}  // namespace shield::support
