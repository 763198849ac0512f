// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/receipt.hpp>
#include <shield/smtp/session.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Dialogue files: a conversation as it looks on the wire. tests/dialogues/README.md specifies the format.
namespace shield::tests {

/// One line of a dialogue file.
struct Step {
    enum class Kind { client, server, deliver, secure, closed };

    Kind kind{Kind::client};
    std::size_t line{0};                    ///< in the file
    std::string octets;                     ///< client: what is sent; server: how the next reply line begins
    std::size_t size{0};                    ///< deliver: octets of the message
    std::string sha256;                     ///< deliver: how its digest begins, in hexadecimal; may be empty
    std::optional<core::Reference> accept;  ///< deliver: the reference given,
    std::optional<core::Refusal> refuse;    ///< or why it is refused
};

struct Dialogue {
    smtp::Offer offer;
    core::Limits limits;
    std::vector<Step> steps;

    /// Throws with file and line when the file is malformed.
    [[nodiscard]] static Dialogue read(const std::filesystem::path& file);

    /// How many octets the client sends in all.
    [[nodiscard]] std::size_t client_octets() const;
};

/// The octets that stand between double quotes, with the escapes of a dialogue file. Throws when malformed.
[[nodiscard]] std::string unescaped(std::string_view text);

/// The files of tests/dialogues in their order.
[[nodiscard]] std::vector<std::filesystem::path> dialogue_files();

/// What every dialogue is played against: mx.example.com with shield@ (attack), security@ (urgent), help@ (support)
/// at example.com.
[[nodiscard]] std::shared_ptr<const smtp::Policy> dialogue_policy(const core::Limits& limits = {});

/// How many of `available` octets the session is given at once, when `given` went before.
using Portion = std::function<std::size_t(std::size_t given, std::size_t available)>;

/// Plays the file against a Session. Empty when all went as written, otherwise the first difference with its line.
[[nodiscard]] std::string play(const Dialogue& dialogue, const Portion& portion);

}  // namespace shield::tests
