// SPDX-License-Identifier: Apache-2.0
#include "directory_lock.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/store.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace shield::store {

Descriptor::~Descriptor()
{
    if (value_ >= 0) {
        ::close(value_);
    }
}

Descriptor::Descriptor(Descriptor&& other) noexcept : value_{std::exchange(other.value_, -1)} {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    std::swap(value_, other.value_);
    return *this;
}

namespace {

std::string why()
{
    return std::generic_category().message(errno);
}

// The holder wrote its number into the file; a hint for the operator and nothing more.
std::string holder_of(int lock)
{
    std::array<char, 32> text{};
    const ssize_t length = ::pread(lock, text.data(), text.size(), 0);
    const auto number = core::trimmed({text.data(), static_cast<std::size_t>(length < 0 ? 0 : length)});
    return core::parse_number(number) ? "process " + std::string{number} : "another process";
}

}  // namespace

Descriptor lock_directory(const std::filesystem::path& directory, bool create)
{
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error)) {
        if (!create) {
            throw Unavailable{Unavailable::Kind::missing,
                              "There is no directory " + directory.string() +
                                  "; start shieldd first, or name its configuration with --config."};
        }
        std::filesystem::create_directories(directory.parent_path(), error);
        if (::mkdir(directory.c_str(), 0750) != 0) {
            throw Unavailable{Unavailable::Kind::failed,
                              "The directory " + directory.string() + " cannot be made: " + why() + "."};
        }
    }
    const auto file = directory / "shieldd.lock";
    Descriptor lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)};
    if (!lock) {
        throw Unavailable{Unavailable::Kind::failed, file.string() + " cannot be opened: " + why() + "."};
    }
    if (::flock(lock.value(), LOCK_EX | LOCK_NB) != 0) {
        throw Unavailable{Unavailable::Kind::busy,
                          directory.string() + " is in use by " + holder_of(lock.value()) + " (shieldd.lock)."};
    }
    const std::string number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.value(), 0) != 0 || ::pwrite(lock.value(), number.data(), number.size(), 0) < 0) {
        // Only the hint is lost; the lock holds on a full disk too.
    }
    return lock;
}

}  // namespace shield::store
