// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tag_list.hpp"

#include <shield/auth/signatures.hpp>

#include <optional>
#include <string>

namespace shield::auth {

/// The tags of a signature taken over one after the other, until one of them is wrong.
class SignatureTags {
public:
    SignatureTags(const TagList& tags, Signature& signature) noexcept : tags_{tags}, signature_{signature} {}

    // Each returns false once the signature has its final result.
    bool version();           ///< v= is 1
    bool algorithm();         ///< a=
    bool signature();         ///< b=
    bool domain();            ///< d= and s=
    bool identity();          ///< i= is at d= or below it
    bool canonicalization();  ///< c=
    bool names();             ///< h=, with From
    bool no_seals();          ///< h= does not name ARC-Seal
    bool times();             ///< t= and x=
    bool query();             ///< q= allows the DNS
    bool no_names();          ///< a seal has no h=

    /// bh=, decoded, and whether l= is there.
    std::optional<std::string> body_hash();

private:
    bool refuse(Result result, std::string reason);
    std::optional<std::string_view> required(const char* name);
    bool take_names(std::string_view value);
    bool take_time(const char* name, std::optional<std::uint64_t>& time);

    const TagList& tags_;
    Signature& signature_;
};

}  // namespace shield::auth
