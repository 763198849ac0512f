// SPDX-License-Identifier: Apache-2.0
// Any octets are a message: it is read within the bounds, and every attachment it is said to have can be had.
#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    shield::core::Limits limits;
    limits.mime_depth_max = 8;
    limits.mime_parts_max = 20;
    limits.header_field_max = 2048;
    const std::clock_t begin = std::clock();
    const shield::core::Assessment assessment = shield::mime::read(octets, limits);
    // Under sanitizers an octet costs less than a microsecond; the rest is for a busy machine and first uses.
    if (static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC > 0.5 + 20e-6 * static_cast<double>(size)) {
        std::abort();
    }
    if (assessment.text.size() > limits.text_max || !shield::core::is_utf8(assessment.text) ||
        !shield::core::is_utf8(assessment.subject) || assessment.attachments.size() > limits.mime_parts_max + 1 ||
        assessment.message_id.size() > 250) {
        std::abort();
    }
    for (std::size_t number = 1; number <= assessment.attachments.size(); ++number) {
        const auto content = shield::mime::attachment(octets, number, limits);
        if (!content || shield::core::sha256(*content) != assessment.attachments[number - 1].sha256) {
            std::abort();
        }
    }
    return 0;
}
