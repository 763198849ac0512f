// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace shield::daemon {

core::result<std::string> read_bounded(const std::filesystem::path& file, std::uint64_t size_max)
{
    std::error_code failure;
    if (!std::filesystem::is_regular_file(file, failure)) {
        return core::Error{file.string() + ": " + (failure ? failure.message() : "Not a regular file") +
                           "; name a file that can be read"};
    }
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
        return core::Error{file.string() + ": " + std::strerror(errno) + "; name a file that can be read"};
    }
    // One octet more than allowed tells a file that is too long; its size on disk may change while it is read.
    std::string text(size_max + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > size_max) {
        return core::Error{file.string() + ": is longer than " + std::to_string(size_max) + " octets; shorten it"};
    }
    return core::result<std::string>{boost::system::in_place_value, std::move(text)};
}

core::result<std::map<std::string, std::string>> read_templates(const std::filesystem::path& directory,
                                                                const core::Limits& limits)
{
    std::map<std::string, std::string> files;
    std::error_code failure;
    std::filesystem::directory_iterator entry{directory, failure};
    for (; !failure && entry != std::filesystem::directory_iterator{}; entry.increment(failure)) {
        if (entry->path().extension() != ".txt") {
            continue;
        }
        if (files.size() == limits.templates_max) {
            return core::Error{directory.string() + ": holds more than " + std::to_string(limits.templates_max) +
                               " templates; remove some"};
        }
        auto text = read_bounded(entry->path(), limits.template_size_max);
        if (!text) {
            return text.error();
        }
        files.emplace(entry->path().filename().string(), std::move(*text));
    }
    if (failure) {
        return core::Error{directory.string() + ": " + failure.message() + "; name the directory of the templates"};
    }
    return files;
}

}  // namespace shield::daemon
