// SPDX-License-Identifier: Apache-2.0
#include "power_cut_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

namespace shield::store::test {

namespace {

sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs recording_vfs;
RecordingVfs* recorder = nullptr;

/// Lies in SQLite's memory, the system's own file behind it.
struct File {
    sqlite3_file base;
    std::string* name;

    [[nodiscard]] sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* own(sqlite3_file* file)
{
    return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file)
{
    return own(file)->real();
}

int close_file(sqlite3_file* file)
{
    const int code = real(file)->pMethods->xClose(real(file));
    delete own(file)->name;
    return code;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset)
{
    return real(file)->pMethods->xRead(real(file), to, size, offset);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset)
{
    recorder->record({Operation::Kind::write, *own(file)->name, static_cast<std::uint64_t>(offset),
                      std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
    return real(file)->pMethods->xWrite(real(file), from, size, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    recorder->record({Operation::Kind::truncate, *own(file)->name, static_cast<std::uint64_t>(size), {}});
    return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int)
{
    if (recorder->syncs_fail()) {
        return SQLITE_IOERR_FSYNC;
    }
    // The record is the disk here; the real one need not turn.
    recorder->record({Operation::Kind::sync, *own(file)->name, 0, {}});
    return SQLITE_OK;
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* held)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control_file(sqlite3_file* file, int what, void* argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}
// No promise beyond what every disk keeps.
int characteristics(sqlite3_file*)
{
    return 0;
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void barrier_shared(sqlite3_file* file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods methods{
    2,           close_file,     read_file,    write_file,   truncate_file, sync_file,       size_of_file,
    lock_file,   unlock_file,    check_lock,   control_file, sector_size,   characteristics, map_shared,
    lock_shared, barrier_shared, unmap_shared, nullptr,      nullptr};

std::string name_of(const char* path)
{
    return std::filesystem::path{path == nullptr ? "" : path}.filename().string();
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* given)
{
    std::memset(file, 0, static_cast<std::size_t>(recording_vfs.szOsFile));
    const int code = system_vfs->xOpen(system_vfs, path, own(file)->real(), flags, given);
    if (code == SQLITE_OK) {
        own(file)->name = new std::string{name_of(path)};
        file->pMethods = &methods;
    }
    return code;
}

int remove_file(sqlite3_vfs*, const char* path, int sync_directory)
{
    recorder->record({Operation::Kind::remove, name_of(path), 0, {}});
    return system_vfs->xDelete(system_vfs, path, sync_directory);
}

}  // namespace

RecordingVfs::RecordingVfs()
{
    system_vfs = sqlite3_vfs_find(nullptr);
    recording_vfs = *system_vfs;
    recording_vfs.zName = name;
    recording_vfs.pNext = nullptr;
    recording_vfs.szOsFile = static_cast<int>(sizeof(File)) + system_vfs->szOsFile;
    recording_vfs.xOpen = open_file;
    recording_vfs.xDelete = remove_file;
    recorder = this;
    if (sqlite3_vfs_register(&recording_vfs, 0) != SQLITE_OK) {
        throw std::runtime_error{"the VFS cannot be registered"};
    }
}

RecordingVfs::~RecordingVfs()
{
    sqlite3_vfs_unregister(&recording_vfs);
}

void RecordingVfs::record(Operation operation)
{
    if (!recording_) {
        return;
    }
    const std::lock_guard lock{mutex_};
    operations_.push_back(std::move(operation));
}

std::size_t RecordingVfs::recorded() const
{
    const std::lock_guard lock{mutex_};
    return operations_.size();
}

std::vector<Operation> RecordingVfs::operations() const
{
    const std::lock_guard lock{mutex_};
    return operations_;
}

void Disk::change(std::string& content, const Operation& operation, std::uint64_t octets_max)
{
    if (operation.kind == Operation::Kind::truncate) {
        content.resize(operation.offset);
        return;
    }
    const std::string octets = operation.octets.substr(0, octets_max);
    if (content.size() < operation.offset + octets.size()) {
        content.resize(operation.offset + octets.size());
    }
    content.replace(operation.offset, octets.size(), octets);
}

void Disk::apply(const Operation& operation)
{
    switch (operation.kind) {
        case Operation::Kind::write:
        case Operation::Kind::truncate:
            not_synced_[operation.file].push_back(operation);
            return;
        case Operation::Kind::sync:
            for (const Operation& earlier : not_synced_[operation.file]) {
                change(synced_[operation.file], earlier, earlier.octets.size());
            }
            not_synced_.erase(operation.file);
            return;
        case Operation::Kind::remove:
            synced_.erase(operation.file);
            not_synced_.erase(operation.file);
            return;
    }
}

namespace {

void write_all(const std::filesystem::path& directory, const std::map<std::string, std::string>& files)
{
    for (const auto& [name, content] : files) {
        std::ofstream{directory / name, std::ios::binary} << content;
    }
}

}  // namespace

void Disk::write_out(const std::filesystem::path& directory) const
{
    write_all(directory, synced_);
}

void Disk::write_out(const std::filesystem::path& directory, std::mt19937& random) const
{
    auto files = synced_;
    for (const auto& [name, operations] : not_synced_) {
        for (const Operation& operation : operations) {
            const auto luck = random() % 4;
            if (luck >= 2) {
                change(files[name], operation, operation.octets.size());
            } else if (luck == 1) {
                change(files[name], operation, operation.octets.size() / 2 / 512 * 512);
            }
        }
    }
    write_all(directory, files);
}

}  // namespace shield::store::test
