// SPDX-License-Identifier: Apache-2.0
#include "support/dialogue.hpp"

#include "support/receipt.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/digest.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace shield::tests {

namespace {

constexpr std::array refusals{
    std::pair{std::string_view{"disk_full"}, core::Refusal::disk_full},
    std::pair{std::string_view{"store_failed"}, core::Refusal::store_failed},
    std::pair{std::string_view{"overloaded"}, core::Refusal::overloaded},
    std::pair{std::string_view{"shutting_down"}, core::Refusal::shutting_down},
    std::pair{std::string_view{"row_refused"}, core::Refusal::row_refused},
};

std::runtime_error malformed(const std::string& why)
{
    return std::runtime_error(why);
}

}  // namespace

std::string unescaped(std::string_view text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        throw malformed("octets stand between double quotes");
    }
    text = text.substr(1, text.size() - 2);
    std::string octets;
    while (!text.empty()) {
        if (text.front() != '\\') {
            octets += text.front();
            text.remove_prefix(1);
            continue;
        }
        constexpr std::string_view letters = "rnt0\\\"";
        constexpr std::string_view meanings{"\r\n\t\0\\\"", 6};
        const char letter = text.size() > 1 ? text[1] : ' ';
        if (letter == 'x' && text.size() >= 4) {
            octets += static_cast<char>(std::stoi(std::string{text.substr(2, 2)}, nullptr, 16));
            text.remove_prefix(4);
        } else if (const auto at = letters.find(letter); at != std::string_view::npos) {
            octets += meanings[at];
            text.remove_prefix(2);
        } else {
            throw malformed("unknown escape");
        }
    }
    return octets;
}

namespace {

std::string repeated(std::string_view text)
{
    const std::string_view times = text.substr(0, text.find(' '));
    const auto count = core::parse_number(times);
    if (!count || times.size() == text.size()) {
        throw malformed("C* takes a number and octets");
    }
    const std::string once = unescaped(core::trimmed(text.substr(times.size())));
    std::string octets;
    for (std::uint64_t i = 0; i < *count; ++i) {
        octets += once;
    }
    return octets;
}

// deliver SIZE [sha256=HEX] : accept REFERENCE | refuse REASON
Step deliver_step(std::string_view text)
{
    Step step;
    step.kind = Step::Kind::deliver;
    std::vector<std::string_view> words = core::split(text, ' ');
    if (words.size() == 6 && words[2].starts_with("sha256=")) {
        step.sha256 = words[2].substr(7);
        words.erase(words.begin() + 2);
    }
    const auto size = words.size() == 5 ? core::parse_number(words[1]) : std::nullopt;
    if (!size || words[0] != "deliver" || words[2] != ":") {
        throw malformed("not of the form '>> deliver SIZE [sha256=HEX] : accept REFERENCE | refuse REASON'");
    }
    step.size = *size;
    if (words[3] == "accept") {
        step.accept = core::Reference::parse(words[4]);
    } else if (words[3] == "refuse") {
        const auto* const found =
            std::find_if(refusals.begin(), refusals.end(), [&](const auto& one) { return one.first == words[4]; });
        if (found != refusals.end()) {
            step.refuse = found->second;
        }
    }
    if (!step.accept && !step.refuse) {
        throw malformed("the message must be accepted with a reference or refused with a reason");
    }
    return step;
}

void set_limit(core::Limits& limits, std::string_view text)
{
    const std::vector<std::string_view> words = core::split(text, ' ');
    const auto value = words.size() == 2 ? core::parse_number(words[1]) : std::nullopt;
    const auto table = core::limit_table();
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.name == words.front(); });
    if (!value || found == table.end()) {
        throw malformed("not of the form 'limit: NAME NUMBER'");
    }
    limits.*(found->member) = *value;
}

void read_line(Dialogue& dialogue, const std::string& line, std::size_t number)
{
    const std::string_view text{line};
    const auto argument = [&](std::size_t marker) {
        return text.size() > marker && text[marker] == ' ' ? text.substr(marker + 1) : text.substr(marker);
    };
    Step step;
    if (text.empty() || text.starts_with('#')) {
        return;
    }
    if (text.starts_with("C:")) {
        step.octets = std::string{argument(2)} + "\r\n";
    } else if (text.starts_with("C~")) {
        step.octets = unescaped(argument(2));
    } else if (text.starts_with("C*")) {
        step.octets = repeated(argument(2));
    } else if (text.starts_with("S:")) {
        step.kind = Step::Kind::server;
        step.octets = argument(2);
    } else if (text.starts_with(">>")) {
        step = deliver_step(argument(2));
    } else if (text == "X:") {
        step.kind = Step::Kind::closed;
    } else if (text == "mode: lmtp") {
        dialogue.offer.protocol = smtp::Protocol::lmtp;
        return;
    } else if (text == "tls: starttls" || text == "tls: required") {
        dialogue.offer.tls = smtp::Tls::starttls;
        dialogue.offer.tls_required = text == "tls: required";
        return;
    } else if (text == "TLS:") {
        step.kind = Step::Kind::secure;
    } else if (text.starts_with("limit: ")) {
        set_limit(dialogue.limits, argument(6));
        return;
    } else {
        throw malformed("unknown line");
    }
    step.line = number;
    dialogue.steps.push_back(std::move(step));
}

/// One conversation under way. Does what a driver does, and waits for the file to say how a message ends.
class Player {
public:
    Player(const Dialogue& dialogue, const Portion& portion)
        : portion_{portion}, session_{dialogue_policy(dialogue.limits), {}, dialogue.offer}
    {
        take(session_.greet());
    }

    void client(const std::string& octets) { to_send_ += octets; }

    std::string server(const std::string& beginning)
    {
        send();
        const std::size_t end = reply_.find("\r\n");
        if (end == std::string::npos) {
            return "expected a reply '" + beginning + "', the server is silent";
        }
        const std::string line = reply_.substr(0, end);
        reply_.erase(0, end + 2);
        return line.starts_with(beginning) ? "" : "expected '" + beginning + "', got '" + line + "'";
    }

    std::string deliver(const Step& step)
    {
        send();
        if (!deciding_) {
            return "expected a message, there is none";
        }
        const std::string content = std::exchange(content_, {});
        if (content.size() != step.size) {
            return "expected " + std::to_string(step.size) + " octets, got " + std::to_string(content.size()) +
                   ": " + core::printable_line(content);
        }
        if (const std::string digest = core::to_hex(core::sha256(content)); !digest.starts_with(step.sha256)) {
            return "expected other octets; sha256=" + digest + ": " + core::printable_line(content);
        }
        deciding_ = false;
        take(step.accept ? session_.accepted(store::Intake::receipt(*step.accept))
                         : session_.refused(*step.refuse));
        return {};
    }

    std::string secure()
    {
        send();
        if (!securing_) {
            return "expected the server to begin a handshake";
        }
        take(session_.secured("TLSv1.3 TLS_AES_256_GCM_SHA384"));
        return {};
    }

    std::string closed()
    {
        send();
        return closed_ ? "" : "expected the server to close";
    }

    std::string rest()
    {
        send();
        if (deciding_) {
            return "a message was delivered that the file does not have";
        }
        return reply_.empty() ? "" : "the server said more: " + core::printable_line(reply_);
    }

private:
    void send()
    {
        while (!deciding_ && !securing_ && !closed_ && !to_send_.empty()) {
            const std::size_t count =
                std::clamp<std::size_t>(portion_(given_, to_send_.size()), 1, to_send_.size());
            const std::string octets = to_send_.substr(0, count);
            to_send_.erase(0, count);
            given_ += count;
            take(session_.receive(octets));
        }
    }

    void take(smtp::Action action)
    {
        for (;;) {
            reply_ += action.reply;
            content_ += action.content;
            if (action.then == smtp::Then::start_tls) {
                reply_ += session_.tls_begins().reply;
                break;
            }
            if (action.then != smtp::Then::discard) {
                break;
            }
            content_.clear();
            action = session_.resume();
        }
        securing_ = action.then == smtp::Then::start_tls;
        deciding_ = action.then == smtp::Then::deliver;
        closed_ = action.then == smtp::Then::close;
    }

    const Portion& portion_;
    smtp::Session session_;
    std::string to_send_;
    std::string reply_;
    std::string content_;
    std::size_t given_{0};
    bool deciding_{false};
    bool securing_{false};
    bool closed_{false};
};

std::string play_step(Player& player, const Step& step)
{
    switch (step.kind) {
        case Step::Kind::client:
            player.client(step.octets);
            return {};
        case Step::Kind::server:
            return player.server(step.octets);
        case Step::Kind::deliver:
            return player.deliver(step);
        case Step::Kind::secure:
            return player.secure();
        case Step::Kind::closed:
            return player.closed();
    }
    return "unknown step";
}

}  // namespace

Dialogue Dialogue::read(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
        throw std::runtime_error("cannot read " + file.string());
    }
    Dialogue dialogue;
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        try {
            read_line(dialogue, line, number);
        } catch (const std::exception& why) {
            throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " + why.what());
        }
    }
    return dialogue;
}

std::size_t Dialogue::client_octets() const
{
    std::size_t octets = 0;
    for (const Step& step : steps) {
        octets += step.kind == Step::Kind::client ? step.octets.size() : 0;
    }
    return octets;
}

std::vector<std::filesystem::path> dialogue_files()
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{SHIELD_SOURCE_DIR "/tests/dialogues"}) {
        if (entry.path().extension() == ".smtp") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::shared_ptr<const smtp::Policy> dialogue_policy(const core::Limits& limits)
{
    const std::vector<core::MailboxSettings> mailboxes{{"shield@example.com", {}, core::Category::attack},
                                                       {"security@example.com", {}, core::Category::urgent},
                                                       {"help@example.com", {}, core::Category::support}};
    return std::make_shared<const smtp::Policy>(
        smtp::Policy{core::Mailboxes::make("mx.example.com", mailboxes).value(), limits});
}

std::string play(const Dialogue& dialogue, const Portion& portion)
{
    Player player{dialogue, portion};
    for (const Step& step : dialogue.steps) {
        if (const std::string fault = play_step(player, step); !fault.empty()) {
            return "line " + std::to_string(step.line) + ": " + fault;
        }
    }
    return player.rest();
}

}  // namespace shield::tests
