// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shield::mime {

/// What is wrong with one message, one sentence each, each once. Bounded, so that a message made of faults costs no
/// more than another. A value; one message, one thread; cannot fail.
class Defects {
public:
    static constexpr std::size_t count_max = 50;
    static constexpr std::size_t sentence_max = 200;

    void add(std::string_view sentence)
    {
        sentence = sentence.substr(0, sentence_max);
        if (sentences_.size() < count_max &&
            std::find(sentences_.begin(), sentences_.end(), sentence) == sentences_.end()) {
            sentences_.emplace_back(sentence);
        }
    }

    [[nodiscard]] const std::vector<std::string>& sentences() const noexcept { return sentences_; }
    [[nodiscard]] std::vector<std::string> take() && { return std::move(sentences_); }

private:
    std::vector<std::string> sentences_;
};

}  // namespace shield::mime
