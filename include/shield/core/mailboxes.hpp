// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/envelope.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/result.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// One `[[mailbox]]` of the configuration.
struct MailboxSettings {
    std::string address;
    std::vector<std::string> also;  ///< other names that a relay may use for it
    Category category{Category::support};
};

/// The addresses we take mail for. Immutable, shared between threads; a reload makes a new one.
class Mailboxes {
public:
    /// Our domains are those of all mailboxes, of their other names, and `hostname`. Every one of them also has
    /// postmaster@ (support) and abuse@ (urgent), unacknowledged, unless configured otherwise.
    [[nodiscard]] static result<Mailboxes> make(std::string hostname, const std::vector<MailboxSettings>& settings);

    enum class Unknown { no_such_mailbox, foreign_domain };

    /// Domain and local part in any case, `+suffix` ignored; `postmaster` also without a domain (RFC 5321 section
    /// 4.5.1). On success the recipient keeps the address as written.
    [[nodiscard]] boost::system::result<Recipient, Unknown> find(const Mailbox& address) const;

    [[nodiscard]] bool is_ours(const Mailbox& address) const;
    [[nodiscard]] bool is_our_domain(std::string_view domain) const;
    [[nodiscard]] const std::string& hostname() const noexcept { return hostname_; }

private:
    struct Entry {
        std::string address;
        Category category;
        bool acknowledged;
    };
    std::string hostname_;
    std::set<std::string, std::less<>> domains_;
    std::map<std::string, Entry, std::less<>> entries_;  // by Mailbox::key()
};

/// Found is success; why not is the error.
[[noreturn]] void throw_exception_from_error(Mailboxes::Unknown, const boost::source_location&);

}  // namespace shield::core
