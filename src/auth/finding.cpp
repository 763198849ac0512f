// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/finding.hpp>

namespace shield::auth {

std::string_view to_string(Result value) noexcept
{
    switch (value) {
        case Result::none:
            return "none";
        case Result::pass:
            return "pass";
        case Result::fail:
            return "fail";
        case Result::softfail:
            return "softfail";
        case Result::neutral:
            return "neutral";
        case Result::policy:
            return "policy";
        case Result::temperror:
            return "temperror";
        case Result::permerror:
            return "permerror";
    }
    return "?";
}

}  // namespace shield::auth
