// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/receipt.hpp"

#include <shield/net/smtp_server.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace shield::net {

/// Stands for the store behind a server: keeps what arrives, and answers as it is told to.
class KeptMail {
public:
    enum class Answer { at_once, when_told, refuse, throw_on_keep, no_room, throw_on_discard, throw_on_submit };

    struct Mail {
        core::Envelope envelope;
        std::string octets;
    };

    std::atomic<Answer> answer{Answer::at_once};
    std::atomic<int> alive{0};  ///< receptions
    std::atomic<int> discarded{0};

    [[nodiscard]] std::unique_ptr<Reception> reception() { return std::make_unique<One>(*this); }

    [[nodiscard]] std::vector<Mail> mails() const
    {
        const std::lock_guard lock{mutex_};
        return mails_;
    }
    /// For their size.
    [[nodiscard]] std::vector<core::RefusedMessage> refused() const
    {
        const std::lock_guard lock{mutex_};
        return refused_;
    }
    [[nodiscard]] std::size_t waiting() const
    {
        const std::lock_guard lock{mutex_};
        return waiting_.size();
    }
    /// Answers all that wait, from this thread.
    void answer_all()
    {
        std::vector<std::function<void(Reception::Outcome)>> all;
        {
            const std::lock_guard lock{mutex_};
            all.swap(waiting_);
        }
        for (auto& done : all) {
            done(receipt());
        }
    }

private:
    class One final : public Reception {
    public:
        explicit One(KeptMail& all) : all_{all} { ++all_.alive; }
        ~One() override { --all_.alive; }

        void keep(std::string_view octets) override
        {
            if (all_.answer == Answer::throw_on_keep) {
                throw std::runtime_error{"no space left on device"};
            }
            if (all_.answer == Answer::no_room) {
                throw core::NotKept{core::Refusal::disk_full, "no room"};
            }
            octets_ += octets;
        }
        void discard() override
        {
            if (all_.answer == Answer::throw_on_discard) {
                throw std::runtime_error{"cannot close the file"};
            }
            ++all_.discarded;
            octets_.clear();
        }
        void refused(core::RefusedMessage message) override
        {
            const std::lock_guard lock{all_.mutex_};
            all_.refused_.push_back(std::move(message));
        }
        void submit(core::Envelope envelope, std::function<void(Outcome)> done) override
        {
            all_.take({std::move(envelope), std::exchange(octets_, {})}, std::move(done));
        }

    private:
        KeptMail& all_;
        std::string octets_;
    };

    core::Receipt receipt() { return store::Intake::receipt(core::Reference::from_bits(next_reference_++)); }

    void take(Mail mail, std::function<void(Reception::Outcome)> done)
    {
        switch (answer.load()) {
            case Answer::refuse:
                done(core::Refusal::disk_full);
                return;
            case Answer::throw_on_submit:
                throw std::runtime_error{"the store is gone"};
            case Answer::at_once:
            case Answer::when_told:
            case Answer::throw_on_keep:
            case Answer::no_room:
            case Answer::throw_on_discard:
                break;
        }
        {
            const std::lock_guard lock{mutex_};
            mails_.push_back(std::move(mail));
            if (answer == Answer::when_told) {
                waiting_.push_back(std::move(done));
                return;
            }
        }
        done(receipt());
    }

    mutable std::mutex mutex_;
    std::vector<Mail> mails_;
    std::vector<core::RefusedMessage> refused_;
    std::vector<std::function<void(Reception::Outcome)>> waiting_;
    std::atomic<std::uint64_t> next_reference_{1};
};

}  // namespace shield::net
