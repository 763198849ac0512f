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
    struct Seen {
        std::int64_t id{0};
        core::Sha256 digest{};
        std::string reverse_path;
    };
    std::vector<Seen> seen;
    {
        Query row = connection.query(
            "SELECT id, sha256, reverse_path, received_at FROM messages ORDER BY id DESC LIMIT ?", remembered_max_);
        while (row.next() && row.time(3) >= since) {
            Seen one{row.integer(0), {}, row.text(2)};
            const std::string digest = row.text(1);
            std::copy_n(digest.begin(), std::min(digest.size(), one.digest.size()), one.digest.begin());
            seen.push_back(std::move(one));
        }
    }
    std::for_each(seen.rbegin(), seen.rend(),
                  [this](const Seen& one) { remember(one.digest, one.reverse_path, one.id); });
}

void Repeats::remember(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id)
{
    if (remembered_max_ == 0) {
        return;
    }
    if (in_order_.size() >= remembered_max_) {
        const auto [key, id] = in_order_.front();
        in_order_.pop_front();
        if (const auto found = newest_.find(key); found != newest_.end() && found->second == id) {
            newest_.erase(found);
        }
    }
    const std::uint64_t key = key_of(digest, reverse_path);
    newest_[key] = message_id;
    in_order_.emplace_back(key, message_id);
}

std::optional<std::int64_t> Repeats::find(const core::Sha256& digest, std::string_view reverse_path) const
{
    const auto found = newest_.find(key_of(digest, reverse_path));
    return found == newest_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace shield::store
