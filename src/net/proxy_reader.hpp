// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy_header.hpp"
#include "stream.hpp"

namespace shield::net {

/// Reads the PROXY header that must stand at the beginning of a connection, and not one octet more: what follows is
/// for whoever reads next, a TLS handshake or an SMTP session.
class ProxyReader {
public:
    enum class End { read, malformed, late, lost };
    struct Result {
        End end{End::lost};
        std::optional<Endpoint> client;  ///< as ProxyHeader::client
    };

    ProxyReader(const Strand& strand, const Descriptor& socket, std::size_t size_max);
    ~ProxyReader();
    ProxyReader(const ProxyReader&) = delete;
    ProxyReader& operator=(const ProxyReader&) = delete;

    [[nodiscard]] Awaitable<Result> read(Moment deadline);

private:
    [[nodiscard]] std::optional<Result> take_what_is_there();

    struct Wait;
    std::shared_ptr<Wait> wait_;
    std::string octets_;
    std::size_t size_max_;
};

}  // namespace shield::net
