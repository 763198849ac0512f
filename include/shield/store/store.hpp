// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/time.hpp>
#include <shield/core/token.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace shield::store {

class Allowances;
class Assessments;
class Authentications;
class Campaigns;
class Cases;
class Intake;
class Outbox;

/// The store cannot be used at all; what() is a sentence for the operator.
class Unavailable : public std::runtime_error {
public:
    enum class Kind { missing, busy, newer, corrupt, failed };
    Unavailable(Kind kind, const std::string& sentence) : std::runtime_error{sentence}, kind_{kind} {}
    [[nodiscard]] Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// What ran in a committed batch and now wants to know.
using Completion = std::function<void()>;

struct Options {
    std::filesystem::path directory;
    core::Limits limits;
    core::Clock clock;
    core::Log* log{nullptr};          ///< not null
    core::Metrics* metrics{nullptr};  ///< not null
    bool create{true};                ///< false: a missing database is Unavailable::Kind::missing

    /// Given all completions of a batch at once, on the writer thread, after the commit. The default runs them
    /// there; the daemon posts them to its I/O context in one go.
    std::function<void(std::vector<Completion>)> release;

    /// What tests replace: where a run of references begins (the kernel's generator), how much space the directory
    /// has left, and the SQLite VFS that stands for the disk. Empty: the system's.
    std::function<std::uint64_t()> random_bits;
    std::function<std::uint64_t()> free_space;
    std::string vfs;
};

enum class Health {
    open,
    reserved,  ///< the last part of the disk: only mail for attacks and from known networks; opens by itself
    full,      ///< the disk (or max_page_count) is full: opens by itself, with a trial once there is disk_reserve
    failed     ///< an I/O error or a failed fsync: closed until a restart, which checks integrity first
};

/// Everything durable: one SQLite database in one directory, held by one process through a lock file.
///
/// One writer thread owns the only connection that writes and checkpoints; it commits everything that waits in one
/// transaction of which each job can be undone alone (group commit): many messages share one fsync and none is
/// answered before it. Readers are short-lived, read-only and bounded in time. All members are thread-safe. What
/// fails because the world broke throws Unavailable.
class Store {
public:
    /// Takes the directory's lock, checks and migrates the database, starts the writer.
    [[nodiscard]] static std::unique_ptr<Store> open(Options options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    [[nodiscard]] Intake& intake() noexcept;
    [[nodiscard]] Assessments& assessments() noexcept;
    [[nodiscard]] Authentications& authentications() noexcept;
    [[nodiscard]] Outbox& outbox() noexcept;
    [[nodiscard]] Cases& cases() noexcept;
    [[nodiscard]] Campaigns& campaigns() noexcept;
    [[nodiscard]] Allowances& allowances() noexcept;

    [[nodiscard]] Health health() const noexcept;

    /// The key that signs now, and all that may still verify.
    [[nodiscard]] core::TokenKey token_key() const;
    [[nodiscard]] core::TokenKeys token_keys() const;
    void rotate_token_key();

    /// Random lower-case letters and digits for the left side of a Message-ID.
    [[nodiscard]] std::string unique_name();

    struct Verification {
        std::uint64_t messages{0}, octets{0}, cases{0}, references{0};
        std::vector<std::string> faults;  ///< one sentence each; empty is good
    };
    /// Checks the database's integrity, re-hashes every message and follows every reference ever given to its case.
    [[nodiscard]] Verification verify(const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

    /// Puts on record that it was verified now; when that was last, and how many faults it found.
    void note_verification(const Verification& found);
    struct LastVerification {
        core::Time at{};
        std::uint64_t faults{0};
    };
    [[nodiscard]] std::optional<LastVerification> last_verification();

    /// A consistent copy of a database that goes on being written; the file must not exist.
    void backup(const std::filesystem::path& file,
                const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

    /// The same into a new file in the directory, for somebody to take away: its place. The next start removes what
    /// is left of such.
    [[nodiscard]] std::filesystem::path backup_here(
        const std::function<void(std::uint64_t, std::uint64_t)>& progress);
    /// Removes a file that backup_here() made, by its name. False: there is none.
    bool remove_backup(const std::string& name);

    /// Finishes what waits and refuses what comes later. The destructor does it too.
    void stop();

    /// Ends verify() and backup() with Unavailable, those under way and those to come. Any thread.
    void end_long_reads();

    class Database;  // src/store/database.hpp

private:
    explicit Store(std::unique_ptr<Database> database);
    std::unique_ptr<Database> database_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<Assessments> assessments_;
    std::unique_ptr<Authentications> authentications_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<Cases> cases_;
    std::unique_ptr<Campaigns> campaigns_;
    std::unique_ptr<Allowances> allowances_;
};

}  // namespace shield::store
