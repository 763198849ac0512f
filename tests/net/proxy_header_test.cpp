// SPDX-License-Identifier: Apache-2.0
#include "proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace shield::net {
namespace {

using State = ProxyHeader::State;
using namespace std::string_literals;

constexpr std::size_t size_max = 4096;

ProxyHeader parsed(std::string_view octets)
{
    return ProxyHeader::parse(octets, size_max);
}

/// A binary header: its command and family octets, then what its length counts.
std::string binary(char command, char family, const std::string& rest)
{
    std::string header{"\r\n\r\n\0\r\nQUIT\n"s};
    header += command;
    header += family;
    header += static_cast<char>(rest.size() >> 8);
    header += static_cast<char>(rest.size() & 0xff);
    return header + rest;
}

const std::string v4_addresses = "\xc0\x00\x02\x01\xc6\x33\x64\x01\xdc\x04\x00\x19"s;
const std::string v6_addresses =
    "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"s + std::string(16, '\x01') + "\xdc\x04\x00\x19"s;

struct Good {
    std::string header;
    std::string client;  ///< empty: the proxy itself
};

const std::vector<Good>& good_headers()
{
    static const std::vector<Good> all{
        {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 25\r\n", "192.0.2.1:56324"},
        {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"},
        {"PROXY TCP6 2001:db8::7 ::1 0 25\r\n", "[2001:db8::7]:0"},
        {"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.1 56324 25\r\n", "192.0.2.1:56324"},
        {"PROXY UNKNOWN\r\n", ""},
        {"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 "
         "65535\r\n",
         ""},
        {binary('\x21', '\x11', v4_addresses), "192.0.2.1:56324"},
        {binary('\x21', '\x11', v4_addresses + "\x20\x00\x03tls"s), "192.0.2.1:56324"},
        {binary('\x21', '\x21', v6_addresses), "[2001:db8::7]:56324"},
        {binary('\x20', '\x00', ""), ""},
        {binary('\x20', '\x11', v4_addresses), ""},
        {binary('\x20', '\x31', std::string(216, 'x')), ""},
        {binary('\x21', '\x00', "whatever"), ""},
    };
    return all;
}

TEST(ProxyHeader, NamesTheClientAndItsOwnEnd)
{
    for (const auto& [octets, client] : good_headers()) {
        for (const std::string behind : {"", "EHLO client.example\r\n", "\x16\x03\x01", "PROXY "}) {
            const ProxyHeader header = parsed(octets + behind);
            ASSERT_EQ(header.state, State::whole) << octets;
            EXPECT_EQ(header.size, octets.size()) << octets;
            EXPECT_EQ(header.client ? header.client->to_string() : "", client) << octets;
        }
    }
}

TEST(ProxyHeader, IsIncompleteAtEveryOffsetBeforeItsEnd)
{
    for (const auto& [octets, client] : good_headers()) {
        for (std::size_t size = 0; size < octets.size(); ++size) {
            EXPECT_EQ(parsed(octets.substr(0, size)).state, State::incomplete) << octets << " cut at " << size;
        }
    }
}

TEST(ProxyHeader, IsStrictInText)
{
    for (const std::string octets : {"EHLO client.example\r\n",
                                     "proxy TCP4 192.0.2.1 198.51.100.1 1 25\r\n",
                                     "PROXY\r\n",
                                     "PROXY \r\n",
                                     "PROXYTCP4",
                                     "PROXY  TCP4 192.0.2.1 198.51.100.1 1 25\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 1 25 \r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 1 25 x\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 01 25\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 65536 25\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 -1 25\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1  25\r\n",
                                     "PROXY TCP4 192.0.2.256 198.51.100.1 1 25\r\n",
                                     "PROXY TCP4 2001:db8::1 ::1 1 25\r\n",
                                     "PROXY TCP4 192.0.2.1 x 1 25\r\n",
                                     "PROXY TCP6 192.0.2.1 198.51.100.1 1 25\r\n",
                                     "PROXY TCP6 ::1%lo ::1 1 25\r\n",
                                     "PROXY UDP4 192.0.2.1 198.51.100.1 1 25\r\n",
                                     "PROXY unknown\r\n",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 1 25\rX",
                                     "PROXY TCP4 192.0.2.1 198.51.100.1 1 25\n\r\n"}) {
        EXPECT_EQ(parsed(octets).state, State::malformed) << octets;
    }
    EXPECT_EQ(parsed("PROXY TCP4 192.0.2.1\0 198.51.100.1 1 25\r\n"s).state, State::malformed);
}

TEST(ProxyHeader, OfTextHasAtMost107Octets)
{
    const std::string start = "PROXY UNKNOWN ";
    EXPECT_EQ(parsed(start + std::string(105 - start.size(), 'x') + "\r\n").state, State::whole);
    EXPECT_EQ(parsed(start + std::string(106 - start.size(), 'x') + "\r\n").state, State::malformed);
    EXPECT_EQ(parsed(start + std::string(105 - start.size(), 'x')).state, State::incomplete);
    EXPECT_EQ(parsed(start + std::string(106 - start.size(), 'x')).state, State::malformed);
}

TEST(ProxyHeader, IsStrictInBinary)
{
    const std::vector<std::string> bad{
        binary('\x22', '\x11', v4_addresses),                // a command of the future
        binary('\x11', '\x11', v4_addresses),                // a version of the past
        binary('\x21', '\x12', v4_addresses),                // a datagram
        binary('\x21', '\x31', std::string(216, 'x')),       // a Unix socket
        binary('\x21', '\x10', v4_addresses),                // of no transport
        binary('\x21', '\x41', v4_addresses),                // of no family
        binary('\x21', '\x11', v4_addresses.substr(0, 11)),  // too short for its addresses
        binary('\x21', '\x21', v6_addresses.substr(0, 35)),
        "\r\n\r\n\0\r\nQUIT\r"s,
        "\r\nX"s,
    };
    for (const std::string& octets : bad) {
        EXPECT_EQ(parsed(octets).state, State::malformed);
    }
}

TEST(ProxyHeader, OfBinaryIsRefusedAtItsLengthWhenItIsTooLong)  // proxy_header_max
{
    const std::string longest = binary('\x21', '\x11', v4_addresses + std::string(size_max - 28, 't'));
    EXPECT_EQ(longest.size(), size_max);
    EXPECT_EQ(parsed(longest).state, State::whole);
    const std::string longer = binary('\x21', '\x11', v4_addresses + std::string(size_max - 27, 't'));
    EXPECT_EQ(parsed(longer.substr(0, 15)).state, State::incomplete);
    EXPECT_EQ(parsed(longer.substr(0, 16)).state, State::malformed) << "nothing of it is waited for";
}

}  // namespace
}  // namespace shield::net
