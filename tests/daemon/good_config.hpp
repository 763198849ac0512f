// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace shield::daemon {

/// A configuration with what is required and nothing else, a key a line, so that tests can name lines.
inline const std::string good_config =
    "hostname = 'mx.example.com'\n"            // 1
    "directory = '/tmp/nowhere'\n"             // 2
    "[[listen]]\n"                             // 3
    "address = '127.0.0.1:2525'\n"             // 4
    "[[mailbox]]\n"                            // 5
    "address = 'shield@example.com'\n"         // 6
    "category = 'attack'\n"                    // 7
    "[acknowledgement]\n"                      // 8
    "from = 'Example <shield@example.com>'\n"  // 9
    "[delivery]\n"                             // 10
    "transport = 'smarthost'\n"                // 11
    "smarthost = 'relay.example.com:25'\n";    // 12

/// The same with one piece of it replaced.
inline std::string good_config_but(const std::string& piece, const std::string& by)
{
    std::string text = good_config;
    return text.replace(text.find(piece), piece.size(), by);
}

}  // namespace shield::daemon
