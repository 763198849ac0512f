// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <array>

namespace shield::daemon {

namespace {

using std::string;
using std::string_view;

constexpr std::size_t name_size_max = 60;
constexpr std::size_t secret_size_min = 16;  // sixty bits of small letters and digits, were it guessed at the door
constexpr std::size_t header_size_max = 200;
constexpr std::size_t suffix_size_max = 40;  // a local part has 64 octets (RFC 5321 section 4.5.3.1.1)

bool is_word(string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '-' || c == '_' || c == '.';
    });
}

string take_name(Config& config, string_view, const Value& value)
{
    config.relays.back().name = value.string;
    return value.string.size() <= name_size_max ? string{} : "is too long; write a word or two";
}

// What is wrong with a secret is said without repeating it.
string take_header(Config& config, string_view, const Value& value)
{
    if (value.string.empty()) {
        return {};
    }
    const std::size_t colon = value.string.find(':');
    const string_view name = core::trimmed(string_view{value.string}.substr(0, colon));
    const string_view secret =
        colon == string::npos ? string_view{} : core::trimmed(string_view{value.string}.substr(colon + 1));
    if (!core::istarts_with(name, "x-") || !is_word(name)) {
        return "is no field of ours; write it as \"X-NAME: SECRET\"";
    }
    if (secret.size() < secret_size_min || value.string.size() > header_size_max || !core::is_ascii(secret)) {
        return "has a secret that can be guessed or is no plain text; write one of at least " +
               std::to_string(secret_size_min) + " characters, such as `openssl rand -hex 16` prints";
    }
    config.relays.back().header = auth::mark_of(name, secret);
    return {};
}

string take_suffix(Config& config, string_view, const Value& value)
{
    if (value.string.empty()) {
        return {};
    }
    if (value.string.size() < secret_size_min || value.string.size() > suffix_size_max || !is_word(value.string)) {
        return "is no suffix that is hard to guess; write from " + std::to_string(secret_size_min) + " to " +
               std::to_string(suffix_size_max) +
               " letters and digits, such as `openssl rand -hex 12` prints, without the +";
    }
    config.relays.back().suffix = core::sha256(core::lowered(value.string));
    return {};
}

string take_authserv_id(Config& config, string_view, const Value& value)
{
    config.relays.back().authserv_id = core::lowered(value.string);
    return is_word(value.string) ? string{}
                                 : "is no name; write what stands first in the relay's Authentication-Results, "
                                   "such as \"mx.example.com\"";
}

string take_arc_sealer(Config& config, string_view, const Value& value)
{
    config.relays.back().arc_sealer = core::lowered(value.string);
    return value.string.empty() || core::is_host_name(value.string)
               ? string{}
               : "'" + value.string +
                     "' is no domain; write the d= of the relay's ARC-Seal, such as \"google.com\"";
}

string take_rewrites(Config& config, string_view, const Value& value)
{
    for (const string& domain : value.strings) {
        if (!core::is_host_name(domain)) {
            return "'" + domain +
                   "' is no domain; write those behind the @ of the return paths that the relay writes";
        }
        config.relays.back().rewrites.push_back(core::lowered(domain));
    }
    return {};
}

struct Cloud {
    const char* network;
    const char* name;
};
// Where mail of all their customers leaves, as _spf.google.com and spf.protection.outlook.com say.
constexpr std::array clouds{Cloud{"35.190.247.0/24", "Google"},      Cloud{"64.233.160.0/19", "Google"},
                            Cloud{"66.102.0.0/20", "Google"},        Cloud{"66.249.80.0/20", "Google"},
                            Cloud{"72.14.192.0/18", "Google"},       Cloud{"74.125.0.0/16", "Google"},
                            Cloud{"108.177.8.0/21", "Google"},       Cloud{"142.250.0.0/15", "Google"},
                            Cloud{"172.217.0.0/16", "Google"},       Cloud{"173.194.0.0/16", "Google"},
                            Cloud{"209.85.128.0/17", "Google"},      Cloud{"216.58.192.0/19", "Google"},
                            Cloud{"216.239.32.0/19", "Google"},      Cloud{"2001:4860:4000::/36", "Google"},
                            Cloud{"2404:6800:4000::/36", "Google"},  Cloud{"2607:f8b0:4000::/36", "Google"},
                            Cloud{"2800:3f0:4000::/36", "Google"},   Cloud{"2a00:1450:4000::/36", "Google"},
                            Cloud{"2c0f:fb50:4000::/36", "Google"},  Cloud{"40.92.0.0/15", "Microsoft"},
                            Cloud{"40.107.0.0/16", "Microsoft"},     Cloud{"52.100.0.0/14", "Microsoft"},
                            Cloud{"104.47.0.0/17", "Microsoft"},     Cloud{"2a01:111:f400::/48", "Microsoft"},
                            Cloud{"2a01:111:f403::/48", "Microsoft"}};
constexpr unsigned own_bits_min_v4 = 16;
constexpr unsigned own_bits_min_v6 = 32;

bool overlap(const core::Network& a, const core::Network& b)
{
    return a.contains(b.address) || b.contains(a.address);
}

/// Whose hosts the network has beside ours, or nothing.
std::string others_in(const core::Network& network)
{
    for (const Cloud& cloud : clouds) {
        if (overlap(network, *core::Network::parse(cloud.network))) {
            return std::string{"all customers of "} + cloud.name + " send";
        }
    }
    const unsigned least = network.address.v6 ? own_bits_min_v6 : own_bits_min_v4;
    return network.bits < least && !auth::is_private(network.address) ? "others may send, it is so large,"
                                                                      : std::string{};
}

std::string text_of(const core::Network& network)
{
    return network.address.to_string() + "/" + std::to_string(network.bits);
}

}  // namespace

string networks(core::Networks& place, const Value& value)
{
    for (const string& text : value.strings) {
        const auto network = core::Network::parse(text);
        if (!network) {
            return network.error().sentence;
        }
        place.push_back(*network);
    }
    return {};
}

std::vector<Key> relay_keys()
{
    using enum Type;
    using enum Need;
    return {
        {"relay[].networks", strings, required, "", "the addresses that it connects from",
         [](Config& c, string_view, const Value& v) { return networks(c.relays.back().networks, v); }},
        {"relay[].name", Type::string, optional, R"("")", "what we call it; empty: its first network", take_name},
        {"relay[].header", Type::string, optional, R"("")", "the field with a secret that its routing rule adds",
         take_header},
        {"relay[].suffix", Type::string, optional, R"("")",
         "the secret that its routing rule adds to our address, behind a +", take_suffix},
        {"relay[].authserv_id", Type::string, optional, R"("")", "whose Authentication-Results are its own",
         take_authserv_id},
        {"relay[].results_below", boolean, optional, "false",
         "they stand right behind its Received field, on every message",
         [](Config& c, string_view, const Value& v) {
             c.relays.back().results_below = v.boolean;
             return std::string{};
         }},
        {"relay[].arc_sealer", Type::string, optional, R"("")", "the domain whose ARC-Seal is its own",
         take_arc_sealer},
        {"relay[].rewrites", strings, optional, "[]",
         "domains, beside ours, of return paths that it writes instead of the sender's (SRS, groups)",
         take_rewrites},
        {"relay[].internal", strings, optional, "[]", "networks of its hosts that hand mail to each other",
         [](Config& c, string_view, const Value& v) { return networks(c.relays.back().internal, v); }},
    };
}

std::string fault_of(const auth::Relay& relay, const std::string& hostname)
{
    if (relay.networks.empty()) {
        return "has no networks; write the addresses that the relay connects from";
    }
    for (const core::Network& network : relay.networks) {
        if (const std::string others = others_in(network); !others.empty() && !relay.has_secret()) {
            return "has " + text_of(network) + ", from where " + others +
                   " as well, and no secret, so anybody could pass for the relay; have its routing rule add a "
                   "field or a suffix, and write it as header or suffix";
        }
    }
    if (!relay.authserv_id.empty() && relay.authserv_id == hostname) {
        return "has our own hostname for its authserv_id, and what comes in our name is never believed; have the "
               "relay use a name of its own";
    }
    return {};
}

std::string first_network(const auth::Relay& relay)
{
    return relay.networks.empty() ? std::string{} : text_of(relay.networks.front());
}

}  // namespace shield::daemon
