// SPDX-License-Identifier: Apache-2.0
// What strangers wrote, as evidence of who attacks: as a message, as a text with pasted headers, as a complaint, as
// JSON, as a link. Everything that is found has the form of its kind, within the bounds.
#include "complaint.hpp"
#include "excerpts.hpp"
#include "json_members.hpp"
#include "mail_date.hpp"
#include "named_in_text.hpp"
#include "received.hpp"

#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace shield;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

void as_a_message(std::string_view octets)
{
    core::Limits limits;
    limits.evidence_max = 50;
    const core::Evidence evidence = mime::read(octets, limits).evidence;
    require(evidence.items.size() <= limits.evidence_max && evidence.sources.size() <= core::Evidence::sources_max);
    std::size_t sum = 0;
    for (const core::EvidenceItem& item : evidence.items) {
        sum += item.value.size();
        require(item.source < evidence.sources.size() && core::is_well_formed(item));
    }
    require(sum <= core::Evidence::octets_max);
    for (std::size_t i = 0; i < evidence.sources.size(); ++i) {
        require(evidence.sources[i].within <= i);
    }
}

void as_a_text(std::string_view text)
{
    std::size_t size = 0;
    for (const mime::Excerpt& excerpt : mime::excerpts_of(text, 10)) {
        size += excerpt.text.size();
    }
    require(size == text.size());  // nothing of it is lost, nothing told twice
    (void)mime::fields_in(text);
    const auto found = [](core::EvidenceKind kind, const std::string& value) {
        // A link is one again when it is read once more.
        require(kind != core::EvidenceKind::url || mime::canonical_url(value) == value);
    };
    mime::find_named_in(text, found);
    mime::find_links_in_html(text, found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    as_a_message(octets);
    as_a_text(octets);
    (void)mime::read_complaint(octets);
    for (const mime::Field& member : mime::text_members(octets, 20)) {
        require(core::is_utf8(member.name) && core::is_utf8(member.value));
    }
    (void)mime::parse_received(octets);
    if (const auto moment = mime::parse_mail_date(octets)) {
        require(core::is_plausible(*moment));
    }
    return 0;
}
