// SPDX-License-Identifier: Apache-2.0
#include "in_force.hpp"

#include <shield/daemon/config.hpp>

#include <daemon/good_config.hpp>
#include <gmock/gmock.h>

namespace shield::daemon::test {

namespace {

using testing::HasSubstr;

const std::string file = "/etc/x.toml";

core::result<Config> with_relay(const std::string& keys)
{
    return parse_config(good_config + "[[relay]]\n" + keys, file);
}

std::string fault_in(const std::string& keys)
{
    const auto config = with_relay(keys);
    return config ? "" : config.error().sentence;
}

}  // namespace

TEST(RelayConfig, KeepsSecretsAsDigestsOnly)
{
    const auto config = with_relay(
        "networks = ['209.85.128.0/17', '2a00:1450:4000::/36']\n"
        "header = 'X-Our-Relay:  0123456789abcdef '\nsuffix = 'FEDCBA9876543210'\n"
        "authserv_id = 'MX.Google.com'\narc_sealer = 'Google.com'\n"
        "rewrites = ['GoogleGroups.com']\ninternal = ['2603:1000::/24']\n");
    ASSERT_TRUE(config) << config.error().sentence;
    const auth::Relay& relay = config->relays.at(0);
    EXPECT_EQ(relay.name, "209.85.128.0/17");
    EXPECT_EQ(relay.networks.size(), 2U);
    EXPECT_EQ(relay.header, auth::mark_of("x-our-relay", "0123456789abcdef"));
    EXPECT_EQ(relay.suffix, core::sha256("fedcba9876543210"));
    EXPECT_EQ(relay.authserv_id, "mx.google.com");
    EXPECT_EQ(relay.arc_sealer, "google.com");
    EXPECT_THAT(relay.rewrites, testing::ElementsAre("googlegroups.com"));
    EXPECT_FALSE(relay.results_below);
    EXPECT_EQ(relay.internal.size(), 1U);
}

TEST(RelayConfig, NoBoundOfAClientAppliesToItsHosts)
{
    const auto config = with_relay("networks = ['203.0.113.0/28', '2001:db8::25']\n");
    ASSERT_TRUE(config) << config.error().sentence;
    const core::Networks unbounded = unbounded_clients(*config);
    for (const char* host : {"203.0.113.7", "2001:db8::25", "127.0.0.1"}) {
        EXPECT_TRUE(core::contains(unbounded, *core::IpAddress::parse(host))) << host;
    }
    EXPECT_FALSE(core::contains(unbounded, *core::IpAddress::parse("203.0.113.17")));
    EXPECT_FALSE(core::contains(config->exempt, *core::IpAddress::parse("203.0.113.7"))) << "SPF is another matter";
}

TEST(RelayConfig, TheNetworkOfASharedCloudNeedsASecret)
{
    for (const char* network : {"209.85.128.0/17", "209.85.220.41", "40.107.0.0/16", "2a01:111:f400::/48"}) {
        EXPECT_THAT(fault_in("networks = ['" + std::string{network} + "']\n"),
                    HasSubstr("/etc/x.toml:13: key 'relay': has "))
            << network;
    }
    EXPECT_THAT(fault_in("networks = ['203.0.0.0/8']\n"), HasSubstr("it is so large"));
    EXPECT_THAT(fault_in("networks = ['0.0.0.0/0']\n"), HasSubstr("no secret"));
    EXPECT_EQ(fault_in("networks = ['10.0.0.0/8', '203.0.113.0/28', 'fd00::/8', '127.0.0.1']\n"), "");
}

TEST(RelayConfig, SaysWhatIsWrongAndNeverTheSecret)
{
    EXPECT_THAT(
        fault_in("name = 'x'\n"),
        HasSubstr("/etc/x.toml:13: key 'relay.networks': is missing; add it: the addresses that it connects from"));
    EXPECT_THAT(fault_in("networks = []\n"), HasSubstr("has no networks"));
    EXPECT_THAT(fault_in("networks = ['10.0.0.1/8']\n"), HasSubstr("/etc/x.toml:14: key 'relay.networks': "));
    const std::string network = "networks = ['10.0.0.0/8']\n";
    for (const std::string key : {"header = 'Subject: hunter2hunter2hunter2'\n", "header = 'X-Our: hunter2'\n",
                                  "header = 'X-Our hunter2hunter2hunter2'\n", "suffix = 'hunter2'\n",
                                  "suffix = 'hunter2 hunter2 hunter2'\n"}) {
        const std::string fault = fault_in(network + key);
        EXPECT_THAT(fault, HasSubstr("/etc/x.toml:15: key 'relay.")) << key;
        EXPECT_THAT(fault, testing::Not(HasSubstr("hunter2"))) << key;
    }
    EXPECT_THAT(fault_in(network + "authserv_id = 'mx.example.com'\n"), HasSubstr("our own hostname"));
    EXPECT_THAT(fault_in(network + "arc_sealer = 'no domain'\n"), HasSubstr("d= of the relay's ARC-Seal"));
    EXPECT_THAT(fault_in(network + "rewrites = ['a@b']\n"), HasSubstr("is no domain"));
    EXPECT_THAT(fault_in(network + "network = 1\n"), HasSubstr("did you mean 'relay.networks'?"));
}

}  // namespace shield::daemon::test
