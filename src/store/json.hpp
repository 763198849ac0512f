// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/verdict.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// How values are written in the database's JSON columns. Reading checks everything: what is in the file is not
/// trusted.
namespace shield::store {

/// A row that was read and makes no sense; what() says which value.
class Damaged : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] std::string to_json(const std::vector<core::Recipient>& recipients);
[[nodiscard]] std::string to_json(const std::vector<std::string>& words);
[[nodiscard]] std::string to_json(const core::Assessment& assessment);
[[nodiscard]] std::string to_json(const core::Verdict& verdict);

[[nodiscard]] std::vector<core::Recipient> recipients_from_json(const std::string& text);
[[nodiscard]] std::vector<std::string> words_from_json(const std::string& text);
[[nodiscard]] core::Assessment assessment_from_json(const std::string& text);
[[nodiscard]] core::Verdict verdict_from_json(const std::string& text);

}  // namespace shield::store
