// SPDX-License-Identifier: Apache-2.0
#include "certificate_watch.hpp"

#include <shield/core/ascii.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace shield::daemon {

namespace {

constexpr std::chrono::days warn_before{21};
constexpr std::chrono::hours warn_every{24};

}  // namespace

core::result<std::shared_ptr<const net::Certificates>> read_certificates(const Config& config, core::Time now)
{
    if (config.certificates.empty()) {
        return std::shared_ptr<const net::Certificates>{};
    }
    return net::Certificates::load({config.certificates, config.session_tickets}, now);
}

CertificateWatch::CertificateWatch(const Config& config, core::Clock clock, core::Log& log, core::Metrics& metrics)
    : config_{config},
      clock_{std::move(clock)},
      log_{log},
      expires_{metrics.gauge("shield_tls_certificate_expiry_timestamp_seconds",
                             "When the first of our certificates expires, in Unix time; 0 without any")},
      seen_{look()}
{
    auto first = read_certificates(config_, clock_());
    if (!first) {
        throw std::runtime_error{first.error().sentence};
    }
    take(std::move(*first));
}

std::shared_ptr<const net::Certificates> CertificateWatch::get() const
{
    const std::lock_guard lock{mutex_};
    return now_;
}

void CertificateWatch::reload(const Config& config)
{
    config_ = config;
    read_again();
}

void CertificateWatch::look_again()
{
    if (look() != seen_) {
        read_again();
    }
    if (clock_() - warned_at_ >= warn_every) {
        warn();
    }
}

std::vector<CertificateWatch::Seen> CertificateWatch::look() const
{
    std::vector<Seen> all;
    const auto look_at = [&](const std::filesystem::path& file) {
        struct stat found {};
        const bool there = ::stat(file.c_str(), &found) == 0;
        all.push_back(there ? Seen{found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
                                   found.st_mtim.tv_sec, found.st_mtim.tv_nsec}
                            : Seen{});
    };
    for (const net::CertificateFiles& files : config_.certificates) {
        look_at(files.chain);
        look_at(files.key);
    }
    return all;
}

void CertificateWatch::read_again()
{
    seen_ = look();  // before reading: what changes meanwhile is another change
    if (config_.certificates.empty()) {
        return take(nullptr);
    }
    auto next = read_certificates(config_, clock_());
    if (next) {
        log_.line(core::Severity::info, "certificates_read",
                  {{"count", std::to_string(config_.certificates.size())}});
        return take(std::move(*next));
    }
    const core::Error refused = next.error();  // error() is a copy: split() must not outlive it
    for (const std::string_view fault : core::split(refused.sentence, '\n')) {
        log_.line(core::Severity::error, "certificate_refused", {{"reason", std::string{fault}}});
    }
}

void CertificateWatch::take(std::shared_ptr<const net::Certificates> next)
{
    {
        const std::lock_guard lock{mutex_};
        now_.swap(next);
    }
    warn();
}

void CertificateWatch::warn()
{
    const core::Time now = clock_();
    warned_at_ = now;
    expires_ = 0;
    const auto certificates = get();
    if (!certificates) {
        return;
    }
    core::Time first = core::Time::max();
    for (const net::CertificateFacts& one : certificates->facts()) {
        first = std::min(first, one.not_after);
        if (one.not_after - now < warn_before) {
            log_.line(core::Severity::warning, "certificate_expires",
                      {{"file", one.chain.string()},
                       {"at", core::to_rfc3339(one.not_after)},
                       {"remedy", "renew it; it is read again when the file changes"}});
        }
    }
    expires_ = std::chrono::floor<std::chrono::seconds>(first).time_since_epoch().count();
}

}  // namespace shield::daemon
