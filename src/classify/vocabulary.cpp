// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstring>

namespace shield::classify {

namespace {

std::uint32_t hash_of(std::string_view word) noexcept  // FNV-1a
{
    std::uint32_t hash = 2166136261U;
    for (const char c : word) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return hash;
}

std::uint32_t beginning_of(std::string_view word) noexcept
{
    std::uint32_t beginning = 0;
    std::memcpy(&beginning, word.data(), sizeof beginning);
    return beginning;
}

bool is_number(std::string_view word) noexcept
{
    return core::is_digit(word.front()) && std::all_of(word.begin(), word.end(), core::is_digit);
}

Term number_term(std::string_view word) noexcept
{
    return word.size() < 3 ? small_number_term : large_number_term;
}

std::size_t filter_bit(std::uint32_t beginning) noexcept
{
    return (beginning * 2654435761U) >> 20;
}

}  // namespace

Term Vocabulary::add(const std::string& name)
{
    const auto [found, added] = terms_.emplace(name, static_cast<Term>(names_.size()));
    if (added) {
        names_.push_back(name);
    }
    return found->second;
}

Term Vocabulary::add_word(std::string_view word)
{
    return add(std::string{word});
}

Term Vocabulary::add_stem(std::string_view stem)
{
    return add(std::string{stem} + "*");
}

void Vocabulary::freeze()
{
    std::size_t slots = 16;
    while (slots < names_.size() * 2) {
        slots *= 2;
    }
    slots_.assign(slots, Slot{});
    for (const auto& [name, term] : terms_) {
        if (name.back() == '*') {
            const std::string stem = name.substr(0, name.size() - 1);
            stem_beginnings_.set(filter_bit(beginning_of(stem)));
            stems_[beginning_of(stem)].push_back({stem, term});
            continue;
        }
        const std::uint32_t hash = hash_of(name);
        std::size_t at = hash & (slots - 1);
        while (slots_[at].term != unknown_term) {
            at = (at + 1) & (slots - 1);
        }
        slots_[at] = {hash, term};
    }
    for (auto& [beginning, stems] : stems_) {
        std::sort(stems.begin(), stems.end(),
                  [](const Stem& a, const Stem& b) { return a.text.size() > b.text.size(); });
    }
}

Term Vocabulary::find_word(std::string_view word) const noexcept
{
    const std::uint32_t hash = hash_of(word);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].term != unknown_term; at = (at + 1) & mask) {
        if (slots_[at].hash == hash && names_[slots_[at].term] == word) {
            return slots_[at].term;
        }
    }
    return unknown_term;
}

Term Vocabulary::find_stem(std::string_view word) const noexcept
{
    if (word.size() < 4 || !stem_beginnings_.test(filter_bit(beginning_of(word)))) {
        return unknown_term;
    }
    const auto found = stems_.find(beginning_of(word));
    if (found == stems_.end()) {
        return unknown_term;
    }
    for (const Stem& stem : found->second) {
        if (word.substr(0, stem.text.size()) == stem.text) {
            return stem.term;
        }
    }
    return unknown_term;
}

Term Vocabulary::find(std::string_view word) const noexcept
{
    if (const Term exact = find_word(word); exact != unknown_term) {
        return exact;
    }
    if (is_number(word)) {
        return number_term(word);
    }
    return find_stem(word);
}

std::vector<Term> Vocabulary::covered_by(Term term) const
{
    std::vector<Term> covered{term};
    const std::string& name = names_[term];
    if (!name.empty() && name.back() == '*') {
        const std::string_view stem = std::string_view{name}.substr(0, name.size() - 1);
        for (auto at = terms_.lower_bound(stem); at != terms_.end() && at->first.starts_with(stem); ++at) {
            covered.push_back(at->second);
        }
    }
    if (term == small_number_term || term == large_number_term) {  // some rule may know 24 by its name
        for (const auto& [word, number] : terms_) {
            if (is_number(word) && number_term(word) == term) {
                covered.push_back(number);
            }
        }
    }
    std::sort(covered.begin(), covered.end());
    covered.erase(std::unique(covered.begin(), covered.end()), covered.end());
    return covered;
}

}  // namespace shield::classify
