// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/metrics.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace shield::store {

/// Read-only connections, lent to one query at a time. A query is one snapshot and ends after `query_time_max`,
/// because a snapshot keeps the write-ahead log from being used again. Readers never checkpoint: SQLite
/// before 3.51.3 has a data race when two connections reset the log. Thread-safe; throws Unavailable.
class Readers {
public:
    Readers(std::string file, std::string vfs, std::chrono::milliseconds time_max, core::Metrics& metrics);
    ~Readers();

    /// Runs `use` on one snapshot, as long as query_time_max.
    template <typename Use>
    auto read(const Use& use)
    {
        return read_for(time_max_, use);
    }
    /// For the operator's long tasks: as long as it takes, or until end_long().
    template <typename Use>
    auto read_long(const Use& use)
    {
        return read_for(std::nullopt, use);
    }
    /// Ends those that are under way and those to come.
    void end_long() noexcept { long_ended_ = true; }
    /// Throws once they have ended: between two steps that SQLite does not look up from.
    void require_long() const;

private:
    struct Reader;
    class Loan {
    public:
        Loan(Readers& readers, std::optional<std::chrono::milliseconds> time);
        ~Loan();
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        [[nodiscard]] Connection& connection() const noexcept;

    private:
        Readers& readers_;
        std::unique_ptr<Reader> reader_;
    };

    template <typename Use>
    auto read_for(std::optional<std::chrono::milliseconds> time, const Use& use)
    {
        try {
            Loan loan{*this, time};
            return use(loan.connection());
        } catch (const SQLite::Exception& error) {
            rethrow(error);
        }
    }
    [[noreturn]] void rethrow(const SQLite::Exception& error);

    std::string file_, vfs_;
    std::chrono::milliseconds time_max_;
    core::Metrics::Value& too_long_;
    std::atomic<bool> long_ended_{false};
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace shield::store
