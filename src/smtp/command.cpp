// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace shield::smtp {

namespace {

constexpr std::size_t hello_name_octets_max = 255;

constexpr std::array names{
    std::pair{std::string_view{"HELO"}, Verb::helo},         std::pair{std::string_view{"EHLO"}, Verb::ehlo},
    std::pair{std::string_view{"LHLO"}, Verb::lhlo},         std::pair{std::string_view{"MAIL"}, Verb::mail},
    std::pair{std::string_view{"RCPT"}, Verb::rcpt},         std::pair{std::string_view{"DATA"}, Verb::data},
    std::pair{std::string_view{"BDAT"}, Verb::bdat},         std::pair{std::string_view{"RSET"}, Verb::rset},
    std::pair{std::string_view{"NOOP"}, Verb::noop},         std::pair{std::string_view{"VRFY"}, Verb::vrfy},
    std::pair{std::string_view{"HELP"}, Verb::help},         std::pair{std::string_view{"QUIT"}, Verb::quit},
    std::pair{std::string_view{"EXPN"}, Verb::expn},         std::pair{std::string_view{"AUTH"}, Verb::auth},
    std::pair{std::string_view{"STARTTLS"}, Verb::starttls}, std::pair{std::string_view{"GET"}, Verb::http},
    std::pair{std::string_view{"POST"}, Verb::http},         std::pair{std::string_view{"PUT"}, Verb::http},
    std::pair{std::string_view{"HEAD"}, Verb::http},         std::pair{std::string_view{"OPTIONS"}, Verb::http},
    std::pair{std::string_view{"CONNECT"}, Verb::http},      std::pair{std::string_view{"PROXY"}, Verb::http},
};

std::string_view without_blanks_around(std::string_view text) noexcept
{
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// The word at the front, taken off with the blanks behind it.
std::string_view take_word(std::string_view& text) noexcept
{
    const std::string_view word = text.substr(0, text.find(' '));
    text = without_blanks_around(text.substr(word.size()));
    return word;
}

// The offset of the ">" that ends a path beginning with "<": not one inside a quoted string.
std::size_t end_of_path(std::string_view text) noexcept
{
    bool quoted = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == '>' && !quoted) {
            return i;
        }
    }
    return std::string_view::npos;
}

struct Path {
    std::string_view address;
    std::string_view parameters;
};

// keyword "<" path ">" [SP parameters]
std::optional<Path> parse_path(std::string_view keyword, std::string_view argument) noexcept
{
    if (!core::istarts_with(argument, keyword)) {
        return std::nullopt;
    }
    const std::string_view rest = without_blanks_around(argument.substr(keyword.size()));
    const std::size_t end = rest.starts_with('<') ? end_of_path(rest) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view parameters = rest.substr(end + 1);
    if (!parameters.empty() && parameters.front() != ' ') {
        return std::nullopt;  // `<a@b>SIZE=1` ends in different places for different readers
    }
    std::string_view address = rest.substr(1, end - 1);
    if (address.starts_with('@')) {  // RFC 5321 appendix C: a source route is accepted and ignored
        const std::size_t colon = address.find(':');
        if (colon == std::string_view::npos) {
            return std::nullopt;
        }
        address.remove_prefix(colon + 1);
        if (address.empty()) {
            return std::nullopt;  // not the null reverse-path
        }
    }
    return Path{address, without_blanks_around(parameters)};
}

enum class AddressFault { malformed, needs_smtputf8 };

boost::system::result<core::Mailbox, AddressFault> parse_address(std::string_view text, bool smtputf8)
{
    if (!core::is_ascii(text)) {
        // What a person cannot see in an address (zero width, bidirectional) has no business in one; broken UTF-8
        // is escaped by printable_line() too.
        if (core::printable_line(text) != text) {
            return AddressFault::malformed;
        }
        if (!smtputf8) {  // RFC 6531 section 3.5
            return AddressFault::needs_smtputf8;
        }
    }
    auto mailbox = core::Mailbox::parse(text);
    if (!mailbox) {
        return AddressFault::malformed;
    }
    return std::move(*mailbox);
}

bool is_parameter(std::string_view keyword) noexcept
{
    return !keyword.empty() && keyword.front() != '-' && std::all_of(keyword.begin(), keyword.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '-';
    });
}

// RFC 1870 section 4: up to 20 digits. What does not fit is larger than anything we take.
std::optional<std::uint64_t> parse_size(std::string_view value) noexcept
{
    if (const auto number = core::parse_number(value)) {
        return number;
    }
    if (value.size() == 20 && std::all_of(value.begin(), value.end(), core::is_digit)) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return std::nullopt;
}

// One `keyword[=value]` of MAIL; nothing when it is well.
std::optional<Reply> take_mail_parameter(std::string_view parameter, MailArguments& mail, std::uint8_t& seen)
{
    const std::size_t equals = parameter.find('=');
    const std::string_view keyword = parameter.substr(0, equals);
    const bool has_value = equals != std::string_view::npos;
    const std::string_view value = has_value ? parameter.substr(equals + 1) : std::string_view{};
    std::uint8_t bit = 0;
    if (!is_parameter(keyword)) {
        return reply::bad_parameter;
    }
    if (core::iequals(keyword, "SIZE")) {
        bit = 1;
        const auto size = parse_size(value);
        if (!size) {
            return reply::bad_parameter;
        }
        mail.size = *size;
    } else if (core::iequals(keyword, "BODY")) {
        bit = 2;
        mail.eight_bit = core::iequals(value, "8BITMIME");
        if (!mail.eight_bit && !core::iequals(value, "7BIT")) {  // BINARYMIME is not announced (RFC 3030)
            return reply::parameter_not_offered;
        }
    } else if (core::iequals(keyword, "SMTPUTF8")) {
        bit = 4;
        mail.smtputf8 = true;
        if (has_value) {
            return reply::bad_parameter;
        }
    } else {
        return reply::parameter_not_offered;  // RFC 5321 section 4.1.1.11
    }
    if ((seen & bit) != 0) {
        return reply::bad_parameter;
    }
    seen = static_cast<std::uint8_t>(seen | bit);
    return std::nullopt;
}

}  // namespace

bool has_control_character(std::string_view line) noexcept
{
    return std::any_of(line.begin(), line.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Command parse_command(std::string_view line) noexcept
{
    std::string_view argument = line;
    const std::string_view word = take_word(argument);
    const auto* const found =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return core::iequals(name.first, word); });
    return {found == names.end() ? Verb::unknown : found->second, argument};
}

parsed<std::string> parse_hello_name(std::string_view argument)
{
    const bool printable =
        std::all_of(argument.begin(), argument.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (argument.empty() || argument.size() > hello_name_octets_max || !printable) {
        return reply::bad_hello;
    }
    return std::string{argument};
}

parsed<MailArguments> parse_mail(std::string_view argument)
{
    const auto path = parse_path("FROM:", argument);
    if (!path) {
        return reply::bad_mail;
    }
    MailArguments mail;
    std::uint8_t seen = 0;
    for (std::string_view rest = path->parameters; !rest.empty();) {
        mail.extended = true;
        if (const auto refusal = take_mail_parameter(take_word(rest), mail, seen)) {
            return *refusal;
        }
    }
    if (!path->address.empty()) {
        const auto address = parse_address(path->address, mail.smtputf8);
        if (!address) {
            return address.error() == AddressFault::malformed ? reply::bad_sender : reply::needs_smtputf8;
        }
        mail.reverse_path = address->to_string();
    }
    return mail;
}

parsed<core::Mailbox> parse_rcpt(std::string_view argument, bool smtputf8)
{
    const auto path = parse_path("TO:", argument);
    if (!path) {
        return reply::bad_rcpt;
    }
    if (!path->parameters.empty()) {  // none is announced; RFC 5321 section 4.1.1.11
        return reply::parameter_not_offered;
    }
    if (core::iequals(path->address, "postmaster")) {
        return core::Mailbox{std::string{path->address}, {}};
    }
    auto address = parse_address(path->address, smtputf8);
    if (!address) {
        return address.error() == AddressFault::malformed ? reply::bad_recipient : reply::needs_smtputf8;
    }
    return std::move(*address);
}

std::optional<ChunkArguments> parse_chunk(std::string_view argument) noexcept
{
    const auto octets = core::parse_number(take_word(argument));
    const bool last = core::iequals(argument, "LAST");
    if (!octets || (!last && !argument.empty())) {
        return std::nullopt;
    }
    return ChunkArguments{*octets, last};
}

}  // namespace shield::smtp
