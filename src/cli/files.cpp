// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <shield/core/printable.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>

namespace shield::cli {

namespace {

core::Error failure(const std::string& what, const std::string& file, int number)
{
    return {"cannot " + what + " " + core::printable_line(file) + ": " + std::strerror(number)};
}

// Closes on the way out; standard input stays open.
class Descriptor {
public:
    explicit Descriptor(int number) : number_{number} {}
    ~Descriptor()
    {
        if (number_ > STDERR_FILENO) {
            ::close(number_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

bool write_all(int descriptor, std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t written = ::write(descriptor, octets.data(), octets.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        octets.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return true;
}

bool copy_all(int from, int to)
{
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count == 0) {
            return true;
        }
        const bool interrupted = count < 0 && errno == EINTR;
        if (!interrupted && (count < 0 || !write_all(to, {buffer.data(), static_cast<std::size_t>(count)}))) {
            return false;
        }
    }
}

bool sync(int descriptor)
{
    return ::fsync(descriptor) == 0 || errno == EINVAL;  // a pipe or a device has nothing to sync
}

core::result<void> fill_new_file(const std::string& file, const std::function<bool(int)>& fill)
{
    const Descriptor output{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (output.number() < 0) {
        return failure("create", file, errno);
    }
    if (!fill(output.number()) || !sync(output.number())) {
        const int number = errno;
        ::unlink(file.c_str());
        return failure("write", file, number);
    }
    return {};
}

}  // namespace

core::result<std::string> read_file(const std::string& file, std::uint64_t octets_max)
{
    const Descriptor input{file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (input.number() < 0) {
        return failure("open", file, errno);
    }
    std::string octets;
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t count = ::read(input.number(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failure("read", file, errno);
        }
        if (count == 0) {
            return {boost::system::in_place_value, std::move(octets)};
        }
        octets.append(buffer.data(), static_cast<std::size_t>(count));
        if (octets.size() > octets_max) {
            return core::Error{core::printable_line(file) + " has more than " + std::to_string(octets_max) +
                               " octets"};
        }
    }
}

core::result<void> write_new_file(const std::string& file, std::string_view octets)
{
    return fill_new_file(file, [&](int output) { return write_all(output, octets); });
}

core::result<void> copy_to_new_file(const std::string& from, const std::string& file)
{
    const Descriptor input{::open(from.c_str(), O_RDONLY | O_CLOEXEC)};
    if (input.number() < 0) {
        return failure("open", from, errno);
    }
    return fill_new_file(file, [&](int output) { return copy_all(input.number(), output); });
}

}  // namespace shield::cli
