// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shield::confine {

// A sanitizer reserves terabytes of addresses, and looks at the process from outside when it ends: bounds of memory
// and some calls are for builds without.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

}  // namespace shield::confine
