// SPDX-License-Identifier: Apache-2.0
#include <shield/campaign/sketch.hpp>

#include <algorithm>

namespace shield::campaign {

namespace {

constexpr std::uint8_t version = 2;

enum Flag : std::uint8_t {
    machine = 1,
    confirmation = 2,
    quoted = 4,
    personal_link = 8,
    invitation = 16,
    all_flags = 31
};

template <typename Number>
void put(Number number, std::string& to)
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        to += static_cast<char>(static_cast<std::uint64_t>(number) >> 8 * i & 0xff);
    }
}

void put_list(const std::vector<std::uint32_t>& list, std::string& to)
{
    put(static_cast<std::uint8_t>(list.size()), to);
    for (const std::uint32_t one : list) {
        put(one, to);
    }
}

// Two in an octet, the first in its lower half.
void put_stretches(const std::vector<std::uint8_t>& stretches, std::string& to)
{
    for (std::size_t i = 0; i < stretches.size(); i += 2) {
        const unsigned next = i + 1 < stretches.size() ? stretches[i + 1] : 0U;
        to += static_cast<char>(stretches[i] | next << 4);
    }
}

/// The first fault ends it; what is read after it is zero.
class Octets {
public:
    explicit Octets(std::string_view octets) noexcept : rest_{octets} {}

    template <typename Number>
    [[nodiscard]] Number number() noexcept
    {
        if (rest_.size() < sizeof(Number)) {
            ok_ = false;
            rest_ = {};
            return 0;
        }
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            number |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << 8 * i;
        }
        rest_.remove_prefix(sizeof(Number));
        return static_cast<Number>(number);
    }

    [[nodiscard]] std::vector<std::uint32_t> list(std::size_t most)
    {
        const std::size_t size = number<std::uint8_t>();
        check(size <= most);
        std::vector<std::uint32_t> list;
        while (ok_ && list.size() < size) {
            list.push_back(number<std::uint32_t>());
        }
        return list;
    }

    void check(bool holds) noexcept { ok_ = ok_ && holds; }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    std::string_view rest_;
    bool ok_{true};
};

std::vector<std::uint8_t> stretches_from(Octets& octets, std::size_t count)
{
    static_assert(Sketch::stretches <= 16);
    std::vector<std::uint8_t> stretches;
    while (octets.ok() && stretches.size() < count) {
        const auto two = octets.number<std::uint8_t>();
        stretches.push_back(two & 0xf);
        if (stretches.size() < count) {
            stretches.push_back(two >> 4);
        } else {
            octets.check(two >> 4 == 0);
        }
    }
    return stretches;
}

bool has_each_once(std::vector<std::uint32_t> list)
{
    std::sort(list.begin(), list.end());
    return std::adjacent_find(list.begin(), list.end()) == list.end() && (list.empty() || list.front() != 0);
}

bool can_be(const Sketch& sketch)
{
    const auto& words = sketch.words;
    const bool ascending =
        std::is_sorted(words.begin(), words.end()) && std::adjacent_find(words.begin(), words.end()) == words.end();
    const bool in_text = std::all_of(sketch.word_stretches.begin(), sketch.word_stretches.end(),
                                     [](std::uint8_t stretch) { return stretch < Sketch::stretches; });
    return ascending && in_text && words.size() == std::min<std::size_t>(sketch.words_count, Sketch::words_max) &&
           has_each_once(sketch.marks) && has_each_once(sketch.attachments) && has_each_once(sketch.link_shapes);
}

}  // namespace

std::string to_octets(const Sketch& sketch)
{
    std::string octets;
    octets.reserve(Sketch::octets_max);
    put(version, octets);
    put(static_cast<std::uint8_t>((sketch.machine ? machine : 0) | (sketch.confirmation ? confirmation : 0) |
                                  (sketch.quoted ? quoted : 0) | (sketch.personal_link ? personal_link : 0) |
                                  (sketch.invitation ? invitation : 0)),
        octets);
    for (const std::uint16_t place : sketch.order) {
        put(place, octets);
    }
    put(sketch.words_count, octets);
    put(sketch.order_count, octets);
    put(sketch.subject, octets);
    put(sketch.shape, octets);
    put(sketch.sender_domain, octets);
    for (const auto* list : {&sketch.words, &sketch.marks, &sketch.attachments, &sketch.link_shapes}) {
        put_list(*list, octets);
    }
    put_stretches(sketch.word_stretches, octets);
    return octets;
}

core::result<Sketch> sketch_from(std::string_view octets)
{
    Octets from{octets};
    Sketch sketch;
    if (from.number<std::uint8_t>() != version) {
        return core::Error{"The sketch is of another version."};
    }
    const auto flags = from.number<std::uint8_t>();
    from.check(flags <= all_flags);
    sketch.machine = (flags & machine) != 0;
    sketch.confirmation = (flags & confirmation) != 0;
    sketch.quoted = (flags & quoted) != 0;
    sketch.personal_link = (flags & personal_link) != 0;
    sketch.invitation = (flags & invitation) != 0;
    for (std::uint16_t& place : sketch.order) {
        place = from.number<std::uint16_t>();
    }
    sketch.words_count = from.number<std::uint16_t>();
    sketch.order_count = from.number<std::uint16_t>();
    sketch.subject = from.number<std::uint32_t>();
    sketch.shape = from.number<std::uint32_t>();
    sketch.sender_domain = from.number<std::uint32_t>();
    sketch.words = from.list(Sketch::words_max);
    sketch.marks = from.list(Sketch::marks_max);
    sketch.attachments = from.list(Sketch::attachments_max);
    sketch.link_shapes = from.list(Sketch::link_shapes_max);
    sketch.word_stretches = stretches_from(from, sketch.words.size());
    if (!from.ok() || !from.at_end()) {
        return core::Error{"The sketch is cut or too long."};
    }
    if (!can_be(sketch)) {
        return core::Error{"The sketch says what no message can."};
    }
    return sketch;
}

}  // namespace shield::campaign
