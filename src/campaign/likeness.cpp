// SPDX-License-Identifier: Apache-2.0
#include "likeness.hpp"

#include <algorithm>

namespace shield::campaign {

namespace {

// Set on support questions and reports of weaknesses by strangers, see tests/campaign/README.md: of 30 million
// pairs of them some nine hundred reach a variant, nearly all made from one template or posted twice.
constexpr double copy_order = 0.5;
constexpr double variant_words = 0.35;
constexpr double marked_order = 0.04;  // with a mark or a subject in common
constexpr double marked_words = 0.22;
constexpr double linked_order = 0.06;
constexpr double linked_words = 0.25;
constexpr double brief_words = 0.8;

constexpr double form_words = 0.8;
constexpr double form_order = 0.5;
constexpr std::size_t form_words_min = 3;
constexpr std::uint16_t form_order_min = 4;

constexpr std::uint16_t brief_words_max = 8;
constexpr std::uint16_t brief_order_max = 8;

double common_order(const Sketch& a, const Sketch& b)
{
    if (a.order_count == 0 || b.order_count == 0) {
        return 0;
    }
    std::size_t same = 0;
    for (std::size_t i = 0; i < Sketch::places; ++i) {
        same += a.order[i] == b.order[i] ? 1 : 0;
    }
    return static_cast<double>(same) / static_cast<double>(Sketch::places);
}

// Of both, only the hashes that both would have kept can be compared.
double common_words(const Sketch& a, const Sketch& b)
{
    const auto reach = [](const Sketch& one) {
        return one.words_count > one.words.size() ? one.words.back() : UINT32_MAX;
    };
    if (a.words.empty() || b.words.empty()) {
        return 0;
    }
    const std::uint32_t most = std::min(reach(a), reach(b));
    std::size_t same = 0;
    std::size_t all = 0;
    for (std::size_t i = 0, j = 0; i < a.words.size() || j < b.words.size(); ++all) {
        const std::uint64_t left = i < a.words.size() ? a.words[i] : UINT64_MAX;
        const std::uint64_t right = j < b.words.size() ? b.words[j] : UINT64_MAX;
        if (std::min(left, right) > most) {
            break;
        }
        same += left == right ? 1 : 0;
        i += left <= right ? 1 : 0;
        j += right <= left ? 1 : 0;
    }
    return all == 0 ? 0 : static_cast<double>(same) / static_cast<double>(all);
}

bool have_common(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b)
{
    return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

bool are_one_form(const Sketch& a, const Sketch& b, const Likeness& like)
{
    const bool words = like.words >= form_words && std::min(a.words.size(), b.words.size()) >= form_words_min;
    const bool order = like.order >= form_order && std::min(a.order_count, b.order_count) >= form_order_min;
    const bool link = like.words >= form_words && have_common(a.link_shapes, b.link_shapes);
    return (a.personal_link || a.confirmation) && (b.personal_link || b.confirmation) &&
           a.sender_domain != b.sender_domain && (words || order || link);
}

// Of few words, some that are the same in the same place.
bool share_some(const Likeness& like)
{
    return like.words >= marked_words || like.order >= variant_order;
}

// Messages of few words are told by what they carry, and by who made them.
bool are_variants_of_brief(const Sketch& a, const Sketch& b, const Likeness& like, bool same_words)
{
    if (like.form) {
        return true;
    }
    if (a.shape != b.shape) {
        return false;
    }
    const bool marked = like.mark && (like.subject || (like.words >= marked_words && same_words));
    const bool attached = like.attachment && (like.subject || share_some(like));
    const bool made = a.machine && b.machine && like.subject && (same_words || share_some(like));
    const bool invited = a.invitation && b.invitation && share_some(like);
    return marked || attached || made || invited;
}

Degree degree_of_brief(const Sketch& a, const Sketch& b, const Likeness& like)
{
    const bool same_words = like.words >= brief_words || (a.words.empty() && b.words.empty());
    if (are_variants_of_brief(a, b, like, same_words)) {
        return Degree::variant;
    }
    if (same_words && like.subject) {
        return Degree::brief;
    }
    return like.mark || like.attachment ? Degree::linked : Degree::none;
}

Degree degree_of(const Sketch& a, const Sketch& b, const Likeness& like)
{
    const bool brief = is_brief(a) || is_brief(b);
    if (a.quoted != b.quoted) {
        return like.order >= linked_order || like.mark || like.attachment ? Degree::linked : Degree::none;
    }
    if (a.quoted) {  // whoever passes the same on wrote little himself
        return like.order >= copy_order ? Degree::brief : Degree::linked;
    }
    if (brief) {
        return degree_of_brief(a, b, like);
    }
    if (like.order >= copy_order) {
        return Degree::copy;
    }
    const bool marked = like.mark || like.subject || like.attachment;
    if (like.order >= variant_order || like.words >= variant_words ||
        (marked && like.order >= marked_order && like.words >= marked_words)) {
        return Degree::variant;
    }
    const bool near = like.order >= linked_order || like.words >= linked_words || like.mark || like.attachment;
    return near ? Degree::linked : Degree::none;
}

}  // namespace

bool is_brief(const Sketch& sketch) noexcept
{
    return sketch.words_count < brief_words_max || sketch.order_count < brief_order_max;
}

Likeness likeness(const Sketch& a, const Sketch& b)
{
    Likeness like;
    like.order = common_order(a, b);
    like.words = common_words(a, b);
    like.subject = a.subject != 0 && a.subject == b.subject;
    like.attachment = have_common(a.attachments, b.attachments);
    like.mark = like.attachment || have_common(a.marks, b.marks);
    like.form = are_one_form(a, b, like);
    like.degree = degree_of(a, b, like);
    like.similarity = std::max(like.order, like.words);
    if (like.similarity == 0 && like.degree != Degree::none) {
        like.similarity = like.subject && like.mark ? 1 : 0.5;
    }
    return like;
}

std::string sentence_of(const Likeness& like)
{
    const auto percent = [](double share) { return std::to_string(static_cast<int>(share * 100)) + " %"; };
    std::string sentence = like.order >= like.words
                               ? percent(like.order) + " of its text is the same, word after word"
                               : percent(like.words) + " of its words are the same";
    sentence += like.subject ? ", and its subject" : "";
    sentence += like.attachment ? ", and an attachment" : like.mark ? ", and a link, address or account in it" : "";
    return sentence;
}

}  // namespace shield::campaign
