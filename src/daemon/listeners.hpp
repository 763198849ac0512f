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
    Listener(int descriptor, net::Door door) noexcept : descriptor_{descriptor}, door_{std::move(door)} {}
    ~Listener();
    Listener(Listener&& other) noexcept
        : descriptor_{std::exchange(other.descriptor_, -1)}, door_{std::move(other.door_)}
    {
    }
    Listener& operator=(Listener&&) = delete;

    [[nodiscard]] const net::Door& door() const noexcept { return door_; }
    /// Who calls this owns the descriptor.
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
    net::Door door_;
};

/// Takes the sockets that the service manager passed (sd_listen_fds(3)) and binds what [[listen]] names beyond
/// them. Each of those must have a [[listen]] with its address,
/// which says what it speaks. Throws std::runtime_error with a sentence.
[[nodiscard]] std::vector<Listener> open_listeners(const std::vector<Config::Listen>& wanted);

}  // namespace shield::daemon
