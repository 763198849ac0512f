// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/result.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace shield::classify {

class Rules;  // src/classify/rules.hpp

/// Sorts a message into attack, urgent or support, with reasons. Deterministic: the same assessment, prior and
/// rules give the same answer everywhere. Immutable and thread-safe; a reload makes a new one.
class Classifier {
public:
    /// The rules compiled into the program (etc/classify.rules).
    [[nodiscard]] static Classifier built_in();

    /// Rules from a file's text; an error names `file`, line and remedy.
    [[nodiscard]] static core::result<Classifier> from_rules(std::string_view text, std::string_view file);

    /// `prior` is the category of the mailbox the message was written to; none when it is not known or says
    /// nothing: then only what speaks for a category in the message itself takes it above support. Never lowers
    /// attack without strong evidence (invariant 8).
    [[nodiscard]] core::Classification classify(const core::Assessment& message,
                                                std::optional<core::Category> prior) const;

private:
    explicit Classifier(std::shared_ptr<const Rules> rules);
    std::shared_ptr<const Rules> rules_;
};

}  // namespace shield::classify
