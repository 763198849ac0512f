// SPDX-License-Identifier: Apache-2.0
#include "campaign_rows.hpp"

#include "case_rows.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace shield::store {

namespace {

constexpr std::int64_t looked_at = 2000;
constexpr std::size_t networks_shown = 10;
constexpr std::size_t samples_shown = 5;

using Network = CampaignDetail::Network;

std::vector<Network> most_of(const std::map<std::string, std::uint64_t>& counts)
{
    std::vector<Network> networks;
    for (const auto& [name, messages] : counts) {
        networks.push_back({name, messages});
    }
    std::stable_sort(networks.begin(), networks.end(),
                     [](const Network& a, const Network& b) { return a.messages > b.messages; });
    networks.resize(std::min(networks.size(), networks_shown));
    return networks;
}

/// Evenly over those that were looked at, the newest first.
std::vector<core::Reference> some_of(const std::vector<core::Reference>& all)
{
    std::vector<core::Reference> some;
    const std::size_t count = std::min(all.size(), samples_shown);
    for (std::size_t i = 0; i < count; ++i) {
        some.push_back(all[i * all.size() / count]);
    }
    return some;
}

void look_at_newest(Connection& connection, std::int64_t stand_in, CampaignDetail& detail)
{
    std::map<std::string, std::uint64_t> networks;
    std::set<std::string> senders;
    std::vector<core::Reference> references;
    Query row = connection.query("SELECT m.reference, " + std::string{select_sender} +
                                     " FROM cases c JOIN messages m ON m.id = c.id "
                                     "WHERE c.campaign = ? ORDER BY c.id DESC LIMIT ?",
                                 stand_in, looked_at);
    while (row.next()) {
        references.push_back(reference_of(row.integer(0)));
        senders.insert(core::lowered(row.text(1)));
        ++networks[core::network_of(row.text(2))];
    }
    detail.senders = senders.size();
    detail.networks = networks.size();
    detail.busiest = most_of(networks);
    detail.samples = some_of(references);
}

}  // namespace

std::optional<CampaignDetail> read_campaign(Connection& connection, std::int64_t case_id, core::Time now)
{
    const std::int64_t stand_in = connection.number("SELECT campaign FROM cases WHERE id = ?", case_id);
    if (stand_in == 0) {
        return std::nullopt;
    }
    CampaignDetail detail;
    {
        Query row = connection.query(
            "SELECT m.reference, c.muted_until FROM cases c JOIN messages m ON m.id = c.id WHERE c.id = ?",
            stand_in);
        if (!row.next()) {
            throw Damaged{"what stands for its campaign is missing"};
        }
        detail.reference = reference_of(row.integer(0));
        detail.muted_until = row.maybe_time(1);
    }
    {
        Query row = connection.query(
            "SELECT count(*), sum(state != 'closed'), sum(received_at > ?2), min(received_at), max(received_at) "
            "FROM "
            "cases WHERE campaign = ?1",
            stand_in, now - std::chrono::hours{1});
        if (row.next()) {
            detail.cases = row.natural(0);
            detail.open = row.natural(1);
            detail.last_hour = row.natural(2);
            detail.first_at = row.time(3);
            detail.last_at = row.time(4);
        }
    }
    look_at_newest(connection, stand_in, detail);
    return detail;
}

}  // namespace shield::store
