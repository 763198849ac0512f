// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "likeness.hpp"

#include <shield/campaign/campaigns.hpp>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace shield::campaign {

/// What of a message nobody else wrote: in words, estimated where the sketch does not have all.
struct OwnWords {
    double share{0};      ///< of its telling words
    double count{0};      ///< of them
    double clustered{0};  ///< in stretches of the text that have mostly such
    double at_edge{0};    ///< in such a stretch where the text begins or ends
};

/// How many of some messages have each telling word: which words are common to them, and which one wrote alone.
class Vocabulary {
public:
    /// With all that `base` has, if there is one; it must stay, and stay as it is.
    explicit Vocabulary(const Vocabulary* base = nullptr) noexcept : base_{base} {}

    void add(const Sketch& sketch);
    void add(const Vocabulary& other);

    [[nodiscard]] std::uint64_t messages() const noexcept;

    /// What of a message's telling words next to nobody else wrote. `within`: it was added itself; `in_order`: much
    /// of it is another's, word after word.
    [[nodiscard]] OwnWords own_words(const Sketch& sketch, bool within, bool in_order) const;

    /// Of its words that more than one message has, the share that the other has too.
    [[nodiscard]] double share_in(const Vocabulary& other) const;

private:
    static constexpr std::size_t words_max = 4096;

    void count(std::uint32_t word, std::uint32_t times);
    [[nodiscard]] std::uint64_t count_of(std::uint32_t word) const;
    [[nodiscard]] std::uint32_t reach() const noexcept;

    const Vocabulary* base_;

    std::unordered_map<std::uint32_t, std::uint32_t> counts_;
    std::uint32_t reach_{0};  // the largest hash up to which any of them told all of its words
    std::uint64_t messages_{0};
};

/// Whether a message has words of its own, beside those of `others`: enough of them that a person wrote it.
/// `in_order`: much of it is another's, word after word; then single words between are no person's.
[[nodiscard]] bool has_own_words(const Sketch& sketch, const Vocabulary& others, bool within, bool in_order);

/// A campaign that was found.
struct Campaign {
    CampaignFacts facts;
    Vocabulary vocabulary;
    std::unordered_map<std::uint64_t, std::uint32_t> senders;  // how many messages of each, for so many senders
    std::size_t kept{0};                                       // messages of it that are compared with
    std::unordered_map<CampaignId, std::uint32_t> bridges;     // messages that might as well be of another

    /// So many, and the other is the same campaign.
    static constexpr std::uint32_t bridges_max = 2;
    static constexpr std::size_t bridged_max = 16;

    static constexpr std::size_t senders_max = 1000;
    static constexpr std::size_t kept_max = 24;

    void count(const Sketch& sketch, const Origin& origin, core::Time received_at);
    void absorb(const Campaign& other);
    [[nodiscard]] std::uint32_t written_by(std::uint64_t sender) const;
};

/// Who stands for some messages being a campaign.
class Evidence {
public:
    explicit Evidence(std::uint64_t senders_min) noexcept : senders_min_{senders_min} {}

    /// `degree`, to the message that is placed: alike in few words counts less, and what one sender wrote counts as
    /// a flood when they are copies.
    void add(const Sketch& sketch, const Origin& origin, Degree degree);
    [[nodiscard]] bool is_enough() const noexcept;
    [[nodiscard]] std::string sentence() const;

    [[nodiscard]] std::uint32_t written_by(std::uint64_t sender) const;

private:
    static constexpr std::uint64_t brief_factor = 50;  // per three senders otherwise

    std::uint64_t senders_min_;
    std::unordered_map<std::uint64_t, std::uint32_t> senders_;  // and how many copies of each
    std::uint64_t machines_{0};
    std::uint64_t most_of_one_{0};
    std::uint64_t full_{0};  // not brief
};

/// So many messages by one sender are no single message of a person any more.
inline constexpr std::uint32_t flood_of_one = 10;

}  // namespace shield::campaign
