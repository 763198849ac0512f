// SPDX-License-Identifier: Apache-2.0
#include "http_request.hpp"

#include <cstdint>
#include <cstdlib>

/// Whatever the octets: no crash, and a path that is taken is one that the request named.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace shield::net;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const auto head_size = http_head_size(octets);
    if (!head_size) {
        return 0;
    }
    const auto request = HttpRequest::parse(octets.substr(0, *head_size));
    if (request && (!request->path.starts_with('/') || octets.find(request->path) == octets.npos)) {
        const bool root_of_absolute_form = request->path == "/";
        if (!root_of_absolute_form) {
            std::abort();
        }
    }
    return 0;
}
