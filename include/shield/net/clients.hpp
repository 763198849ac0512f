// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/network.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace shield::net {

/// What the clients of each network have taken of us: connections, messages, room for mail that still arrives. One
/// for all servers of a process.
///
/// An IPv4 address counts as one client and under its /24, an IPv6 address as its /64 and under its /48: whoever
/// has one address of a /64 has them all. Nothing here is a ban: every count falls again with time or with the
/// connection that it belongs to. What is remembered is bounded, and the quietest are forgotten first. Knows no
/// socket and has no clock; thread-safe.
class Clients {
public:
    using Moment = std::chrono::steady_clock::time_point;
    /// A row of the table that was reached; null when none was.
    using Bound = std::uint64_t core::Limits::*;

    class Place;
    class Handshake;

    Clients();
    ~Clients();

    /// A place for one more connection of `client`, or the bound that is in its way. `left` is how many the server
    /// could still take: when it is `crowded`, none of the busiest networks may hold more than that.
    struct Entrance;
    [[nodiscard]] Entrance enter(const core::IpAddress& client, const core::Limits& limits, Moment now,
                                 bool crowded, std::uint64_t left);

    /// A place that no bound of its network applies to: who is exempt, or a gateway that speaks for itself.
    [[nodiscard]] Place enter_exempt();

    /// The server is full. Asks the newest idle connection of the network with the most to leave, when that has
    /// more than the newcomer's with the newcomer. False: nobody leaves.
    [[nodiscard]] bool make_room_for(const std::optional<core::IpAddress>& newcomer);

    /// How many clients and networks are remembered, for tests and for the curious.
    [[nodiscard]] std::size_t remembered() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// What one connection has taken. It cannot be copied or forgotten: its end gives everything back. Used by one
/// thread at a time.
class Clients::Place {
public:
    ~Place();
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;

    /// `leave` is called on any thread when this connection should make room; only while it is idle.
    void on_leave(std::function<void()> leave);
    void set_idle(bool idle);

    [[nodiscard]] bool exempt() const noexcept;
    /// Whether this client may begin another message now, or what is in its way.
    [[nodiscard]] Bound message_bound(const core::Limits& limits, Moment now) const;
    /// A message of it was accepted: counts it, and remembers that the network behaves.
    void message_accepted(const core::Limits& limits, Moment now);
    /// Exempt, or a message of its network was accepted within `client_trust_time`.
    [[nodiscard]] bool behaved(const core::Limits& limits, Moment now) const;

    /// A TLS handshake of this client, or the bound that is in its way: what they cost us is bounded apart, so that
    /// a flood of them leaves mail alone.
    struct HandshakeStart;
    [[nodiscard]] HandshakeStart begin_handshake(const core::Limits& limits, Moment now);

    /// More octets of a message that still arrives. False when there is no room (`incoming_octets_max`): all
    /// clients share it, and no network may hold more than is left free.
    [[nodiscard]] bool take_octets(std::uint64_t octets, const core::Limits& limits);
    void give_octets_back();

private:
    friend class Clients;
    struct Taken;
    explicit Place(std::unique_ptr<Taken> taken);
    std::unique_ptr<Taken> taken_;
};

/// One TLS handshake under way, given back at its end. It cannot be copied or forgotten.
class Clients::Handshake {
public:
    ~Handshake();
    Handshake(Handshake&& other) noexcept;
    Handshake& operator=(Handshake&&) = delete;

    /// Counts it, and says how many of its network failed since we know it.
    std::uint64_t failed();

private:
    friend class Place;
    struct Taken;
    explicit Handshake(std::unique_ptr<Taken> taken);
    std::unique_ptr<Taken> taken_;
};

struct Clients::Place::HandshakeStart {
    std::optional<Handshake> handshake;
    Bound refused{nullptr};  ///< when there can be none now
};

struct Clients::Entrance {
    std::optional<Place> place;
    Bound refused{nullptr};     ///< when there is no place
    bool worth_telling{false};  ///< the first refusal of its network in a minute
};

}  // namespace shield::net
