// SPDX-License-Identifier: Apache-2.0
#include "desk_line.hpp"

#include <shield/mime/read.hpp>
#include <shield/net/control.hpp>
#include <shield/store/store.hpp>
#include <shield/triage/desk.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace shield::cli {

namespace {

constexpr std::chrono::seconds answer_wait{60};
constexpr std::chrono::hours long_answer_wait{24};  // verify and backup read the whole store

std::chrono::milliseconds wait_for(const Json& request)
{
    const std::string command = text_in(request, "command");
    return command == "verify" || command == "backup" ? std::chrono::milliseconds{long_answer_wait}
                                                      : std::chrono::milliseconds{answer_wait};
}

std::string dumped(const Json& request)
{
    return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Reply unavailable(std::string sentence)
{
    Reply reply;
    reply.error = std::move(sentence);
    return reply;
}

}  // namespace

struct DeskLine::Local {
    core::NoLog log;
    core::Metrics metrics;
    std::shared_ptr<const triage::Settings> settings;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<triage::Desk> desk;
};

DeskLine::DeskLine(daemon::UsableConfig usable)
    : config_{std::move(usable.config)}, faults_{std::move(usable.faults)}
{
}

DeskLine::~DeskLine() = default;

Reply DeskLine::ask(const Json& request)
{
    const std::string text = dumped(request);
    if (local_) {
        return ask_locally(request);
    }
    const auto ask_daemon = [&] {
        return net::ask_control(daemon::control_socket(config_), text, config_.limits, wait_for(request));
    };
    const net::ControlAnswer answer = ask_daemon();
    switch (answer.outcome) {
        case net::ControlAnswer::Outcome::answered:
            return read_reply(answer.text);
        case net::ControlAnswer::Outcome::failed:
            return unavailable(answer.text);
        case net::ControlAnswer::Outcome::nobody_listens:
            break;
    }
    try {
        return ask_locally(request);
    } catch (const store::Unavailable& reason) {
        if (reason.kind() == store::Unavailable::Kind::busy) {  // a daemon may have started in between
            if (const auto again = ask_daemon(); again.outcome == net::ControlAnswer::Outcome::answered) {
                return read_reply(again.text);
            }
        }
        return unavailable(reason.what());
    }
}

core::result<triage::Settings> DeskLine::settings_for(const std::string& command) const
{
    constexpr std::array<std::string_view, 7> in_need{"reply",     "release",    "held",  "allow",
                                                      "templates", "reclassify", "reopen"};
    auto settings = faults_.empty() ? daemon::make_triage_settings(config_)
                                    : core::result<triage::Settings>{core::Error{
                                          command + " needs a configuration without faults, and no shieldd runs"}};
    if (settings || std::find(in_need.begin(), in_need.end(), command) != in_need.end()) {
        return settings;
    }
    return daemon::make_reading_settings(config_);
}

Reply DeskLine::ask_locally(const Json& request)
{
    if (!local_) {
        auto settings = settings_for(text_in(request, "command"));
        if (!settings) {
            Reply reply = unavailable(settings.error().sentence);
            reply.status = 2;
            return reply;
        }
        auto local = std::make_unique<Local>();
        local->settings = std::make_shared<const triage::Settings>(*std::move(settings));
        store::Options options;
        options.directory = config_.directory;
        options.limits = config_.limits;
        options.clock = current_time;
        options.log = &local->log;
        options.metrics = &local->metrics;
        options.create = false;
        local->store = store::Store::open(std::move(options));
        local->desk = std::make_unique<triage::Desk>(
            *local->store, [settings = local->settings] { return settings; }, current_time, local->metrics,
            mime::attachment);  // with the rights of whoever runs shieldctl, as in `shieldctl classify`
        local_ = std::move(local);
    }
    return read_reply(local_->desk->execute(dumped(request), login_name()));
}

std::string login_name()
{
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    const uid_t uid = getuid();
    if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return "uid " + std::to_string(uid);
}

Reply read_reply(const std::string& answer)
{
    const auto end = answer.find('\n');
    const Json json = Json::parse(answer.substr(0, end), nullptr, /*allow_exceptions=*/false);
    const auto status = json.is_object() ? json.find("status") : json.end();
    if (!json.is_object() || status == json.end() || !status->is_number_unsigned() || *status > 3) {
        return unavailable("the daemon's answer makes no sense; is it of another version than this program?");
    }
    Reply reply;
    reply.status = status->get<int>();
    reply.error = text_in(json, "error");
    reply.result = json.value("result", Json{});
    for (const Json& warning : list_in(json, "warnings")) {
        reply.warnings.push_back(warning.is_string() ? warning.get<std::string>() : warning.dump());
    }
    if (end != std::string::npos) {
        reply.octets = answer.substr(end + 1);
    }
    if (reply.octets.size() != number_in(json, "octets")) {
        return unavailable("the daemon's answer was cut short");
    }
    return reply;
}

}  // namespace shield::cli
