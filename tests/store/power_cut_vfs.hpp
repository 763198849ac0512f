// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace shield::store::test {

/// One thing that was done to a file.
struct Operation {
    enum class Kind { write, truncate, sync, remove };
    Kind kind{Kind::write};
    std::string file;  ///< its name in the directory
    std::uint64_t offset{0};
    std::string octets;
};

/// An SQLite VFS on top of the system's that keeps a record of every write, truncation, sync and removal, and fails
/// syncs on demand. Registered while it lives; one at a time.
class RecordingVfs {
public:
    RecordingVfs();
    ~RecordingVfs();
    RecordingVfs(const RecordingVfs&) = delete;
    RecordingVfs& operator=(const RecordingVfs&) = delete;

    static constexpr const char* name = "shield-recording";

    void record(Operation operation);
    /// From now on it only stands for a disk that is fast.
    void stop_recording() noexcept { recording_ = false; }
    [[nodiscard]] std::size_t recorded() const;
    [[nodiscard]] std::vector<Operation> operations() const;
    [[nodiscard]] bool syncs_fail() const noexcept { return syncs_fail_; }
    void fail_syncs(bool fail) noexcept { syncs_fail_ = fail; }

private:
    mutable std::mutex mutex_;
    std::vector<Operation> operations_;
    std::atomic<bool> syncs_fail_{false};
    std::atomic<bool> recording_{true};
};

/// What a disk holds when the power goes: everything that was synced, and of the rest nothing or any part of it.
class Disk {
public:
    void apply(const Operation& operation);

    void write_out(const std::filesystem::path& directory) const;
    /// With some of what was not synced: any subset, a write cut in two at a sector.
    void write_out(const std::filesystem::path& directory, std::mt19937& random) const;

private:
    static void change(std::string& content, const Operation& operation, std::uint64_t octets_max);

    std::map<std::string, std::string> synced_;
    std::map<std::string, std::vector<Operation>> not_synced_;
};

}  // namespace shield::store::test
