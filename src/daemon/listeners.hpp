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
    Listener(int descriptor, smtp::Protocol protocol, core::Networks proxies)
        : descriptor_{descriptor}, protocol_{protocol}, proxies_{std::move(proxies)}
    {
    }
    ~Listener();
    Listener(Listener&& other) noexcept
        : descriptor_{std::exchange(other.descriptor_, -1)},
          protocol_{other.protocol_},
          proxies_{std::move(other.proxies_)}
    {
    }
    Listener& operator=(Listener&&) = delete;

    [[nodiscard]] smtp::Protocol protocol() const noexcept { return protocol_; }
    /// Who must begin with a PROXY header here.
    [[nodiscard]] const core::Networks& proxies() const noexcept { return proxies_; }
    /// Who calls this owns the descriptor.
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
    smtp::Protocol protocol_;
    core::Networks proxies_;
};

/// Takes the sockets that the service manager passed (sd_listen_fds(3)) and binds what [[listen]] names beyond
/// them. An inherited socket speaks the protocol of the [[listen]] with its address; without one, LMTP when its
/// FileDescriptorName= begins with "lmtp", else SMTP. Throws std::runtime_error with a sentence.
[[nodiscard]] std::vector<Listener> open_listeners(const std::vector<Config::Listen>& wanted);

}  // namespace shield::daemon
