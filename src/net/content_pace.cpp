// SPDX-License-Identifier: Apache-2.0
#include "content_pace.hpp"

namespace shield::net {

void ContentPace::begin(Moment now)
{
    if (!since_) {
        since_ = now;
        octets_ = 0;
    }
}

void ContentPace::arrived(std::uint64_t octets, const core::Limits& limits, Moment now)
{
    octets_ += octets;
    if (since_ && octets_ >= limits.content_rate_min * limits.content_rate_window) {
        since_ = now;
        octets_ = 0;
    }
}

std::optional<ContentPace::Moment> ContentPace::deadline(const core::Limits& limits) const
{
    return since_ ? std::optional{*since_ + std::chrono::seconds{limits.content_rate_window}} : std::nullopt;
}

}  // namespace shield::net
