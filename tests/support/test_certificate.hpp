// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace shield::support {

/// A certificate that signs itself, in two PEM files. Made by the test that needs it, so none ever expires in the
/// tree.
struct TestCertificate {
    enum class Key { ecdsa, rsa };

    std::vector<std::string> names{"mx.example.com"};
    Key key{Key::ecdsa};
    std::chrono::seconds valid_from{-3600};  ///< as seen from now
    std::chrono::seconds valid_for{90 * 86400};

    /// Writes NAME.pem and NAME.key.
    void write(const std::filesystem::path& directory, const std::string& name) const;
};

}  // namespace shield::support
