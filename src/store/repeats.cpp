// SPDX-License-Identifier: Apache-2.0
#include "repeats.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

namespace shield::store {

namespace {

std::uint64_t key_of(const core::Sha256& digest, std::string_view reverse_path)
{
    std::uint64_t key = 0;
    std::memcpy(&key, digest.data(), sizeof key);
    return key ^ std::hash<std::string_view>{}(reverse_path);
}

}  // namespace

void Repeats::load(Connection& connection, core::Time since)
{
    std::vector<std::pair<std::uint64_t, std::int64_t>> seen;
    {
        Query row = connection.query(
            "SELECT id, sha256, reverse_path, received_at FROM messages ORDER BY id DESC LIMIT ?", remembered_max_);
        while (row.next()) {
            if (row.time(3) < since) {
                continue;  // and not the end: a clock may have been set
            }
            core::Sha256 digest{};
            const std::string octets = row.text(1);
            std::copy_n(octets.begin(), std::min(octets.size(), digest.size()), digest.begin());
            seen.emplace_back(key_of(digest, row.text(2)), row.integer(0));
        }
    }
    std::for_each(seen.rbegin(), seen.rend(), [this](const auto& one) { remember(one.first, one.second); });
}

void Repeats::note(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id)
{
    if (remembered_max_ != 0) {
        uncommitted_[key_of(digest, reverse_path)] = message_id;
    }
}

void Repeats::settle(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id,
                     bool committed)
{
    const std::uint64_t key = key_of(digest, reverse_path);
    uncommitted_.erase(key);
    if (committed && remembered_max_ != 0) {
        remember(key, message_id);
    }
}

void Repeats::remember(std::uint64_t key, std::int64_t message_id)
{
    if (in_order_.size() >= remembered_max_) {
        const auto oldest = in_order_.front();
        in_order_.pop_front();
        if (const auto found = newest_.find(oldest.first);
            found != newest_.end() && found->second == oldest.second) {
            newest_.erase(found);
        }
    }
    newest_[key] = message_id;
    in_order_.emplace_back(key, message_id);
}

std::vector<std::int64_t> Repeats::find(const core::Sha256& digest, std::string_view reverse_path) const
{
    const std::uint64_t key = key_of(digest, reverse_path);
    std::vector<std::int64_t> candidates;
    for (const auto* messages : {&uncommitted_, &newest_}) {
        if (const auto found = messages->find(key); found != messages->end()) {
            candidates.push_back(found->second);
        }
    }
    return candidates;
}

}  // namespace shield::store
