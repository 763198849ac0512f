// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>
#include <shield/core/time.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace shield::net {

/// The two files of one certificate, both PEM.
struct CertificateFiles {
    std::filesystem::path chain;  ///< the certificate itself, then those that lead to its root
    std::filesystem::path key;    ///< not encrypted

    friend bool operator==(const CertificateFiles&, const CertificateFiles&) = default;
};

/// What an operator watches of one.
struct CertificateFacts {
    std::filesystem::path chain;
    std::vector<std::string> names;  ///< its DNS names, sorted
    core::Time not_after{};
};

/// The certificates that our listeners show, and the rest of what TLS is told (RFC 9325): version 1.2 or newer, no
/// renegotiation, no compression. The client's SNI chooses among them; the first is for those without, and for
/// names that none has. Certificates of the same names with keys of different kinds are offered together.
///
/// Immutable and thread-safe: a reload makes another, and connections keep what they began with.
class Certificates {
public:
    struct Options {
        std::vector<CertificateFiles> files;  ///< at least one
        bool session_tickets{true};
    };

    /// The error has a line for each fault: `FILE: what is wrong; what to do`. An expired certificate is one.
    [[nodiscard]] static core::result<std::shared_ptr<const Certificates>> load(const Options& options,
                                                                                core::Time now);
    ~Certificates();
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    [[nodiscard]] const std::vector<CertificateFacts>& facts() const noexcept { return facts_; }

private:
    friend class TlsChannel;
    struct Contexts;

    Certificates();

    std::unique_ptr<Contexts> contexts_;
    std::vector<CertificateFacts> facts_;
};

}  // namespace shield::net
