// SPDX-License-Identifier: Apache-2.0
#include <shield/core/envelope.hpp>

#include <algorithm>
#include <cassert>

namespace shield::core {

const Recipient& most_pressing(const Envelope& envelope)
{
    assert(!envelope.recipients.empty());
    return *std::min_element(envelope.recipients.begin(), envelope.recipients.end(),
                             [](const Recipient& a, const Recipient& b) { return a.category < b.category; });
}

}  // namespace shield::core
