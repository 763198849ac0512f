// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/campaign/campaigns.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace shield::campaign {

/// The messages that are compared with: a ring, in which the oldest make room, and an index by what they have in
/// common (bands of their order, words of a sentence, subject, marks). Nothing is ever taken out of the index: a
/// chain runs from the newest to the oldest, and ends where a place was given to a newer one.
class Memory {
public:
    struct Place {
        Remembered message;
        std::uint64_t turn{0};
        bool alive{false};
        std::vector<std::uint64_t> neighbours;  // turns of messages that are variants of it, some
    };

    explicit Memory(std::size_t most);

    /// What had to make room, if it was still alive. `like`: places of variants of it, the likest first.
    std::optional<Remembered> add(Remembered message, const std::vector<std::uint32_t>& like = {});

    /// Places that may be like it, each once, the newest first of every chain; at most `found_max`.
    [[nodiscard]] std::vector<std::uint32_t> find(const Sketch& sketch) const;

    [[nodiscard]] Place& at(std::uint32_t place) { return slots_[place].place; }
    [[nodiscard]] const Place& at(std::uint32_t place) const { return slots_[place].place; }
    /// What was remembered as that one, if it is still there.
    [[nodiscard]] std::optional<std::uint32_t> place_of(std::uint64_t turn) const;
    [[nodiscard]] Place* find_id(MessageId id);
    void forget(Place& place);
    void forget_campaign(CampaignId campaign);
    void rename_campaign(CampaignId from, CampaignId to);
    [[nodiscard]] std::size_t alive() const noexcept { return places_.size(); }

    /// Forgets what came before, up to the first that did not, and tells what it was.
    std::vector<Remembered> forget_before(core::Time time);

private:
    static constexpr std::size_t evident = 1 + Sketch::marks_max + Sketch::attachments_max;
    static constexpr std::size_t sentences = Sketch::stretches;
    static constexpr std::size_t bands = Sketch::places / 2;
    static constexpr std::size_t keys_max = 64;
    static constexpr std::size_t found_max = 128;
    static constexpr std::size_t neighbours_max = 16;
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    using Keys = std::array<std::uint64_t, keys_max>;  // 0: none
    struct Slot {
        Place place;
        std::array<std::uint32_t, keys_max> next{};  // place * keys_max + which of its keys
    };

    [[nodiscard]] static Keys keys_of(const Sketch& sketch);
    [[nodiscard]] static std::uint64_t key_at(const Sketch& sketch, std::size_t which);
    [[nodiscard]] std::uint32_t& head(std::uint64_t key) { return heads_[key & (heads_.size() - 1)]; }
    void join_neighbours(Place& place, const std::vector<std::uint32_t>& like);
    void walk(std::uint64_t key, std::size_t most, std::vector<std::uint32_t>& found) const;

    std::size_t most_;
    std::uint64_t turn_{0};
    std::uint64_t oldest_{1};  // turn
    std::deque<Slot> slots_;
    std::vector<std::uint32_t> heads_;
    std::unordered_map<MessageId, std::uint32_t> places_;
};

}  // namespace shield::campaign
