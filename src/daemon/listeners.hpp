// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/daemon/config.hpp>

#include <string>
#include <utility>
#include <vector>

namespace shield::daemon {

/// A listening socket: bound while we may still bind any port, and given to net once everything behind it is ready.
/// Until then the kernel lets clients wait. Owns its descriptor.
class Listener {
public:
    Listener(int descriptor, smtp::Offer offer) noexcept : descriptor_{descriptor}, offer_{offer} {}
    ~Listener();
    Listener(Listener&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)}, offer_{other.offer_} {}
    Listener& operator=(Listener&&) = delete;

    [[nodiscard]] smtp::Offer offer() const noexcept { return offer_; }
    /// Who calls this owns the descriptor.
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
    smtp::Offer offer_;
};

/// Takes the sockets that the service manager passed (sd_listen_fds(3)) and binds what [[listen]] names beyond
/// them. An inherited socket speaks what the [[listen]] with its address says; without one, LMTP when its
/// FileDescriptorName= begins with "lmtp", else SMTP, in clear text. Throws std::runtime_error with a sentence.
[[nodiscard]] std::vector<Listener> open_listeners(const std::vector<Config::Listen>& wanted);

}  // namespace shield::daemon
