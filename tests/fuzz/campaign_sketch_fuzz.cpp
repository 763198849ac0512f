// SPDX-License-Identifier: Apache-2.0
// Any octets as sketches that were kept: what is read from them is written the same way, and whatever they say,
// campaigns keep their bounds and name no message that never was. Each begins behind its length.
#include "likeness.hpp"

#include <shield/campaign/campaigns.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace shield;
using namespace shield::campaign;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

void check(const Placement& placement, MessageId id)
{
    require(placement.similarity >= 0 && placement.similarity <= 1);
    require(placement.campaign <= id && placement.like <= id);
    require((placement.standing == Standing::member) <= (placement.campaign != 0));
    for (const MessageId one : placement.joined) {
        require(one < id && one != 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view octets{reinterpret_cast<const char*>(data), size};
    core::Limits limits;
    limits.campaigns_max = 4;
    limits.campaign_sketches_max = 32;
    Campaigns campaigns{limits};
    for (MessageId id = 1; octets.size() > 3; ++id) {
        const auto length = static_cast<unsigned char>(octets[0]) | static_cast<unsigned char>(octets[1]) << 8;
        const auto how = static_cast<unsigned char>(octets[2]);
        octets.remove_prefix(3);
        const std::string_view one = octets.substr(0, static_cast<std::size_t>(length));
        octets.remove_prefix(one.size());
        const auto sketch = sketch_from(one);
        if (!sketch) {
            continue;
        }
        require(to_octets(*sketch) == one && one.size() <= Sketch::octets_max);
        require(likeness(*sketch, *sketch).order == (sketch->order_count == 0 ? 0 : 1));
        const Origin origin{how % 8U, how % 3U, how % 5U == 0, how % 7U == 0};
        const auto at = core::from_unix_ms(1764000000000 + static_cast<std::int64_t>(id) * (how % 4U) * 3600000);
        for (int times = 0; times < 3; ++times) {
            check(campaigns.place(id, *sketch, origin, at), id);
            ++id;
        }
        if (how > 250) {
            campaigns.forget(id - 1);
            campaigns.forget_campaign(how % 16U);
        }
        require(campaigns.campaigns() <= limits.campaigns_max && campaigns.remembered() <= 32);
    }
    return 0;
}
