// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::campaign {

/// A small likeness of a message: enough to tell how much of it another one repeats, and too little to read it.
/// What differs from copy to copy of a mass mailing is masked before: numbers, names, links, addresses, case,
/// accents, letters that only look alike or are not seen at all. A value; the same octets make the same sketch on
/// every machine.
///
/// - Where the words stand is kept as MinHash over three words in a row: it meets its share exactly with any edit,
///   and its bands are an index. SimHash is smaller, but says nothing under about 85 % likeness, and a text whose
///   every fourth word is another has 30 % of its triples left.
/// - Which words there are is kept as the smallest hashes (bottom-k): of texts of up to 60 different words all, so
///   that words nobody else wrote can be counted, for which MinHash is too coarse.
struct Sketch {
    static constexpr std::size_t places = 64;
    static constexpr std::size_t words_max = 60;
    static constexpr std::size_t marks_max = 12;
    static constexpr std::size_t attachments_max = 4;
    static constexpr std::size_t link_shapes_max = 4;
    static constexpr std::size_t stretches = 15;
    static constexpr std::size_t octets_max = 512;

    std::array<std::uint16_t, places> order{};  ///< smallest hash of any three words in a row, for each place
    std::vector<std::uint32_t> words;           ///< smallest hashes of telling words, ascending
    std::vector<std::uint8_t> word_stretches;   ///< where in the text each of them stands first, below `stretches`
    std::uint16_t words_count{0};               ///< different telling words, of which `words` are some or all
    std::uint16_t order_count{0};               ///< different triples
    std::uint32_t subject{0};                   ///< of its words without names and numbers; 0 when too few
    std::uint32_t shape{0};                     ///< of media type and kinds of attachments
    std::vector<std::uint32_t> marks;        ///< domains linked to, addresses, account numbers: in order, once each
    std::vector<std::uint32_t> attachments;  ///< of their octets
    std::vector<std::uint32_t> link_shapes;  ///< paths of links without what is random
    bool machine{false};                     ///< its header says that a machine made it
    bool confirmation{false};                ///< asks to confirm a subscription or registration
    bool personal_link{
        false};  ///< a few words around a link made for one message, to its author's site or a machine's
    bool invitation{false};          ///< to an appointment, with a calendar's entry
    bool quoted{false};              ///< hardly more than another message, passed on or answered
    std::uint32_t sender_domain{0};  ///< of the author

    friend bool operator==(const Sketch&, const Sketch&) = default;
};

/// `ours`: links to our own domains and our own addresses say nothing about who wrote. Linear in the text, of which
/// the first 4096 words count. Never fails.
[[nodiscard]] Sketch sketch_of(const core::Assessment& message, const core::Mailboxes& ours);

/// At most Sketch::octets_max octets, to be kept. There is one way to write a sketch.
[[nodiscard]] std::string to_octets(const Sketch& sketch);

/// The error says what cannot be. Octets of another version are an error too: make the sketch again.
[[nodiscard]] core::result<Sketch> sketch_from(std::string_view octets);

}  // namespace shield::campaign
