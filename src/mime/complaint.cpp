// SPDX-License-Identifier: Apache-2.0
#include "complaint.hpp"

#include "addresses.hpp"
#include "excerpts.hpp"
#include "json_members.hpp"
#include "mail_date.hpp"
#include "named_in_text.hpp"
#include "received.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace shield::mime {

namespace {

using core::EvidenceItem;
using core::EvidenceKind;

constexpr std::size_t fields_max = 200;
constexpr std::size_t complaint_max = 100;  // octets of what it is about

/// What a field's value is; a source is whatever it looks like.
enum class Meaning : std::uint8_t { source, domain, url, mailbox, time, complaint };

struct Known {
    std::string_view name;  // as normalised() has it
    Meaning meaning;
};
// RFC 5965 section 3, RFC 6591 section 3, RFC 6692; then X-ARF: 0.1 and 0.2 ("Source", "Report-Type"), JSON with
// names in capitals ("SourceIp"), JSON with underscores ("source_identifier").
constexpr std::array known_fields{
    Known{"sourceip", Meaning::source},
    Known{"reporteddomain", Meaning::domain},
    Known{"reporteduri", Meaning::url},
    Known{"originalmailfrom", Meaning::mailbox},
    Known{"arrivaldate", Meaning::time},
    Known{"receiveddate", Meaning::time},
    Known{"feedbacktype", Meaning::complaint},
    Known{"authfailure", Meaning::complaint},
    Known{"dkimdomain", Meaning::domain},
    Known{"source", Meaning::source},
    Known{"date", Meaning::time},
    Known{"category", Meaning::complaint},
    Known{"reporttype", Meaning::complaint},
    Known{"reportclass", Meaning::complaint},
    Known{"sourceurl", Meaning::url},
    Known{"sourceuri", Meaning::url},
    Known{"url", Meaning::url},
    Known{"uri", Meaning::url},
    Known{"domain", Meaning::domain},
    Known{"smtpmailfromaddress", Meaning::mailbox},
    Known{"smtpfrom", Meaning::mailbox},
    Known{"sourceidentifier", Meaning::source},
    Known{"timestamp", Meaning::time},
    Known{"type", Meaning::complaint},
    Known{"class", Meaning::complaint},
};

std::string normalised(std::string_view name)
{
    std::string plain = core::lowered(name);
    std::erase_if(plain, [](char c) { return c == '-' || c == '_'; });
    return plain;
}

std::string_view unquoted(std::string_view value)
{
    value = core::trimmed(value);
    const bool quoted =
        value.size() >= 2 && value.front() == value.back() && (value.front() == '\'' || value.front() == '"');
    return quoted ? value.substr(1, value.size() - 2) : value;
}

/// Takes the fields of one complaint.
class Reader {
public:
    void read(const Field& field)
    {
        const std::string name = normalised(field.name);
        const auto known = std::find_if(known_fields.begin(), known_fields.end(),
                                        [&](const Known& one) { return one.name == name; });
        if (known == known_fields.end()) {
            return;
        }
        name_ = core::cut_utf8(field.name, core::Evidence::found_in_max);
        const std::string_view value = unquoted(field.value);
        switch (known->meaning) {
            case Meaning::source:
                return source(value);
            case Meaning::domain:
                return domain(value);
            case Meaning::url:
                return url(value);
            case Meaning::mailbox:
                return mailbox(value);
            case Meaning::time:
                return time(value);
            case Meaning::complaint:
                return add(EvidenceKind::complaint, std::string{core::cut_utf8(value, complaint_max)});
        }
    }

    [[nodiscard]] std::vector<EvidenceItem> take() &&
    {
        // What happened then is what it complains about.
        for (EvidenceItem& item : items_) {
            item.at = item.at ? item.at : at_;
        }
        return std::move(items_);
    }

private:
    void add(EvidenceKind kind, std::string value)
    {
        EvidenceItem item;
        item.kind = kind;
        item.found_in = name_;
        item.value = std::move(value);
        items_.push_back(std::move(item));
    }
    void source(std::string_view value)
    {
        if (const auto address = parse_written_address(value)) {
            add(EvidenceKind::address, address->to_string());
        } else if (value.find("://") != std::string_view::npos) {
            url(value);
        } else {
            value.find('@') != std::string_view::npos ? mailbox(value) : domain(value);
        }
    }
    void domain(std::string_view value)
    {
        if (auto host = canonical_host(value)) {
            add(EvidenceKind::domain, *std::move(host));
        }
    }
    void url(std::string_view value)
    {
        find_named_in(value, [&](EvidenceKind kind, std::string named) { add(kind, std::move(named)); });
    }
    void mailbox(std::string_view value)
    {
        for (std::string& address : parse_addresses(value, 1)) {
            domain(std::string_view{address}.substr(address.rfind('@') + 1));
            add(EvidenceKind::mailbox, std::move(address));
        }
    }
    void time(std::string_view value)
    {
        if (const auto at = parse_mail_date(value)) {
            add(EvidenceKind::time, std::string{core::cut_utf8(value, complaint_max)});
            items_.back().at = at;
            at_ = at_ ? at_ : at;
        }
    }

    std::string name_;
    std::vector<EvidenceItem> items_;
    std::optional<core::Time> at_;
};

bool says_xarf(const Part& message)
{
    return !message.field("x-arf").empty() || !message.field("x-xarf").empty();
}

}  // namespace

bool is_complaint(const Part& part, const Part& message)
{
    const std::string name = core::lowered(part.file_name);
    return part.type() == "message/feedback-report" || name == "xarf.json" ||
           (name == "report.txt" && says_xarf(message));
}

std::vector<EvidenceItem> read_complaint(std::string_view content)
{
    Reader reader;
    const std::string_view begin = core::trimmed(content);
    const std::vector<Field> fields = begin.starts_with('{') ? text_members(begin, fields_max) : fields_in(begin);
    for (const Field& field : fields) {
        reader.read(field);
    }
    return std::move(reader).take();
}

}  // namespace shield::mime
