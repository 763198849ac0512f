// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shield::mime {

/// A structured value with parameters, as in Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2183).
/// Parameters that RFC 2231 cut or encoded are whole and UTF-8 here; encoded words in them, though forbidden, are
/// read.
struct ContentField {
    struct Parameter {
        std::string name;  ///< lower case
        std::string value;
    };

    std::string value;  ///< lower case, without blanks and comments: "text/html", "attachment"
    std::vector<Parameter> parameters;
    bool parameters_cut{false};  ///< there were more than the limit

    /// Empty when there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
};

/// Takes anything; linear in the octets for at most `parameters_max` parameters.
[[nodiscard]] ContentField parse_content_field(std::string_view field, std::size_t parameters_max);

}  // namespace shield::mime
