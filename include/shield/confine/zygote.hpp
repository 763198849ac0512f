// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/confine/worker.hpp>
#include <shield/core/limits.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace shield::confine {

/// What a worker does: answers one question. Runs in workers, and once in the zygote to load what it needs.
using Work = std::function<std::string(std::string_view question)>;

/// The process that workers are forked from. It is forked itself before the daemon has threads, keys, a database or
/// sockets, so neither it nor they hold any of those; it keeps one channel to the daemon, hears which workers to
/// make and says how they ended. It reads nothing that anybody sent.
///
/// The daemon's main owns it, from before the first thread to after the last. worker() is thread-safe. When the
/// process is gone, worker() throws std::runtime_error and ended() says so; nothing brings it back, because by then
/// the daemon has what it must not fork with.
class Zygote {
public:
    struct Options {
        Work work;
        std::string warm_up;         ///< a question that makes `work` load what it needs
        std::function<void()> drop;  ///< becomes the user that workers are
    };
    /// Forks. SIGTERM, SIGINT and SIGHUP should be blocked already: workers end with the daemon, not with its
    /// terminal.
    explicit Zygote(const Options& options);
    /// Ends the process and all workers; one that stands still ends with the calling process.
    ~Zygote();
    Zygote(const Zygote&) = delete;
    Zygote& operator=(const Zygote&) = delete;

    /// A fresh worker, with all its walls up. Waits for it.
    [[nodiscard]] Worker worker(const core::Limits& limits) const;

    [[nodiscard]] int process() const noexcept { return process_; }

    /// Whether the process has ended, without waiting. SIGCHLD says when to ask.
    [[nodiscard]] bool ended() noexcept;

private:
    Descriptor channel_;
    int process_{-1};
};

}  // namespace shield::confine
