// SPDX-License-Identifier: Apache-2.0
#include "operations.hpp"

#include <shield/core/reached_bounds.hpp>
#include <shield/triage/desk.hpp>

#include <utility>

namespace shield::triage {

Answer Answer::done(Json result)
{
    return {0, std::move(result), {}, {}, {}, {}};
}

Answer Answer::refused(std::string sentence)
{
    return {1, {}, std::move(sentence), {}, {}, {}};
}

Answer Answer::misused(std::string sentence)
{
    return {2, {}, std::move(sentence), {}, {}, {}};
}

Answer Answer::unavailable(std::string sentence)
{
    return {3, {}, std::move(sentence), {}, {}, {}};
}

Answer Answer::past(std::uint64_t core::Limits::*bound, Answer answer)
{
    answer.reached = bound;
    return answer;
}

Answer Answer::faulty(const Request::Fault& fault)
{
    return {fault.status, {}, fault.sentence, {}, {}, {}};
}

std::string Answer::to_string() const
{
    Json json{{"status", status}};
    if (!error.empty()) {
        json["error"] = error;
    }
    if (!warnings.empty()) {
        json["warnings"] = warnings;
    }
    if (!result.is_null()) {
        json["result"] = result;
    }
    if (!octets) {
        return to_line(json);
    }
    json["octets"] = octets->size();
    return to_line(json) + "\n" + *octets;
}

const Operations::Command Operations::commands[] = {
    {"queue", &Operations::queue},
    {"show", &Operations::show},
    {"raw", &Operations::raw},
    {"attachment", &Operations::attachment},
    {"export", &Operations::export_case},
    {"claim", &Operations::claim},
    {"note", &Operations::note},
    {"set", &Operations::set},
    {"reclassify", &Operations::reclassify},
    {"reply", &Operations::reply},
    {"close", &Operations::close},
    {"reopen", &Operations::reopen},
    {"join", &Operations::join},
    {"mute", &Operations::mute},
    {"unfold", &Operations::unfold},
    {"release", &Operations::release},
    {"held", &Operations::held},
    {"allow", &Operations::allow},
    {"disallow", &Operations::disallow},
    {"doctor", &Operations::doctor},
    {"search", &Operations::search},
    {"refused", &Operations::refused},
    {"stats", &Operations::stats},
    {"templates", &Operations::templates},
    {"verify", &Operations::verify},
    {"backup", &Operations::backup},
    {"backup-taken", &Operations::backup_taken},
    {"rotate-token-key", &Operations::rotate_token_key},
};

Answer Operations::run(Request& request)
{
    const std::string name = request.text("command");
    for (const Command& command : commands) {
        if (command.name == name) {
            return (this->*command.run)(request);
        }
    }
    std::string known;
    for (const Command& command : commands) {
        known += (known.empty() ? "" : ", ") + std::string{command.name};
    }
    return Answer::misused("there is no such command; there are " + known);
}

struct Desk::State {
    store::Store& store;
    std::function<std::shared_ptr<const Settings>()> settings;
    core::Clock clock;
    core::ReachedBounds bounds;
    ReadAttachment read_attachment;
    Examine examine;
};

Desk::Desk(store::Store& store, std::function<std::shared_ptr<const Settings>()> settings, core::Clock clock,
           core::Metrics& metrics, ReadAttachment read_attachment, Examine examine)
    : state_{new State{store, std::move(settings), std::move(clock), core::ReachedBounds{metrics},
                       std::move(read_attachment), std::move(examine)}}
{
}

Desk::~Desk() = default;

std::string Desk::execute(std::string_view octets, std::string_view who)
{
    try {
        const auto settings = state_->settings();
        auto request = Request::parse(octets, settings->limits);
        if (!request) {
            const core::Error fault = request.error();
            state_->bounds.count_named_in(fault.sentence);  // it holds nothing of the request
            return Answer::misused(fault.sentence).to_string();
        }
        const Answer answer =
            Operations{state_->store, settings, state_->clock(), who, state_->read_attachment, state_->examine}.run(
                *request);
        if (answer.reached) {
            state_->bounds.count(*answer.reached);
        }
        return answer.to_string();
    } catch (const store::Unavailable& unavailable) {
        return Answer::unavailable(unavailable.what()).to_string();
    } catch (const std::exception& failure) {
        return Answer::unavailable(std::string{"the request failed: "} + failure.what()).to_string();
    }
}

}  // namespace shield::triage
