// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace shield::support {

/// A DNS server on loopback that answers over UDP whatever a test wants, be it no DNS at all.
class DnsServer {
public:
    struct Query {
        std::string name;      ///< lower case, without a dot at its end
        std::uint16_t type{};  ///< RFC 1035 section 3.2.2
        std::string octets;    ///< the whole of it
        std::string question;  ///< its first entry, as the wire has it
    };
    /// What is sent back, if anything. Runs on the server's thread.
    using Answer = std::function<std::optional<std::string>(const Query&)>;

    explicit DnsServer(Answer answer);
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    [[nodiscard]] const std::string& address() const noexcept { return address_; }  ///< "127.0.0.1:5300"
    [[nodiscard]] int asked() const noexcept { return asked_; }

    /// A header and the question again, and records of RDATA each: of the question's name and type.
    [[nodiscard]] static std::string reply(const Query& query, const std::vector<std::string>& records,
                                           unsigned code = 0);
    /// The same, with records that are put together already behind the question.
    [[nodiscard]] static std::string raw_reply(const Query& query, unsigned count, const std::string& records,
                                               unsigned code = 0);
    /// One record, whose name is on the wire already: "\xc0\x0c" is the question's.
    [[nodiscard]] static std::string record(std::string_view name, std::uint16_t type, const std::string& rdata);
    /// As the wire has it: labels without dots in them, and the root.
    [[nodiscard]] static std::string wire_name(std::string_view name);
    /// A string with its length in front.
    [[nodiscard]] static std::string string(std::string_view text);

private:
    void serve();

    Answer answer_;
    int socket_;
    std::string address_;
    std::atomic_int asked_{0};
    std::thread thread_;
};

}  // namespace shield::support
