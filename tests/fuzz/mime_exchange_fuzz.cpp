// SPDX-License-Identifier: Apache-2.0
// What a worker answers, in two ways. Any octets as an answer: what is believed of them keeps every bound. Any
// octets as a message: what an honest worker answers about it is believed, and is what reading it here would have
// told.
#include <shield/core/ascii.hpp>
#include <shield/mime/exchange.hpp>
#include <shield/mime/read.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace shield;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

void as_an_answer(std::string_view octets, const core::Limits& limits)
{
    if (const auto said = mime::assessment_in(octets, limits, octets)) {
        require(said->text.size() <= limits.text_max && core::is_utf8(said->text) && core::is_utf8(said->subject));
        require(said->attachments.size() <= limits.mime_parts_max + 1 && said->message_id.size() <= 250);
        require(said->from.size() <= limits.addresses_max && said->references.size() <= limits.references_max);
        require(mime::answer_with(*said) == octets);  // there is one way to say it
    }
    if (const auto content = mime::attachment_in(octets, octets.size()); content && *content) {
        require((*content)->size() < octets.size());
    }
}

void as_a_message(std::string_view octets, const core::Limits& limits)
{
    const std::string answer = mime::answer_to(mime::question_head_to_read(limits) + std::string{octets});
    require(answer.size() <= mime::answer_size_max(limits, octets.size()));
    const auto said = mime::assessment_in(answer, limits, octets);
    if (!said) {
        std::fputs(core::Error{said.error()}.sentence.c_str(), stderr);
    }
    require(said && *said == mime::read(octets, limits));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    core::Limits limits;
    limits.mime_depth_max = 8;
    limits.mime_parts_max = 20;
    limits.header_field_max = 2048;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    as_an_answer(octets, limits);
    as_a_message(octets, limits);
    return 0;
}
