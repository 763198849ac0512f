// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"
#include "disk_space.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>

namespace shield::store {

namespace {

constexpr int pages_at_once = 256;
// A name that nobody would give: what bears it is removed at the next start, and a copy that an operator keeps in
// the state directory must not be.
constexpr std::string_view backup_begin = ".untaken-backup-";
constexpr std::string_view backup_end = ".db";

bool is_backup_name(const std::string& name)
{
    return name.starts_with(backup_begin) && name.ends_with(backup_end) && name.find('/') == std::string::npos;
}

/// With what SQLite keeps beside it while it is written.
bool is_of_a_backup(const std::string& name)
{
    return name.starts_with(backup_begin) && name.find(backup_end) != std::string::npos;
}

/// Mail must not be refused because somebody makes a copy of it.
void require_room(const Options& options, const std::filesystem::path& database)
{
    const std::uint64_t size = std::filesystem::file_size(database);
    if (DiskSpace{options}.left() < size + 2 * options.limits.disk_reserve + options.limits.disk_reserve_attack) {
        throw Unavailable{Unavailable::Kind::failed,
                          "the disk of the state directory has no room for a copy of " + std::to_string(size) +
                              " octets and the reserve (disk_reserve) twice; make some there first."};
    }
}

void sync(const std::filesystem::path& path, int flags)
{
    const Descriptor file{::open(path.c_str(), flags | O_CLOEXEC)};
    if (!file || ::fsync(file.value()) != 0) {
        throw Unavailable{Unavailable::Kind::failed,
                          path.string() + " cannot be synced: " + std::generic_category().message(errno) + "."};
    }
}

void copy(const Readers& readers, Connection& source, const std::filesystem::path& file,
          const std::function<void(std::uint64_t, std::uint64_t)>& progress)
{
    // The reader's snapshot stays open from the first page to the last: what is written meanwhile neither shows in
    // the copy nor makes it begin again.
    (void)source.number("SELECT count(*) FROM sqlite_master");
    readers.require_long();
    SQLite::Database target{file.string(), SQLite::OPEN_READWRITE};
    SQLite::Backup backup{target, source.database()};
    while (backup.executeStep(pages_at_once) != 101) {  // SQLITE_DONE
        readers.require_long();
        if (progress) {
            const auto all = static_cast<std::uint64_t>(backup.getTotalPageCount());
            progress(all - static_cast<std::uint64_t>(backup.getRemainingPageCount()), all);
        }
    }
}

}  // namespace

void Store::backup(const std::filesystem::path& file,
                   const std::function<void(std::uint64_t, std::uint64_t)>& progress)
{
    {
        const Descriptor made{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
        if (!made) {
            throw Unavailable{Unavailable::Kind::failed,
                              file.string() + " cannot be made: " + std::generic_category().message(errno) + "."};
        }
    }
    try {
        Readers& readers = database_->readers();
        readers.read_long([&](Connection& source) { copy(readers, source, file, progress); });
        sync(file, O_RDONLY);
        sync(std::filesystem::absolute(file).parent_path(), O_RDONLY | O_DIRECTORY);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);  // half a backup is worse than none
        throw;
    }
}

std::filesystem::path Store::backup_here(const std::function<void(std::uint64_t, std::uint64_t)>& progress)
{
    const std::unique_lock alone{database_->backup_mutex, std::try_to_lock};
    if (!alone) {  // each would find the room that the other one takes
        throw Unavailable{Unavailable::Kind::failed, "another backup is being made; try again when it is done."};
    }
    const Options& options = database_->options();
    const auto directory = std::filesystem::absolute(options.directory);
    require_room(options, database_file(directory));
    const auto file = directory / (std::string{backup_begin} + unique_name() + std::string{backup_end});
    backup(file, progress);
    return file;
}

bool Store::remove_backup(const std::string& name)
{
    std::error_code ignored;
    return is_backup_name(name) && std::filesystem::remove(database_->options().directory / name, ignored);
}

void remove_left_backups(const std::filesystem::path& directory)
{
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{directory, ignored}) {
        if (is_of_a_backup(entry.path().filename().string())) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

}  // namespace shield::store
