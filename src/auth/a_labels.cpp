// SPDX-License-Identifier: Apache-2.0
#include "a_labels.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/dns.hpp>

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

namespace shield::auth {

namespace {

constexpr std::size_t name_octets_max = 1024;  // of UTF-8; as A-labels it may have 253

std::optional<std::string> encoded(std::string_view name)
{
    if (!core::is_utf8(name)) {
        return std::nullopt;
    }
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UIDNA, void (*)(UIDNA*)> idna{
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &error),
        uidna_close};
    std::array<char, name_octets_max> ascii{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    const int length = U_FAILURE(error)
                           ? 0
                           : uidna_nameToASCII_UTF8(idna.get(), name.data(), static_cast<int>(name.size()),
                                                    ascii.data(), static_cast<int>(ascii.size()), &info, &error);
    if (U_FAILURE(error) || info.errors != 0) {
        return std::nullopt;
    }
    return std::string{ascii.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<std::string> to_a_labels(std::string_view name)
{
    if (name.size() > name_octets_max) {
        return std::nullopt;
    }
    std::optional<std::string> labels{core::lowered(name)};
    if (!core::is_ascii(name)) {
        labels = encoded(name);
    }
    const auto in_names = [](char c) {
        return (c >= 'a' && c <= 'z') || core::is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    if (!labels || !std::all_of(labels->begin(), labels->end(), in_names) || !core::is_dns_name(*labels)) {
        return std::nullopt;
    }
    return labels;
}

bool is_within(std::string_view name, std::string_view domain) noexcept
{
    return name == domain ||
           (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

}  // namespace shield::auth
