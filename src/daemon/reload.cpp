// SPDX-License-Identifier: Apache-2.0
#include "reload.hpp"

#include <algorithm>
#include <utility>

namespace shield::daemon {

namespace {

template <typename T>
void keep(const T& running, T& next, const char* key, std::string& kept)
{
    if (next != running) {
        kept += kept.empty() ? key : std::string{", "} + key;
        next = running;
    }
}

}  // namespace

core::result<Config> reload_config(const Config& running, core::Log& log)
{
    auto next = load_config(running.file);
    if (!next) {
        return next;
    }
    std::string kept;
    keep(running.hostname, next->hostname, "hostname", kept);
    keep(running.directory, next->directory, "directory", kept);
    keep(running.user, next->user, "user", kept);
    keep(running.io_threads, next->io_threads, "io_threads", kept);
    keep(running.assess_threads, next->assess_threads, "assess_threads", kept);
    keep(running.listen, next->listen, "listen", kept);
    const bool tls_goes_on =
        std::any_of(next->listen.begin(), next->listen.end(),
                    [](const Config::Listen& listen) { return listen.door.offer.tls != smtp::Tls::none; });
    if (tls_goes_on && next->certificates.empty()) {
        keep(running.certificates, next->certificates, "certificate", kept);
    }
    keep(running.delivery.transport, next->delivery.transport, "delivery.transport", kept);
    keep(running.delivery.smarthost, next->delivery.smarthost, "delivery.smarthost", kept);
    keep(running.delivery.maildir, next->delivery.maildir, "delivery.maildir", kept);
    keep(running.confinement, next->confinement, "confinement", kept);
    keep(running.limits, next->limits, "limits", kept);
    keep(running.metrics_address, next->metrics_address, "metrics.address", kept);
    keep(running.log_level, next->log_level, "log.level", kept);
    if (!kept.empty()) {
        log.line(core::Severity::warning, "restart_needed", {{"keys", kept}});
    }
    return next;
}

}  // namespace shield::daemon
