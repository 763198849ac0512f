// SPDX-License-Identifier: Apache-2.0
#include "language.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace shield::mime {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t looked_at = 8192;
constexpr std::size_t voted_on = 2048;

struct Script {
    char32_t first, last;
    std::string_view language;
};

constexpr std::array scripts{
    Script{0x0370, 0x03ff, "el"}, Script{0x0400, 0x052f, "ru"}, Script{0x0590, 0x05ff, "he"},
    Script{0x0600, 0x06ff, "ar"}, Script{0x0750, 0x077f, "ar"}, Script{0x0900, 0x097f, "hi"},
    Script{0x0e00, 0x0e7f, "th"}, Script{0x1100, 0x11ff, "ko"}, Script{0x3040, 0x30ff, "ja"},
    Script{0x3400, 0x4dbf, "zh"}, Script{0x4e00, 0x9fff, "zh"}, Script{0xac00, 0xd7af, "ko"},
    Script{0xff66, 0xff9f, "ja"},
};

constexpr std::array<std::string_view, 8> script_languages{"el", "ru", "he", "ar", "hi", "th", "ko", "zh"};

struct Vote {
    std::string_view language;
    std::string_view words;  // between blanks
};

constexpr std::array votes{
    Vote{"en", " the and is to of you my that have not this with are was for has been your can from "},
    Vote{"de", " der die das und ist nicht ich ein eine zu den mit sie mein meine auf wurde bitte haben sich für "},
    Vote{"fr", " le la les et est je mon ma une des du que pas vous pour dans avec sur qui été mes "},
    Vote{"es", " el los las y es mi una que por para con mis del está pero como su han yo cuenta "},
    Vote{"pt", " o os as e é meu minha uma que não para com por do da em foi meus você conta "},
    Vote{"it", " il lo gli e è mio mia una che non per con del della sono mi di ho stato conto "},
    Vote{"nl", " de het een en is niet ik mijn van dat met voor op te zijn mij heb aan er wordt "},
};

// The words of all languages as a table that is made when this is compiled: a word is its octets in one number, and
// tells by a bit for each language which of them use it. Every word of a message is looked up; it must cost next to
// nothing.
class WordTable {
public:
    constexpr WordTable()
    {
        for (std::size_t language = 0; language < votes.size(); ++language) {
            std::uint64_t word = 0;
            for (const char c : votes[language].words) {
                if (c != ' ') {
                    word = append(word, c);
                } else if (word != 0) {
                    insert(word, static_cast<std::uint8_t>(1U << language));
                    word = 0;
                }
            }
        }
    }

    // The octets of a word in one number. It holds eight; the caller leaves longer words out.
    static constexpr std::uint64_t append(std::uint64_t word, char c)
    {
        return word << 8 | static_cast<unsigned char>(core::to_lower(c));
    }

    [[nodiscard]] constexpr std::uint8_t languages_of(std::uint64_t word) const
    {
        for (std::size_t i = slot(word);; i = (i + 1) % slots) {
            if (words_[i] == word || words_[i] == 0) {
                return languages_[i];
            }
        }
    }

private:
    static constexpr std::size_t slots = 512;

    static constexpr std::size_t slot(std::uint64_t word) { return word * 0x9e3779b97f4a7c15U >> 55; }

    constexpr void insert(std::uint64_t word, std::uint8_t language)
    {
        std::size_t i = slot(word);
        while (words_[i] != 0 && words_[i] != word) {
            i = (i + 1) % slots;
        }
        words_[i] = word;
        languages_[i] = static_cast<std::uint8_t>(languages_[i] | language);
    }

    std::array<std::uint64_t, slots> words_{};
    std::array<std::uint8_t, slots> languages_{};
};

constexpr WordTable word_table;

// The code point at the beginning of well-formed UTF-8, and its length.
std::pair<char32_t, std::size_t> code_point(std::string_view text) noexcept
{
    const auto octet = [&](std::size_t i) {
        return i < text.size() ? static_cast<char32_t>(static_cast<unsigned char>(text[i])) : char32_t{0};
    };
    const char32_t lead = octet(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    if (lead < 0xe0) {
        return {(lead & 0x1f) << 6 | (octet(1) & 0x3f), 2};
    }
    if (lead < 0xf0) {
        return {(lead & 0x0f) << 12 | (octet(1) & 0x3f) << 6 | (octet(2) & 0x3f), 3};
    }
    return {0, 4};
}

struct Counts {
    std::array<std::size_t, script_languages.size()> scripts{};
    std::size_t kana{0};
    std::size_t latin{0};
};

Counts count_scripts(std::string_view text)
{
    Counts counts;
    while (!text.empty()) {
        const auto [c, length] = code_point(text);
        text.remove_prefix(std::min(length, text.size()));
        if (c < 0x250) {
            counts.latin += c >= 0xc0 || (c < 0x80 && core::is_alpha(static_cast<char>(c))) ? 1 : 0;
            continue;
        }
        const auto* const script = std::find_if(scripts.begin(), scripts.end(),
                                                [c = c](const Script& s) { return c >= s.first && c <= s.last; });
        if (script == scripts.end()) {
            continue;
        }
        if (script->language == "ja") {
            ++counts.kana;
            continue;
        }
        const auto* const language = std::find(script_languages.begin(), script_languages.end(), script->language);
        ++counts.scripts[static_cast<std::size_t>(language - script_languages.begin())];
    }
    return counts;
}

std::string_view vote(std::string_view text)
{
    std::array<std::size_t, votes.size()> points{};
    std::uint64_t word = 0;
    std::size_t length = 0;
    const auto count_word = [&] {
        const unsigned languages = length > 0 && length <= 8 ? word_table.languages_of(word) : 0U;
        for (std::size_t i = 0; languages >> i != 0; ++i) {
            points[i] += languages >> i & 1U;
        }
        word = length = 0;
    };
    for (const char c : text.substr(0, voted_on)) {
        if (core::is_alpha(c) || static_cast<unsigned char>(c) >= 0x80) {
            word = WordTable::append(word, c);
            ++length;
        } else {
            count_word();
        }
    }
    count_word();
    const auto* const best = std::max_element(points.begin(), points.end());
    // Two words more than English, or what looks like another language may be a name or a quotation.
    return *best >= points[0] + 2 ? votes[static_cast<std::size_t>(best - points.begin())].language : "en"sv;
}

}  // namespace

std::string first_language(std::string_view value)
{
    value = core::trimmed(value);
    const std::string language = core::lowered(value.substr(0, value.find_first_of(",;-_ ")));
    const bool two_letters = language.size() == 2 && core::is_alpha(language[0]) && core::is_alpha(language[1]);
    return two_letters ? language : std::string{};
}

std::string guess_language(std::string_view text)
{
    text = core::cut_utf8(text, looked_at);
    if (core::is_ascii(text)) {
        return std::string{vote(text)};
    }
    const Counts counts = count_scripts(text);
    const auto* const best = std::max_element(counts.scripts.begin(), counts.scripts.end());
    std::string_view language = script_languages[static_cast<std::size_t>(best - counts.scripts.begin())];
    std::size_t strength = *best;
    // Japanese is written with Chinese characters too; some kana among them decide.
    if (counts.kana > 0 && (language == "zh" || counts.kana >= strength)) {
        strength = counts.kana + (language == "zh" ? strength : 0);
        language = "ja";
    }
    // A character of these scripts is worth a short word of Latin letters; links and names are Latin everywhere.
    if (strength > 0 && strength * 3 >= counts.latin) {
        return std::string{language};
    }
    return std::string{vote(text)};
}

}  // namespace shield::mime
