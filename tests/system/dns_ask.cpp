// SPDX-License-Identifier: Apache-2.0
// dns_ask CONFIG NAME TYPE [NAME TYPE]...
//
// Asks what shieldd would, as its configuration says and from behind its walls, and prints a line for each
// question, in order: outcome, dnssec, failure and each record, with tabs between. Then a line of what it cost:
// threads, descriptors and resident memory in KB before the first question and after the last answer, and whether a
// filter stands. Shieldd asks by itself only while it takes mail.
#include "confinement.hpp"

#include <shield/core/printable.hpp>
#include <shield/daemon/config.hpp>
#include <shield/daemon/log.hpp>
#include <shield/net/resolver.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace shield;

std::string status(const std::string& name)
{
    std::ifstream lines{"/proc/self/status"};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + ":")) {
            const auto begin = line.find_first_not_of(": \t", name.size());
            return line.substr(begin, line.find(' ', begin) - begin);
        }
    }
    return "?";
}

std::string cost()
{
    using Each = std::filesystem::directory_iterator;
    const auto descriptors = std::distance(Each{"/proc/self/fd"}, Each{});
    return status("Threads") + "\t" + std::to_string(descriptors) + "\t" + status("VmRSS");
}

core::DnsType type_of(const std::string& name)
{
    using enum core::DnsType;
    for (const core::DnsType type : std::array{a, ptr, mx, txt, aaaa}) {
        if (core::to_string(type) == name) {
            return type;
        }
    }
    throw std::runtime_error{"no type '" + name + "'"};
}

std::string line_of(const core::DnsAnswer& answer)
{
    constexpr std::array outcomes{"records", "no_data", "no_name", "failed"};
    std::string line = outcomes.at(static_cast<std::size_t>(answer.outcome));
    line += "\t" + std::string{core::to_string(answer.dnssec)} + "\t" + core::printable_line(answer.failure);
    for (const core::DnsRecord& record : answer.records) {
        line += "\t" + (record.preference != 0 ? std::to_string(record.preference) + " " : "") +
                core::printable_line(record.value);
    }
    return line;
}

void ask(const daemon::Config& config, const std::vector<std::string>& words)
{
    const auto log = daemon::make_log(config.log_level);
    core::Metrics metrics;
    daemon::confine_daemon(config, nullptr, *log);
    net::IoContext io{1};
    const std::string before = cost();
    net::Resolver resolver{io, config.dns, config.limits, *log, metrics};
    std::vector<std::future<core::DnsAnswer>> answers;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const auto answer = std::make_shared<std::promise<core::DnsAnswer>>();
        answers.push_back(answer->get_future());
        resolver.ask({words[i], type_of(words[i + 1])},
                     [answer](core::DnsAnswer given) { answer->set_value(std::move(given)); });
    }
    for (auto& answer : answers) {
        std::cout << line_of(answer.get()) << '\n';
    }
    std::cout << before << '\t' << cost() << '\t' << status("Seccomp") << '\n';
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        const std::vector<std::string> words(arguments + std::min(count, 1), arguments + count);
        const auto config = daemon::load_config(words.at(0));
        if (!config) {
            throw std::runtime_error{config.error().sentence};
        }
        ask(*config, {words.begin() + 1, words.end()});
        return 0;
    } catch (const std::exception& failure) {
        std::cerr << "dns_ask: " << failure.what() << '\n';
        return 1;
    }
}
