// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/confine/descriptor.hpp>
#include <shield/confine/zygote.hpp>

#include <cstdint>

namespace shield::confine {

/// What a worker may take, as it goes over the zygote's channel.
struct Allowance {
    std::uint64_t memory_octets{0};
    std::uint64_t cpu_seconds{0};
};

/// Statuses of workers and the zygote that say why they ended.
constexpr int ended_done = 0;
constexpr int ended_without_memory = 12;
constexpr int ended_without_walls = 13;
constexpr int ended_confused = 14;

/// A worker's first answer has two of these: about files, and about calls.
constexpr char walled = '+';
constexpr char unwalled = '-';

/// Where a worker's one open descriptor is.
constexpr int only_descriptor = 3;

/// Keeps `kept` open, as only_descriptor, and standard error when `standard_error` is; nothing else.
void close_all_but(Descriptor kept, bool standard_error);

/// The life of a worker: walls, "ready", then an answer for every question until the channel closes. Runs in a
/// process just forked from the zygote `parent`, and ends it.
[[noreturn]] void be_worker(Descriptor channel, const Work& work, const Allowance& allowance, int parent,
                            bool files_walled);

}  // namespace shield::confine
