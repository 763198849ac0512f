// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/dns.hpp>

#include <coroutine>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shield::auth {

/// The questions that the checks of one message ask, under one budget, and their answers. The same question is
/// asked once.
///
/// Checks call ask(). Whoever has a resolver calls take_questions() after a start() and after each answer(), until
/// all checks are done, and close() when the time is over. Pure: no clock, no socket. One thread at a time.
class Inquiry {
public:
    /// Past so many different questions every other one is answered as failed.
    explicit Inquiry(std::size_t questions_max) : questions_max_{questions_max} {}
    ~Inquiry() = default;
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    class Asked;
    /// `co_await inquiry.ask(type, name)` is the answer, by value. A name that cannot be asked for
    /// (core::is_dns_name) is answered no_name and costs nothing. (Not a DnsQuestion: GCC 12 destroys aggregates
    /// made in a co_await twice.)
    [[nodiscard]] Asked ask(core::DnsType type, std::string name);

    /// What was asked since the last call and has no answer.
    [[nodiscard]] std::vector<core::DnsQuestion> take_questions();

    /// Continues every check that waits for it. One that nobody asked for, or that was answered before, changes
    /// nothing.
    void answer(const core::DnsQuestion& question, core::DnsAnswer answer);

    /// Every question without an answer, and every later one, is answered as failed, for this reason.
    void close(const std::string& why);

    [[nodiscard]] std::size_t questions() const noexcept { return known_.size(); }
    [[nodiscard]] bool budget_spent() const noexcept { return budget_spent_; }
    /// Was any answer `failed`: what came of the checks may be different later.
    [[nodiscard]] bool any_failed() const noexcept { return any_failed_; }

private:
    using Known = std::map<core::DnsQuestion, std::optional<core::DnsAnswer>>;

    std::size_t questions_max_;
    Known known_;
    std::vector<core::DnsQuestion> to_take_;
    std::vector<Asked*> waiting_;
    std::optional<std::string> closed_;
    bool budget_spent_{false}, any_failed_{false};
};

/// A question on its way, in the frame of the check that waits for it.
class Inquiry::Asked {
public:
    Asked(Inquiry& inquiry, core::DnsQuestion question);
    ~Asked();
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return answer_.has_value(); }
    void await_suspend(std::coroutine_handle<> check);
    [[nodiscard]] core::DnsAnswer await_resume() { return *std::move(answer_); }

private:
    friend class Inquiry;
    Inquiry& inquiry_;
    core::DnsQuestion question_;
    std::optional<core::DnsAnswer> answer_;
    std::coroutine_handle<> check_;
};

}  // namespace shield::auth
