// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include "hash.hpp"
#include "letters.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::campaign {

namespace {

constexpr std::size_t chunk_max = 2048;        // octets between two blanks that are read as one
constexpr std::size_t word_letters_max = 24;   // longer ones are keys, hashes, random letters
constexpr std::size_t account_digits_min = 9;  // telephone numbers
constexpr std::size_t account_mixed_min = 20;  // wallets, bank accounts
constexpr std::size_t account_max = 100;

// Words of four letters and more that any letter has, in the languages we are written to in.
constexpr std::array<std::string_view, 68> everywhere{
    "about",  "after",   "also", "been",  "best", "could", "dear",   "does", "email", "from",  "have",  "hello",
    "here",   "into",    "just", "know",  "like", "mail",  "make",   "more", "need",  "only",  "other", "over",
    "please", "regards", "some", "such",  "than", "thank", "thanks", "that", "their", "them",  "then",  "there",
    "these",  "they",    "this", "time",  "very", "want",  "were",   "what", "when",  "where", "which", "will",
    "with",   "would",   "your", "aber",  "auch", "dass",  "eine",   "ihre", "nicht", "oder",  "sind",  "wird",
    "avec",   "dans",    "pour", "votre", "vous", "para",  "este",   "como"};

bool ends_chunk(char c) noexcept
{
    return core::is_space(c) || std::string_view{"<>()[]{}\"|"}.find(c) != std::string_view::npos;
}

/// One word while its letters come in.
struct Word {
    std::u32string letters;
    std::size_t digits{0};
    bool capital{false};

    [[nodiscard]] bool empty() const noexcept { return letters.empty(); }
    void clear() { *this = {}; }
};

bool is_latin(char32_t c) noexcept
{
    return c >= 'a' && c <= 'z';
}

// "v1agra" and "pаypal": what stands between Latin letters and looks like one is meant as one.
void undisguise(Word& word)
{
    const auto latin = static_cast<std::size_t>(std::count_if(word.letters.begin(), word.letters.end(), is_latin));
    if (latin == 0 || latin == word.letters.size()) {
        return;
    }
    constexpr std::u32string_view digits_as_letters = U"oizeasgtbg";
    const bool digits_inside = word.digits > 0 && word.digits <= 2 && latin >= 4 &&
                               is_latin(word.letters.front()) && is_latin(word.letters.back());
    for (char32_t& letter : word.letters) {
        if (letter >= '0' && letter <= '9' && digits_inside) {
            letter = digits_as_letters[letter - '0'];
        } else {
            letter = latin_twin(letter);
        }
    }
    word.digits = digits_inside ? 0 : word.digits;
}

std::string utf8_of(const std::u32string& letters)
{
    std::string text;
    for (const char32_t letter : letters) {
        append_utf8(letter, text);
    }
    return text;
}

bool is_telling(const Word& word, std::string_view folded) noexcept
{
    const bool ascii = folded.size() == word.letters.size();
    return word.letters.size() >= (ascii ? 4U : 3U) &&
           std::find(everywhere.begin(), everywhere.end(), folded) == everywhere.end();
}

bool is_address(std::string_view chunk) noexcept
{
    const auto at = chunk.find('@');
    return at != std::string_view::npos && at > 0 && chunk.find('.', at) != std::string_view::npos &&
           chunk.find('@', at + 1) == std::string_view::npos;
}

// Where a link begins in it, or npos.
std::size_t link_in(std::string_view chunk) noexcept
{
    if (core::istarts_with(chunk, "www.")) {
        return 0;
    }
    const auto colon = chunk.find("://");
    if (colon == std::string_view::npos) {
        return colon;
    }
    std::size_t begin = colon;
    while (begin > 0 && core::is_alpha(chunk[begin - 1])) {
        --begin;
    }
    return begin == colon ? std::string_view::npos : begin;
}

class Reader {
public:
    ReadText take(std::string_view text)
    {
        while (!text.empty() && read_.tokens.size() < tokens_max) {
            if (ends_chunk(text.front())) {
                opens_ = opens_ || text.front() == '\n';
                text.remove_prefix(1);
                continue;
            }
            const auto* end = std::find_if(text.begin(), text.end(), ends_chunk);
            const auto size = std::min(static_cast<std::size_t>(end - text.begin()), chunk_max);
            take_chunk(text.substr(0, size));
            text.remove_prefix(size);
        }
        return std::move(read_);
    }

private:
    void add(TokenKind kind, std::uint64_t hash, bool telling, bool capital)
    {
        if (read_.tokens.size() < tokens_max) {
            read_.tokens.push_back({hash, kind, telling, capital, opens_});
        }
        opens_ = false;
    }
    void add_masked(TokenKind kind) { add(kind, mixed(static_cast<std::uint64_t>(kind)), false, false); }

    void add_folded(std::string_view word, bool apart)
    {
        if (read_.folded.size() + word.size() + 1 <= folded_max) {
            read_.folded += apart ? " " : "";
            read_.folded += word;
        }
    }

    void add_identifier(char kind, std::string_view text)
    {
        if (read_.identifiers.size() < identifiers_max && text.size() <= account_max) {
            read_.identifiers.push_back(kind + core::lowered(text));
        }
    }

    void take_chunk(std::string_view chunk)
    {
        if (const auto link = link_in(chunk); link != std::string_view::npos) {
            take_words(chunk.substr(0, link));
            if (read_.links.size() < links_max) {
                read_.links.push_back(chunk.substr(link));
            }
            add_masked(TokenKind::link);
        } else if (is_address(chunk)) {
            const std::string_view bare = chunk.substr(0, chunk.find_last_not_of(".,;:!?'") + 1);
            add_identifier('@', bare.starts_with("mailto:") ? bare.substr(7) : bare);
            add_masked(TokenKind::address);
        } else {
            take_words(chunk);
        }
    }

    void take_words(std::string_view chunk)
    {
        Word word;
        for (std::size_t at = 0; at < chunk.size();) {
            const Letter letter = letter_at(chunk, at);
            at += letter.octets;
            take_letter(letter, word);
        }
        end_word(word);
        const char last = chunk.empty() ? ' ' : chunk.back();
        opens_ = opens_ || last == '.' || last == '!' || last == '?' || last == ':';
        const auto digits = static_cast<std::size_t>(std::count_if(chunk.begin(), chunk.end(), core::is_digit));
        if (digits >= account_digits_min && chunk.size() < account_mixed_min) {
            add_identifier('#', chunk.substr(0, chunk.find_last_not_of(".,;:!?'") + 1));
        }
    }

    void take_letter(const Letter& letter, Word& word)
    {
        switch (letter.kind) {
            case LetterKind::nothing:
                return;
            case LetterKind::separator:
                if (letter.value != '\'' && letter.value != 0x2019) {  // "don't" is one word
                    end_word(word);
                }
                return;
            case LetterKind::ideograph: {
                end_word(word);
                const std::string one = utf8_of({letter.value});
                add(TokenKind::ideograph, hash_of(one), false, false);
                add_folded(one, false);
                return;
            }
            case LetterKind::digit:
                ++word.digits;
                break;
            case LetterKind::letter:
                word.capital = word.capital || (word.empty() && letter.capital);
                break;
        }
        if (word.letters.size() < account_max) {
            word.letters += letter.value;
        }
    }

    void end_word(Word& word)
    {
        if (word.empty()) {
            return;
        }
        undisguise(word);
        const std::string folded = utf8_of(word.letters);
        if (word.digits > 0 || word.letters.size() > word_letters_max) {
            if (word.digits > 0 && folded.size() >= account_mixed_min) {
                add_identifier('#', folded);
            }
            add_masked(TokenKind::number);
        } else {
            add(TokenKind::word, hash_of(folded), is_telling(word, folded), word.capital);
            add_folded(folded, true);
        }
        word.clear();
    }

    ReadText read_;
    bool opens_{true};
};

}  // namespace

ReadText read_text(std::string_view text)
{
    return Reader{}.take(text);
}

}  // namespace shield::campaign
