// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>
#include <shield/core/printable.hpp>
#include <shield/store/allowances.hpp>

#include <utility>

namespace shield::store {

namespace {

constexpr std::size_t domain_max = 253;  // RFC 1035 section 2.3.4, without its last dot

// Without BATV's mark, which differs from mail to mail. A forwarder's rewriting (SRS) stays: behind it is another
// person's address.
std::string key_of(const core::Mailbox& address)
{
    const bool marked = core::istarts_with(address.local, "prvs=");
    return (marked ? address.unwrapped_local() : core::lowered(address.local)) + "@" + address.domain;
}

bool is_domain(std::string_view text)
{
    const bool named = core::is_ascii(text) ? core::is_host_name(text) : core::is_dot_atom(text);
    return named && text.size() <= domain_max && text.find('.') != std::string_view::npos;
}

Allowance read_allowance(const Query& row)
{
    return {row.text(0), row.text(1), row.time(2), row.time(3), row.maybe_time(4), row.text(5)};
}

constexpr std::string_view select =
    "SELECT whom, who, allowed_at, until, ended_at, ifnull(ended_by, '') FROM allowances ";

std::optional<Allowance> find(Connection& connection, const std::string& whom, core::Time now)
{
    static const std::string sql = std::string{select} + "WHERE whom = ? AND ended_at IS NULL AND until > ?";
    Query row = connection.query(sql, whom, now);
    return row.next() ? std::optional{read_allowance(row)} : std::nullopt;
}

int end_row(Connection& connection, const std::string& whom, std::string_view who, core::Time now)
{
    return connection.run("UPDATE allowances SET ended_at = ?, ended_by = ? WHERE whom = ? AND ended_at IS NULL",
                          now, std::string{who}, whom);
}

}  // namespace

core::result<std::string> Allowances::parse(std::string_view whom)
{
    const std::string written{core::trimmed(whom)};
    const std::string domain = core::lowered(written);
    if (is_domain(domain)) {
        return {boost::system::in_place_value, domain};
    }
    const auto address = core::Mailbox::parse(written);
    if (address && core::is_dot_atom(address->local) && is_domain(address->domain)) {
        return {boost::system::in_place_value, key_of(*address)};
    }
    return core::Error{"'" + core::printable_line(core::cut_utf8(written, 80)) +
                       "' is neither an address such as ann@example.net nor a domain such as example.net"};
}

bool is_named(std::string_view whom, std::string_view reverse_path)
{
    const auto address = core::Mailbox::parse(reverse_path);
    return address && (key_of(*address) == whom || address->domain == whom);
}

std::optional<Allowance> Allowances::of(std::string_view reverse_path) const
{
    const auto address = core::Mailbox::parse(reverse_path);
    if (!address || address->domain.empty()) {
        return std::nullopt;
    }
    const core::Time now = database_.now();
    return database_.readers().read([&](Connection& connection) {
        auto found = find(connection, key_of(*address), now);
        return found ? found : find(connection, address->domain, now);
    });
}

std::vector<Allowance> Allowances::list(bool ended) const
{
    static const std::string sql =
        std::string{select} + "WHERE ?1 OR (ended_at IS NULL AND until > ?2) ORDER BY id DESC LIMIT ?3";
    const core::Time now = database_.now();
    return database_.readers().read([&](Connection& connection) {
        std::vector<Allowance> all;
        Query row = connection.query(sql, ended, now, in_force_max);
        while (row.next()) {
            all.push_back(read_allowance(row));
        }
        return all;
    });
}

core::result<void> Allowances::allow(const Allowance& allowance)
{
    const bool added = database_.writer().call([&](Connection& connection) {
        const core::Time now = database_.now();
        const std::int64_t others =
            connection.number("SELECT count(*) FROM allowances WHERE ended_at IS NULL AND until > ? AND whom != ?",
                              now, allowance.whom);
        if (others >= static_cast<std::int64_t>(in_force_max)) {
            return false;
        }
        end_row(connection, allowance.whom, allowance.who, now);
        connection.run("INSERT INTO allowances (whom, who, allowed_at, until) VALUES (?, ?, ?, ?)", allowance.whom,
                       allowance.who, allowance.at, allowance.until);
        return true;
    });
    if (!added) {
        return core::Error{std::to_string(in_force_max) +
                           " are in force, which is all there may be; end some with 'disallow'"};
    }
    return {};
}

core::result<void> Allowances::end(const std::string& whom, std::string_view who)
{
    const bool ended = database_.writer().call([&](Connection& connection) {
        const core::Time now = database_.now();
        return find(connection, whom, now).has_value() && end_row(connection, whom, who, now) != 0;
    });
    if (!ended) {
        return core::Error{core::printable_line(whom) + " is not allowed; 'allow' lists what is"};
    }
    return {};
}

}  // namespace shield::store
