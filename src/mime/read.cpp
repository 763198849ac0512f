// SPDX-License-Identifier: Apache-2.0
#include "defects.hpp"
#include "document.hpp"
#include "encryption.hpp"
#include "evidence.hpp"
#include "header_facts.hpp"
#include "language.hpp"
#include "machine_marks.hpp"
#include "readable.hpp"
#include "sniff.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/digest.hpp>
#include <shield/mime/read.hpp>

#include <algorithm>
#include <utility>

namespace shield::mime {

namespace {

core::Attachment describe(const Part& part, Defects& defects)
{
    const std::string content = content_of(part, defects);
    core::Attachment attachment;
    attachment.name = part.file_name;
    attachment.declared_type = part.type_declared || part.is_message() ? part.type() : "application/octet-stream";
    attachment.sniffed_type = sniff(content);
    attachment.size = content.size();
    attachment.sha256 = core::sha256(content);
    attachment.embedded_message = part.is_message();
    return attachment;
}

}  // namespace

core::Assessment read(std::string_view octets, const core::Limits& limits)
{
    core::Assessment assessment;
    Defects defects;
    const Document document = parse(octets, limits, defects);
    read_header(document.message(), limits, assessment, defects);
    const Selection selection = select(document);
    ReadableText readable = readable_text(document, selection.text, limits, defects);
    assessment.text = std::move(readable.text);
    assessment.text_cut = readable.cut;
    assessment.encryption = encryption_of(document, assessment.text);
    assessment.language = language_of_header(document.message());
    if (assessment.language.empty()) {
        assessment.language = guess_language(assessment.text.empty() ? assessment.subject : assessment.text);
    }
    assessment.attachments.reserve(selection.attachments.size());
    for (const std::size_t number : selection.attachments) {
        assessment.attachments.push_back(describe(document.parts[number], defects));
    }
    assessment.machine = machine_marks(document);
    assessment.evidence =
        find_evidence(document, selection, assessment.text, assessment.attachments, limits, defects);
    assessment.defects = std::move(defects).take();
    return assessment;
}

std::optional<std::string> attachment(std::string_view octets, std::size_t number, const core::Limits& limits)
{
    Defects ignored;
    const Document document = parse(octets, limits, ignored);
    const Selection selection = select(document);
    if (number == 0 || number > selection.attachments.size()) {
        return std::nullopt;
    }
    return content_of(document.parts[selection.attachments[number - 1]], ignored);
}

}  // namespace shield::mime
