// SPDX-License-Identifier: Apache-2.0
#include "stages.hpp"

#include <shield/core/network.hpp>
#include <shield/store/authentications.hpp>

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::uint64_t assessment_cost_min = 4096;
constexpr std::uint64_t batch = 64;  // about what is not leased while one is leased alone

}  // namespace

WaitingWork::Options fair_assessments()
{
    WaitingWork::Options fair;
    fair.weights = {6, 3, 1, 1, 1};
    fair.quantum = assessment_cost_min;
    fair.alone_cost = batch * assessment_cost_min;
    return fair;
}

WaitingWork::Entry to_assess(std::int64_t message_id, std::string_view client_address, core::Category category,
                             std::uint64_t size)
{
    WaitingWork::Entry entry;
    entry.id = message_id;
    entry.network = core::network_key(client_address);
    entry.share = static_cast<std::size_t>(category);
    entry.cost = std::max(size, assessment_cost_min);
    return entry;
}

WaitingWork::Options fair_authentications()
{
    WaitingWork::Options fair;
    fair.weights = {6, 1, 2, 1};
    fair.alone_cost = batch;
    fair.pause_max = Authentications::pause_max;
    return fair;
}

WaitingWork::Entry to_authenticate(std::int64_t message_id, std::string_view client_address, bool decides)
{
    WaitingWork::Entry entry;
    entry.id = message_id;
    entry.network = core::network_key(client_address);
    entry.share = decides ? 0 : 1;
    entry.cost = 1;
    return entry;
}

}  // namespace shield::store
