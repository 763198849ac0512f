// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/time.hpp>
#include <shield/smtp/client_session.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace shield::net {
class SmtpClient;
}

namespace shield::delivery {

/// A way out for mail. Thread-safe.
class Transport {
public:
    virtual ~Transport() = default;

    using Committing = std::function<void(std::function<void(bool)>)>;
    using Done = std::function<void(smtp::DeliveryOutcome)>;

    /// Before the step after which the mail may have been taken, asks `committing` and goes on only when it answers
    /// true. `done` is called exactly once, on any thread. A `stem` is the same for every attempt at one mail.
    virtual void send(const std::string& stem, smtp::OutgoingMail mail, Committing committing, Done done) = 0;
};

/// One relay that takes everything.
[[nodiscard]] std::unique_ptr<Transport> make_smarthost(net::SmtpClient& client);

/// A Maildir (tmp, new, cur), for trying it out and for air-gapped sites: written to tmp, synced, linked into new,
/// the directory synced. Adds Return-Path and Delivered-To as a delivering system does (RFC 5321 section 4.4).
[[nodiscard]] std::unique_ptr<Transport> make_maildir(std::filesystem::path directory, std::string hostname);

}  // namespace shield::delivery
