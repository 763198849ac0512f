// SPDX-License-Identifier: Apache-2.0
#include "machine_addresses.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace shield::acknowledge {

namespace {

using Pieces = std::vector<std::string>;

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view text)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

// The pieces of a local part between `-`, `_`, `.`, `+` and `=`.
Pieces pieces_of(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '-' || c == '_' || c == '+' || c == '='; }, '.');
    Pieces pieces;
    for (const std::string_view piece : core::split(text, '.')) {
        if (!piece.empty()) {
            pieces.emplace_back(piece);
        }
    }
    return pieces;
}

std::string joined(const Pieces& pieces)
{
    std::string all;
    for (const std::string& piece : pieces) {
        all += piece;
    }
    return all;
}

bool is_no_reply(const Pieces& pieces)
{
    constexpr std::array<std::string_view, 10> openings{
        "noreply",      "donotreply",  "dontreply",     "noresponder",    "noresponse",
        "donotrespond", "naoresponda", "nepasrepondre", "nichtantworten", "nocontestar"};
    constexpr std::array<std::string_view, 6> negations{"no", "not", "dont", "donot", "nao", "pas"};
    constexpr std::array<std::string_view, 7> verbs{"reply",    "replies",   "respond",  "response",
                                                    "repondre", "contestar", "antworten"};
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const std::string& piece = pieces[i];
        const auto begins = [&](std::string_view opening) { return piece.starts_with(opening); };
        if (piece.find("noreply") != std::string::npos || std::any_of(openings.begin(), openings.end(), begins) ||
            (i > 0 && is_one_of(negations, pieces[i - 1]) && std::any_of(verbs.begin(), verbs.end(), begins)) ||
            (i > 0 && pieces[i - 1] == "nicht" && begins("antworten"))) {
            return true;
        }
    }
    return false;
}

bool is_mail_system(const Pieces& pieces)
{
    constexpr std::array<std::string_view, 14> names{
        "maildaemon", "postmaster", "listserv", "majordomo", "mailman", "autoresponder", "autoreply",
        "daemon",     "nobody",     "cron",     "crond",     "anacron", "crondaemon",    "mdaemon"};
    const std::string name = joined(pieces);
    return is_one_of(names, name) || name.starts_with("mailerdaemon");
}

bool is_list_manager(const std::string& lower, const Pieces& pieces)
{
    return lower.starts_with("owner-") || lower.ends_with("-owner") || lower.ends_with("-request") ||
           lower.find("-return-") != std::string::npos ||
           std::any_of(pieces.begin(), pieces.end(),
                       [](const std::string& piece) { return piece == "bounce" || piece == "bounces"; });
}

// Nobody is called so, alone or with something before or behind it: prod-alerts, notifications.eu.
constexpr std::array<std::string_view, 22> machine_words{
    "alert",        "alerts",        "alarm",     "alarms",    "alerting",   "alertmanager",
    "notification", "notifications", "notify",    "notifier",  "monitoring", "newsletter",
    "nagios",       "icinga",        "zabbix",    "grafana",   "prometheus", "logwatch",
    "logcheck",     "watchdog",      "voicemail", "unattended"};

// The whole of it, because people are called Root, Bot and Monitor.
constexpr std::array<std::string_view, 30> machine_names{
    "root",   "bot",    "robot",   "system", "monitor",    "auto",     "automated", "automailer",
    "mailer", "server", "jenkins", "jira",   "confluence", "bugzilla", "redmine",   "gitlab",
    "github", "git",    "svn",     "ci",     "build",      "backup",   "backups",   "munin",
    "monit",  "sentry", "wwwdata", "apache", "updates",    "reports"};

}  // namespace

std::string reason_of_machine_address(const core::Mailbox& address)
{
    const std::string lower = address.unwrapped_local();
    const Pieces pieces = pieces_of(lower);
    if (is_no_reply(pieces)) {
        return "its sender takes no replies (no-reply)";
    }
    if (is_mail_system(pieces)) {
        return "a mail system wrote it (mailer-daemon, postmaster and the like)";
    }
    if (is_list_manager(lower, pieces)) {
        return "a list or its bounce address sent it (owner-, -request, -bounces)";
    }
    return {};
}

bool is_role_of_machines(const core::Mailbox& address)
{
    std::string lower = address.unwrapped_local();
    lower.erase(std::min(lower.find('+', 1), lower.size()));  // ann+alerts@ is a person's
    const Pieces pieces = pieces_of(std::move(lower));
    return is_one_of(machine_names, joined(pieces)) ||
           std::any_of(pieces.begin(), pieces.end(),
                       [](const std::string& piece) { return is_one_of(machine_words, piece); });
}

}  // namespace shield::acknowledge
