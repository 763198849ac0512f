// SPDX-License-Identifier: Apache-2.0
#include "http_request.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <stdexcept>

namespace shield::net {
namespace {

constexpr std::string_view line_end = "\r\n";

bool printable(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

/// Nothing when a field is malformed; RFC 9112 section 5: no blank before the colon, no folded lines.
std::optional<bool> names_a_host(std::string_view fields)
{
    unsigned hosts = 0;
    while (!fields.empty()) {
        const auto end = fields.find(line_end);
        const auto field = fields.substr(0, end);
        fields.remove_prefix(end + line_end.size());
        const auto colon = field.find(':');
        if (colon == field.npos || !is_token(field.substr(0, colon)) ||
            field.find_first_of(std::string_view{"\r\n\0", 3}) != field.npos) {
            return std::nullopt;
        }
        hosts += core::iequals(field.substr(0, colon), "host");
    }
    if (hosts > 1) {
        return std::nullopt;  // RFC 9112 section 3.2
    }
    return hosts == 1;
}

}  // namespace

boost::system::result<HttpRequest, HttpRequest::Fault> HttpRequest::parse(std::string_view head)
{
    const auto first_end = head.find(line_end);
    if (first_end == head.npos || !head.ends_with("\r\n\r\n")) {
        return Fault::malformed;
    }
    const auto words = core::split(head.substr(0, first_end), ' ');
    if (words.size() != 3 || !is_token(words[0]) || words[1].empty() || !printable(words[1])) {
        return Fault::malformed;
    }
    if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") {
        const bool other = words[2].starts_with("HTTP/") && printable(words[2]);
        return other ? Fault::version : Fault::malformed;
    }
    const auto fields = head.substr(first_end + 2, head.size() - first_end - 4);
    const auto host = names_a_host(fields);
    if (!host || (!*host && words[2] == "HTTP/1.1")) {
        return Fault::malformed;
    }
    if (words[0] != "GET" && words[0] != "HEAD") {
        return Fault::method;
    }

    std::string_view target = words[1];
    if (core::istarts_with(target, "http://")) {  // RFC 9112 section 3.2.2
        const auto path = target.find('/', std::string_view{"http://"}.size());
        target = path == target.npos ? "/" : target.substr(path);
    }
    if (!target.starts_with('/')) {
        return Fault::malformed;
    }
    return HttpRequest{words[0] == "HEAD", std::string{target.substr(0, target.find('?'))}};
}

std::optional<std::size_t> http_head_size(std::string_view octets)
{
    constexpr std::string_view head_end = "\r\n\r\n";
    const auto at = octets.find(head_end);
    return at == octets.npos ? std::nullopt : std::optional{at + head_end.size()};
}

void throw_exception_from_error(HttpRequest::Fault, const boost::source_location&)
{
    throw std::runtime_error{"a malformed HTTP request"};
}

}  // namespace shield::net
