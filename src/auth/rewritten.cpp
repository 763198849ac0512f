// SPDX-License-Identifier: Apache-2.0
#include "rewritten.hpp"

#include <shield/core/ascii.hpp>

#include <string_view>

namespace shield::auth {

namespace {

/// What stands behind `count` pieces that end in "=", none of them empty.
std::optional<std::string_view> behind_pieces(std::string_view text, int count)
{
    for (; count > 0; --count) {
        const std::size_t sign = text.find('=');
        if (sign == 0 || sign == std::string_view::npos) {
            return std::nullopt;
        }
        text.remove_prefix(sign + 1);
    }
    return text;
}

/// HASH=TIME=DOMAIN=LOCAL
std::optional<std::string> original_in(std::string_view text)
{
    const auto rest = behind_pieces(text, 2);
    const std::size_t sign = rest ? rest->find('=') : std::string_view::npos;
    if (sign == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string path = std::string{rest->substr(sign + 1)} + "@" + std::string{rest->substr(0, sign)};
    return core::Mailbox::parse(path) ? std::optional{path} : std::nullopt;
}

/// HASH=HOST=REST: what that host made of it before, where REST begins with the separator that it likes.
std::optional<std::string> first_forwarder_in(std::string_view text)
{
    const auto rest = behind_pieces(text, 1);
    const std::size_t sign = rest ? rest->find('=') : std::string_view::npos;
    if (sign == std::string_view::npos || sign + 1 >= rest->size() ||
        std::string_view{"=+-"}.find((*rest)[sign + 1]) == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string path =
        "SRS0" + std::string{rest->substr(sign + 1)} + "@" + std::string{rest->substr(0, sign)};
    return core::Mailbox::parse(path) ? std::optional{path} : std::nullopt;
}

bool is_separator(std::string_view local)
{
    return local.size() > 4 && std::string_view{"=+-"}.find(local[4]) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> unwrapped_path(const core::Mailbox& path)
{
    const std::string_view local = path.local;
    if (core::istarts_with(local, "srs0") && is_separator(local)) {
        return original_in(local.substr(5));
    }
    if (core::istarts_with(local, "srs1") && is_separator(local)) {
        return first_forwarder_in(local.substr(5));
    }
    const std::size_t mark = core::lowered(local).find("+srs=");
    return mark != std::string_view::npos && mark > 0 ? original_in(local.substr(mark + 5)) : std::nullopt;
}

bool is_path_of_google_group(const core::Mailbox& path)
{
    return core::istarts_with(path.suffix(), "bnc");
}

}  // namespace shield::auth
