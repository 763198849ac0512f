// SPDX-License-Identifier: Apache-2.0
#include <shield/core/metrics.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Metrics, TheSameNameAndLabelsAreTheSameValue)
{
    Metrics metrics;
    Metrics::Value& first = metrics.counter("shield_a_total", "A.", "code=\"250\"");
    first += 2;
    EXPECT_EQ(&metrics.counter("shield_a_total", "A.", "code=\"250\""), &first);
    EXPECT_NE(&metrics.counter("shield_a_total", "A.", "code=\"451\""), &first);
}

TEST(Metrics, AFamilyIsRenderedTogetherUnderOneHeader)
{
    Metrics metrics;
    metrics.counter("shield_a_total", "A.", "code=\"250\"") += 2;
    metrics.gauge("shield_b", "B.") = -1;
    metrics.counter("shield_a_total", "A.", "code=\"451\"") += 1;
    EXPECT_EQ(metrics.render(),
              "# HELP shield_a_total A.\n# TYPE shield_a_total counter\n"
              "shield_a_total{code=\"250\"} 2\nshield_a_total{code=\"451\"} 1\n"
              "# HELP shield_b B.\n# TYPE shield_b gauge\nshield_b -1\n");
}

}  // namespace
}  // namespace shield::core
