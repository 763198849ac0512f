// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::campaign {

/// What differs from copy to copy is one token of its kind, whatever it says.
enum class TokenKind : std::uint8_t { word, ideograph, name, number, link, address };

struct Token {
    std::uint64_t hash{0};  ///< of the folded word, or of the kind
    TokenKind kind{TokenKind::word};
    bool telling{false};  ///< long enough to say something, and none of the words that all texts have
    bool capital{false};  ///< written with one
    bool opens{false};    ///< the first of a line or sentence, where a capital says nothing
};

/// A text as it is compared: nothing that cannot be seen, no case, no accents, no letters that only look alike.
struct ReadText {
    std::vector<Token> tokens;             ///< at most `tokens_max`
    std::string folded;                    ///< the words, with a blank between them: at most `folded_max` octets
    std::vector<std::string_view> links;   ///< as written; they refer to the text
    std::vector<std::string> identifiers;  ///< addresses, account and telephone numbers, as "@name", "#number"
};

/// Longer texts are compared by their beginning: whoever reads them decides by it too.
inline constexpr std::size_t tokens_max = 4096;
inline constexpr std::size_t folded_max = 8192;
inline constexpr std::size_t links_max = 64;
inline constexpr std::size_t identifiers_max = 16;

/// Takes any octets; linear.
[[nodiscard]] ReadText read_text(std::string_view text);

}  // namespace shield::campaign
