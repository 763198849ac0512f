// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "directory_lock.hpp"
#include "disk_space.hpp"

#include <shield/core/digest.hpp>
#include <shield/store/intake.hpp>

namespace shield::store {

struct Spool::State {
    explicit State(const Options& with) : options{with} {}

    const Options& options;  // of the store
    std::uint64_t size{0};
    std::string memory;  // empty once there is a file
    Descriptor file;
    core::Sha256Stream digest;
    std::string row;  // the piece that was read last from the file

    void append_to_file(std::string_view octets);
    /// A piece of the content; valid until the next call.
    [[nodiscard]] std::string_view piece(std::uint64_t offset, std::uint64_t octets_max);
};

}  // namespace shield::store
