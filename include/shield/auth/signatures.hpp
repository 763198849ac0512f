// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/finding.hpp>
#include <shield/auth/relayed.hpp>
#include <shield/core/digest.hpp>
#include <shield/core/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a message says about who signed it: everything that verifying needs but the keys. Small values, so that
/// hostile octets can be read where there is no network, and keys asked for elsewhere.
namespace shield::auth {

enum class SignatureAlgorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };
enum class Canonicalization : std::uint8_t { simple, relaxed };

/// A DKIM-Signature, an ARC-Message-Signature or an ARC-Seal. Its field has at most `signature_field_octets_max`
/// octets, which bounds every member.
struct Signature {
    Result result{Result::none};  ///< none: its key decides; anything else is final, whatever the key
    std::string reason;           ///< of a final result, a sentence of at most 1000 octets
    std::string domain;           ///< d=, in lower case and A-labels; empty when it cannot be read
    std::string selector;         ///< s=, likewise
    std::string identity_domain;  ///< of i= (that of d= when there is none): `domain` or one below it
    SignatureAlgorithm algorithm{SignatureAlgorithm::rsa_sha256};
    Canonicalization header_canonicalization{Canonicalization::simple};
    Canonicalization body_canonicalization{Canonicalization::simple};
    std::optional<std::uint64_t> signed_at, expires_at;  ///< t= and x=, Unix seconds
    bool body_length{false};         ///< l= is there: octets may have been added behind the body
    std::vector<std::string> names;  ///< h=, lower case, at most `signed_names_max`
    std::string octets;              ///< b=, decoded, at most 512
    core::Sha256 header_digest{};    ///< what b= signs, by both algorithms

    friend bool operator==(const Signature&, const Signature&) = default;
};

/// The set of one instance (RFC 8617 section 4.2).
struct ArcSet {
    std::string results;  ///< of the ARC-Authentication-Results what stands behind "i=N;", unfolded
    Signature message_signature;
    Signature seal;
    std::string validation;  ///< cv= of the seal: "none", "pass" or "fail"

    friend bool operator==(const ArcSet&, const ArcSet&) = default;
};

/// The From fields. Only one, with one domain, can be what somebody vouches for.
struct Authors {
    std::size_t fields{0};             ///< how many From fields there are
    std::vector<std::string> domains;  ///< of all addresses in them, each once, in A-labels, at most 8
    bool readable{true};               ///< otherwise somebody else may read other addresses in them

    /// The only domain that mail could be from, or nothing.
    [[nodiscard]] std::optional<std::string> only_domain() const;

    friend bool operator==(const Authors&, const Authors&) = default;
};

struct Signatures {
    std::vector<Signature> dkim;   ///< in the order of the message, at most `dkim_signatures_max`
    std::size_t dkim_left_out{0};  ///< how many more there are
    std::vector<ArcSet> arc;       ///< instance 1 first, at most 50; empty when there are none, or a defect
    std::string arc_defect;        ///< why the ARC fields are no chain, a sentence
    Authors authors;
    std::string header_defect;       ///< why others may read the header differently; then no result is none
    std::optional<Relayed> relayed;  ///< never of read_signatures(): by_our_relay() knows our relays

    friend bool operator==(const Signatures&, const Signatures&) = default;
};

inline constexpr std::size_t dkim_signatures_max = 8;
inline constexpr std::size_t author_domains_max = 8;
inline constexpr std::size_t arc_sets_max = 50;  // RFC 8617 section 4.2.1
inline constexpr std::size_t signed_names_max = 100;
inline constexpr std::size_t signed_name_octets_max = 998;  // RFC 5322 section 2.1.1: it would fit no line
inline constexpr std::size_t signature_field_octets_max = 8192;

/// Reads a message as it is stored, with CRLF. Takes anything; linear; beside the message it needs memory for its
/// header (header_block_max, header_fields_max: nothing is verified in a longer one).
[[nodiscard]] Signatures read_signatures(std::string_view octets, const core::Limits& limits);

}  // namespace shield::auth
