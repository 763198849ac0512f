// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/mailboxes.hpp>

#include <stdexcept>

namespace shield::core {

void throw_exception_from_error(Mailboxes::Unknown, const boost::source_location&)
{
    throw std::logic_error("a recipient that is not ours was used");
}

result<Mailboxes> Mailboxes::make(std::string hostname, const std::vector<MailboxSettings>& settings)
{
    Mailboxes mailboxes;
    mailboxes.hostname_ = lowered(hostname);
    mailboxes.domains_.insert(mailboxes.hostname_);
    for (const MailboxSettings& one : settings) {
        std::vector<std::string> names{one.address};
        names.insert(names.end(), one.also.begin(), one.also.end());
        for (const std::string& name : names) {
            const auto parsed = Mailbox::parse(name);
            if (!parsed || !parsed->suffix().empty()) {
                return Error{"'" + name + "' is not an address of the form local@domain without a +suffix"};
            }
            if (!mailboxes.entries_.emplace(parsed->key(), Entry{one.address, one.category, true}).second) {
                return Error{"'" + name + "' is named twice"};
            }
            mailboxes.domains_.insert(parsed->domain);
        }
    }
    for (const std::string& domain : mailboxes.domains_) {  // emplace leaves what was configured
        const std::string postmaster = "postmaster@" + domain;
        const std::string abuse = "abuse@" + domain;
        mailboxes.entries_.emplace(postmaster, Entry{postmaster, Category::support, false});
        mailboxes.entries_.emplace(abuse, Entry{abuse, Category::urgent, false});
    }
    return mailboxes;
}

boost::system::result<Recipient, Mailboxes::Unknown> Mailboxes::find(const Mailbox& address) const
{
    Mailbox full = address;
    if (full.domain.empty() && iequals(full.local, "postmaster")) {
        full.domain = hostname_;
    }
    const auto found = entries_.find(full.key());
    if (found == entries_.end()) {
        return is_our_domain(full.domain) ? Unknown::no_such_mailbox : Unknown::foreign_domain;
    }
    const Entry& entry = found->second;
    return Recipient{address, entry.address, entry.category, entry.acknowledged};
}

bool Mailboxes::is_ours(const Mailbox& address) const
{
    return entries_.contains(address.key());
}

bool Mailboxes::is_our_domain(std::string_view domain) const
{
    return domains_.contains(lowered(domain));
}

}  // namespace shield::core
