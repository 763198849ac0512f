// SPDX-License-Identifier: Apache-2.0
#include "reader.hpp"

#include <shield/auth/exchange.hpp>
#include <shield/auth/trace.hpp>
#include <shield/core/wire.hpp>
#include <shield/mime/exchange.hpp>
#include <shield/mime/read.hpp>

#include <utility>

namespace shield::daemon {

namespace {

// A worker has its next question before it answers the last; more would only be asked again when it dies.
constexpr std::size_t messages_ahead_max = 16;
constexpr std::size_t octets_ahead_max = 1U << 20;

// Every kind of part that has a reader of its own.
constexpr std::string_view one_of_everything =
    "From: =?iso-2022-jp?B?GyRCJDMbKEI=?= <a@example.com>\r\nTo: b@example.com\r\nSubject: =?koi8-r?Q?=F0?=\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    "--x\r\nContent-Type: text/html; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "PHA+xOO6wzxiPmI8L2I+PC9wPg==\r\n"
    "--x\r\nContent-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "=83e=83X=83g\r\n"
    "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhttp://b\xc3\xbc"
    "cher.example/\r\n"
    "--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4\r\n--x--\r\n";

std::chrono::seconds time_of(const core::Limits& limits)
{
    return std::chrono::seconds{limits.worker_time_max};
}

std::uint64_t answer_size_max(const core::Limits& limits, std::uint64_t octets)
{
    return mime::answer_size_max(limits, octets) + auth::signatures_size_max(limits) +
           auth::trace_size_max(limits) + 8;
}

/// The answer about this message, none of it believed.
core::result<Read> read_in(std::string_view answer, const core::Limits& limits, std::string_view octets)
{
    core::WireReader wire{answer};
    std::string said;
    wire.octets("said", said, mime::answer_size_max(limits, octets.size()));
    if (!wire.fault().empty()) {
        return core::Error{"what the process that read it answered cannot be: its length"};
    }
    auto assessment = mime::assessment_in(said, limits, octets);
    if (!assessment) {
        return assessment.error();
    }
    std::string signatures;
    wire.octets("signatures", signatures, auth::signatures_size_max(limits));
    // Who signed it is worth less than what it says: without the one the other is kept. What a relay of ours
    // recorded is not the reader's to say.
    const auto signed_by = auth::signatures_in(signatures, limits);
    const bool believed = signed_by && !signed_by->relayed;
    return Read{*std::move(assessment), believed ? std::move(signatures) : auth::to_octets(auth::Signatures{}),
                std::string{wire.rest()}};
}

}  // namespace

std::string answer_to(std::string_view question)
{
    std::string said = mime::answer_to(question);
    const auto message = mime::to_read(question);
    if (!message) {
        return said;
    }
    core::WireWriter wire;
    wire.octets("said", said, UINT32_MAX);
    wire.octets("signatures", auth::to_octets(auth::read_signatures(message->octets, message->limits)), UINT32_MAX);
    return std::move(wire).take() + auth::to_octets(auth::read_trace(message->octets, message->limits));
}

confine::Zygote::Options reading_in_workers(std::function<void()> drop)
{
    return {answer_to, mime::question_head_to_read({}) + std::string{one_of_everything}, std::move(drop)};
}

Reader::Reader(const confine::Zygote* zygote, const core::Limits& limits, core::Metrics& metrics)
    : zygote_{zygote},
      limits_{limits},
      head_{mime::question_head_to_read(limits)},
      workers_{metrics.counter("shield_workers_total", "Processes started to read messages in")}
{
}

void Reader::begin(std::vector<Message> messages)
{
    if (asked_ != read_) {
        worker_.reset();  // it would answer what nobody waits for
    }
    messages_ = std::move(messages);
    asked_ = read_ = 0;
}

core::result<Read> Reader::next()
{
    const std::string_view octets = messages_.at(read_).octets;
    if (zygote_ != nullptr) {
        return next_from_worker(octets);
    }
    asked_ = ++read_;
    try {
        return Read{mime::read(octets, limits_), auth::to_octets(auth::read_signatures(octets, limits_)),
                    auth::to_octets(auth::read_trace(octets, limits_))};
    } catch (const std::exception& failure) {
        return core::Error{failure.what()};
    }
}

core::result<Read> Reader::next_from_worker(std::string_view octets)
{
    if (needs_another_worker()) {
        replace_worker();
    }
    ask_ahead();
    const auto answer = worker_->answer(answer_size_max(limits_, octets.size()), time_of(limits_));
    const auto now = std::chrono::steady_clock::now();
    worker_busy_ += now - std::exchange(busy_since_, now);
    ++read_;
    auto read = answer ? read_in(*answer, limits_, octets) : core::result<Read>{answer.error()};
    if (!read) {
        worker_.reset();
        asked_ = read_;
    }
    return read;
}

void Reader::ask_ahead()
{
    if (asked_ == read_) {
        busy_since_ = std::chrono::steady_clock::now();
    }
    while (may_ask()) {
        worker_->ask(head_, messages_[asked_].octets);
        ++asked_;
        ++worker_asked_;
    }
}

bool Reader::may_ask() const noexcept
{
    if (asked_ == messages_.size() || worker_asked_ >= limits_.worker_messages_max) {
        return false;
    }
    if (asked_ == read_) {
        return true;
    }
    std::size_t ahead = messages_[asked_].octets.size();
    for (std::size_t i = read_; i < asked_; ++i) {
        ahead += messages_[i].octets.size();
    }
    return !messages_[asked_].tried_before && asked_ - read_ < messages_ahead_max && ahead <= octets_ahead_max;
}

bool Reader::needs_another_worker() const noexcept
{
    // So long at work that one more message might meet the end of its CPU time, which would be held against that
    // one.
    if (!worker_ || worker_busy_ >= time_of(limits_)) {
        return true;
    }
    // Nothing more may be asked of it, or nothing can; one that died unasked costs no message an attempt.
    return asked_ == read_ && (worker_asked_ >= limits_.worker_messages_max || worker_->ended() ||
                               (messages_[read_].tried_before && worker_asked_ > 0));
}

void Reader::replace_worker()
{
    worker_.reset();
    worker_.emplace(zygote_->worker(limits_));
    workers_.fetch_add(1, std::memory_order_relaxed);
    worker_asked_ = 0;
    worker_busy_ = {};
    asked_ = read_;
}

core::result<std::optional<std::string>> read_attachment(const confine::Zygote* zygote, std::string_view octets,
                                                         std::size_t number, const core::Limits& limits)
{
    if (zygote == nullptr) {
        return mime::attachment(octets, number, limits);
    }
    confine::Worker worker = zygote->worker(limits);
    worker.ask(mime::question_head_for_attachment(number, limits), octets);
    const auto answer = worker.answer(mime::answer_size_max(limits, octets.size()), time_of(limits));
    return answer ? mime::attachment_in(*answer, octets.size())
                  : core::result<std::optional<std::string>>{answer.error()};
}

}  // namespace shield::daemon
