// SPDX-License-Identifier: Apache-2.0
#include "request.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <utility>

namespace shield::triage {

namespace {

using nlohmann::json;

constexpr int refused = 1;
constexpr int misused = 2;

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t shown_max = 60;
    return "'" + core::printable_line(core::cut_utf8(text, shown_max)) + "'";
}

template <typename Values>
std::string listed(const Values& values)
{
    std::string text;
    for (const auto value : values) {
        text += (text.empty() ? "" : ", ") + std::string{to_string(value)};
    }
    return text;
}

}  // namespace

core::result<Request> Request::parse(std::string_view octets, const core::Limits& limits)
{
    if (octets.size() > limits.control_request_max) {
        return core::Error{"a request has at most " + std::to_string(limits.control_request_max) +
                           " octets (control_request_max)"};
    }
    bool too_deep = false;
    const auto bounded = [&](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > static_cast<int>(limits.control_depth_max);
        return !too_deep;
    };
    json object = json::parse(octets, bounded, /*allow_exceptions=*/false);
    if (too_deep) {
        return core::Error{"the request is nested too deeply (control_depth_max)"};
    }
    if (!object.is_object()) {
        return core::Error{"a request is one JSON object in UTF-8"};
    }
    return Request{std::move(object)};
}

const json* Request::find(const char* name)
{
    asked_for_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void Request::complain(int status, std::string sentence)
{
    if (!fault_) {
        fault_ = Fault{status, std::move(sentence)};
    }
}

std::optional<std::string> Request::text_if(const char* name)
{
    const json* value = find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string()) {
        complain(misused, std::string{name} + " is a text");
        return std::nullopt;
    }
    return value->get<std::string>();
}

std::string Request::text(const char* name)
{
    auto value = text_if(name);
    if (!value || value->empty()) {
        complain(misused, std::string{name} + " is missing");
        return {};
    }
    return *std::move(value);
}

std::optional<std::uint64_t> Request::number_if(const char* name)
{
    const json* value = find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_number_unsigned()) {
        complain(misused, std::string{name} + " is a whole number that is not negative");
        return std::nullopt;
    }
    return value->get<std::uint64_t>();
}

std::optional<std::uint64_t> Request::number_within(const char* name, std::uint64_t low, std::uint64_t high)
{
    const json* value = find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const bool natural = value->is_number_unsigned();
    if (!natural || value->get<std::uint64_t>() < low || value->get<std::uint64_t>() > high) {
        complain(misused, std::string{name} + " is a whole number from " + std::to_string(low) + " to " +
                              std::to_string(high));
        return std::nullopt;
    }
    return value->get<std::uint64_t>();
}

bool Request::flag(const char* name)
{
    const json* value = find(name);
    if (value != nullptr && !value->is_boolean()) {
        complain(misused, std::string{name} + " is true or false");
        return false;
    }
    return value != nullptr && value->get<bool>();
}

std::optional<core::Reference> Request::reference_if(const char* name)
{
    const auto written = text_if(name);
    if (!written) {
        return std::nullopt;
    }
    const auto reference = core::Reference::parse(*written);
    if (!reference) {
        complain(refused, in_quotes(*written) + " is not a reference; one looks like SR-7F3K-92QX");
    }
    return reference;
}

core::Reference Request::reference(const char* name)
{
    const auto value = reference_if(name);
    if (!value) {
        complain(misused, std::string{name} + " is missing");
    }
    return value.value_or(core::Reference::from_bits(0));
}

std::vector<std::string> Request::texts(const char* name)
{
    std::vector<std::string> values;
    const json* list = find(name);
    if (list == nullptr || !list->is_array() || list->empty()) {
        complain(misused, std::string{name} + " is a list of texts that is not empty");
        return values;
    }
    for (const json& value : *list) {
        if (!value.is_string()) {
            complain(misused, std::string{name} + " is a list of texts");
            return {};
        }
        values.push_back(value.get<std::string>());
    }
    return values;
}

std::optional<core::Category> Request::category_if(const char* name)
{
    const auto written = text_if(name);
    const auto value = written ? core::parse_category(*written) : std::nullopt;
    if (written && !value) {
        complain(misused, in_quotes(*written) + " is not a category; there are " + listed(core::categories));
    }
    return value;
}

core::Category Request::category(const char* name)
{
    const auto value = category_if(name);
    if (!value) {
        complain(misused, std::string{name} + " is missing");
    }
    return value.value_or(core::Category::support);
}

std::optional<core::State> Request::state_if(const char* name)
{
    const auto written = text_if(name);
    const auto value = written ? core::parse_state(*written) : std::nullopt;
    if (written && !value) {
        complain(misused, in_quotes(*written) + " is not a state; there are " + listed(core::states));
    }
    return value;
}

core::State Request::state(const char* name)
{
    const auto value = state_if(name);
    if (!value) {
        complain(misused, std::string{name} + " is missing");
    }
    return value.value_or(core::State::fresh);
}

core::ClosingCode Request::closing_code(const char* name)
{
    const std::string written = text(name);
    const auto value = core::parse_closing_code(written);
    if (!value) {
        complain(misused, in_quotes(written) + " is not a closing code; there are " + listed(core::closing_codes));
    }
    return value.value_or(core::ClosingCode::resolved);
}

std::optional<Request::Fault> Request::fault()
{
    for (const auto& member : object_.items()) {
        if (!asked_for_.contains(member.key())) {
            complain(misused, "this command takes no " + in_quotes(member.key()));
        }
    }
    return fault_;
}

}  // namespace shield::triage
