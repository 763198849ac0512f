// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spf_macros.hpp"
#include "spf_record.hpp"

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/core/dns.hpp>
#include <shield/core/network.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace shield::auth {

/// Of an mx or ptr (RFC 7208 section 4.6.4).
inline constexpr std::size_t spf_names_max = 10;

/// One evaluation of check_host() (RFC 7208 section 4), with what is counted over all the records that it reaches
/// (section 4.6.4). Its checks must not outlive it.
class SpfEvaluation {
public:
    struct Outcome {
        Result result{Result::none};
        std::string reason;  // a sentence
        std::string record;  // of the domain that was asked about
    };

    /// `values` has all but the domain and the validated name.
    SpfEvaluation(Inquiry& inquiry, const core::IpAddress& client, SpfMacroValues values);

    /// A domain that cannot have a record has none.
    [[nodiscard]] Check<Outcome> check_host(std::string domain);

    /// As if the domain had published this record, which is one.
    [[nodiscard]] Check<Outcome> check_record(std::string domain, std::string record);

private:
    /// What a mechanism came to: an error, when there was one, ends everything.
    struct Match {
        bool matches{false};
        Result error{Result::none};
        std::string reason;  // of the error; or what the included record says
    };

    [[nodiscard]] Check<Outcome> evaluate(const SpfRecord& record, const std::string& domain);
    [[nodiscard]] Check<Outcome> redirected(const SpfRecord& record, const std::string& domain);
    [[nodiscard]] Check<Match> match(const SpfMechanism& mechanism, const std::string& domain);
    [[nodiscard]] Check<Match> match_name(const SpfMechanism& mechanism, std::string target);
    [[nodiscard]] Check<Match> match_include(std::string target);
    [[nodiscard]] Check<Match> match_addresses(const SpfMechanism& mechanism, std::string name);
    [[nodiscard]] Check<Match> match_exchanges(const SpfMechanism& mechanism, std::string target);
    [[nodiscard]] Check<Match> match_pointers(std::string target);
    [[nodiscard]] Check<Match> match_existence(std::string target);

    [[nodiscard]] Check<std::optional<std::string>> target_of(std::string_view domain_spec, std::string domain);
    [[nodiscard]] Check<std::string> validated_name(std::string domain);
    [[nodiscard]] Check<std::vector<std::string>> pointed_names();
    [[nodiscard]] Check<bool> names_the_client(std::string name);

    [[nodiscard]] std::optional<Match> trouble(const core::DnsAnswer& answer, core::DnsType type,
                                               const std::string& name);
    [[nodiscard]] bool one_of_them(const core::DnsAnswer& answer, const SpfMechanism& mechanism) const;
    [[nodiscard]] core::DnsType address_type() const noexcept;

    Inquiry& inquiry_;
    core::IpAddress client_;
    std::string client_shown_;
    SpfMacroValues values_;
    unsigned terms_{0}, void_lookups_{0};
};

}  // namespace shield::auth
