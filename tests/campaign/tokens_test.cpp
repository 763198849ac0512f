// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include <gtest/gtest.h>
TEST(A, B) {}
