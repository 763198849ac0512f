// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <shield/acknowledge/reply.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <array>

namespace shield::daemon {

namespace {

using std::string;
using std::string_view;

constexpr std::size_t link_size_max = 500;
constexpr std::size_t directory_size_max = 80;  // a Unix socket's address holds 107 octets (unix(7))
constexpr std::int64_t threads_max = 64;

// A numeric IP address and a port.
bool is_socket_address(string_view text)
{
    const auto place = core::HostAndPort::parse(text);
    return place && core::IpAddress::parse(place->host);
}

string listening_address(string& place, const Value& value)
{
    if (!is_socket_address(value.string)) {
        return "'" + value.string +
               "' is not an address to listen on; write an IP address and a port, such as "
               "\"0.0.0.0:25\" or \"[::]:25\"";
    }
    place = value.string;
    return {};
}

string next_hop(string& place, const Value& value)
{
    place = value.string;
    if (!value.string.empty() && !core::HostAndPort::parse(value.string)) {
        return "'" + value.string + "' is not a host and port; write it as \"relay.example.com:25\"";
    }
    return {};
}

string threads(unsigned& place, const Value& value)
{
    place = static_cast<unsigned>(std::clamp<std::int64_t>(value.number, 1, threads_max));
    return number_between(1, threads_max, value.number);
}

string give_up(std::chrono::seconds& place, const Value& value)
{
    using namespace std::chrono_literals;
    place = value.duration;
    return place >= 60s && place <= 24h * 30 ? string{}
                                             : "is out of range; write a duration from \"1m\" to \"30d\"";
}

template <typename T>
string keep(T& place, const T& value)
{
    place = value;
    return {};
}

// A value out of a few words, each with what it means.
template <typename T>
struct Choice {
    string_view word;
    T meaning;
};
template <typename T, std::size_t N>
string choose(T& place, const std::array<Choice<T>, N>& choices, const Value& value)
{
    string words;
    for (const Choice<T>& choice : choices) {
        if (choice.word == value.string) {
            place = choice.meaning;
            return {};
        }
        words += (words.empty() ? "\"" : " or \"") + string{choice.word} + "\"";
    }
    return "'" + value.string + "' is not known; write " + words;
}

string take_hostname(Config& config, string_view, const Value& value)
{
    config.hostname = core::lowered(value.string);
    return core::is_host_name(value.string) ? string{}
                                            : "'" + value.string +
                                                  "' is not a host name; write the name that "
                                                  "the MX record points at, such as \"mx.example.com\"";
}

string take_directory(Config& config, string_view, const Value& value)
{
    config.directory = value.path;
    return value.path.native().size() <= directory_size_max
               ? string{}
               : "is too long for the control socket in it; choose a path of at most " +
                     std::to_string(directory_size_max) + " octets";
}

string take_category(Config& config, string_view, const Value& value)
{
    const auto category = core::parse_category(value.string);
    config.mailboxes.back().category = category.value_or(core::Category::support);
    return category ? string{}
                    : "'" + value.string + "' is not a category; write \"attack\", \"urgent\" or \"support\"";
}

string take_from(Config& config, string_view, const Value& value)
{
    const auto from = acknowledge::parse_from(value.string);
    if (!from) {
        return from.error().sentence + "; write one such as \"Example Security <security@example.com>\"";
    }
    config.acknowledgement.from = value.string;
    if (config.acknowledgement.team.empty()) {
        config.acknowledgement.team = from->display_name.empty() ? from->address.to_string() : from->display_name;
    }
    return {};
}

string take_link(Config& config, string_view last, const Value& value)
{
    const bool word = !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || core::is_digit(c) || c == '_';
    });
    if (!word) {
        return "is not a name that a template can use; write it in small letters, digits and _";
    }
    const string& url = value.string;
    const bool plain = std::all_of(url.begin(), url.end(),
                                   [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>'; });
    if (!plain || url.size() > link_size_max ||
        !(core::istarts_with(url, "https://") || core::istarts_with(url, "http://"))) {
        return "is not a link; write a URL that begins with https:// and has no blanks";
    }
    config.links.insert_or_assign(string{last}, url);
    return {};
}

string take_transport(Config& config, string_view, const Value& value)
{
    if (value.string == "mx") {
        return "this version cannot deliver to MX hosts itself; write \"smarthost\" and name your mail relay";
    }
    return choose(config.delivery.transport,
                  std::array{Choice<Config::Transport>{"smarthost", Config::Transport::smarthost},
                             Choice<Config::Transport>{"maildir", Config::Transport::maildir}},
                  value);
}

string take_resolver(Config& config, string_view, const Value& value)
{
    using Mode = net::ResolverOptions::Mode;
    constexpr std::array words{Choice<Mode>{"system", Mode::system}, Choice<Mode>{"recursive", Mode::recursive},
                               Choice<Mode>{"none", Mode::none}};
    const auto word = std::find_if(words.begin(), words.end(),
                                   [&](const Choice<Mode>& choice) { return choice.word == value.string; });
    if (word != words.end()) {
        config.dns.mode = word->meaning;
        return {};
    }
    constexpr std::uint16_t dns_port = 53;
    config.dns.mode = Mode::address;
    config.dns.address =
        core::IpAddress::parse(value.string) ? core::HostAndPort{value.string, dns_port}.to_string() : value.string;
    return is_socket_address(config.dns.address)
               ? string{}
               : "'" + value.string +
                     "' is not a resolver; write \"system\", \"recursive\", \"none\", or an IP address with or "
                     "without a port, such as \"192.0.2.1\" or \"[2001:db8::1]:53\"";
}

std::function<string(Config&, string_view, const Value&)> take_target(core::Category category)
{
    return [category](Config& config, string_view, const Value& value) {
        auto promise = core::Promise::parse(value.string);
        if (!promise) {
            return promise.error().sentence;
        }
        core::Promise& place = config.promises[static_cast<std::size_t>(category)];
        promise->tell = place.tell;
        place = *promise;
        return string{};
    };
}

std::function<string(Config&, string_view, const Value&)> take_tell(core::Category category)
{
    return [category](Config& config, string_view, const Value& value) {
        config.promises[static_cast<std::size_t>(category)].tell = value.boolean;
        return string{};
    };
}

std::vector<Key> settings()
{
    using enum Type;
    using enum Need;
    return {
        {"hostname", string, required, "", "EHLO name, and the host in Received", take_hostname},
        {"directory", path, optional, R"("/var/lib/shieldd")", "the database and everything else that is written",
         take_directory},
        {"user", string, optional, R"("")",
         "whom shieldd becomes when root starts it; empty: shieldd, if there is such a user",
         [](Config& c, string_view, const Value& v) { return keep(c.user, v.string); }},
        {"io_threads", number, optional, "1", "threads for the network",
         [](Config& c, string_view, const Value& v) { return threads(c.io_threads, v); }},
        {"assess_threads", number, optional, "4", "threads that read and sort messages, at a lower priority",
         [](Config& c, string_view, const Value& v) { return threads(c.assess_threads, v); }},

        {"listen[].address", string, required, "", "where to accept mail",
         [](Config& c, string_view, const Value& v) { return listening_address(c.listen.back().address, v); }},
        {"listen[].protocol", string, optional, R"("smtp")", "\"smtp\" or \"lmtp\"",
         [](Config& c, string_view, const Value& v) {
             return choose(c.listen.back().door.offer.protocol,
                           std::array{Choice<smtp::Protocol>{"smtp", smtp::Protocol::smtp},
                                      Choice<smtp::Protocol>{"lmtp", smtp::Protocol::lmtp}},
                           v);
         }},
        {"listen[].tls", string, optional, R"("none")",
         "\"starttls\" when a client asks, \"implicit\" from the first octet, or \"none\"",
         [](Config& c, string_view, const Value& v) {
             return choose(c.listen.back().door.offer.tls,
                           std::array{Choice<smtp::Tls>{"none", smtp::Tls::none},
                                      Choice<smtp::Tls>{"starttls", smtp::Tls::starttls},
                                      Choice<smtp::Tls>{"implicit", smtp::Tls::implicit}},
                           v);
         }},
        {"listen[].tls_required", boolean, optional, "false", "with \"starttls\": no mail before it",
         [](Config& c, string_view, const Value& v) {
             return keep(c.listen.back().door.offer.tls_required, v.boolean);
         }},
        {"listen[].proxy", strings, optional, "[]",
         "gateways whose connections begin with a PROXY header, as addresses or networks",
         [](Config& c, string_view, const Value& v) { return networks(c.listen.back().door.proxies, v); }},

        {"certificate[].chain", path, required, "", "the certificate in PEM, then those that lead to its root",
         [](Config& c, string_view, const Value& v) { return keep(c.certificates.back().chain, v.path); }},
        {"certificate[].key", path, required, "", "its key in PEM, without a passphrase",
         [](Config& c, string_view, const Value& v) { return keep(c.certificates.back().key, v.path); }},
        {"tls.session_tickets", boolean, optional, "true", "false when a sender cannot resume sessions",
         [](Config& c, string_view, const Value& v) { return keep(c.session_tickets, v.boolean); }},

        {"mailbox[].address", string, required, "", "an address that takes mail",
         [](Config& c, string_view, const Value& v) { return keep(c.mailboxes.back().address, v.string); }},
        {"mailbox[].also", strings, optional, "[]", "other addresses that a relay may use for it",
         [](Config& c, string_view, const Value& v) { return keep(c.mailboxes.back().also, v.strings); }},
        {"mailbox[].category", string, required, "", "where a message to it starts", take_category},

        {"acknowledgement.from", string, required, "", "From of every reply", take_from},
        {"acknowledgement.team", string, optional, R"("")", "what replies call us; empty: the name in from",
         [](Config& c, string_view, const Value& v) {
             if (!v.string.empty()) {
                 c.acknowledgement.team = v.string;
             }
             return std::string{};
         }},
        {"acknowledgement.templates", path, optional, R"("/etc/shieldd/templates")", "the words of the replies",
         [](Config& c, string_view, const Value& v) { return keep(c.acknowledgement.templates, v.path); }},
        {"acknowledgement.unverified", string, optional, R"("hold")",
         "what a sender gets who could not be verified: \"hold\" or \"send\"",
         [](Config& c, string_view, const Value& v) {
             return choose(c.acknowledgement.unverified,
                           std::array{Choice<acknowledge::Unverified>{"hold", acknowledge::Unverified::hold},
                                      Choice<acknowledge::Unverified>{"send", acknowledge::Unverified::send}},
                           v);
         }},

        {"links.*", string, optional, "", "where replies send people, for {{links.NAME}} in templates", take_link},

        {"classify.rules", path, optional, R"("")", "rules of the classifier; empty: those built in",
         [](Config& c, string_view, const Value& v) { return keep(c.rules, v.path); }},

        {"delivery.transport", string, required, "", "\"smarthost\" or \"maildir\"", take_transport},
        {"delivery.smarthost", string, optional, R"("")", "the relay that takes our mail, HOST:PORT",
         [](Config& c, string_view, const Value& v) { return next_hop(c.delivery.smarthost, v); }},
        {"delivery.maildir", path, optional, R"("/var/lib/shieldd/replies")", "where replies go with \"maildir\"",
         [](Config& c, string_view, const Value& v) { return keep(c.delivery.maildir, v.path); }},
        {"delivery.give_up_after", duration, optional, R"("24h")", "how long an automatic reply is tried",
         [](Config& c, string_view, const Value& v) { return give_up(c.delivery.give_up_after, v); }},
        {"delivery.give_up_after_person", duration, optional, R"("5d")", "how long a person's reply is tried",
         [](Config& c, string_view, const Value& v) { return give_up(c.delivery.give_up_after_person, v); }},

        {"promise.attack.target", string, optional, R"("2h")", "by when a person answers",
         take_target(core::Category::attack)},
        {"promise.attack.tell", boolean, optional, "false", "whether the acknowledgement names that time",
         take_tell(core::Category::attack)},
        {"promise.urgent.target", string, optional, R"("1 business day")", "by when a person answers",
         take_target(core::Category::urgent)},
        {"promise.urgent.tell", boolean, optional, "false", "whether the acknowledgement names that time",
         take_tell(core::Category::urgent)},
        {"promise.support.target", string, optional, R"("3 business days")", "by when a person answers",
         take_target(core::Category::support)},
        {"promise.support.tell", boolean, optional, "false", "whether the acknowledgement names that time",
         take_tell(core::Category::support)},

        {"dns.resolver", string, optional, R"("system")",
         "who answers DNS questions: those of resolv.conf, all servers from the root down, one address, nobody",
         take_resolver},
        {"dns.validate", boolean, optional, "true", "whether signatures are checked (DNSSEC)",
         [](Config& c, string_view, const Value& v) { return keep(c.dns.validate, v.boolean); }},
        {"dns.trust_anchor", path, optional, R"("/usr/share/dns/root.key")", "the keys of the root, for that",
         [](Config& c, string_view, const Value& v) { return keep(c.dns.trust_anchor, v.path); }},

        {"metrics.address", string, with_table, R"("127.0.0.1:9025")", "where /metrics, /healthz and /readyz are",
         [](Config& c, string_view, const Value& v) {
             return v.string.empty() ? std::string{} : listening_address(c.metrics_address, v);
         }},

        {"confinement.landlock", boolean, optional, "true", "whether shieldd keeps to its own files",
         [](Config& c, string_view, const Value& v) { return keep(c.confinement.landlock, v.boolean); }},
        {"confinement.seccomp", boolean, optional, "true", "whether shieldd keeps to the system calls it needs",
         [](Config& c, string_view, const Value& v) { return keep(c.confinement.seccomp, v.boolean); }},
        {"confinement.workers", boolean, optional, "true",
         "whether messages are read in processes that have nothing",
         [](Config& c, string_view, const Value& v) { return keep(c.confinement.workers, v.boolean); }},

        {"log.level", string, optional, R"("info")", "\"debug\", \"info\", \"warning\" or \"error\"",
         [](Config& c, string_view, const Value& v) {
             return choose(c.log_level,
                           std::array{Choice<core::Severity>{"debug", core::Severity::debug},
                                      Choice<core::Severity>{"info", core::Severity::info},
                                      Choice<core::Severity>{"warning", core::Severity::warning},
                                      Choice<core::Severity>{"error", core::Severity::error}},
                           v);
         }},

        {"limits.exempt", strings, optional, R"(["127.0.0.0/8"])",
         "addresses and networks that no bound of a client or network applies to",
         [](Config& c, string_view, const Value& v) { return networks(c.exempt, v); }},
    };
}

}  // namespace

string_view to_string(Type type) noexcept
{
    switch (type) {
        case Type::string:
            return "string";
        case Type::path:
            return "path";
        case Type::duration:
            return "duration";
        case Type::boolean:
            return "boolean";
        case Type::number:
            return "number";
        case Type::strings:
            return "list of strings";
    }
    return {};
}

const std::vector<Key>& keys()
{
    static const std::vector<Key> table = [] {
        std::vector<Key> all = settings();
        std::ranges::copy(relay_keys(), std::back_inserter(all));
        for (const core::LimitEntry& limit : core::limit_table()) {
            all.push_back(limit_key(limit));
        }
        return all;
    }();
    return table;
}

string refusal_of(string_view name)
{
    if (name == "notify") {
        return "this version notifies nobody yet; remove the table";
    }
    return {};
}

}  // namespace shield::daemon
