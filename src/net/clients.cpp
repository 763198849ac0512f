// SPDX-License-Identifier: Apache-2.0
#include "client_table.hpp"

#include <shield/net/clients.hpp>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace shield::net {

struct Clients::State {
    /// A connection as make_room_for() sees it.
    struct Guest {
        bool idle{false};
        bool leaving{false};
        std::function<void()> leave;
    };

    /// Who shall leave, or nothing; marked as leaving. With the mutex held.
    [[nodiscard]] std::function<void()> newest_idle_of(const ClientKey& network)
    {
        const auto& places = table.find(network)->places;
        for (auto place = places.rbegin(); place != places.rend(); ++place) {
            Guest& guest = guests.at(*place);
            if (guest.idle && !guest.leaving && guest.leave) {
                guest.leaving = true;
                return guest.leave;
            }
        }
        return nullptr;
    }

    mutable std::mutex mutex;  // of what follows
    ClientTable table;
    std::unordered_map<std::uint64_t, Guest> guests;  // by a number of our own that only grows
    std::uint64_t last_number{0};
    std::uint64_t octets{0};      // of all messages that still arrive
    std::uint64_t handshakes{0};  // under way
    Rate new_handshakes;
};

struct Clients::Place::Taken {
    explicit Taken(std::shared_ptr<State> with) : state{std::move(with)} {}

    std::shared_ptr<State> state;
    std::optional<ClientKey> client;  // none: exempt
    std::optional<ClientKey> network;
    std::uint64_t number{0};
    std::uint64_t octets{0};

    /// With the mutex held.
    [[nodiscard]] ClientRecord& client_record() const { return *state->table.find(*client); }
    [[nodiscard]] ClientRecord& network_record() const { return *state->table.find(*network); }
};

namespace {

using Bound = Clients::Bound;

Bound connection_bound(const ClientRecord& client, const ClientRecord& network, const core::Limits& limits,
                       Clients::Moment now)
{
    if (client.connections >= limits.client_connections_max) {
        return &core::Limits::client_connections_max;
    }
    if (network.connections >= limits.network_connections_max) {
        return &core::Limits::network_connections_max;
    }
    if (client.new_connections.full(limits.client_connections_minute_max, now)) {
        return &core::Limits::client_connections_minute_max;
    }
    if (network.new_connections.full(limits.network_connections_minute_max, now)) {
        return &core::Limits::network_connections_minute_max;
    }
    return nullptr;
}

bool is_known(const ClientRecord& network, const core::Limits& limits, Clients::Moment now)
{
    return network.behaved_at && now - *network.behaved_at <= std::chrono::seconds{limits.client_trust_time};
}

/// A network may have as much as it leaves free, and those that we do not know leave a part to those that behaved.
Bound handshake_bound(std::uint64_t all, const Rate& all_new, const ClientRecord& network,
                      const core::Limits& limits, Clients::Moment now)
{
    const bool known = is_known(network, limits, now);
    const auto for_it = [&](std::uint64_t most) { return known ? most : most - most / 4; };
    const std::uint64_t most = for_it(limits.tls_handshakes_max);
    if (all >= most || (network.handshakes != 0 && network.handshakes >= most - all)) {
        return &core::Limits::tls_handshakes_max;
    }
    if (network.handshakes >= limits.network_tls_handshakes_max) {
        return &core::Limits::network_tls_handshakes_max;
    }
    if (all_new.full(for_it(limits.tls_handshakes_minute_max), now)) {
        return &core::Limits::tls_handshakes_minute_max;
    }
    if (network.new_handshakes.full(limits.network_tls_handshakes_minute_max, now)) {
        return &core::Limits::network_tls_handshakes_minute_max;
    }
    return nullptr;
}

/// A flood must not fill the log too.
bool worth_telling(ClientRecord& network, Clients::Moment now)
{
    const bool first = !network.told_at || now - *network.told_at >= std::chrono::minutes{1};
    network.told_at = first ? now : network.told_at;
    return first;
}

}  // namespace

/// With the connection it belongs to, which lives longer: its network is not forgotten meanwhile. Without a state:
/// exempt.
struct Clients::Handshake::Taken {
    std::shared_ptr<State> state;
    ClientKey network;
};

Clients::Clients() : state_{std::make_shared<State>()} {}
Clients::~Clients() = default;

Clients::Entrance Clients::enter(const core::IpAddress& client, const core::Limits& limits, Moment now,
                                 bool crowded, std::uint64_t left)
{
    auto taken = std::make_unique<Place::Taken>(state_);
    const ClientKey client_key = ClientKey::client(client);
    const ClientKey network_key = ClientKey::network_of(client);

    const std::lock_guard lock{state_->mutex};
    ClientTable& table = state_->table;
    ClientRecord& one = table.of(client_key, limits.clients_remembered_max);
    ClientRecord& network = table.of(network_key, limits.clients_remembered_max);
    // Of the busiest, for who has little takes the last places, and when there is none, theirs (make_room_for).
    const auto busiest = table.busiest();
    const bool among_busiest = !busiest || 2 * network.connections >= busiest->first;
    const bool too_many = crowded && network.connections >= left && among_busiest;
    const Bound bound = connection_bound(one, network, limits, now);
    if (bound != nullptr || too_many) {
        return {std::nullopt, bound != nullptr ? bound : &core::Limits::connections_crowded,
                worth_telling(network, now)};
    }
    one.new_connections.add(limits.client_connections_minute_max, now);
    network.new_connections.add(limits.network_connections_minute_max, now);
    table.connected(client_key);
    table.connected(network_key);
    taken->client = client_key;
    taken->network = network_key;
    taken->number = ++state_->last_number;
    state_->guests.emplace(taken->number, State::Guest{});
    network.places.insert(taken->number);
    return {Place{std::move(taken)}, nullptr, false};
}

Clients::Place Clients::enter_exempt()
{
    return Place{std::make_unique<Place::Taken>(state_)};
}

bool Clients::make_room_for(const std::optional<core::IpAddress>& newcomer)
{
    std::function<void()> leave;
    {
        const std::lock_guard lock{state_->mutex};
        const ClientRecord* own = newcomer ? state_->table.find(ClientKey::network_of(*newcomer)) : nullptr;
        const std::uint64_t with_newcomer = own != nullptr ? std::max<std::uint64_t>(own->connections, 1) : 1;
        const auto& networks = state_->table.networks_by_connections();
        for (auto network = networks.rbegin();
             network != networks.rend() && network->first > with_newcomer && !leave; ++network) {
            leave = state_->newest_idle_of(network->second);
        }
    }
    if (!leave) {
        return false;
    }
    leave();
    return true;
}

std::size_t Clients::remembered() const
{
    const std::lock_guard lock{state_->mutex};
    return state_->table.size();
}

Clients::Place::Place(std::unique_ptr<Taken> taken) : taken_{std::move(taken)} {}
Clients::Place::Place(Place&& other) noexcept = default;

Clients::Place& Clients::Place::operator=(Place&& other) noexcept
{
    Place last{std::exchange(taken_, std::move(other.taken_))};
    return *this;
}

Clients::Place::~Place()
{
    if (!taken_) {
        return;
    }
    give_octets_back();
    const std::lock_guard lock{taken_->state->mutex};
    if (taken_->client) {
        taken_->state->guests.erase(taken_->number);
        taken_->network_record().places.erase(taken_->number);
        taken_->state->table.disconnected(*taken_->client);
        taken_->state->table.disconnected(*taken_->network);
    }
}

bool Clients::Place::exempt() const noexcept
{
    return !taken_->client;
}

void Clients::Place::on_leave(std::function<void()> leave)
{
    const std::lock_guard lock{taken_->state->mutex};
    if (taken_->client) {
        taken_->state->guests.at(taken_->number).leave = std::move(leave);
    }
}

void Clients::Place::set_idle(bool idle)
{
    if (taken_->client) {
        const std::lock_guard lock{taken_->state->mutex};
        taken_->state->guests.at(taken_->number).idle = idle;
    }
}

Bound Clients::Place::message_bound(const core::Limits& limits, Moment now) const
{
    if (!taken_->client) {
        return nullptr;
    }
    const std::lock_guard lock{taken_->state->mutex};
    if (taken_->client_record().messages.full(limits.client_messages_minute_max, now)) {
        return &core::Limits::client_messages_minute_max;
    }
    if (taken_->network_record().messages.full(limits.network_messages_minute_max, now)) {
        return &core::Limits::network_messages_minute_max;
    }
    return nullptr;
}

void Clients::Place::message_accepted(const core::Limits& limits, Moment now)
{
    const std::lock_guard lock{taken_->state->mutex};
    if (taken_->client) {
        taken_->client_record().messages.add(limits.client_messages_minute_max, now);
        taken_->network_record().messages.add(limits.network_messages_minute_max, now);
        taken_->network_record().behaved_at = now;
    }
}

bool Clients::Place::behaved(const core::Limits& limits, Moment now) const
{
    if (!taken_->client) {
        return true;
    }
    const std::lock_guard lock{taken_->state->mutex};
    return is_known(taken_->network_record(), limits, now);
}

Clients::Place::HandshakeStart Clients::Place::begin_handshake(const core::Limits& limits, Moment now)
{
    auto begun = std::make_unique<Handshake::Taken>();
    const std::lock_guard lock{taken_->state->mutex};
    if (taken_->client) {
        State& state = *taken_->state;
        ClientRecord& network = taken_->network_record();
        if (const Bound bound = handshake_bound(state.handshakes, state.new_handshakes, network, limits, now)) {
            return {std::nullopt, bound};
        }
        ++state.handshakes;
        state.new_handshakes.add(limits.tls_handshakes_minute_max, now);
        ++network.handshakes;
        network.new_handshakes.add(limits.network_tls_handshakes_minute_max, now);
        begun->state = taken_->state;
        begun->network = *taken_->network;
    }
    return {Handshake{std::move(begun)}, nullptr};
}

Clients::Handshake::Handshake(std::unique_ptr<Taken> taken) : taken_{std::move(taken)} {}
Clients::Handshake::Handshake(Handshake&& other) noexcept = default;

Clients::Handshake::~Handshake()
{
    if (taken_ && taken_->state) {
        const std::lock_guard lock{taken_->state->mutex};
        --taken_->state->handshakes;
        --taken_->state->table.find(taken_->network)->handshakes;
    }
}

std::uint64_t Clients::Handshake::failed()
{
    if (!taken_->state) {
        return 0;
    }
    const std::lock_guard lock{taken_->state->mutex};
    return ++taken_->state->table.find(taken_->network)->handshakes_failed;
}

bool Clients::Place::take_octets(std::uint64_t octets, const core::Limits& limits)
{
    const std::lock_guard lock{taken_->state->mutex};
    std::uint64_t& all = taken_->state->octets;
    if (all + octets > limits.incoming_octets_max) {
        return false;
    }
    if (taken_->client) {
        ClientRecord& network = taken_->network_record();
        const std::uint64_t left = limits.incoming_octets_max - all - octets;
        if (network.octets + octets > left) {
            return false;
        }
        network.octets += octets;
    }
    all += octets;
    taken_->octets += octets;
    return true;
}

void Clients::Place::give_octets_back()
{
    const std::lock_guard lock{taken_->state->mutex};
    taken_->state->octets -= taken_->octets;
    if (taken_->client) {
        taken_->network_record().octets -= taken_->octets;
    }
    taken_->octets = 0;
}

}  // namespace shield::net
