// SPDX-License-Identifier: Apache-2.0
#include "results_field.hpp"

#include "a_labels.hpp"
#include "shown.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <algorithm>
#include <array>

namespace shield::auth {

namespace {

constexpr std::size_t field_octets_max = 8192;

std::optional<Method> method_of(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Method>, 3> known{
        {{"spf", Method::spf}, {"dkim", Method::dkim}, {"dmarc", Method::dmarc}}};
    const auto* const found =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return core::iequals(one.first, name); });
    return found == known.end() ? std::nullopt : std::optional{found->second};
}

/// What nobody has defined proves nothing, and says nothing against anybody.
Result result_of(std::string_view name)
{
    if (core::iequals(name, "hardfail")) {  // RFC 5451 section 2.4.2
        return Result::fail;
    }
    for (const Result known : {Result::pass, Result::fail, Result::softfail, Result::neutral, Result::policy,
                               Result::temperror, Result::permerror}) {
        if (core::iequals(name, to_string(known))) {
            return known;
        }
    }
    return Result::none;
}

/// The properties of one result that matter.
struct Properties {
    std::optional<std::string> mail_from, header_d, header_i, header_from;

    void take(std::string_view name, std::string value)
    {
        if (core::iequals(name, "smtp.mailfrom") || core::iequals(name, "smtp.mail")) {
            mail_from = std::move(value);
        } else if (core::iequals(name, "header.d")) {
            header_d = std::move(value);
        } else if (core::iequals(name, "header.i")) {
            header_i = std::move(value);
        } else if (core::iequals(name, "header.from")) {
            header_from = std::move(value);
        }
    }
};

std::string domain_of(std::string_view value)
{
    const std::size_t at = value.rfind('@');
    return to_a_labels(value.substr(at == std::string_view::npos ? 0 : at + 1)).value_or(std::string{});
}

std::string_view without_brackets(std::string_view value)
{
    return value.size() > 1 && value.front() == '<' && value.back() == '>' ? value.substr(1, value.size() - 2)
                                                                           : value;
}

class ResultsField {
public:
    explicit ResultsField(std::string_view text) noexcept : rest_{text} {}

    [[nodiscard]] std::optional<Recorded> parse() &&
    {
        if (!skip_blanks() || !take_name() || !skip_blanks()) {
            return std::nullopt;
        }
        take_while(core::is_digit);  // the version
        while (skip_blanks() && !rest_.empty()) {
            if (!take(';') || !take_result()) {
                return std::nullopt;
            }
        }
        return rest_.empty() && !unclear_ ? std::optional{std::move(recorded_)} : std::nullopt;
    }

private:
    // RFC 8601 section 2.2: authserv-id is a value (RFC 2045 section 5.1).
    [[nodiscard]] bool take_name()
    {
        const auto name = take_value();
        recorded_.authserv_id = name && name->size() <= shown_name_octets_max ? core::lowered(*name) : "";
        // Exchange Online writes a field without one, which is nobody's.
        return !recorded_.authserv_id.empty() && core::is_ascii(recorded_.authserv_id) &&
               recorded_.authserv_id.find('=') == std::string::npos;
    }

    [[nodiscard]] bool take_result()
    {
        if (!skip_blanks()) {
            return false;
        }
        const std::string_view name = take_while(is_key_character);
        if (name.empty()) {
            return rest_.empty();  // nothing behind the last ";"
        }
        if (core::iequals(name, "none") && !rest_.starts_with('=')) {
            return true;
        }
        if (take('/')) {
            take_while(core::is_digit);
        }
        if (!skip_blanks() || !take('=') || !skip_blanks()) {
            return false;
        }
        const std::string_view result = take_while(is_key_character);
        Properties properties;
        if (result.empty() || !take_properties(properties)) {
            return false;
        }
        if (const auto method = method_of(name)) {
            keep(*method, result_of(result), properties);
        }
        return true;
    }

    [[nodiscard]] bool take_properties(Properties& properties)
    {
        while (skip_blanks()) {
            if (rest_.empty() || rest_.front() == ';') {
                return true;
            }
            const std::string_view name = take_while(is_key_character);
            if (name.empty() || !skip_blanks() || !take('=') || !skip_blanks()) {
                return false;
            }
            auto value = take_value();
            if (!value) {
                return false;
            }
            properties.take(name, *std::move(value));
        }
        return false;
    }

    void keep(Method method, Result result, const Properties& properties)
    {
        RecordedResult kept{method, result, {}, {}};
        switch (method) {
            case Method::spf:
                if (!properties.mail_from) {
                    return;  // of the EHLO name
                }
                kept.domain = domain_of(without_brackets(*properties.mail_from));
                if (core::Mailbox::parse(without_brackets(*properties.mail_from))) {
                    kept.address = without_brackets(*properties.mail_from);
                }
                break;
            case Method::dkim:
                kept.domain = domain_of(properties.header_d.value_or(properties.header_i.value_or("")));
                break;
            case Method::dmarc:
                kept.domain = domain_of(properties.header_from.value_or(""));
                break;
        }
        const auto has_one = std::any_of(recorded_.results.begin(), recorded_.results.end(),
                                         [&](const RecordedResult& one) { return one.method == method; });
        unclear_ =
            unclear_ || (has_one && method != Method::dkim) || recorded_.results.size() == recorded_results_max;
        if (!unclear_) {
            recorded_.results.push_back(std::move(kept));
        }
    }

    /// False in a comment that never ends, or is unclear.
    [[nodiscard]] bool skip_blanks()
    {
        std::size_t depth = 0;
        while (!rest_.empty() && (depth > 0 || core::is_blank(rest_.front()) || rest_.front() == '(')) {
            const char c = rest_.front();
            if (depth > 0 && (c == '"' || c == '\\')) {
                return false;
            }
            depth += c == '(' ? 1 : 0;
            depth -= c == ')' ? 1 : 0;
            rest_.remove_prefix(1);
        }
        return depth == 0;
    }

    /// A token, a quoted string, an address or "@domain".
    [[nodiscard]] std::optional<std::string> take_value()
    {
        std::string value;
        if (take('"')) {
            while (!rest_.empty() && rest_.front() != '"') {
                if (rest_.front() == '\\') {
                    rest_.remove_prefix(1);
                }
                if (!rest_.empty()) {
                    value += rest_.front();
                    rest_.remove_prefix(1);
                }
            }
            if (!take('"')) {
                return std::nullopt;
            }
            if (rest_.starts_with('@')) {
                value.insert(0, 1, '"').push_back('"');  // a local part, that stays quoted
            }
        }
        value += take_while([](char c) {
            return !core::is_blank(c) && std::string_view{";()\"\\"}.find(c) == std::string_view::npos;
        });
        return value;
    }

    static bool is_key_character(char c)
    {
        return core::is_alpha(c) || core::is_digit(c) || c == '.' || c == '-' || c == '_';
    }

    bool take(char c)
    {
        const bool there = rest_.starts_with(c);
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }

    template <typename Is>
    std::string_view take_while(Is is)
    {
        const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), is);
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
    Recorded recorded_;
    bool unclear_{false};
};

/// Exchange Online writes results of this form for mail that its customers send too, without having checked
/// anything (a tenant's word for its own users); of what came from outside it names the client.
bool is_checked(std::string_view authserv_id, std::string_view text)
{
    return authserv_id != "mx.microsoft.com" || core::icontains(text, "(sender ip is ");
}

}  // namespace

std::optional<Recorded> parse_results_field(std::string_view value)
{
    if (value.size() > field_octets_max || !core::is_utf8(value)) {
        return std::nullopt;
    }
    auto recorded = ResultsField{value}.parse();
    if (recorded) {
        recorded->text = shown(core::trimmed(value), shown_reason_octets_max);
        if (!is_checked(recorded->authserv_id, value)) {
            recorded->results.clear();
        }
    }
    return recorded;
}

}  // namespace shield::auth
