// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"

#include <shield/core/network.hpp>
#include <shield/store/allowances.hpp>
#include <shield/store/cases.hpp>

#include <algorithm>
#include <map>

/// What is held, and how much of it.
namespace shield::store {

namespace {

constexpr std::chrono::days share_of{7};

bool is_wanted(const HeldFilter& filter, const HeldCase& one)
{
    return filter.category.value_or(one.category) == one.category &&
           (filter.whom.empty() || is_named(filter.whom, one.reverse_path)) &&
           (!filter.after || one.received_at > *filter.after) &&
           (!filter.before || one.received_at < *filter.before);
}

}  // namespace

std::string relay_of(std::string_view relay, std::string_view client_address)
{
    return !relay.empty() ? "relay " + std::string{relay} : core::network_of(client_address);
}

std::vector<HeldCase> Cases::held(const HeldFilter& filter) const
{
    return database_.readers().read([&](Connection& connection) {
        std::vector<HeldCase> found;
        Query row = connection.query(
            "SELECT m.reference, c.category, coalesce(m.origin_reverse_path, m.reverse_path), m.received_at, "
            "m.acknowledgement_reason "
            "FROM cases c INDEXED BY cases_held JOIN messages m ON m.id = c.id "
            "WHERE c.held = 1 AND c.list = 'open' ORDER BY c.rank, c.id DESC");
        while (found.size() < filter.limit && row.next()) {
            HeldCase one{reference_of(row.integer(0)),
                         core::parse_category(row.text(1)).value_or(core::Category::support), row.text(2),
                         row.time(3), row.text(4)};
            if (is_wanted(filter, one)) {
                found.push_back(std::move(one));
            }
        }
        return found;
    });
}

HeldShare Cases::held_share() const
{
    const core::Time since = database_.now() - share_of;
    return database_.readers().read([&](Connection& connection) {
        HeldShare share;
        std::map<std::string, HeldShare::Count> relays;
        // Of the newest messages, so that the time it takes is bounded. Held is also what a person released.
        Query row = connection.query(
            "SELECT m.received_at, m.client_address, m.acknowledgement = 'held' OR EXISTS (SELECT 1 FROM outbox o "
            "WHERE o.message_id = m.id AND o.automatic = 1 AND o.who != 'shieldd'), ifnull(m.relay, '') "
            "FROM (SELECT * FROM messages ORDER BY id DESC LIMIT ?) m JOIN assessments a ON a.message_id = m.id "
            "WHERE m.received_at > ? AND a.automatic = 0 AND m.kind = 'first' "
            "AND m.acknowledgement NOT IN ('pending', 'suppressed')",
            HeldShare::looked_at_max, since);
        while (row.next()) {
            HeldShare::Count& relay = relays[relay_of(row.text(3), row.text(1))];
            for (HeldShare::Count* count : {&share.all, &relay}) {
                ++count->messages;
                count->held += row.flag(2) ? 1U : 0U;
            }
        }
        for (auto& [name, count] : relays) {
            share.relays.emplace_back(name, count);
        }
        std::stable_sort(share.relays.begin(), share.relays.end(),
                         [](const auto& a, const auto& b) { return a.second.held > b.second.held; });
        share.relays.resize(std::min(share.relays.size(), HeldShare::relays_max));
        return share;
    });
}

}  // namespace shield::store
