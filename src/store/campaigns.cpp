// SPDX-License-Identifier: Apache-2.0
#include "case_change.hpp"
#include "case_rows.hpp"
#include "database.hpp"
#include "disk_space.hpp"
#include "events.hpp"
#include "folding.hpp"

#include <shield/core/verdict.hpp>
#include <shield/store/campaigns.hpp>

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::chrono::seconds verdict_wait_max{2};  // then a message is placed without one

constexpr std::int64_t trimmed_at_once = 2000;

/// What is damaged has no assessment, and stays where it is.
GatheringWork read_work(const Query& row)
{
    GatheringWork work;
    work.message_id = row.integer(0);
    work.act = gathering_act(row.text(1));
    if (work.act == GatheringWork::Act::forget || work.act == GatheringWork::Act::forget_campaign) {
        return work;
    }
    work.automatic = row.flag(3);
    work.verified = row.flag(4);
    try {
        work.envelope = read_envelope(row, 5);
        work.assessment = assessment_from_json(row.text(2));
    } catch (const Damaged&) {
    }
    return work;
}

}  // namespace

std::vector<GatheringWork> Campaigns::take(std::uint64_t limit)
{
    static const std::string sql =
        "SELECT w.message_id, w.act, a.assessment, a.automatic, "
        "json_extract(iif(json_valid(v.verdict), v.verdict, '{}'), '$.reply_address') = 'verified', " +
        std::string{select_envelope} +
        " FROM gathering_work w JOIN messages m ON m.id = w.message_id "
        "LEFT JOIN assessments a ON a.message_id = w.message_id LEFT JOIN authentications v ON v.message_id = "
        "w.message_id "
        "WHERE m.received_at <= ?1 OR NOT EXISTS (SELECT 1 FROM authentication_work t WHERE t.message_id = "
        "w.message_id AND t.postponed = 0) ORDER BY w.message_id LIMIT ?2";
    database_.gathering_bell.silence();
    if (!DiskSpace{database_.options()}.has_room_for_findings()) {
        return {};
    }
    return database_.readers().read([&](Connection& connection) {
        std::vector<GatheringWork> work;
        Query row = connection.query(sql, database_.now() - verdict_wait_max, limit);
        while (row.next()) {
            work.push_back(read_work(row));
        }
        return work;
    });
}

void Campaigns::record(const std::vector<Gathered>& batch)
{
    database_.writer().call(
        [&](Connection& connection) {
            const core::Time now = database_.now();
            for (const Gathered& gathered : batch) {
                write_gathered(connection, gathered, now);
            }
        },
        Lane::record);
}

void Campaigns::load(const std::function<void(const KeptSketch&)>& each)
{
    database_.readers().read_long([&](Connection& connection) {
        Query row = connection.query(
            "SELECT s.message_id, s.campaign, s.sender, s.recipient, s.verified, s.machine, s.sketch, "
            "m.received_at "
            "FROM sketches s JOIN messages m ON m.id = s.message_id ORDER BY s.message_id");
        while (row.next()) {
            each({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.flag(4), row.flag(5),
                  row.text(6), row.time(7)});
        }
    });
}

void Campaigns::trim()
{
    const core::Time oldest = database_.now() - std::chrono::seconds{database_.limits().campaign_memory_time};
    const auto too_many = database_.readers().read([&](Connection& connection) {
        const auto kept = connection.number("SELECT count(*) FROM sketches");
        const auto most = static_cast<std::int64_t>(database_.limits().campaign_sketches_max);
        const auto old = connection.number(
            "SELECT count(*) FROM (SELECT message_id FROM sketches ORDER BY message_id LIMIT ?1) s JOIN messages m "
            "ON "
            "m.id = s.message_id WHERE m.received_at < ?2",
            trimmed_at_once, oldest);
        return std::max(std::min(kept - most, trimmed_at_once), old);
    });
    if (too_many > 0) {
        database_.writer().call([&](Connection& connection) {
            connection.run(
                "DELETE FROM sketches WHERE message_id IN (SELECT message_id FROM sketches ORDER BY message_id "
                "LIMIT ?)",
                too_many);
        });
    }
}

std::uint64_t Campaigns::end_mutes()
{
    const core::Time now = database_.now();
    const auto over = [&](Connection& connection) {
        std::vector<std::int64_t> ids;
        Query row = connection.query(
            "SELECT id FROM cases WHERE muted_until IS NOT NULL AND (muted_until <= ? OR muted_until > ?)", now,
            now + mute_max);
        while (row.next()) {
            ids.push_back(row.integer(0));
        }
        return ids;
    };
    if (database_.readers().read(over).empty()) {
        return 0;
    }
    return database_.writer().call([&](Connection& connection) {
        const std::vector<std::int64_t> ids = over(connection);
        for (const std::int64_t id : ids) {
            bring_back(connection, id, now, ourselves, "its time is over");
        }
        return ids.size();
    });
}

void Campaigns::wait(std::chrono::milliseconds at_most)
{
    database_.gathering_bell.wait(at_most);
}

void Campaigns::wake()
{
    database_.gathering_bell.end();
}

std::uint64_t Campaigns::close_some(std::int64_t case_id, core::ClosingCode code, std::string_view who,
                                    std::uint64_t limit)
{
    Change change;
    change.state = core::State::closed;
    change.code = code;
    change.due_at = std::optional<core::Time>{};
    change.events.push_back({"close", std::string{to_string(code)} + ", with its campaign"});
    return database_.writer().call([&](Connection& connection) {
        const std::vector<std::int64_t> ids = folded_behind(connection, case_id, limit);
        for (const std::int64_t id : ids) {
            if (const auto error = apply(connection, id, who, change, database_.now())) {
                throw std::runtime_error{error->sentence};
            }
        }
        return ids.size();
    });
}

std::optional<core::Error> Campaigns::mute(core::Reference reference, core::Time until, std::string_view who)
{
    return change_campaign(
        reference, [&](Connection& connection, std::int64_t case_id) -> std::optional<core::Error> {
            const core::Time now = database_.now();
            if (!stands_for_others(connection, case_id)) {
                return core::Error{reference.to_string() + " stands for no campaign; only what does can be muted"};
            }
            if (connection.number("SELECT state = 'closed' FROM cases WHERE id = ?", case_id) != 0) {
                return core::Error{reference.to_string() + " is closed: it is not in the queue"};
            }
            Recount recount{connection, case_id};
            connection.run("UPDATE cases SET folded = 1, muted_until = ?, updated_at = ? WHERE id = ?", until, now,
                           case_id);
            recount.finish();
            add_event(connection,
                      {case_id, std::nullopt, now, who, "campaign", "muted", "until " + core::to_rfc3339(until)});
            return std::nullopt;
        });
}

std::optional<core::Error> Campaigns::unfold(core::Reference reference, std::string_view who)
{
    return change_campaign(
        reference, [&](Connection& connection, std::int64_t case_id) -> std::optional<core::Error> {
            if (!is_folded_behind(connection, case_id) &&
                connection.number("SELECT muted_until IS NOT NULL FROM cases WHERE id = ?", case_id) == 0) {
                return core::Error{reference.to_string() + (stands_for_others(connection, case_id)
                                                                ? " stands for a campaign, which --campaign unfolds"
                                                                : " is not folded")};
            }
            bring_back(connection, case_id, database_.now(), who, "a person took it out");
            return std::nullopt;
        });
}

std::optional<core::Error> Campaigns::change_campaign(core::Reference reference, const Use& use)
{
    try {
        database_.writer().call([&](Connection& connection) {
            const auto case_id = case_of(connection, reference);
            auto error = case_id ? use(connection, *case_id)
                                 : std::optional{core::Error{"There is no " + reference.to_string() + "."}};
            if (error) {
                throw Declined{std::move(*error)};
            }
        });
    } catch (const Declined& declined) {
        return declined.error;
    }
    database_.gathering_bell.ring();
    return std::nullopt;
}

std::uint64_t Campaigns::unfold_some(std::int64_t case_id, std::string_view who, std::uint64_t limit)
{
    const std::uint64_t done = database_.writer().call([&](Connection& connection) {
        const core::Time now = database_.now();
        const std::vector<std::int64_t> ids = folded_behind(connection, case_id, limit);
        for (const std::int64_t id : ids) {
            bring_back(connection, id, now, who, "its campaign is none");
        }
        if (ids.size() < limit && stands_for_others(connection, case_id)) {
            end_campaign(connection, case_id, now, who);
        }
        return ids.size();
    });
    database_.gathering_bell.ring();
    return done;
}

}  // namespace shield::store
