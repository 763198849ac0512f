// SPDX-License-Identifier: Apache-2.0
#include "spool.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shield::store {

namespace {

[[noreturn]] void fail(const char* what)
{
    if (errno == ENOSPC || errno == EDQUOT) {
        throw core::NotKept{core::Refusal::disk_full, "no room for the file of a large message"};
    }
    throw std::system_error{errno, std::generic_category(), what};
}

// A file without a name: whatever happens to the process, nothing of it stays behind.
Descriptor open_nameless(const std::filesystem::path& directory)
{
    Descriptor file{::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    if (file) {
        return file;
    }
    std::string name = (directory / "spool-XXXXXX").string();  // a file system without O_TMPFILE
    Descriptor named{::mkostemp(name.data(), O_CLOEXEC)};
    if (!named) {
        fail("spool");
    }
    ::unlink(name.c_str());
    return named;
}

void write_all(int file, std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t written = ::write(file, octets.data(), octets.size());
        if (written < 0 && errno != EINTR) {
            fail("spool");
        }
        octets.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

}  // namespace

Spool::Spool(std::unique_ptr<State> state) : state_{std::move(state)} {}

Spool::~Spool() = default;
Spool::Spool(Spool&&) noexcept = default;
Spool& Spool::operator=(Spool&&) noexcept = default;

void Spool::append(std::string_view octets)
{
    State& state = *state_;
    if (state.file || state.memory.size() + octets.size() > state.options.limits.spool_memory_max) {
        state.append_to_file(octets);
    } else {
        state.memory += octets;
    }
    state.digest.update(octets);
    state.size += octets.size();
}

void Spool::State::append_to_file(std::string_view octets)
{
    const DiskSpace disk{options};
    if (!disk.has_room_for_files()) {
        ++disk.want_of_space();
        throw core::NotKept{core::Refusal::disk_full, "no room for the file of a large message (disk_reserve)"};
    }
    if (!file) {
        file = open_nameless(options.directory);
        write_all(file.value(), memory);
        std::string{}.swap(memory);
    }
    write_all(file.value(), octets);
}

std::uint64_t Spool::size() const noexcept
{
    return state_->size;
}

std::string_view Spool::State::piece(std::uint64_t offset, std::uint64_t octets_max)
{
    if (!file) {
        return std::string_view{memory}.substr(offset, octets_max);
    }
    row.resize(std::min(octets_max, size - offset));
    std::size_t have = 0;
    while (have < row.size()) {
        const ssize_t got =
            ::pread(file.value(), row.data() + have, row.size() - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            fail("spool");
        }
        have += static_cast<std::size_t>(got);
    }
    return row;
}

}  // namespace shield::store
