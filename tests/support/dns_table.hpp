// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/core/dns.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace shield::auth::test {

/// A DNS made of a table. What is not in it does not exist; a name that is there for another type has no data.
class DnsTable {
public:
    DnsTable& add(core::DnsType type, const std::string& name, const std::string& value,
                  std::uint16_t preference = 0);
    DnsTable& txt(const std::string& name, const std::string& value)
    {
        return add(core::DnsType::txt, name, value);
    }
    DnsTable& a(const std::string& name, const std::string& value) { return add(core::DnsType::a, name, value); }
    DnsTable& mx(const std::string& name, const std::string& value) { return add(core::DnsType::mx, name, value); }
    DnsTable& alias(const std::string& name, const std::string& target);
    /// Every type that has no record there fails.
    DnsTable& fail(const std::string& name);

    [[nodiscard]] core::DnsAnswer answer(const core::DnsQuestion& question) const;

    /// The result of a check whose every question is answered. Questions are kept.
    template <typename T>
    T run(Inquiry& inquiry, Check<T> check)
    {
        check.start();
        while (!check.done()) {
            const auto questions = inquiry.take_questions();
            for (const core::DnsQuestion& question : questions) {
                asked.push_back(question);
                inquiry.answer(question, answer(question));
            }
        }
        return check.result();
    }

    std::vector<core::DnsQuestion> asked;

private:
    std::map<core::DnsQuestion, std::vector<core::DnsRecord>> records_;
    std::map<std::string, std::string> aliases_;
    std::set<std::string> names_, failing_;
};

}  // namespace shield::auth::test
