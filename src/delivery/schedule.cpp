// SPDX-License-Identifier: Apache-2.0
#include <shield/delivery/schedule.hpp>
#include <shield/store/outbox.hpp>

#include <algorithm>
#include <array>

namespace shield::delivery {
namespace {

using namespace std::chrono_literals;

// Soon at first, because greylisting and restarts pass quickly; then seldom, because an outage does not.
constexpr std::array<std::chrono::milliseconds, 6> pauses{1min, 5min, 15min, 45min, 2h, 6h};
static_assert(pauses.back() + pauses.back() / 5 < store::Outbox::pause_max);

}  // namespace

std::optional<core::Time> try_again_at(unsigned attempts, core::Time now, core::Time give_up_at,
                                       double jitter) noexcept
{
    const auto nth = std::clamp<std::size_t>(attempts, 1, pauses.size()) - 1;
    // Many mails deferred at once must not all come back at once.
    const auto later = std::chrono::duration<double, std::milli>{pauses[nth]} * (std::clamp(jitter, 0.0, 1.0) / 5);
    const auto pause = pauses[nth] + std::chrono::floor<std::chrono::milliseconds>(later);
    if (give_up_at - now < pause) {
        return std::nullopt;
    }
    return now + pause;
}

}  // namespace shield::delivery
