// SPDX-License-Identifier: Apache-2.0
#include "maildir_files.hpp"

#include <shield/delivery/transport.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace shield::delivery {
namespace {

using core::DeliveryResult;

/// One thread for what waits for the disk, so that neither the dispatcher nor an I/O thread does.
class Steps {
public:
    Steps() : thread_{[this] { run(); }} {}
    ~Steps() { end(); }

    /// False after end(): the step will not run.
    bool add(std::function<void()> step)
    {
        const std::lock_guard lock{mutex_};
        if (ended_) {
            return false;
        }
        steps_.push_back(std::move(step));
        changed_.notify_one();
        return true;
    }

    /// Runs what is there and no more.
    void end()
    {
        {
            const std::lock_guard lock{mutex_};
            ended_ = true;
            changed_.notify_one();
        }
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void run()
    {
        std::unique_lock lock{mutex_};
        for (;;) {
            changed_.wait(lock, [&] { return ended_ || !steps_.empty(); });
            if (steps_.empty()) {
                return;
            }
            const auto step = std::move(steps_.front());
            steps_.pop_front();
            lock.unlock();
            step();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_{false};
    std::deque<std::function<void()>> steps_;
    std::thread thread_;
};

/// One mail on its way into the directory: written, marked, linked. The steps run on the Steps thread; whoever runs
/// the last one tells, once.
class MaildirDelivery : public std::enable_shared_from_this<MaildirDelivery> {
public:
    MaildirDelivery(std::shared_ptr<const MaildirFiles> files, std::shared_ptr<Steps> steps, std::string name,
                    smtp::OutgoingMail mail, Transport::Committing committing, Transport::Done done)
        : files_{std::move(files)},
          steps_{std::move(steps)},
          name_{std::move(name)},
          mail_{std::move(mail)},
          committing_{std::move(committing)},
          done_{std::move(done)}
    {
    }

    void begin()
    {
        if (!steps_->add([self = shared_from_this()] { self->write(); })) {
            done_({DeliveryResult::deferred, "we are going down"});
        }
    }

private:
    void write()
    {
        try {
            files_->write(name_, mail_);
        } catch (const std::exception& failure) {
            done_({DeliveryResult::deferred, failure.what()});
            return;
        }
        committing_([self = shared_from_this()](bool go_on) {
            auto step = [self, go_on] { go_on ? self->link() : self->withdraw("not recorded as committing"); };
            if (!self->steps_->add(std::move(step))) {
                self->withdraw("we are going down");
            }
        });
    }

    void link()
    {
        bool linked = false;
        try {
            files_->link(name_);
            linked = true;
            files_->sync_new();
            done_({DeliveryResult::sent, "delivered as new/" + name_});
        } catch (const std::exception& failure) {
            // Linked but not synced: it is there now, and may not be after a power cut.
            done_({linked ? DeliveryResult::unknown : DeliveryResult::deferred, failure.what()});
        }
    }

    void withdraw(const char* why)
    {
        files_->withdraw(name_);
        done_({DeliveryResult::deferred, why});
    }

    std::shared_ptr<const MaildirFiles> files_;
    std::shared_ptr<Steps> steps_;
    std::string name_;
    smtp::OutgoingMail mail_;
    Transport::Committing committing_;
    Transport::Done done_;
};

class Maildir final : public Transport {
public:
    Maildir(std::filesystem::path directory, std::string hostname)
        : files_{std::make_shared<const MaildirFiles>(std::move(directory), std::move(hostname))}
    {
    }
    ~Maildir() override { steps_->end(); }

    void send(const std::string& stem, smtp::OutgoingMail mail, Committing committing, Done done) override
    {
        if (!MaildirFiles::can_hold(mail)) {
            done({DeliveryResult::failed, "an address with a line break in it"});
            return;
        }
        std::make_shared<MaildirDelivery>(files_, steps_, files_->name(stem), std::move(mail),
                                          std::move(committing), std::move(done))
            ->begin();
    }

private:
    std::shared_ptr<const MaildirFiles> files_;
    std::shared_ptr<Steps> steps_{std::make_shared<Steps>()};
};

}  // namespace

std::unique_ptr<Transport> make_maildir(std::filesystem::path directory, std::string hostname)
{
    return std::make_unique<Maildir>(std::move(directory), std::move(hostname));
}

}  // namespace shield::delivery
