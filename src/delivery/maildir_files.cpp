// SPDX-License-Identifier: Apache-2.0
#include "maildir_files.hpp"

#include <shield/core/ascii.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shield::delivery {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file)
{
    throw std::system_error{errno, std::generic_category(), file.native()};
}

class File {
public:
    File(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : path_{path}, number_{::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)}
    {
        if (number_ < 0) {
            fail(path_);
        }
    }
    ~File() { ::close(number_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(std::string_view octets) const
    {
        while (!octets.empty()) {
            const auto written = ::write(number_, octets.data(), octets.size());
            if (written < 0 && errno != EINTR) {
                fail(path_);
            }
            octets.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
    }

    void sync() const
    {
        if (::fsync(number_) != 0) {
            fail(path_);
        }
    }

private:
    const std::filesystem::path& path_;
    int number_;
};

void make_directory(const std::filesystem::path& path)
{
    constexpr mode_t owner_only = 0700;
    if (::mkdir(path.c_str(), owner_only) == 0 || errno == EEXIST) {
        return;
    }
    if (errno != ENOENT || !path.has_parent_path()) {
        fail(path);
    }
    make_directory(path.parent_path());
    if (::mkdir(path.c_str(), owner_only) != 0 && errno != EEXIST) {
        fail(path);
    }
}

bool breaks_line(const std::string& address)
{
    return address.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos;
}

std::string with_lf(std::string_view octets)
{
    std::string text;
    text.reserve(octets.size());
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] != '\r' || octets.substr(i, 2) != "\r\n") {
            text += octets[i];
        }
    }
    return text;
}

}  // namespace

MaildirFiles::MaildirFiles(std::filesystem::path directory, const std::string& hostname)
    : directory_{std::filesystem::absolute(directory)}
{
    for (const char c : hostname) {  // as the format asks for
        if (c == '/') {
            host_ += "\\057";
        } else if (c == ':') {
            host_ += "\\072";
        } else {
            host_ += c;
        }
    }
    make_directories();
}

bool MaildirFiles::can_hold(const smtp::OutgoingMail& mail) noexcept
{
    return !breaks_line(mail.sender) && !breaks_line(mail.recipient);
}

std::string MaildirFiles::name(const std::string& stem) const
{
    constexpr std::size_t stem_max = 100;
    std::string safe = stem.substr(0, stem_max);
    for (std::size_t i = 0; i < safe.size(); ++i) {
        const bool dot = safe[i] == '.' && i > 0;
        if (!core::is_alpha(safe[i]) && !core::is_digit(safe[i]) && safe[i] != '-' && !dot) {
            safe[i] = '_';
        }
    }
    return safe + "." + host_;
}

void MaildirFiles::write(const std::string& name, const smtp::OutgoingMail& mail) const
{
    make_directories();  // somebody may have tidied up
    withdraw(name);      // of an attempt that was cut short
    const auto path = directory_ / "tmp" / name;
    try {
        const File file{path, O_WRONLY | O_CREAT | O_EXCL, 0600};
        file.write("Return-Path: <" + mail.sender + ">\nDelivered-To: " + mail.recipient + "\n");
        file.write(with_lf(mail.octets));
        file.sync();
    } catch (...) {
        withdraw(name);
        throw;
    }
}

void MaildirFiles::link(const std::string& name) const
{
    const auto from = directory_ / "tmp" / name;
    const auto to = directory_ / "new" / name;
    if (::link(from.c_str(), to.c_str()) != 0 && errno != EEXIST) {
        const int error = errno;
        withdraw(name);
        throw std::system_error{error, std::generic_category(), to.native()};
    }
    withdraw(name);
}

void MaildirFiles::sync_new() const
{
    const auto path = directory_ / "new";
    File{path, O_RDONLY | O_DIRECTORY}.sync();
}

void MaildirFiles::withdraw(const std::string& name) const noexcept
{
    ::unlink((directory_ / "tmp" / name).c_str());
}

void MaildirFiles::make_directories() const
{
    for (const char* part : {"tmp", "new", "cur"}) {
        make_directory(directory_ / part);
    }
}

}  // namespace shield::delivery
