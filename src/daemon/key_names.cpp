// SPDX-License-Identifier: Apache-2.0
#include "key_names.hpp"

#include "keys.hpp"

#include <shield/core/nearest.hpp>

#include <vector>

namespace shield::daemon {

std::string shown(std::string name)
{
    for (auto at = name.find("[]"); at != std::string::npos; at = name.find("[]")) {
        name.erase(at, 2);
    }
    return name;
}

std::string nearest_key(const std::string& unknown)
{
    std::vector<std::string> names;
    for (const Key& key : keys()) {
        const std::string name = shown(key.name);
        names.push_back(name);
        if (const auto dot = name.rfind('.'); dot != std::string::npos) {
            names.push_back(name.substr(0, dot));
        }
    }
    return core::nearest(unknown, names);
}

}  // namespace shield::daemon
