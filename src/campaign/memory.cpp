// SPDX-License-Identifier: Apache-2.0
#include "memory.hpp"

#include "hash.hpp"

#include <algorithm>
#include <bit>

namespace shield::campaign {

namespace {

constexpr std::size_t most_ever = std::size_t{1} << 25;  // a place and a key of it are one number of 32 bits
constexpr std::size_t steps_max = 96;                    // along one chain
constexpr std::size_t taken_max = 64;                    // of one chain
constexpr std::size_t taken_by_mark_max = 24;            // thousands may share a domain and nothing else
constexpr std::size_t taken_in_all_max = 640;

// Of the words of one stretch the three smallest: who shares a sentence shares them, wherever it stands. 0: too
// few.
std::uint64_t smallest_of(const Sketch& sketch, std::size_t stretch)
{
    std::uint64_t all = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < sketch.words.size() && count < 3; ++i) {
        if (sketch.word_stretches[i] == stretch) {
            all = mixed(all) + sketch.words[i];
            ++count;
        }
    }
    return count < 2 ? 0 : all;
}

std::size_t heads_for(std::size_t most)
{
    return std::bit_ceil(std::clamp<std::size_t>(most * 32, 1024, std::size_t{1} << 22));
}

}  // namespace

Memory::Memory(std::size_t most)
    : most_{std::clamp<std::size_t>(most, 1, most_ever)}, heads_(heads_for(most_), nowhere)
{
}

std::uint64_t Memory::key_at(const Sketch& sketch, std::size_t which)
{
    enum Kind : std::uint64_t { subject = 1, mark, attachment, sentence, band };
    const auto key = [](std::uint64_t kind, std::uint64_t value) { return mixed(kind << 48 ^ mixed(value)) | 1; };
    if (which == 0) {
        return sketch.subject == 0 ? 0 : key(subject, sketch.subject);
    }
    which -= 1;
    if (which < Sketch::marks_max) {
        return which < sketch.marks.size() ? key(mark, sketch.marks[which]) : 0;
    }
    which -= Sketch::marks_max;
    if (which < Sketch::attachments_max) {
        return which < sketch.attachments.size() ? key(attachment, sketch.attachments[which]) : 0;
    }
    which -= Sketch::attachments_max;
    if (which < sentences) {
        const std::uint64_t words = smallest_of(sketch, which);
        return words == 0 ? 0 : key(sentence, words);
    }
    which -= sentences;
    if (which >= bands || sketch.order_count == 0) {
        return 0;
    }
    return key(band + which, std::uint64_t{sketch.order[2 * which]} << 16 | sketch.order[2 * which + 1]);
}

Memory::Keys Memory::keys_of(const Sketch& sketch)
{
    static_assert(evident + sentences + bands <= keys_max);
    Keys keys{};
    for (std::size_t i = 0; i < evident + sentences + bands; ++i) {
        keys[i] = key_at(sketch, i);
    }
    return keys;
}

void Memory::join_neighbours(Place& place, const std::vector<std::uint32_t>& like)
{
    for (std::size_t i = 0; i < std::min(like.size(), neighbours_max); ++i) {
        Place& other = at(like[i]);
        if (&other == &place || !other.alive) {
            continue;
        }
        place.neighbours.push_back(other.turn);
        if (other.neighbours.size() >= 2 * neighbours_max) {
            other.neighbours.erase(other.neighbours.begin());
        }
        other.neighbours.push_back(place.turn);
    }
}

std::optional<Remembered> Memory::add(Remembered message, const std::vector<std::uint32_t>& like)
{
    std::optional<Remembered> gone;
    const auto number = static_cast<std::uint32_t>(turn_ % most_);
    if (number == slots_.size()) {
        slots_.emplace_back();
    } else if (slots_[number].place.alive) {
        gone = slots_[number].place.message;
        forget(slots_[number].place);
    }
    Slot& slot = slots_[number];
    const Keys keys = keys_of(message.sketch);
    places_[message.id] = number;
    slot.place = {std::move(message), ++turn_, true, {}};
    join_neighbours(slot.place, like);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i] != 0) {
            slot.next[i] = head(keys[i]);
            head(keys[i]) = number * static_cast<std::uint32_t>(keys_max) + static_cast<std::uint32_t>(i);
        }
    }
    return gone;
}

void Memory::walk(std::uint64_t key, std::size_t most, std::vector<std::uint32_t>& found) const
{
    std::uint32_t at = heads_[key & (heads_.size() - 1)];
    std::uint64_t before = UINT64_MAX;
    std::size_t taken = 0;
    for (std::size_t step = 0; at != nowhere && step < steps_max && taken < most; ++step) {
        const Slot& slot = slots_[at / keys_max];
        // A turn may come up twice, by two keys of one message; a later one was given the place of one that is
        // gone.
        if (slot.place.turn > before) {
            return;
        }
        before = slot.place.turn;
        if (slot.place.alive && key_at(slot.place.message.sketch, at % keys_max) == key) {
            found.push_back(at / static_cast<std::uint32_t>(keys_max));
            ++taken;
        }
        at = slot.next[at % keys_max];
    }
}

std::vector<std::uint32_t> Memory::find(const Sketch& sketch) const
{
    std::vector<std::uint32_t> found;
    const Keys keys = keys_of(sketch);
    for (std::size_t i = 0; i < keys.size() && found.size() < taken_in_all_max; ++i) {
        if (keys[i] != 0) {
            walk(keys[i], i > 0 && i < evident ? taken_by_mark_max : taken_max, found);
        }
    }
    // What came up by most keys is likeliest; among equals the newest.
    std::sort(found.begin(), found.end());
    std::vector<std::pair<std::size_t, std::uint32_t>> often;
    for (auto at = found.begin(); at != found.end();) {
        const auto end = std::upper_bound(at, found.end(), *at);
        often.emplace_back(static_cast<std::size_t>(end - at), *at);
        at = end;
    }
    std::sort(often.begin(), often.end(), [&](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : this->at(a.second).turn > this->at(b.second).turn;
    });
    often.resize(std::min(often.size(), found_max));
    found.clear();
    std::transform(often.begin(), often.end(), std::back_inserter(found),
                   [](const auto& one) { return one.second; });
    return found;
}

std::optional<std::uint32_t> Memory::place_of(std::uint64_t turn) const
{
    const auto place = static_cast<std::uint32_t>((turn - 1) % most_);
    return slots_[place].place.alive && slots_[place].place.turn == turn ? std::optional{place} : std::nullopt;
}

Memory::Place* Memory::find_id(MessageId id)
{
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &slots_[found->second].place;
}

void Memory::forget(Place& place)
{
    place.alive = false;
    places_.erase(place.message.id);
}

void Memory::forget_campaign(CampaignId campaign)
{
    for (Slot& slot : slots_) {
        if (slot.place.alive && slot.place.message.campaign == campaign) {
            forget(slot.place);
        }
    }
}

void Memory::rename_campaign(CampaignId from, CampaignId to)
{
    for (Slot& slot : slots_) {
        if (slot.place.alive && slot.place.message.campaign == from) {
            slot.place.message.campaign = to;
        }
    }
}

std::vector<Remembered> Memory::forget_before(core::Time time)
{
    std::vector<Remembered> gone;
    oldest_ = std::max(oldest_, turn_ < most_ ? 1 : turn_ - most_ + 1);
    for (; oldest_ <= turn_; ++oldest_) {
        Place& place = slots_[(oldest_ - 1) % most_].place;
        if (place.alive && place.message.received_at >= time) {
            break;
        }
        if (place.alive) {
            gone.push_back(place.message);
            forget(place);
        }
    }
    return gone;
}

}  // namespace shield::campaign
