// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"
#include "key_names.hpp"
#include "keys.hpp"

#include <shield/acknowledge/reply.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>
#include <shield/daemon/config.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>

namespace shield::daemon {

namespace {

// Whoever has more unknown keys than that has left out the head of a table, or has another file.
constexpr unsigned suggestions_max = 20;

std::string fault_line(const Config& config, unsigned line, const std::string& key, std::string_view sentence)
{
    return config.file.string() + ":" + std::to_string(line) + ": key '" + core::printable_line(shown(key)) +
           "': " + core::printable_line(sentence);
}

/// Where a key or table stands; 1 when it is not there.
unsigned line_in(const Config& config, const std::string& name)
{
    const auto found = config.lines.find(name);
    return found == config.lines.end() ? 1 : found->second;
}

/// toml++ calls itself once for every dot of a key, and our keys have two at most. 0: there is none so deep.
unsigned line_of_deep_key(std::string_view text)
{
    constexpr int dots_max = 64;
    unsigned line = 1;
    int dots = 0;
    char quote = 0;
    for (const char c : text) {
        if (c == '\n') {
            ++line;
            dots = 0;
            quote = 0;
        } else if (quote != 0) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '.' && ++dots > dots_max) {
            return line;
        }
    }
    return 0;
}

/// Reads one document. Collects every fault; used once, by parse_config().
class Reader {
public:
    explicit Reader(const std::filesystem::path& file) { config_.file = file; }

    core::result<UsableConfig> read(std::string_view text);

private:
    void read_table(const toml::table& table, const std::string& prefix);
    void read_entry(const std::string& name, std::string_view last, const toml::node& node);
    void read_elements(const std::string& name, const toml::node& node);
    void take(const Key& key, std::string_view last, const toml::node& node);
    std::string convert(const Key& key, const toml::node& node, Value& value) const;
    void fill_in(const std::string& prefix, unsigned line);
    void check_together();
    void check_tls();
    void check_mailboxes();
    void check_relays();
    void check_from(const core::Mailboxes& mailboxes);

    void fault(unsigned line, const std::string& name, const std::string& sentence)
    {
        faults_.emplace(line, fault_line(config_, line, name, sentence));
    }
    unsigned line_of(const std::string& name) const { return line_in(config_, name); }

    Config config_;
    std::multimap<unsigned, std::string> faults_;
    std::vector<unsigned> listen_lines_;
    std::vector<unsigned> mailbox_lines_;
    std::vector<unsigned> relay_lines_;
    std::set<std::string> given_;  // in the table or element under way
    unsigned unknown_keys_{0};
};

core::result<UsableConfig> Reader::read(std::string_view text)
{
    if (const unsigned line = line_of_deep_key(text); line != 0) {
        return core::Error{config_.file.string() + ":" + std::to_string(line) +
                           ": a key with so many dots is none of ours; see shieldd.toml(5)"};
    }
    try {
        const toml::table document = toml::parse(text, config_.file.string());
        read_table(document, "");
        fill_in("", 1);
        check_together();
    } catch (const toml::parse_error& error) {
        return core::Error{config_.file.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                           core::printable_line(error.description()) + "; see shieldd.toml(5)"};
    }
    std::string all;
    for (const auto& [line, sentence] : faults_) {
        all += (all.empty() ? "" : "\n") + sentence;
    }
    return UsableConfig{std::move(config_), std::move(all)};
}

void Reader::read_table(const toml::table& table, const std::string& prefix)
{
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string{key.str()};
        config_.lines.emplace(name, node.source().begin.line);
        read_entry(name, key.str(), node);
    }
}

void Reader::read_entry(const std::string& name, std::string_view last, const toml::node& node)
{
    const unsigned line = node.source().begin.line;
    const auto begins = [&](const std::string& start) {
        return std::any_of(keys().begin(), keys().end(),
                           [&](const Key& key) { return key.name.starts_with(start); });
    };
    if (begins(name + "[].")) {
        return read_elements(name, node);
    }
    if (begins(name + ".")) {
        return node.is_table() ? read_table(*node.as_table(), name + ".")
                               : fault(line, name, "is a table; write [" + name + "] and its keys below");
    }
    const std::string any = name.substr(0, name.size() - last.size()) + "*";
    const auto known = std::find_if(keys().begin(), keys().end(),
                                    [&](const Key& key) { return key.name == name || key.name == any; });
    if (known != keys().end()) {
        return take(*known, last, node);
    }
    if (const std::string refusal = refusal_of(name); !refusal.empty()) {
        return fault(line, name, refusal);
    }
    const std::string near = ++unknown_keys_ <= suggestions_max ? nearest_key(shown(name)) : std::string{};
    fault(line, name,
          near.empty() ? "is not known; remove it, shieldd.toml(5) lists all keys"
                       : "is not known; did you mean '" + near + "'?");
}

void Reader::read_elements(const std::string& name, const toml::node& node)
{
    if (!node.is_array_of_tables()) {
        return fault(node.source().begin.line, name,
                     "is a list of tables; write [[" + name + "]] and its keys below");
    }
    for (const toml::node& element : *node.as_array()) {
        if (name == "listen") {
            config_.listen.emplace_back();
            const toml::node* tls = element.as_table()->get("tls");
            listen_lines_.push_back((tls != nullptr ? *tls : element).source().begin.line);
        } else if (name == "certificate") {
            config_.certificates.emplace_back();
        } else if (name == "relay") {
            config_.relays.emplace_back();
            relay_lines_.push_back(element.source().begin.line);
        } else {
            config_.mailboxes.emplace_back();
            mailbox_lines_.push_back(element.source().begin.line);
        }
        std::erase_if(given_, [&](const std::string& given) { return given.starts_with(name + "[]."); });
        read_table(*element.as_table(), name + "[].");
        fill_in(name + "[].", element.source().begin.line);
    }
}

void Reader::take(const Key& key, std::string_view last, const toml::node& node)
{
    given_.insert(key.name);
    const std::string name = key.name.substr(0, key.name.size() - (key.name.ends_with('*') ? 1 : last.size()));
    Value value;
    std::string problem = convert(key, node, value);
    if (problem.empty()) {
        problem = key.take(config_, last, value);
    }
    if (!problem.empty()) {
        fault(node.source().begin.line, name + std::string{last}, problem);
    }
}

/// What is wrong with the type of what is given, or nothing and the value.
std::string Reader::convert(const Key& key, const toml::node& node, Value& value) const
{
    const auto readable = [](const std::string& text) {
        return core::is_utf8(text) && text == core::printable_line(text);
    };
    const auto text = node.value_exact<std::string>();
    if (text && !readable(*text)) {
        return "holds characters that cannot be seen; remove them";
    }
    switch (key.type) {
        case Type::string:
            value.string = text.value_or("");
            return text ? "" : "is no string; write it in quotes";
        case Type::path:
            value.path = text && !text->empty() ? config_.file.parent_path() / *text : std::filesystem::path{};
            return text ? "" : "is no path; write it in quotes";
        case Type::duration: {
            const auto duration = core::parse_duration(text.value_or(""));
            value.duration = duration ? *duration : std::chrono::seconds{};
            return duration ? "" : "is no duration; write a number and s, m, h or d in quotes, such as \"24h\"";
        }
        case Type::boolean:
            value.boolean = node.value_exact<bool>().value_or(false);
            return node.is_boolean() ? "" : "is neither true nor false; write one of them, without quotes";
        case Type::number:
            value.number = node.value_exact<std::int64_t>().value_or(0);
            return node.is_integer() ? "" : "is no whole number; write digits, without quotes";
        case Type::strings:
            if (const toml::array* list = node.as_array()) {
                for (const toml::node& one : *list) {
                    value.strings.push_back(one.value_exact<std::string>().value_or("\n"));
                }
            }
            return node.is_array() && std::all_of(value.strings.begin(), value.strings.end(), readable)
                       ? ""
                       : "is no list of strings; write it as [\"one\", \"two\"]";
    }
    return {};
}

/// Gives every key of a table (all keys that are in no [[table]], or those of one element) that was not given its
/// default, by the same way as if it had been written in the file.
void Reader::fill_in(const std::string& prefix, unsigned line)
{
    for (const Key& key : keys()) {
        const bool of_element = key.name.find("[]") != std::string::npos;
        if (given_.contains(key.name) || (prefix.empty() ? of_element : !key.name.starts_with(prefix))) {
            continue;
        }
        const std::string table = key.name.substr(0, key.name.find('.'));
        if (key.need == Need::required) {
            fault(prefix.empty() ? line_of(table) : line, key.name, "is missing; add it: " + key.help);
        } else if (!key.default_value.empty() && (key.need == Need::optional || config_.lines.contains(table))) {
            const toml::table document = toml::parse("value = " + key.default_value);
            take(key, key.name.substr(key.name.rfind('.') + 1), *document.get("value"));
        }
    }
}

/// What each key allows and all of them together do not.
void Reader::check_together()
{
    if (config_.listen.empty()) {
        fault(1, "listen", "is missing; add a [[listen]] with an address such as \"0.0.0.0:25\"");
    }
    const Config::Delivery& delivery = config_.delivery;
    if (delivery.transport == Config::Transport::smarthost) {
        if (delivery.smarthost.empty() && given_.contains("delivery.transport")) {
            fault(line_of("delivery.transport"), "delivery.smarthost",
                  "is missing for transport = \"smarthost\"; add the relay as HOST:PORT");
        }
        for (const Config::Listen& listen : config_.listen) {
            if (!delivery.smarthost.empty() && listen.address == delivery.smarthost) {
                fault(line_of("delivery.smarthost"), "delivery.smarthost",
                      "is where we listen ourselves, every reply would come back; name another relay");
            }
        }
    } else if (delivery.maildir.empty()) {
        fault(line_of("delivery.maildir"), "delivery.maildir",
              "is empty with transport = \"maildir\"; name a directory");
    }
    check_tls();
    check_mailboxes();
    check_relays();
}

void Reader::check_tls()
{
    for (std::size_t i = 0; i < config_.listen.size(); ++i) {
        const smtp::Offer& offer = config_.listen[i].door.offer;
        if (offer.tls != smtp::Tls::none && config_.certificates.empty()) {
            fault(listen_lines_[i], "listen.tls",
                  "needs a certificate; add a [[certificate]] with chain and key, or write \"none\"");
        }
        if (offer.tls != smtp::Tls::starttls && offer.tls_required) {
            fault(listen_lines_[i], "listen.tls_required", "is for tls = \"starttls\"; remove it, or write that");
        }
    }
}

void Reader::check_mailboxes()
{
    const auto& all = config_.mailboxes;
    if (all.empty()) {
        return fault(1, "mailbox", "is missing; add a [[mailbox]] with address and category");
    }
    const auto faulty = [&](std::size_t count) {
        return core::Mailboxes::make(config_.hostname,
                                     {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)});
    };
    if (const auto mailboxes = faulty(all.size())) {
        return check_from(*mailboxes);
    }
    std::size_t good = 0;
    std::size_t bad = all.size();  // one mailbox too many makes every longer list faulty too
    while (bad - good > 1) {
        const std::size_t middle = good + (bad - good) / 2;
        (faulty(middle) ? good : bad) = middle;
    }
    fault(mailbox_lines_[bad - 1], "mailbox", faulty(bad).error().sentence + "; correct or remove it");
}

void Reader::check_relays()
{
    for (std::size_t i = 0; i < config_.relays.size(); ++i) {
        auth::Relay& relay = config_.relays[i];
        relay.name = relay.name.empty() ? first_network(relay) : relay.name;
        if (const std::string what = fault_of(relay, config_.hostname); !what.empty()) {
            fault(relay_lines_[i], "relay", what);
        }
    }
}

/// What people answer to a reply comes to the address in its From, extended by a token.
void Reader::check_from(const core::Mailboxes& mailboxes)
{
    const auto from = acknowledge::parse_from(config_.acknowledgement.from);
    if (from && !mailboxes.is_ours(from->address)) {
        const std::string address = from->address.to_string();
        fault(line_of("acknowledgement.from"), "acknowledgement.from",
              address +
                  " is none of our mailboxes, so answers to a reply would be lost; add a [[mailbox]] with it, "
                  "or write the address of one that is there");
    }
}

}  // namespace

core::result<Config> parse_config(std::string_view text, const std::filesystem::path& file)
{
    auto read = Reader{file}.read(text);
    if (!read) {
        return read.error();
    }
    return read->faults.empty() ? core::result<Config>{std::move(read->config)} : core::Error{read->faults};
}

core::result<Config> load_config(const std::filesystem::path& file)
{
    const auto text = read_bounded(file, core::Limits{}.configuration_size_max);
    if (!text) {
        return text.error();
    }
    return parse_config(*text, std::filesystem::absolute(file));
}

core::result<UsableConfig> load_usable_config(const std::filesystem::path& file)
{
    const auto text = read_bounded(file, core::Limits{}.configuration_size_max);
    if (!text) {
        return text.error();
    }
    auto read = Reader{std::filesystem::absolute(file)}.read(*text);
    if (read && !read->faults.empty() &&
        (!read->config.lines.contains("directory") || read->config.directory.empty())) {
        return core::Error{read->faults};
    }
    return read;
}

std::string fault_at(const Config& config, const std::string& key, std::string_view sentence)
{
    const std::string table = key.substr(0, key.find('.'));  // of a key that is not given
    return fault_line(config, line_in(config, config.lines.contains(key) ? key : table), key, sentence);
}

std::filesystem::path control_socket(const Config& config)
{
    return config.directory / "control";
}

std::vector<KeyDescription> describe_keys()
{
    std::vector<KeyDescription> described;
    for (const Key& key : keys()) {
        described.push_back({key.name, std::string{to_string(key.type)}, key.default_value, key.help});
    }
    return described;
}

}  // namespace shield::daemon
