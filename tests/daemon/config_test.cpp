// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <shield/daemon/config.hpp>

#include <daemon/good_config.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace shield::daemon {

namespace {

using testing::HasSubstr;
using testing::Not;

std::string faults_of(const std::string& text)
{
    const auto config = parse_config(text, "/etc/x.toml");
    return config ? "" : config.error().sentence;
}

Config config_of(const std::string& text)
{
    auto config = parse_config(text, "/etc/x.toml");
    EXPECT_TRUE(config) << config.error().sentence;
    return config ? *config : Config{};
}

}  // namespace

TEST(Config, WhatIsNotGivenHasTheDefaultsOfTheContract)
{
    using namespace std::chrono_literals;
    const Config config = config_of(good_config);
    EXPECT_EQ(config.hostname, "mx.example.com");
    EXPECT_EQ(config.user, "");
    EXPECT_EQ(config.io_threads, 1u);
    EXPECT_EQ(config.assess_threads, 4u);
    ASSERT_EQ(config.listen.size(), 1u);
    EXPECT_EQ(config.listen[0].door, net::Door{});
    EXPECT_EQ(config.acknowledgement.team, "Example");
    EXPECT_EQ(config.acknowledgement.templates, "/etc/shieldd/templates");
    EXPECT_EQ(config.acknowledgement.unverified, acknowledge::Unverified::hold);
    EXPECT_EQ(config.delivery.give_up_after, 24h);
    EXPECT_EQ(config.delivery.give_up_after_person, 24h * 5);
    EXPECT_EQ(config.promises[0].to_string(), "2h");
    EXPECT_FALSE(config.promises[0].tell);
    EXPECT_EQ(config.promises[2].to_string(), "3 business days");
    EXPECT_EQ(config.limits, core::Limits{});
    EXPECT_EQ(config.exempt, core::Networks{*core::Network::parse("127.0.0.0/8")});
    EXPECT_EQ(config.metrics_address, "");
    EXPECT_EQ(config.rules, "");
    EXPECT_EQ(config.dns,
              (net::ResolverOptions{net::ResolverOptions::Mode::system, "", true, "/usr/share/dns/root.key"}));
}

TEST(Config, AResolverIsAWordOrAnAddress)
{
    using Mode = net::ResolverOptions::Mode;
    const auto resolver = [](const std::string& text) {
        return config_of(good_config + "[dns]\nresolver = '" + text + "'\n").dns;
    };
    EXPECT_EQ(resolver("recursive").mode, Mode::recursive);
    EXPECT_EQ(resolver("none").mode, Mode::none);
    EXPECT_EQ(resolver("192.0.2.1").mode, Mode::address);
    EXPECT_EQ(resolver("192.0.2.1").address, "192.0.2.1:53");
    EXPECT_EQ(resolver("2001:db8::1").address, "[2001:db8::1]:53");
    EXPECT_EQ(resolver("[2001:db8::1]:5300").address, "[2001:db8::1]:5300");
}

TEST(Config, ATrustAnchorThatIsMissingHasALineAndARemedy)
{
    Config config = config_of(good_config + "[dns]\ntrust_anchor = '/nowhere/root.key'\n");
    EXPECT_EQ(dns_fault(config),
              "/etc/x.toml:14: key 'dns.trust_anchor': cannot read '/nowhere/root.key': No such file or directory; "
              "install dns-root-data, or write dns.validate = false");
    config.dns.validate = false;
    EXPECT_EQ(dns_fault(config), "");
}
TEST(Config, EveryValueThatIsGivenIsTaken)
{
    using namespace std::chrono_literals;
    const Config config = config_of(
        "user = 'mail'\nio_threads = 3\nassess_threads = 6\n" + good_config +
        "give_up_after = '2h'\ngive_up_after_person = '10d'\nmaildir = 'replies'\n"
        "[[listen]]\naddress = '[::1]:24'\nprotocol = 'lmtp'\ntls = 'starttls'\ntls_required = true\n"
        "proxy = ['10.0.0.1', '192.0.2.0/24', '2001:db8::/48']\n"
        "[[certificate]]\nchain = 'tls/ec.pem'\nkey = 'tls/ec.key'\n"
        "[[certificate]]\nchain = '/tls/rsa.pem'\nkey = '/tls/rsa.key'\n[tls]\nsession_tickets = false\n"
        "[[mailbox]]\naddress = 'help@example.com'\nalso = ['help@mx.example.com']\ncategory = 'support'\n"
        "[links]\nsupport = 'https://example.net/help'\n[classify]\nrules = 'my.rules'\n"
        "[promise.urgent]\ntell = true\ntarget = '5 business days'\n"
        "[dns]\nresolver = '127.0.0.1:5300'\nvalidate = false\ntrust_anchor = 'my.key'\n"
        "[metrics]\naddress = '127.0.0.1:9000'\n[log]\nlevel = 'debug'\n"
        "[limits]\nrecipients_max = 7\ngreeting_pause = 0\nexempt = ['10.1.0.0/16']\n");
    EXPECT_EQ(config.user, "mail");
    EXPECT_EQ(config.io_threads, 3u);
    EXPECT_EQ(config.assess_threads, 6u);
    EXPECT_EQ(config.delivery.give_up_after, 2h);
    EXPECT_EQ(config.delivery.give_up_after_person, 240h);
    EXPECT_EQ(config.delivery.maildir, "/etc/replies") << "a relative path starts at the file";
    ASSERT_EQ(config.listen.size(), 2u);
    EXPECT_EQ(config.listen[1],
              (Config::Listen{"[::1]:24",
                              {{smtp::Protocol::lmtp, smtp::Tls::starttls, true},
                               {*core::Network::parse("10.0.0.1"), *core::Network::parse("192.0.2.0/24"),
                                *core::Network::parse("2001:db8::/48")}}}));
    EXPECT_THAT(config.certificates,
                testing::ElementsAre(net::CertificateFiles{"/etc/tls/ec.pem", "/etc/tls/ec.key"},
                                     net::CertificateFiles{"/tls/rsa.pem", "/tls/rsa.key"}));
    EXPECT_FALSE(config.session_tickets);
    EXPECT_EQ(config.exempt, core::Networks{*core::Network::parse("10.1.0.0/16")});
    EXPECT_EQ(config.limits.greeting_pause, 0u);
    ASSERT_EQ(config.mailboxes.size(), 2u);
    EXPECT_EQ(config.mailboxes[1].also, std::vector<std::string>{"help@mx.example.com"});
    EXPECT_EQ(config.mailboxes[1].category, core::Category::support);
    EXPECT_EQ(config.links.at("support"), "https://example.net/help");
    EXPECT_EQ(config.rules, "/etc/my.rules");
    EXPECT_EQ(config.promises[1].to_string(), "5 business days");
    EXPECT_TRUE(config.promises[1].tell);
    EXPECT_EQ(config.dns,
              (net::ResolverOptions{net::ResolverOptions::Mode::address, "127.0.0.1:5300", false, "/etc/my.key"}));
    EXPECT_EQ(config.metrics_address, "127.0.0.1:9000");
    EXPECT_EQ(config.log_level, core::Severity::debug);
    EXPECT_EQ(config.limits.recipients_max, 7u);
}

TEST(Config, FaultsWithoutEndAreSaidWithoutLookingForWhatWasMeant)
{
    std::string unknown;
    for (int i = 0; i < 60; ++i) {
        unknown += "recipients_ma" + std::to_string(i) + " = 1\n";
    }
    const std::string faults = faults_of(good_config + "[limits]\n" + unknown);
    EXPECT_THAT(faults, testing::HasSubstr("recipients_ma0': is not known; did you mean"));
    EXPECT_THAT(faults, testing::HasSubstr("recipients_ma59': is not known; remove it"));
}

TEST(Config, TheMetricsTableAloneServesThemAtTheirDefault)
{
    EXPECT_EQ(config_of(good_config + "[metrics]\n").metrics_address, "127.0.0.1:9025");
}

TEST(Config, TheTeamIsTheAddressWhenFromHasNoName)
{
    EXPECT_EQ(config_of(good_config_but("Example <shield@example.com>", "shield@example.com")).acknowledgement.team,
              "shield@example.com");
    EXPECT_EQ(config_of(good_config_but("[delivery]", "team = 'The desk'\n[delivery]")).acknowledgement.team,
              "The desk");
}

struct Fault {
    const char* what;
    std::string text;
    const char* said;
    friend std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.what; }
};

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, NamesFileLineKeyAndRemedy)
{
    EXPECT_EQ(faults_of(GetParam().text), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Config, Faults,
    testing::Values(
        // names
        Fault{"unknown key", good_config_but("smarthost = 'relay", "smarthos = 1\nsmarthost = 'relay"),
              "/etc/x.toml:12: key 'delivery.smarthos': is not known; did you mean 'delivery.smarthost'?"},
        Fault{"unknown table", good_config + "[mertics]\n",
              "/etc/x.toml:13: key 'mertics': is not known; did you mean 'metrics'?"},
        Fault{"unknown and like nothing", good_config + "[qqqqqqqqqqqqqqqq]\n",
              "/etc/x.toml:13: key 'qqqqqqqqqqqqqqqq': is not known; remove it, shieldd.toml(5) lists all keys"},
        Fault{"unknown limit", good_config + "[limits]\nrecipient_max = 5\n",
              "/etc/x.toml:14: key 'limits.recipient_max': is not known; did you mean 'limits.recipients_max'?"},
        Fault{"unknown in a list", good_config_but("address = '127", "adress = 1\naddress = '127"),
              "/etc/x.toml:4: key 'listen.adress': is not known; did you mean 'listen.address'?"},
        // what is missing
        Fault{"no hostname", good_config_but("hostname = 'mx.example.com'", ""),
              "/etc/x.toml:1: key 'hostname': is missing; add it: EHLO name, and the host in Received"},
        Fault{"no category", good_config_but("category = 'attack'", ""),
              "/etc/x.toml:5: key 'mailbox.category': is missing; add it: where a message to it starts"},
        Fault{"no transport", good_config_but("transport = 'smarthost'", ""),
              "/etc/x.toml:10: key 'delivery.transport': is missing; add it: \"smarthost\" or \"maildir\""},
        Fault{
            "no smarthost", good_config_but("smarthost = 'relay.example.com:25'", ""),
            "/etc/x.toml:11: key 'delivery.smarthost': is missing for transport = \"smarthost\"; add the relay as "
            "HOST:PORT"},
        // types
        Fault{"number for string", good_config_but("'/tmp/nowhere'", "7"),
              "/etc/x.toml:2: key 'directory': is no path; write it in quotes"},
        Fault{"string for number", "io_threads = '1'\n" + good_config,
              "/etc/x.toml:1: key 'io_threads': is no whole number; write digits, without quotes"},
        Fault{"string for boolean", good_config + "[promise.attack]\ntell = 'yes'\n",
              "/etc/x.toml:14: key 'promise.attack.tell': is neither true nor false; write one of them, without "
              "quotes"},
        Fault{"number for duration", good_config + "give_up_after = 24\n",
              "/etc/x.toml:13: key 'delivery.give_up_after': is no duration; write a number and s, m, h or d in "
              "quotes, "
              "such as \"24h\""},
        Fault{"string for list", good_config_but("category", "also = 'a@b.c'\ncategory"),
              "/etc/x.toml:7: key 'mailbox.also': is no list of strings; write it as [\"one\", \"two\"]"},
        Fault{"number in a list", good_config_but("category", "also = [1]\ncategory"),
              "/etc/x.toml:7: key 'mailbox.also': is no list of strings; write it as [\"one\", \"two\"]"},
        Fault{"value for table", "log = 1\n" + good_config,
              "/etc/x.toml:1: key 'log': is a table; write [log] and its keys below"},
        Fault{"table for list of tables", good_config_but("[[listen]]", "[listen]"),
              "/etc/x.toml:1: key 'listen': is missing; add a [[listen]] with an address such as \"0.0.0.0:25\"\n"
              "/etc/x.toml:3: key 'listen': is a list of tables; write [[listen]] and its keys below"},
        // values
        Fault{"hostname", good_config_but("mx.example.com", "mx_1"),
              "/etc/x.toml:1: key 'hostname': 'mx_1' is not a host name; write the name that the MX record points "
              "at, "
              "such as \"mx.example.com\""},
        Fault{"listen", good_config_but("127.0.0.1:2525", "localhost:2525"),
              "/etc/x.toml:4: key 'listen.address': 'localhost:2525' is not an address to listen on; write an IP "
              "address and a port, such as \"0.0.0.0:25\" or \"[::]:25\""},
        Fault{"protocol",
              good_config_but("address = '127.0.0.1:2525'", "address = '127.0.0.1:2525'\nprotocol = 'x'"),
              "/etc/x.toml:5: key 'listen.protocol': 'x' is not known; write \"smtp\" or \"lmtp\""},
        Fault{"category", good_config_but("attack", "panic"),
              "/etc/x.toml:7: key 'mailbox.category': 'panic' is not a category; write \"attack\", \"urgent\" or "
              "\"support\""},
        Fault{
            "mailbox", good_config_but("'shield@example.com'\ncat", "'shield'\ncat"),
            "/etc/x.toml:5: key 'mailbox': 'shield' is not an address of the form local@domain without a +suffix; "
            "correct or remove it"},
        Fault{"mailbox twice",
              good_config + "[[mailbox]]\naddress = 'x@example.com'\ncategory = 'urgent'\n"
                            "[[mailbox]]\naddress = 'Shield@Example.com'\ncategory = 'urgent'\n",
              "/etc/x.toml:16: key 'mailbox': 'Shield@Example.com' is named twice; correct or remove it"},
        Fault{
            "link", good_config + "[links]\nsupport = 'example.com'\n",
            "/etc/x.toml:14: key 'links.support': is not a link; write a URL that begins with https:// and has no "
            "blanks"},
        Fault{"link name", good_config + "[links]\nSupport = 'https://example.net/'\n",
              "/etc/x.toml:14: key 'links.Support': is not a name that a template can use; write it in small "
              "letters, digits and _"},
        Fault{"from", good_config_but("'Example <shield@example.com>'", "'nobody'"),
              "/etc/x.toml:9: key 'acknowledgement.from': 'nobody' is not of the form Name <local@domain>; write "
              "one such as \"Example Security <security@example.com>\""},
        Fault{
            "from that is no mailbox", good_config_but("<shield@", "<help@"),
            "/etc/x.toml:9: key 'acknowledgement.from': help@example.com is none of our mailboxes, so answers to a "
            "reply would be lost; add a [[mailbox]] with it, or write the address of one that is there"},
        Fault{"from elsewhere", good_config_but("<shield@example.com>", "<shield@example.net>"),
              "/etc/x.toml:9: key 'acknowledgement.from': shield@example.net is none of our mailboxes, so answers "
              "to a reply would be lost; add a [[mailbox]] with it, or write the address of one that is there"},
        Fault{"smarthost", good_config_but("relay.example.com:25", "relay.example.com"),
              "/etc/x.toml:12: key 'delivery.smarthost': 'relay.example.com' is not a host and port; write it as "
              "\"relay.example.com:25\""},
        Fault{
            "own smarthost", good_config_but("relay.example.com:25", "127.0.0.1:2525"),
            "/etc/x.toml:12: key 'delivery.smarthost': is where we listen ourselves, every reply would come back; "
            "name another relay"},
        Fault{"range", good_config + "[limits]\nmime_depth_max = 100000\n",
              "/etc/x.toml:14: key 'limits.mime_depth_max': 100000 is out of range; write a number from 1 to 100"},
        Fault{"duration range", good_config + "give_up_after = '3s'\n",
              "/etc/x.toml:13: key 'delivery.give_up_after': is out of range; write a duration from \"1m\" to "
              "\"30d\""},
        Fault{"target", good_config + "[promise.attack]\ntarget = 'soon'\n",
              "/etc/x.toml:14: key 'promise.attack.target': 'soon' is not a target: write \"2h\", \"3d\" or \"3 "
              "business "
              "days\""},
        Fault{"resolver", good_config + "[dns]\nresolver = 'ns.example.com'\n",
              "/etc/x.toml:14: key 'dns.resolver': 'ns.example.com' is not a resolver; write \"system\", "
              "\"recursive\", \"none\", or an IP address with or without a port, such as \"192.0.2.1\" or "
              "\"[2001:db8::1]:53\""},
        Fault{
            "long directory", good_config_but("/tmp/nowhere", "/" + std::string(100, 'x')),
            "/etc/x.toml:2: key 'directory': is too long for the control socket in it; choose a path of at most 80 "
            "octets"},
        Fault{"hidden characters", good_config_but("'/tmp/nowhere'", "\"/tmp/\\u202e\""),
              "/etc/x.toml:2: key 'directory': holds characters that cannot be seen; remove them"},
        // what this version cannot do is refused, never ignored
        Fault{"mx", good_config_but("'smarthost'\n", "'mx'\n"),
              "/etc/x.toml:11: key 'delivery.transport': this version cannot deliver to MX hosts itself; write "
              "\"smarthost\" and name your mail relay"},
        Fault{"tls", good_config_but("address = '127.0.0.1:2525'", "address = '127.0.0.1:2525'\ntls = 'starttls'"),
              "/etc/x.toml:5: key 'listen.tls': needs a certificate; add a [[certificate]] with chain and key, or "
              "write \"none\""},
        Fault{"tls_required",
              good_config_but("address = '127.0.0.1:2525'", "address = '127.0.0.1:2525'\ntls_required = true"),
              "/etc/x.toml:3: key 'listen.tls_required': is for tls = \"starttls\"; remove it, or write that"},
        Fault{"certificate without key", good_config + "[[certificate]]\nchain = 'x.pem'\n",
              "/etc/x.toml:13: key 'certificate.key': is missing; add it: its key in PEM, without a passphrase"},
        Fault{"proxy",
              good_config_but("address = '127.0.0.1:2525'", "address = '127.0.0.1:2525'\nproxy = ['gateway']"),
              "/etc/x.toml:5: key 'listen.proxy': 'gateway' is not an IP address or a network, such as "
              "192.0.2.0/24"},
        Fault{"notify", good_config + "[[notify]]\nto = 'a@b.c'\n",
              "/etc/x.toml:13: key 'notify': this version notifies nobody yet; remove the table"},
        Fault{"exempt", good_config + "[limits]\nexempt = ['127.0.0.1/8']\n",
              "/etc/x.toml:14: key 'limits.exempt': '127.0.0.1/8' has bits behind its first 8; write where the "
              "network begins, or the address alone"}));

TEST(Config, AMailboxThatAlwaysExistsMayBeTheFrom)
{
    EXPECT_EQ(faults_of(good_config_but("<shield@", "<abuse@")), "");
    EXPECT_EQ(faults_of(good_config_but("<shield@example.com>", "<postmaster@mx.example.com>")), "");
    EXPECT_EQ(faults_of(good_config_but("<shield@example.com>", "<help@mx.example.com>") +
                        "[[mailbox]]\naddress = 'x@example.com'\nalso = ['help@mx.example.com']\n"
                        "category = 'urgent'\n"),
              "");
}

// shieldctl works while somebody edits the file.
TEST(Config, WhatIsGoodOfAFaultyFileCanBeUsed)
{
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("shield-usable-" + std::to_string(getpid()) + ".toml");
    const auto load = [&](const std::string& text) {
        std::ofstream{file} << text;
        auto usable = load_usable_config(file);
        std::filesystem::remove(file);
        return usable;
    };
    const auto faulty = load(good_config_but("'attack'", "'panic'"));
    ASSERT_TRUE(faulty) << faulty.error().sentence;
    EXPECT_EQ(faulty->config.directory, "/tmp/nowhere");
    EXPECT_THAT(faulty->faults, HasSubstr(":7: key 'mailbox.category': "));
    const auto good = load(good_config_but("directory = '/tmp/nowhere'", ""));
    ASSERT_TRUE(good) << good.error().sentence;
    EXPECT_EQ(good->config.directory, "/var/lib/shieldd");
    EXPECT_EQ(good->faults, "");
    EXPECT_FALSE(load(good_config_but("'/tmp/nowhere'", "7")));
    EXPECT_FALSE(load("nonsense = 1\n" + good_config_but("directory = '/tmp/nowhere'", "")));
    EXPECT_FALSE(load("directory = \n"));
    EXPECT_FALSE(load_usable_config("/nowhere/shieldd.toml"));
}

TEST(Config, AllFaultsAreSaidInTheOrderOfTheFile)
{
    const std::string faults = faults_of(good_config_but("'attack'", "'x'") + "nonsense = 1\n[log]\nlevel = 3\n");
    EXPECT_THAT(faults, testing::MatchesRegex("[^\n]*:7: [^\n]*\n[^\n]*:13: [^\n]*\n[^\n]*:15: [^\n]*"));
}

TEST(Config, AFaultOfTheLanguageNamesFileAndLine)
{
    EXPECT_THAT(faults_of("hostname = 'a'\nhostname = 'b'\n"), HasSubstr("/etc/x.toml:2: "));
    EXPECT_THAT(faults_of("hostname = \n"), HasSubstr("/etc/x.toml:1: "));
}

TEST(Config, AnUnknownNameCannotSteerATerminal)
{
    EXPECT_THAT(faults_of(good_config + "[\"\\u001b[2J\"]\n"), Not(HasSubstr("\x1b")));
}

TEST(Config, DeepNestingIsAFaultLikeAnyOther)
{
    EXPECT_NE(faults_of("a = " + std::string(100000, '[')), "");
    EXPECT_NE(faults_of("a = " + std::string(100000, '[') + std::string(100000, ']')), "");
}

TEST(Config, AFileThatCannotBeReadIsNamed)
{
    EXPECT_THAT(load_config("/nowhere/shieldd.toml").error().sentence,
                HasSubstr("/nowhere/shieldd.toml: No such file or directory"));
    EXPECT_THAT(load_config("/tmp").error().sentence, HasSubstr("/tmp: Not a regular file"));
}

TEST(Config, AFilePastItsBoundIsRefused)
{
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("shield-config-" + std::to_string(getpid()) + ".toml");
    std::ofstream{file} << std::string(core::Limits{}.configuration_size_max + 1, '#');
    const auto config = load_config(file);
    std::filesystem::remove(file);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence, HasSubstr("is longer than"));
}

TEST(Config, TemplatesPastTheirBoundsAreRefused)
{
    const std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("shield-templates-" + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream{directory / "attack.en.txt"} << "12345";
    std::ofstream{directory / "urgent.en.txt"} << "1234";
    core::Limits limits;
    limits.templates_max = 2;
    limits.template_size_max = 5;
    EXPECT_TRUE(read_templates(directory, limits));
    limits.templates_max = 1;
    const auto too_many = read_templates(directory, limits);
    limits.templates_max = 2;
    limits.template_size_max = 4;
    const auto too_long = read_templates(directory, limits);
    std::filesystem::remove_all(directory);
    ASSERT_FALSE(too_many);
    EXPECT_THAT(too_many.error().sentence, HasSubstr("holds more than 1 templates"));
    ASSERT_FALSE(too_long);
    EXPECT_THAT(too_long.error().sentence, HasSubstr("attack.en.txt: is longer than 4 octets"));
}

TEST(Config, TheInstalledFileNeedsOnlyItsRelay)
{
    const auto config = load_config(SHIELD_SOURCE_DIR "/etc/shieldd.toml");
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence, testing::MatchesRegex("[^\n]*key 'delivery.smarthost': is missing[^\n]*"));
}

}  // namespace shield::daemon
