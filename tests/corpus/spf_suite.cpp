// SPDX-License-Identifier: Apache-2.0
#include "spf_suite.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace shield::auth::test {

namespace {

using Values = std::vector<std::string>;

struct ZoneRecord {
    std::string type;
    Values values;
};

/// A quoted scalar from its opening quote; `rest` is set behind it.
std::string quoted(std::string_view& rest)
{
    const char quote = rest.front();
    std::string value;
    std::size_t i = 1;
    for (; i < rest.size(); ++i) {
        if (quote == '\'' && rest.substr(i, 2) == "''") {
            value += '\'';
            ++i;
        } else if (quote == '"' && rest.substr(i, 2) == "\\x") {
            value += static_cast<char>(std::stoi(std::string{rest.substr(i + 2, 2)}, nullptr, 16));
            i += 3;
        } else if (quote == '"' && rest[i] == '\\') {
            value += rest[++i] == '0' ? '\0' : rest[i];
        } else if (rest[i] == quote) {
            break;
        } else {
            value += rest[i];
        }
    }
    rest = rest.substr(std::min(i + 1, rest.size()));
    return value;
}

bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

/// A scalar, or the scalars of a list in brackets.
Values values_of(std::string_view text)
{
    text = core::trimmed(text);
    if (!text.starts_with('[')) {
        return {!text.empty() && is_quote(text.front()) ? quoted(text) : std::string{text}};
    }
    Values values;
    text = text.substr(1, text.rfind(']') - 1);
    while (!text.empty()) {
        text = core::trimmed(text);
        if (is_quote(text.front())) {
            values.push_back(quoted(text));
        } else {
            const std::size_t end = std::min(text.find(','), text.size());
            values.emplace_back(core::trimmed(text.substr(0, end)));
            text = text.substr(end);
        }
        text = text.substr(
            std::min(text.find(',') == std::string_view::npos ? text.size() : text.find(',') + 1, text.size()));
    }
    return values;
}

std::string key_of(std::string_view line)
{
    line = core::trimmed(line);
    line.remove_suffix(1);  // the colon
    return values_of(line).front();
}

class Reader {
public:
    void take(const std::string& line)
    {
        const std::size_t indent = line.find_first_not_of(' ');
        if (indent == std::string::npos || line[indent] == '#') {
            return;
        }
        const std::string_view text = std::string_view{line}.substr(indent);
        if (indent == 0) {
            take_section(text);
        } else if (indent == 4) {
            in_tests_ ? void(scenarios_.back().cases.push_back({key_of(text), {}})) : begin_name(key_of(text));
        } else if (in_tests_) {
            indent == 8 ? take_field(text) : take_more(text);
        } else {
            take_record(text.substr(2));
        }
    }

    std::vector<SpfScenario> finish()
    {
        end_name();
        return std::move(scenarios_);
    }

private:
    void take_section(std::string_view text)
    {
        if (text == "---") {
            end_name();
            scenarios_.emplace_back();
        } else if (text.starts_with("description:")) {
            scenarios_.back().description = values_of(text.substr(12)).front();
        }
        in_tests_ = text == "tests:";
    }

    void take_field(std::string_view text)
    {
        const std::size_t colon = text.find(':');
        field_ = &scenarios_.back().cases.back().fields[std::string{text.substr(0, colon)}];
        *field_ = values_of(text.substr(colon + 1));
        const std::string& value = field_->front();
        if (value == ">-" || value == ">" || value == "|" || value == "|-") {
            field_->front().clear();
        }
    }

    void take_more(std::string_view text)
    {
        field_->front().append(field_->front().empty() ? "" : " ").append(text);
    }

    void begin_name(std::string name)
    {
        end_name();
        name_ = std::move(name);
    }

    void take_record(std::string_view text)
    {
        const std::size_t colon = std::min(text.find(':'), text.size());
        records_.push_back({std::string{text.substr(0, colon)},
                            colon == text.size() ? Values{} : values_of(text.substr(colon + 1))});
    }

    /// What it has for the old type SPF it has as TXT too, unless the file says what it has there.
    void end_name()
    {
        const bool txt_is_said =
            std::any_of(records_.begin(), records_.end(), [](const auto& record) { return record.type == "TXT"; });
        for (ZoneRecord& record : records_) {
            record.type = record.type == "SPF" && !txt_is_said ? "TXT" : record.type;
            add(record);
        }
        records_.clear();
    }

    void add(const ZoneRecord& record)
    {
        DnsTable& zone = scenarios_.back().zone;
        std::string joined;
        for (const std::string& value : record.values) {
            joined += value;
        }
        if (record.type == "TIMEOUT") {
            zone.fail(name_);
        } else if (record.type == "CNAME") {
            zone.alias(name_, joined);
        } else if (record.type == "MX") {
            zone.mx(name_, record.values.at(1));
        } else if (record.type == "TXT" && joined != "NONE") {
            zone.txt(name_, joined);
        } else if (record.type == "A") {
            zone.a(name_, joined);
        } else if (record.type == "AAAA" || record.type == "PTR") {
            zone.add(record.type == "PTR" ? core::DnsType::ptr : core::DnsType::aaaa, name_, joined);
        }
    }

    std::vector<SpfScenario> scenarios_;
    bool in_tests_{false};
    Values* field_{nullptr};
    std::string name_;
    std::vector<ZoneRecord> records_;
};

}  // namespace

std::vector<SpfScenario> read_spf_suite(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    Reader reader;
    for (std::string line; std::getline(file, line);) {
        reader.take(line);
    }
    return reader.finish();
}

}  // namespace shield::auth::test
