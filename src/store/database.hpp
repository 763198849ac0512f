// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bell.hpp"
#include "connection.hpp"
#include "directory_lock.hpp"
#include "known_networks.hpp"
#include "readers.hpp"
#include "references.hpp"
#include "repeats.hpp"
#include "unwritten.hpp"
#include "waiting_work.hpp"
#include "writer.hpp"

#include <shield/core/envelope.hpp>
#include <shield/core/reached_bounds.hpp>
#include <shield/store/outbox.hpp>
#include <shield/store/store.hpp>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace shield::store {

inline constexpr std::uint64_t page_size =
    16384;                                 // measured best: fewer overflow pages for mail of a few kilobytes
inline constexpr int busy_wait_ms = 5000;  // for somebody with SQLite's own shell; no process of ours competes

[[nodiscard]] std::filesystem::path database_file(const std::filesystem::path& directory);
/// Its presence asks the next start for a full check.
[[nodiscard]] std::filesystem::path check_mark(const std::filesystem::path& directory);

/// A lease of assessment work that ended without a result.
struct ReturnedWork {
    std::int64_t message_id{0};
    bool attempted{false};  ///< the attempt counts: it may be the message that is to blame
};

struct EndedAttempt {
    std::int64_t attempt_id{0};
    AttemptOutcome outcome;
};

/// A lease of authentication work that ended without a result, until another time.
struct PostponedWork {
    std::int64_t message_id{0};
    core::Time until{};
};

/// What cannot be recorded is not tried over and over.
inline constexpr std::chrono::minutes pause_after_refusal{1};

/// What the faces of the store share: the directory's lock, the writer, the readers and what is kept in memory
/// beside them. Owned by Store; thread-safe.
class Store::Database {
public:
    static std::unique_ptr<Database> open(Options options);
    ~Database();

    [[nodiscard]] core::Time now() const { return options_.clock(); }
    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] const core::Limits& limits() const noexcept { return options_.limits; }
    [[nodiscard]] Writer& writer() noexcept { return *writer_; }
    [[nodiscard]] Readers& readers() noexcept { return *readers_; }
    /// Of this process's leases.
    [[nodiscard]] std::int64_t owner() const noexcept { return owner_; }
    /// Writer thread only.
    [[nodiscard]] std::int64_t next_message_id() noexcept { return next_message_id_++; }
    [[nodiscard]] References& references() noexcept { return references_; }
    [[nodiscard]] Repeats& repeats() noexcept { return repeats_; }
    [[nodiscard]] KnownNetworks& known_networks() noexcept { return known_networks_; }
    [[nodiscard]] Claim claim_of(std::string_view client_address, const core::Recipient& most_pressing) const;
    [[nodiscard]] Unwritten<ReturnedWork>& returned_work() noexcept { return returned_work_; }
    [[nodiscard]] Unwritten<EndedAttempt>& ended_attempts() noexcept { return ended_attempts_; }

    [[nodiscard]] Unwritten<ReturnedWork>& returned_authentications() noexcept { return returned_authentications_; }
    [[nodiscard]] Unwritten<PostponedWork>& postponed_authentications() noexcept
    {
        return postponed_authentications_;
    }

    void load_token_keys(Connection& connection);
    [[nodiscard]] core::TokenKey signing_key() const;
    [[nodiscard]] std::optional<core::TokenKey> token_key(unsigned id) const;

    /// Leases that ended without a result: free again at once, and in their rows with the next lease.
    void give_back_assessments(const std::vector<ReturnedWork>& returned);
    void give_back_authentications(const std::vector<ReturnedWork>& returned);

    WaitingWork assessments_waiting, authentications_waiting;
    Bell assessment_bell;
    Bell authentication_bell;
    Bell gathering_bell;
    Bell outbox_bell;
    std::atomic<std::int64_t> assessment_backlog{0}, authentication_backlog{0};
    std::atomic<std::uint64_t> refused_waiting{0};
    std::mutex backup_mutex;  // held while backup_here() makes one

    struct Figures {
        explicit Figures(core::Metrics& metrics);
        core::Metrics::Value &received, &repeats, &spooled, &retries, &late, &unreadable, &backlog, &outbox_queued,
            &damaged;
    };
    [[nodiscard]] Figures& figures() noexcept { return figures_; }
    [[nodiscard]] const core::ReachedBounds& bounds() const noexcept { return bounds_; }

private:
    Database(Options options, Descriptor lock);
    void prepare(Connection& connection) const;
    void check(Connection& connection, bool ended_cleanly) const;
    void remember(Connection& connection);

    Options options_;
    Descriptor lock_;
    std::int64_t owner_;
    std::int64_t next_message_id_{1};
    References references_;
    Repeats repeats_;
    KnownNetworks known_networks_;
    Unwritten<ReturnedWork> returned_work_;
    Unwritten<EndedAttempt> ended_attempts_;
    Unwritten<ReturnedWork> returned_authentications_;
    Unwritten<PostponedWork> postponed_authentications_;
    Figures figures_;
    const core::ReachedBounds bounds_;

    mutable std::mutex keys_mutex_;
    std::map<unsigned, core::TokenKey> keys_;
    unsigned signing_{0};

    std::unique_ptr<Writer> writer_;
    std::unique_ptr<Readers> readers_;  // closed before the writer, which alone may write the log back
};

/// What Store::backup_here() made and nobody took.
void remove_left_backups(const std::filesystem::path& directory);

}  // namespace shield::store
