// SPDX-License-Identifier: Apache-2.0
#include <shield/classify/classifier.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace shield;

// A rules file and, after a line of three hyphens, a message. Whatever can be read as rules must classify anything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto built_in = classify::Classifier::built_in();
    const std::string_view whole{reinterpret_cast<const char*>(data), size};
    const auto cut = whole.find("\n---\n");
    core::Assessment message;
    message.text = cut == std::string_view::npos ? whole : whole.substr(cut + 5);
    message.subject = message.text.substr(0, message.text.find('\n'));
    const auto of_rules = classify::Classifier::from_rules(whole.substr(0, cut), "fuzz.rules");
    for (const auto prior : {std::optional<core::Category>{}, std::optional{core::Category::attack}}) {
        for (const auto& classifier : {built_in, of_rules ? *of_rules : built_in}) {
            const auto result = classifier.classify(message, prior);
            const double sum = result.probabilities[0] + result.probabilities[1] + result.probabilities[2];
            if (!(sum > 0.999 && sum < 1.001)) {
                std::abort();
            }
        }
    }
    return 0;
}
