// SPDX-License-Identifier: Apache-2.0
#include "filled.hpp"

#include <array>
#include <fstream>
#include <utility>

namespace shield::campaign {

namespace {

std::string read_file(const std::string& name)
{
    std::ifstream in{std::string{SHIELD_SOURCE_DIR "/tests/campaign/"} + name};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> lines_of(const std::string& name)
{
    std::vector<std::string> lines;
    std::string line;
    for (const char c : read_file(name)) {
        if (c != '\n') {
            line += c;
            continue;
        }
        if (!line.starts_with('#')) {
            lines.push_back(line);
        }
        line.clear();
    }
    return lines;
}

std::string name_of(Dice& dice)
{
    constexpr std::array syllables{"an", "bel", "cor", "da", "el", "fi", "gor", "ha", "is", "jo", "ka", "lu", "mi"};
    std::string name;
    for (std::size_t i = 0, count = 2 + dice.below(2); i < count; ++i) {
        name += syllables[dice.below(syllables.size())];
    }
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name;
}

std::string host_of(Dice& dice)
{
    constexpr std::array endings{".example", ".test", ".example.com", ".example.net"};
    return dice.letters(6 + dice.below(6)) + endings[dice.below(endings.size())];
}

std::string value_of(std::string_view kind, Dice& dice)
{
    if (kind == "name") {
        return name_of(dice);
    }
    if (kind == "number") {
        return std::to_string(10 + dice.below(9000000));
    }
    if (kind == "host") {
        return host_of(dice);
    }
    if (kind == "address") {
        return dice.letters(7) + "@" + host_of(dice);
    }
    if (kind == "account") {
        return "bc1q" + dice.letters(16) + std::to_string(dice.below(1000000)) + dice.letters(10);
    }
    return "https://" + host_of(dice) + "/" + dice.letters(5) + "/" + std::to_string(dice.roll()) +
           "?id=" + dice.letters(24);
}

std::vector<std::string_view> choices_of(std::string_view group)
{
    std::vector<std::string_view> choices;
    for (;;) {
        const auto bar = group.find('|');
        choices.push_back(group.substr(0, bar));
        if (bar == std::string_view::npos) {
            return choices;
        }
        group.remove_prefix(bar + 1);
    }
}

}  // namespace

std::uint64_t Dice::roll() noexcept
{
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

std::string Dice::letters(std::size_t count)
{
    std::string letters;
    while (letters.size() < count) {
        letters += static_cast<char>('a' + below(26));
    }
    return letters;
}

std::string filled(std::string_view pattern, Dice& dice)
{
    std::string text;
    while (!pattern.empty()) {
        const char open = pattern.front();
        const auto end = open == '{' ? pattern.find('}') : open == '<' ? pattern.find('>') : std::string_view::npos;
        if (end == std::string_view::npos) {
            text += open;
            pattern.remove_prefix(1);
            continue;
        }
        const std::string_view inside = pattern.substr(1, end - 1);
        pattern.remove_prefix(end + 1);
        if (open == '<') {
            text += value_of(inside, dice);
        } else {
            const auto choices = choices_of(inside);
            text += filled(choices[dice.below(choices.size())], dice);
        }
    }
    return text;
}

std::vector<Family> families()
{
    std::vector<Family> all;
    for (const std::string& line : lines_of("families.txt")) {
        if (line.starts_with("= ")) {
            const auto space = line.find(' ', 2);
            all.push_back({line.substr(2, space - 2), line.substr(space + 1), {}});
        } else if (!all.empty()) {
            all.back().text += line + "\n";
        }
    }
    return all;
}

std::vector<Matter> matters()
{
    std::vector<Matter> all;
    bool begins = false;
    for (const std::string& line : lines_of("reports.txt")) {
        if (line.starts_with("= ")) {
            all.push_back({line.substr(2), {}});
            begins = true;
        } else if (line == "--") {
            begins = true;
        } else if (begins) {
            all.back().messages.emplace_back(line, std::string{});
            begins = false;
        } else if (!all.empty()) {
            all.back().messages.back().second += line + "\n";
        }
    }
    return all;
}

std::vector<std::string> confirmations(Dice& dice)
{
    std::vector<std::string> all;
    std::string site;
    const auto put = [&](std::string text) {
        for (const auto& [mark, value] : {std::pair<std::string, std::string>{"<site>", site},
                                          {"<token>", dice.letters(8) + std::to_string(dice.roll())}}) {
            for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
                text.replace(at, mark.size(), value);
            }
        }
        return text;
    };
    std::size_t line_of = 0;
    for (const std::string& line : lines_of("confirmations.txt")) {
        if (line.starts_with("= ")) {
            site = dice.letters(9) + ".example";
            const auto bar = line.find(" |");
            std::string fields = line.substr(bar + 2);
            all.push_back(put("From: " + line.substr(2, bar - 2) + "\r\n"));
            all.back() += fields.empty() ? "" : put(fields.substr(1)) + "\r\n";
            line_of = 0;
        } else {
            all.back() += put(line_of++ == 0 ? "Subject: " + line +
                                                   "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
                                                   "charset=utf-8\r\n\r\n"
                                             : line + "\r\n");
        }
    }
    return all;
}

}  // namespace shield::campaign
