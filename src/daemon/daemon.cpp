// SPDX-License-Identifier: Apache-2.0
#include "daemon.hpp"

#include "assessor.hpp"
#include "authenticator.hpp"
#include "certificate_watch.hpp"
#include "examine.hpp"
#include "gatherer.hpp"
#include "health.hpp"
#include "in_force.hpp"
#include "intake.hpp"
#include "reload.hpp"
#include "service_manager.hpp"

#include <shield/core/ascii.hpp>
#include <shield/delivery/dispatcher.hpp>
#include <shield/net/control.hpp>
#include <shield/net/smtp_client.hpp>
#include <shield/net/smtp_server.hpp>
#include <shield/store/store.hpp>

#include <csignal>
#include <future>

namespace shield::daemon {

namespace {

constexpr const char* workers_gone = "the process that workers come from has ended";

std::shared_ptr<const InForce> must_make_in_force(const Config& config)
{
    auto made = make_in_force(config);
    if (!made) {
        throw std::runtime_error{made.error().sentence};
    }
    return *made;
}

std::unique_ptr<net::Resolver> must_make_resolver(net::IoContext& io, const Config& config, core::Log& log,
                                                  core::Metrics& metrics)
{
    if (std::string fault = dns_fault(config); !fault.empty()) {
        throw std::runtime_error{std::move(fault)};
    }
    try {
        return std::make_unique<net::Resolver>(io, config.dns, config.limits, log, metrics);
    } catch (const std::runtime_error& failure) {
        throw std::runtime_error{fault_at(config, "dns.resolver", failure.what())};
    }
}

/// Everything that runs, in the order of the flow: a member may use those above it and none below. Built once all
/// privileges are gone; the destructor takes it down from the end.
class Daemon {
public:
    Daemon(Config config, const confine::Zygote* zygote, core::Log& log);

    void listen(std::vector<Listener> listeners);
    void reload();
    /// Every few seconds.
    void look_around() { certificates_.look_again(); }
    void drain(Health::Phase why);

private:
    [[nodiscard]] std::string resolve_anew(const Config& next);
    std::unique_ptr<store::Store> open_store();
    std::unique_ptr<net::SmtpServer> make_server();
    std::unique_ptr<Authenticator> make_authenticator();
    std::unique_ptr<delivery::Transport> make_transport();
    [[nodiscard]] std::vector<triage::Finding> examine(const delivery::Breaker::Standing& standing,
                                                       const std::filesystem::path& directory);

    Config config_;
    core::Log& log_;
    core::Metrics metrics_;
    Current current_;
    CertificateWatch certificates_;
    net::Clients clients_;
    net::IoContext io_;
    std::unique_ptr<net::Resolver> resolver_;

    // octets -> receive -> store -> 250
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<net::SmtpServer> server_;

    // store -> assess -> store
    std::unique_ptr<Assessor> assessor_;

    // store -> authenticate -> store
    std::unique_ptr<Authenticator> authenticator_;
    std::unique_ptr<Gatherer> gatherer_;

    // store -> deliver -> the reporter's mailbox
    std::unique_ptr<net::SmtpClient> smarthost_;
    std::unique_ptr<delivery::Transport> transport_;
    std::unique_ptr<delivery::Dispatcher> dispatcher_;

    // triage <-> a person
    triage::Desk desk_;
    std::unique_ptr<net::ControlServer> control_;

    // for machines that watch
    Health health_;
    std::unique_ptr<net::HttpServer> http_;
};

Daemon::Daemon(Config config, const confine::Zygote* zygote, core::Log& log)
    : config_{std::move(config)},
      log_{log},
      current_{must_make_in_force(config_)},
      certificates_{config_, now, log_, metrics_},
      io_{config_.io_threads},
      resolver_{must_make_resolver(io_, config_, log_, metrics_)},
      store_{open_store()},
      server_{make_server()},
      assessor_{std::make_unique<Assessor>(
          *store_, Assessor::Options{config_.assess_threads, &current_, zygote, now, &log_, &metrics_})},
      authenticator_{make_authenticator()},
      gatherer_{
          std::make_unique<Gatherer>(*store_, Gatherer::Options{&current_, config_.limits, now, &log_, &metrics_})},
      transport_{make_transport()},
      dispatcher_{std::make_unique<delivery::Dispatcher>(
          store_->outbox(), *transport_, delivery::Dispatcher::Options{config_.limits, now, &log_, &metrics_})},
      desk_{*store_,
            [this] {
                const auto in_force = current_.get();
                return std::shared_ptr<const triage::Settings>{in_force, &in_force->triage};
            },
            now,
            metrics_,
            [this, zygote](std::string_view octets, std::size_t number, const core::Limits& limits) {
                auto read = read_attachment(zygote, octets, number, limits);
                if (!read) {
                    core::ReachedBounds{metrics_}.count_named_in(core::Error{read.error()}.sentence);
                }
                return read;
            },
            [this, standing = dispatcher_->standing(), directory = config_.directory] {
                return examine(standing(), directory);
            }},
      control_{std::make_unique<net::ControlServer>(
          io_, control_socket(config_),
          [this](const net::ControlPeer& peer, const std::string& request) {
              return desk_.execute(request, peer.login);
          },
          config_.limits, log_, metrics_)},
      health_{*store_, metrics_, now,
              [standing = dispatcher_->standing()] { return delivery::sentence_of(standing()); }}
{
    if (!config_.metrics_address.empty()) {
        http_ = std::make_unique<net::HttpServer>(
            io_, [this](std::string_view path) { return health_.answer(path); }, config_.limits, log_, metrics_);
        log_.line(core::Severity::info, "listening",
                  {{"protocol", "http"}, {"address", http_->listen(config_.metrics_address)}});
    }
}

std::unique_ptr<store::Store> Daemon::open_store()
{
    // One post for a whole batch: nine to thirteen messages share a commit, and then a wake-up of the event loop.
    auto release = [this](std::vector<store::Completion> completions) {
        io_.post([completions = std::move(completions)] {
            for (const store::Completion& completion : completions) {
                completion();
            }
        });
    };
    store::Options options;
    options.directory = config_.directory;
    options.limits = config_.limits;
    options.clock = now;
    options.log = &log_;
    options.metrics = &metrics_;
    options.release = std::move(release);
    return store::Store::open(std::move(options));
}

std::unique_ptr<net::SmtpServer> Daemon::make_server()
{
    return std::make_unique<net::SmtpServer>(
        io_, net::SmtpServer::Options{
                 [this] { return current_.get()->policy; },
                 [this] {
                     const auto in_force = current_.get();
                     return std::shared_ptr<const core::Networks>{in_force, &in_force->unbounded};
                 },
                 [this] { return std::make_unique<Intake>(store_->intake(), current_.get(), log_); },
                 [this] { return certificates_.get(); }, now, &log_, &metrics_, &clients_});
}

std::unique_ptr<Authenticator> Daemon::make_authenticator()
{
    const auto ask = [this](const core::DnsQuestion& question, std::function<void(core::DnsAnswer)> answer) {
        resolver_->ask(question, std::move(answer));
    };
    return std::make_unique<Authenticator>(
        *store_, Authenticator::Options{&current_, ask, check_sender, now, &log_, &metrics_});
}

std::unique_ptr<delivery::Transport> Daemon::make_transport()
{
    switch (config_.delivery.transport) {
        case Config::Transport::smarthost:
            smarthost_ = std::make_unique<net::SmtpClient>(io_, config_.delivery.smarthost, config_.hostname,
                                                           config_.limits, log_, metrics_);
            return delivery::make_smarthost(*smarthost_);
        case Config::Transport::maildir:
            return delivery::make_maildir(config_.delivery.maildir, config_.hostname);
    }
    throw std::logic_error{"a transport without a way out"};
}

/// On a thread of the control socket, while a reload may change config_.
std::vector<triage::Finding> Daemon::examine(const delivery::Breaker::Standing& standing,
                                             const std::filesystem::path& directory)
{
    const auto certificates = certificates_.get();
    const auto in_force = current_.get();
    const core::Limits& limits = in_force->triage.limits;
    return {breaker_finding(standing), certificate_finding(certificates.get(), now()),
            disk_finding(directory, limits.disk_reserve),
            in_force->authenticates ? dns_finding(*resolver_, in_force->triage.mailboxes.hostname(),
                                                  std::chrono::seconds{limits.dns_wait_max + 1})
                                    : no_dns_finding()};
}

void Daemon::listen(std::vector<Listener> listeners)
{
    for (Listener& listener : listeners) {
        const bool smtp = listener.door().offer.protocol == smtp::Protocol::smtp;
        const int descriptor = listener.release();
        const std::string address = server_->adopt(descriptor, listener.door());
        log_.line(core::Severity::info, "listening", {{"protocol", smtp ? "smtp" : "lmtp"}, {"address", address}});
    }
    health_.set(Health::Phase::serving);
}

void Daemon::reload()
{
    auto next = reload_config(config_, log_);
    auto in_force = next ? make_in_force(*next) : core::result<std::shared_ptr<const InForce>>{next.error()};
    // error() is a copy: split() must not outlive it
    const std::string refused = in_force ? resolve_anew(*next) : core::Error{in_force.error()}.sentence;
    if (!refused.empty()) {
        for (const std::string_view fault : core::split(refused, '\n')) {
            log_.line(core::Severity::error, "reload_refused", {{"reason", std::string{fault}}});
        }
        return;
    }
    config_ = std::move(*next);
    certificates_.reload(config_);
    current_.set(std::move(*in_force));
    log_.line(core::Severity::info, "reloaded", {{"file", config_.file.string()}});
}

/// Answers what is wrong, or nothing. Starts over though no key has changed: the system's resolvers may be others,
/// and one that has ended is there again.
std::string Daemon::resolve_anew(const Config& next)
{
    std::string fault = dns_fault(next);
    if (fault.empty()) {
        try {
            resolver_->replace(next.dns);
        } catch (const std::runtime_error& failure) {
            fault = fault_at(next, "dns.resolver", failure.what());
        }
    }
    return fault;
}

/// First no new work comes in, then what came in is finished, then the store closes behind it.
void Daemon::drain(Health::Phase why)
{
    health_.set(why);
    const auto drained = std::make_shared<std::promise<void>>();
    server_->drain([drained] { drained->set_value(); });
    constexpr std::chrono::seconds closing_time_max{5};
    drained->get_future().wait_for(std::chrono::seconds{config_.limits.drain_time_max} + closing_time_max);
    store_->end_long_reads();
    control_.reset();
    assessor_.reset();
    authenticator_.reset();
    gatherer_.reset();
    dispatcher_.reset();
    store_->stop();
}

sigset_t awaited_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    return signals;
}

/// The next signal. Meanwhile it tells the watchdog that we live, and has the daemon look after itself.
int wait_for_signal(Daemon& daemon)
{
    constexpr std::chrono::milliseconds look_again{10'000};
    const sigset_t signals = awaited_signals();
    const auto watchdog = watchdog_interval();
    const auto interval = watchdog.count() == 0
                              ? look_again
                              : std::min<std::chrono::milliseconds>(
                                    look_again, std::chrono::floor<std::chrono::milliseconds>(watchdog));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(interval);
    const timespec patience{seconds.count(), std::chrono::nanoseconds{interval - seconds}.count()};
    for (;;) {
        notify_watchdog();
        daemon.look_around();
        const int signal = sigtimedwait(&signals, nullptr, &patience);
        if (signal > 0) {
            return signal;
        }
    }
}

}  // namespace

core::Time now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void block_signals()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);  // whoever starts us may ignore it, and then nobody's end is told
    const sigset_t signals = awaited_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void serve(Config config, std::vector<Listener> listeners, confine::Zygote* zygote, core::Log& log)
{
    Daemon daemon{std::move(config), zygote, log};
    daemon.listen(std::move(listeners));
    notify_ready();
    log.line(core::Severity::info, "ready");

    const auto workers_are_gone = [&](int signal) {
        return signal == SIGCHLD && zygote != nullptr && zygote->ended();
    };
    int signal = wait_for_signal(daemon);
    for (; signal != SIGTERM && signal != SIGINT && !workers_are_gone(signal); signal = wait_for_signal(daemon)) {
        if (signal == SIGHUP) {
            notify_reloading();
            daemon.reload();
            notify_ready();
        }
    }
    notify_stopping();
    if (signal == SIGCHLD) {
        log.line(core::Severity::error, "workers_gone", {{"reason", workers_gone}, {"remedy", "start it again"}});
        daemon.drain(Health::Phase::without_workers);
        throw std::runtime_error{workers_gone};
    }
    log.line(core::Severity::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    daemon.drain(Health::Phase::draining);
    log.line(core::Severity::info, "stopped");
}

}  // namespace shield::daemon
