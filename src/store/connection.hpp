// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tally.hpp"

#include <shield/core/reference_cipher.hpp>
#include <shield/core/time.hpp>
#include <shield/core/vocabulary.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

namespace shield::store {

/// Octets bound without a copy: they must outlive the query.
struct Octets {
    std::string_view octets;
};

/// One use of a cached statement: bound when made, reset when it goes. Not nested with itself.
class Query {
public:
    explicit Query(SQLite::Statement& statement) noexcept : statement_{&statement} {}
    Query(Query&& other) noexcept : statement_{std::exchange(other.statement_, nullptr)} {}
    Query& operator=(Query&&) = delete;
    ~Query();

    /// The next row, if there is one.
    [[nodiscard]] bool next() { return statement_->executeStep(); }
    /// For statements without rows; how many rows changed.
    int run() { return statement_->exec(); }

    [[nodiscard]] bool is_null(int column) const { return statement_->getColumn(column).isNull(); }
    [[nodiscard]] std::int64_t integer(int column) const { return statement_->getColumn(column).getInt64(); }
    [[nodiscard]] std::uint64_t natural(int column) const
    {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(column)));
    }
    [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
    [[nodiscard]] std::string text(int column) const { return statement_->getColumn(column).getString(); }
    /// What a damaged cell says is taken for the nearest time that can be written (RFC 3339: years of four digits).
    [[nodiscard]] core::Time time(int column) const
    {
        using namespace std::chrono;
        constexpr core::Time first{sys_days{year{1} / 1 / 1}};
        constexpr core::Time last{sys_days{year{9999} / 12 / 31}};
        return core::from_unix_ms(std::clamp(integer(column), core::to_unix_ms(first), core::to_unix_ms(last)));
    }
    [[nodiscard]] std::optional<core::Time> maybe_time(int column) const
    {
        return is_null(column) ? std::nullopt : std::optional{time(column)};
    }

    template <typename... Values>
    void bind_all(const Values&... values)
    {
        int index = 0;
        (bind(++index, values), ...);
    }
    /// The same without copies of strings: the values must outlive the query.
    template <typename... Values>
    void borrow_all(const Values&... values)
    {
        int index = 0;
        (borrow(++index, values), ...);
    }

private:
    template <typename T>
    void borrow(int index, const T& value)
    {
        if constexpr (std::is_same_v<T, std::string>) {
            statement_->bindNoCopy(index, value);
        } else {
            bind(index, value);
        }
    }
    template <typename T>
    void bind(int index, const T& value)
    {
        if constexpr (std::is_same_v<T, Octets>) {
            statement_->bindNoCopy(index, value.octets.data(), static_cast<int>(value.octets.size()));
        } else if constexpr (std::is_integral_v<T>) {
            statement_->bind(index, static_cast<std::int64_t>(value));
        } else if constexpr (std::is_same_v<T, core::Time>) {
            statement_->bind(index, core::to_unix_ms(value));
        } else if constexpr (std::is_enum_v<T>) {
            statement_->bind(index, std::string{to_string(value)});
        } else if constexpr (requires { value.has_value(); }) {
            value ? bind(index, *value) : statement_->bind(index);
        } else {
            statement_->bind(index, std::string{value});
        }
    }

    SQLite::Statement* statement_;
};

/// An open database and its prepared statements. One owner, one thread at a time; throws SQLite::Exception.
class Connection {
public:
    Connection(const std::string& file, int flags, const std::string& vfs);

    template <typename... Values>
    [[nodiscard]] Query query(std::string_view sql, const Values&... values)
    {
        Query query{statement(sql)};
        query.bind_all(values...);
        return query;
    }
    template <typename... Values>
    int run(std::string_view sql, const Values&... values)
    {
        Query query{statement(sql)};
        query.borrow_all(values...);
        return query.run();
    }
    /// The one integer that the statement answers.
    template <typename... Values>
    [[nodiscard]] std::int64_t number(std::string_view sql, const Values&... values)
    {
        Query row = query(sql, values...);
        return row.next() ? row.integer(0) : 0;
    }

    /// Not kept: pragmas, and many statements at once.
    void execute(const std::string& sql) { database_.exec(sql); }
    [[nodiscard]] std::string pragma(const std::string& sql);

    /// What this database makes references with; read from it at the first use.
    [[nodiscard]] core::ReferenceCipher& references();

    /// Written by who commits.
    [[nodiscard]] Tally& tally() noexcept { return tally_; }

    [[nodiscard]] std::int64_t last_id() const { return database_.getLastInsertRowid(); }
    [[nodiscard]] bool in_transaction() const noexcept;
    [[nodiscard]] sqlite3* handle() const noexcept { return database_.getHandle(); }
    [[nodiscard]] SQLite::Database& database() noexcept { return database_; }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    SQLite::Statement& statement(std::string_view sql);

    SQLite::Database database_;
    std::optional<core::ReferenceCipher> references_;
    Tally tally_;
    std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>, Hash, std::equal_to<>> statements_;
};

/// What a failed statement means for everybody else.
enum class Trouble {
    row,    ///< this statement alone: a constraint, a value too big
    full,   ///< no space, or database_size_max
    busy,   ///< somebody else holds the database; nothing was written
    broken  ///< an I/O error, a damaged file: nothing more may be written
};
[[nodiscard]] Trouble trouble_of(const SQLite::Exception& error) noexcept;

}  // namespace shield::store
