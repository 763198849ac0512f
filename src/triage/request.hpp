// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/reference.hpp>
#include <shield/core/result.hpp>
#include <shield/core/vocabulary.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shield::triage {

/// One request, hostile until read. Members are checked as they are asked for; the first thing wrong is kept, and a
/// member of the wrong kind reads as empty, so an operation asks for all it needs and then looks at fault() once.
class Request {
public:
    /// A JSON object of bounded size and depth in well-formed UTF-8.
    [[nodiscard]] static core::result<Request> parse(std::string_view octets, const core::Limits& limits);

    [[nodiscard]] std::string text(const char* name);
    [[nodiscard]] std::optional<std::string> text_if(const char* name);
    [[nodiscard]] std::optional<std::uint64_t> number_if(const char* name);
    /// Not past [low, high].
    [[nodiscard]] std::optional<std::uint64_t> number_within(const char* name, std::uint64_t low,
                                                             std::uint64_t high);
    [[nodiscard]] bool flag(const char* name);
    [[nodiscard]] core::Reference reference(const char* name);
    [[nodiscard]] std::optional<core::Reference> reference_if(const char* name);
    [[nodiscard]] std::vector<std::string> texts(const char* name);
    [[nodiscard]] core::Category category(const char* name);
    [[nodiscard]] std::optional<core::Category> category_if(const char* name);
    [[nodiscard]] core::State state(const char* name);
    [[nodiscard]] std::optional<core::State> state_if(const char* name);
    [[nodiscard]] core::ClosingCode closing_code(const char* name);

    /// What is wrong, members that nobody asked for included; the status of the contract goes with it.
    struct Fault {
        int status;
        std::string sentence;
    };
    [[nodiscard]] std::optional<Fault> fault();

private:
    // Parentheses: braces would make a list with the object in it.
    explicit Request(nlohmann::json object) : object_(std::move(object)) {}
    const nlohmann::json* find(const char* name);
    void complain(int status, std::string sentence);

    nlohmann::json object_;
    std::set<std::string, std::less<>> asked_for_;
    std::optional<Fault> fault_;
};

}  // namespace shield::triage
