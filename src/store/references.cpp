// SPDX-License-Identifier: Apache-2.0
#include "references.hpp"

#include "random.hpp"

#include <shield/core/reference_cipher.hpp>

#include <stdexcept>

namespace shield::store {

namespace {

constexpr std::uint64_t room_wanted = std::uint64_t{1}
                                      << 28;  // messages of one process before it meets another run
constexpr std::uint64_t room_least = std::uint64_t{1} << 16;
constexpr int draws_max = 64;

struct Beginning {
    std::uint64_t position{0};
    std::int64_t message_id{0};
};

std::optional<Beginning> run_before(Connection& connection, std::uint64_t position)
{
    Query row = connection.query(
        "SELECT first_position, first_message_id FROM reference_runs WHERE first_position <= ? "
        "ORDER BY first_position DESC LIMIT 1",
        position);
    return row.next() ? std::optional{Beginning{row.natural(0), row.integer(1)}} : std::nullopt;
}

// Where the run after this position begins.
std::uint64_t end_after(Connection& connection, std::uint64_t position)
{
    Query row =
        connection.query("SELECT min(first_position) FROM reference_runs WHERE first_position > ?", position);
    return row.next() && !row.is_null(0) ? row.natural(0) : core::Reference::values;
}

// Every message before this one may be of the run before this position.
bool is_free(Connection& connection, std::uint64_t position, std::int64_t message_id)
{
    const auto before = run_before(connection, position);
    return !before || before->position + static_cast<std::uint64_t>(message_id - before->message_id) <= position;
}

}  // namespace

void References::make_key(Connection& connection)
{
    if (connection.number("SELECT count(*) FROM reference_key") == 0) {
        connection.run("INSERT INTO reference_key (id, secret) VALUES (1, ?)",
                       Octets{random_octets(core::ReferenceCipher::key_octets)});
    }
}

References::Run References::begin(Connection& connection, std::int64_t message_id) const
{
    for (std::uint64_t room = room_wanted; room >= room_least; room /= 2) {
        for (int draws = 0; draws < draws_max; ++draws) {
            const std::uint64_t position = draw_() % core::Reference::values;
            const std::uint64_t end = end_after(connection, position);
            if (end - position >= room && is_free(connection, position, message_id)) {
                connection.run("INSERT INTO reference_runs (first_position, first_message_id) VALUES (?, ?)",
                               position, message_id);
                return {position, end, message_id};
            }
        }
    }
    throw std::runtime_error{"no place is free for the references of new messages"};
}

bool References::is_in_run(Connection& connection, std::int64_t message_id) const
{
    if (!run_ || position_in(*run_, message_id) >= run_->end) {
        return false;  // it has met the next one
    }
    // Until a message of it is durable the run may have been undone with the transaction that began it.
    return durable_ || connection.number(
                           "SELECT count(*) FROM reference_runs WHERE first_position = ? AND "
                           "first_message_id = ?",
                           run_->first_position, run_->first_message_id) == 1;
}

core::Reference References::reference_of(Connection& connection, std::int64_t message_id)
{
    if (!is_in_run(connection, message_id)) {
        run_ = begin(connection, message_id);
        durable_ = false;
    }
    return connection.references().reference_at(position_in(*run_, message_id));
}

std::uint64_t References::position_in(const Run& run, std::int64_t message_id) noexcept
{
    return run.first_position + static_cast<std::uint64_t>(message_id - run.first_message_id);
}

std::optional<std::int64_t> message_of(Connection& connection, core::Reference reference)
{
    const std::uint64_t position = connection.references().position_of(reference);
    const auto run = run_before(connection, position);
    if (!run) {
        return std::nullopt;
    }
    const auto message_id = run->message_id + static_cast<std::int64_t>(position - run->position);
    Query row =
        connection.query("SELECT id FROM messages WHERE id = ? AND reference = ?", message_id, reference.bits());
    return row.next() ? std::optional{row.integer(0)} : std::nullopt;
}

}  // namespace shield::store
