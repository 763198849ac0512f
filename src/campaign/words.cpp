// SPDX-License-Identifier: Apache-2.0
#include "words.hpp"

#include "hash.hpp"

#include <shield/campaign/sketch.hpp>
#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace shield::campaign {

namespace {

constexpr std::array<std::string_view, 9> passing_on{
    "-----original message",        "---------- forwarded message", "begin forwarded message",
    "-----ursprüngliche nachricht", "-------- original message",    "-------- forwarded message",
    "-----message d'origine",       "-----mensaje original",        "-------- weitergeleitete nachricht"};

// "On Monday ... wrote:" and its like.
constexpr std::array<std::string_view, 7> answering{
    "wrote:", "schrieb:", "a écrit :", "escribió:", "escreveu:", "ha scritto:", "schreef:"};

bool begins_a_message(std::string_view line)
{
    const std::string lower = core::lowered(core::trimmed(line));
    return std::any_of(passing_on.begin(), passing_on.end(), [&](auto mark) { return lower.starts_with(mark); }) ||
           (lower.size() < 200 &&
            std::any_of(answering.begin(), answering.end(), [&](auto mark) { return lower.ends_with(mark); }));
}

// How the paragraphs begin that a company's mail system puts under whatever is written.
constexpr std::array<std::string_view, 14> disclaiming{"this e-mail and any",
                                                       "this email and any",
                                                       "this message and any",
                                                       "this e-mail is confidential",
                                                       "this email is confidential",
                                                       "this message is confidential",
                                                       "the information contained in this",
                                                       "the contents of this",
                                                       "the information in this e",
                                                       "confidentiality notice",
                                                       "disclaimer",
                                                       "diese e-mail enthält",
                                                       "ce message et",
                                                       "este mensaje y"};

bool is_disclaimer(std::string_view line)
{
    const std::string lower = core::lowered(
        line.substr(line.find_first_not_of(" *_-") == std::string_view::npos ? 0 : line.find_first_not_of(" *_-")));
    return std::any_of(disclaiming.begin(), disclaiming.end(), [&](auto mark) { return lower.starts_with(mark); });
}

bool is_word(const Token& token) noexcept
{
    return token.kind == TokenKind::word || token.kind == TokenKind::ideograph;
}

// Nobody writes so many telling words in a row, measured by the words elsewhere in the text.
constexpr std::size_t salad_min = 5;
constexpr std::size_t salad_elsewhere_min = 12;
constexpr double salad_chance = 0.03;

bool is_salad(std::size_t length, std::size_t elsewhere, std::size_t telling_elsewhere)
{
    return length >= salad_min && elsewhere >= salad_elsewhere_min &&
           std::pow(static_cast<double>(telling_elsewhere) / static_cast<double>(elsewhere), length) < salad_chance;
}

bool is_plain_word(const Token& token) noexcept
{
    return token.kind == TokenKind::word;
}

bool is_telling_word(const Token& token) noexcept
{
    return token.kind == TokenKind::word && token.telling;
}

bool may_be_name(const Token& token) noexcept
{
    return token.kind == TokenKind::word && token.capital && !token.opens;
}

// More than so many of a hundred words inside sentences with a capital, and capitals mark no names.
constexpr std::size_t capitals_share_max = 25;

bool capitals_mark_names(const std::vector<Token>& tokens)
{
    const auto inside = std::count_if(tokens.begin(), tokens.end(),
                                      [](const Token& t) { return t.kind == TokenKind::word && !t.opens; });
    const auto capitals = std::count_if(tokens.begin(), tokens.end(), may_be_name);
    return static_cast<std::size_t>(capitals) * 100 <= static_cast<std::size_t>(inside) * capitals_share_max;
}

}  // namespace

OwnText without_quotes(std::string_view text)
{
    OwnText own;
    own.text.reserve(text.size());
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (begins_a_message(line)) {
            own.quotes = true;
            return own;
        }
        if (own.text.find_first_not_of("\n ") != std::string::npos && is_disclaimer(line)) {
            return own;  // it is last, and may have several paragraphs
        }
        if (line.starts_with('>')) {
            own.quotes = true;
            continue;
        }
        own.text.append(line).append("\n");
    }
    return own;
}

void mask_names(std::vector<Token>& tokens, const std::vector<std::uint64_t>& known)
{
    const bool by_capitals = capitals_mark_names(tokens);
    for (Token& token : tokens) {
        if (token.kind == TokenKind::word &&
            ((by_capitals && may_be_name(token)) || std::binary_search(known.begin(), known.end(), token.hash))) {
            token = {mixed(static_cast<std::uint64_t>(TokenKind::name)), TokenKind::name, false, false,
                     token.opens};
        }
    }
}

std::vector<std::uint64_t> names_in_header(const core::Assessment& message)
{
    constexpr std::size_t addresses_looked_at = 4;
    std::string all = message.from_shown;
    for (std::size_t i = 0; i < std::min(message.to_and_cc.size(), addresses_looked_at); ++i) {
        const std::string_view address = message.to_and_cc[i];
        all.append(" ").append(address.substr(0, address.find('@')));
    }
    std::replace_if(
        all.begin(), all.end(), [](char c) { return c == '@' || c == '.'; }, ' ');
    std::vector<std::uint64_t> names;
    for (const Token& token : read_text(all).tokens) {
        if (token.telling) {
            names.push_back(token.hash);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

void drop_salad(std::vector<Token>& tokens)
{
    const auto words = static_cast<std::size_t>(std::count_if(tokens.begin(), tokens.end(), is_plain_word));
    const auto telling = static_cast<std::size_t>(std::count_if(tokens.begin(), tokens.end(), is_telling_word));
    std::vector<Token> kept;
    for (auto at = tokens.begin(); at != tokens.end();) {
        const auto end = std::find_if_not(at, tokens.end(), is_telling_word);
        const auto length = static_cast<std::size_t>(end - at);
        if (!is_salad(length, words - length, telling - length)) {
            kept.insert(kept.end(), at, end);
        }
        at = end;
        if (at != tokens.end()) {
            kept.push_back(*at++);
        }
    }
    tokens = std::move(kept);
}

std::vector<TellingWord> telling_words(const std::vector<Token>& tokens)
{
    const auto sentences = static_cast<std::size_t>(
        std::count_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.opens; }));
    const std::size_t of = std::max(sentences, Sketch::stretches);
    std::vector<TellingWord> words;
    std::size_t sentence = 0;
    const auto add = [&](std::uint64_t hash) {
        const std::size_t stretch = (sentence == 0 ? 0 : sentence - 1) * Sketch::stretches / of;
        words.push_back({static_cast<std::uint32_t>(mixed(hash) >> 32), static_cast<std::uint8_t>(stretch)});
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        sentence += tokens[i].opens ? 1 : 0;
        if (tokens[i].telling) {
            add(tokens[i].hash);
        } else if (i > 0 && tokens[i].kind == TokenKind::ideograph && tokens[i - 1].kind == TokenKind::ideograph) {
            add(tokens[i - 1].hash * 3 + tokens[i].hash);
        }
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end(),
                            [](const TellingWord& a, const TellingWord& b) { return a.hash == b.hash; }),
                words.end());
    return words;
}

std::vector<std::uint64_t> shingles(const std::vector<Token>& tokens)
{
    std::vector<Token> row;
    for (const Token& token : tokens) {
        if (is_word(token) || row.empty() || row.back().kind != token.kind) {
            row.push_back(token);
        }
    }
    std::vector<std::uint64_t> all;
    for (std::size_t i = 2; i < row.size(); ++i) {
        const int words = int{is_word(row[i - 2])} + int{is_word(row[i - 1])} + int{is_word(row[i])};
        if (words >= 2) {
            all.push_back(mixed(mixed(mixed(row[i - 2].hash) + row[i - 1].hash) + row[i].hash));
        }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace shield::campaign
