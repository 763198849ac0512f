// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/inquiry.hpp>

#include <algorithm>
#include <utility>

namespace shield::auth {

using core::DnsAnswer;
using core::DnsOutcome;

Inquiry::Asked Inquiry::ask(core::DnsType type, std::string name)
{
    return {*this, {std::move(name), type}};
}

std::vector<core::DnsQuestion> Inquiry::take_questions()
{
    return std::exchange(to_take_, {});
}

void Inquiry::answer(const core::DnsQuestion& question, DnsAnswer answer)
{
    const auto known = known_.find(question);
    if (known == known_.end() || known->second) {
        return;
    }
    any_failed_ |= answer.outcome == DnsOutcome::failed;
    known->second = std::move(answer);
    // A check that goes on may ask again, end, or destroy others that wait: who is next is looked up each time.
    const auto waits = [&](const Asked* asked) { return asked->question_ == question; };
    for (;;) {
        const auto next = std::find_if(waiting_.begin(), waiting_.end(), waits);
        if (next == waiting_.end()) {
            return;
        }
        Asked& asked = **next;
        waiting_.erase(next);
        asked.answer_ = known_.at(question);
        asked.check_.resume();
    }
}

void Inquiry::close(const std::string& why)
{
    closed_ = why;
    to_take_.clear();
    while (!waiting_.empty()) {
        answer(core::DnsQuestion{waiting_.front()->question_}, {DnsOutcome::failed, {}, {}, why});
    }
}

Inquiry::Asked::Asked(Inquiry& inquiry, core::DnsQuestion question)
    : inquiry_{inquiry}, question_{std::move(question)}
{
    if (!core::is_dns_name(question_.name)) {
        answer_ = DnsAnswer{DnsOutcome::no_name, {}, {}, {}};
        return;
    }
    const auto known = inquiry_.known_.find(question_);
    if (known != inquiry_.known_.end() && (known->second || !inquiry_.closed_)) {
        answer_ = known->second;  // nothing: it is on its way
        return;
    }
    if (inquiry_.closed_) {
        answer_ = DnsAnswer{DnsOutcome::failed, {}, {}, *inquiry_.closed_};
        inquiry_.any_failed_ = true;
        return;
    }
    if (inquiry_.known_.size() >= inquiry_.questions_max_) {
        answer_ = DnsAnswer{DnsOutcome::failed, {}, {}, "the message asks too many questions"};
        inquiry_.budget_spent_ = true;
        return;
    }
    inquiry_.known_.emplace(question_, std::nullopt);
    inquiry_.to_take_.push_back(question_);
}

Inquiry::Asked::~Asked()
{
    std::erase(inquiry_.waiting_, this);
}

void Inquiry::Asked::await_suspend(std::coroutine_handle<> check)
{
    check_ = check;
    inquiry_.waiting_.push_back(this);
}

}  // namespace shield::auth
