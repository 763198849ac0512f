// SPDX-License-Identifier: Apache-2.0
// Cells of the database that say something else than we wrote: whatever a person asks is answered, with an error or
// with a mark, and the store stays open.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <nlohmann/json.hpp>
#include <triage/store_fixture.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

struct Cell {
    std::string table;
    std::string column;
    std::int64_t row;
};

class House {
public:
    House()
    {
        store_.open();
        for (int i = 0; i < 2; ++i) {
            references_.push_back(store_.receive(triage::cry_for_help, "alice@example.net").to_string());
            references_.push_back(store_.receive("Subject: b\r\n\r\nkangaroo\r\n", "bob@example.org").to_string());
        }
        store_.assess();
        desk_ = std::make_unique<triage::Desk>(
            store_.store(), [this] { return settings_; }, store_.clock(), store_.metrics(), mime::attachment);
        (void)answer({{"command", "claim"}, {"reference", references_[0]}});
        (void)answer({{"command", "note"}, {"reference", references_[0]}, {"text", "seen"}});
        (void)answer({{"command", "release"}, {"references", {references_[1]}}});
        (void)answer({{"command", "close"}, {"reference", references_[1]}, {"code", "test"}});
        database_.exec("PRAGMA ignore_check_constraints = ON");
        find_cells();
    }

    [[nodiscard]] const std::vector<Cell>& cells() const noexcept { return cells_; }

    /// Puts another value there while `act` runs. False when the table itself refuses it.
    template <typename Value, typename Act>
    bool with(const Cell& cell, Value&& bind, Act&& act)
    {
        const std::string where = " WHERE rowid = " + std::to_string(cell.row);
        SQLite::Statement old{database_, "SELECT " + cell.column + " FROM " + cell.table + where};
        check(old.executeStep());
        const SQLite::Column before = old.getColumn(0);
        const auto set = [&](auto&& put) {
            SQLite::Statement update{database_, "UPDATE " + cell.table + " SET " + cell.column + " = ?" + where};
            put(update);
            update.exec();
        };
        const int type = before.getType();
        const std::string octets{static_cast<const char*>(before.getBlob()),
                                 static_cast<std::size_t>(before.getBytes())};
        const std::int64_t number = before.getInt64();
        old.reset();
        try {
            set([&](SQLite::Statement& update) { bind(update, octets); });
        } catch (const SQLite::Exception&) {
            return false;
        }
        act();
        set([&](SQLite::Statement& update) {
            if (type == SQLite::INTEGER) {
                update.bind(1, number);
            } else if (type == SQLite::Null) {
                update.bind(1);
            } else if (type == SQLite::TEXT) {
                update.bind(1, octets);
            } else {
                update.bind(1, octets.data(), static_cast<int>(octets.size()));
            }
        });
        return true;
    }

    void ask_everything()
    {
        ask({{"command", "queue"}});
        ask({{"command", "stats"}});
        ask({{"command", "search"}, {"words", "kangaroo"}});
        ask({{"command", "verify"}});
        for (const std::string& reference : references_) {
            ask({{"command", "show"}, {"reference", reference}});
            ask({{"command", "raw"}, {"reference", reference}});
            ask({{"command", "attachment"}, {"reference", reference}, {"attachment", 1}});
        }
        (void)store_.store().outbox().next_due();
        check(store_.store().health() == store::Health::open);
    }

private:
    [[nodiscard]] std::string answer(const nlohmann::json& request)
    {
        return desk_->execute(request.dump(), "fuzz");
    }

    void ask(const nlohmann::json& request)
    {
        const std::string said = answer(request);
        const auto json = nlohmann::json::parse(said.substr(0, said.find('\n')), nullptr, false);
        check(json.is_object() && json.contains("status") && json["status"] <= 3);
        check((json["status"] != 0) == json.contains("error"));
    }

    void find_cells()
    {
        SQLite::Statement columns{database_,
                                  "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
                                  "WHERE m.type = 'table' AND c.pk = 0 AND m.sql NOT LIKE '%WITHOUT ROWID%' AND "
                                  "m.name NOT LIKE 'search%' AND m.name NOT LIKE 'sqlite%'"};
        while (columns.executeStep()) {
            const std::string table = columns.getColumn(0);
            const std::string column = columns.getColumn(1);
            SQLite::Statement rows{database_, "SELECT rowid FROM " + table + " LIMIT 8"};
            while (rows.executeStep()) {
                cells_.push_back({table, column, rows.getColumn(0)});
            }
        }
        check(cells_.size() > 100);
    }

    triage::StoreInDirectory store_;
    std::shared_ptr<const triage::Settings> settings_{triage::desk_settings()};
    std::unique_ptr<triage::Desk> desk_;
    std::vector<std::string> references_;
    SQLite::Database database_{(store_.directory() / "shield.db").string(),
                               SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000};
    std::vector<Cell> cells_;
};

/// Another value of any type, or what was there with a piece of it replaced.
void bind_any(FuzzedDataProvider& data, SQLite::Statement& to, std::string old)
{
    switch (data.ConsumeIntegralInRange(0, 4)) {
        case 0:
            return to.bind(1);
        case 1:
            return to.bind(1, data.ConsumeIntegral<std::int64_t>());
        case 2:
            return to.bind(1, data.ConsumeRandomLengthString(200));
        case 3: {
            const std::string octets = data.ConsumeRandomLengthString(200);
            return to.bind(1, octets.data(), static_cast<int>(octets.size()));
        }
        default: {
            const auto at = data.ConsumeIntegralInRange<std::size_t>(0, old.size());
            old.replace(at, data.ConsumeIntegralInRange<std::size_t>(0, 20), data.ConsumeRandomLengthString(20));
            return data.ConsumeBool() ? to.bind(1, old) : to.bind(1, old.data(), static_cast<int>(old.size()));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    static House house;
    FuzzedDataProvider data{octets, size};
    const auto& cells = house.cells();
    const Cell& cell = cells[data.ConsumeIntegralInRange<std::size_t>(0, cells.size() - 1)];
    const bool taken = house.with(
        cell, [&](SQLite::Statement& to, const std::string& old) { bind_any(data, to, old); },
        [] { house.ask_everything(); });
    return taken ? 0 : -1;
}
