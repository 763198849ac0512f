// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// What the kernel lets a process take from itself, for good and for every thread it makes from then on. Each
/// function is called while there is one thread. A wall that the kernel does not have is not put up, and the caller
/// is told; any other failure is a std::runtime_error with a sentence.
namespace shield::confine {

/// Gives up every capability, and forbids that a program would bring any back.
void give_up_capabilities();

/// The directories and files that a process goes on using; everything below a directory is meant.
struct Files {
    std::vector<std::filesystem::path> written;  ///< read too
    std::vector<std::filesystem::path> read;
};

/// Which version of Landlock the kernel has; 0: none.
[[nodiscard]] int landlock_version() noexcept;

/// From now on no file outside of `files` can be opened, made, renamed or removed. What is open stays open, and
/// what is not there yet is not let in later. False: the kernel has no Landlock.
[[nodiscard]] bool confine_files(const Files& files);

/// From now on the kernel answers ENOSYS to calls that a mail daemon does not need: no program is started, no
/// process is made or traced, nothing is mounted, no namespace entered. False: the kernel has no seccomp filters.
[[nodiscard]] bool confine_calls();

}  // namespace shield::confine
