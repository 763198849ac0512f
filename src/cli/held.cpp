// SPDX-License-Identifier: Apache-2.0
#include "held.hpp"

#include "columns.hpp"
#include "complain.hpp"
#include "octets.hpp"

#include <shield/core/printable.hpp>

#include <algorithm>
#include <iostream>

namespace shield::cli {

namespace {

constexpr int misused = 2;
constexpr std::size_t batch = 10;  // released by one request: between two, a person sees how far it is

std::string shown(const Json& one, const char* name)
{
    return core::printable_line(text_in(one, name));
}

std::string held_line(const Json& one)
{
    constexpr std::size_t category_columns = 7;
    constexpr std::size_t sender_columns = 36;
    return shown(one, "reference") + "  " + fitted(shown(one, "category"), category_columns) + "  " +
           fitted(shown(one, "from"), sender_columns) + "  " + shown(one, "received_at") + "  ";
}

/// Writes the result of each; how many were released.
std::size_t tell_results(const Json& results)
{
    std::size_t released = 0;
    for (const Json& one : results) {
        if (number_in(one, "status") == 0) {
            std::cout << shown(one, "reference") << "  released\n";
            ++released;
        } else {
            complain(text_in(one, "reference") + ": " + text_in(one, "error"));
        }
    }
    return released;
}

int release_named(const Arguments& arguments, DeskLine& desk)
{
    const Reply reply =
        ask_aloud(desk, {{"command", "release"}, {"references", arguments.references}, {"late", arguments.late}});
    if (arguments.json && !reply.result.is_null()) {
        print_json(reply.result);
    } else if (reply.result.is_array()) {
        (void)tell_results(reply.result);
    }
    return reply.status;
}

Reply ask_held(const Arguments& arguments, DeskLine& desk)
{
    Json request{{"command", "held"}};
    add_if(request, "category", arguments.category);
    add_if(request, "from", arguments.from);
    add_if(request, "older_than", arguments.older_than);
    add_if(request, "newer_than", arguments.newer_than);
    add_if(request, "limit", arguments.limit);
    return ask_aloud(desk, request);
}

std::string progress(std::size_t done, std::size_t all)
{
    return std::to_string(done) + " of " + std::to_string(all);
}

int release_together(const Arguments& arguments, DeskLine& desk, const Json& list)
{
    int status = 0;
    Json results = Json::array();
    std::size_t released = 0;
    for (std::size_t begin = 0; begin < list.size(); begin += batch) {
        Json references = Json::array();
        for (std::size_t i = begin; i < std::min(list.size(), begin + batch); ++i) {
            references.push_back(text_in(list[i], "reference"));
        }
        const Reply reply =
            desk.ask({{"command", "release"}, {"references", std::move(references)}, {"together", true}});
        if (!reply.result.is_array()) {
            complain(reply.error);
            return reply.status;
        }
        status = std::max(status, reply.status);
        results.insert(results.end(), reply.result.begin(), reply.result.end());
        if (!arguments.json) {
            released += tell_results(reply.result);
            std::cout << progress(results.size(), list.size()) << " done, " << released << " released" << std::endl;
        }
    }
    if (arguments.json) {
        print_json(results);
    }
    return status;
}

int release_held(const Arguments& arguments, DeskLine& desk)
{
    const Reply reply = ask_held(arguments, desk);
    if (reply.status != 0) {
        return reply.status;
    }
    const Json& list = list_in(reply.result, "release");
    if (arguments.dry_run) {
        arguments.json ? print_json(reply.result) : void(std::cout << render_held(reply.result));
        return 0;
    }
    if (!arguments.json) {
        std::cout << render_held(reply.result) << std::flush;
    }
    return release_together(arguments, desk, list);
}

bool picks(const Arguments& arguments)
{
    return arguments.from || arguments.category || arguments.older_than || arguments.newer_than ||
           arguments.limit || arguments.dry_run;
}

}  // namespace

std::string render_held(const Json& answer)
{
    std::string out;
    const Json& release = list_in(answer, "release");
    const Json& others = list_in(answer, "others");
    for (const Json& one : release) {
        out += held_line(one) + "to be released; was held: " + shown(one, "reason") + "\n";
    }
    for (const Json& one : others) {
        out += held_line(one) + "left: " + shown(one, "why") + "\n";
    }
    out += std::to_string(release.size()) + " to be released, " + std::to_string(others.size()) + " left";
    const std::uint64_t more = number_in(answer, "left");
    return out + (more != 0 ? ", " + std::to_string(more) + " more past the limit\n" : "\n");
}

int release(const Arguments& arguments, DeskLine& desk)
{
    if (arguments.held == !arguments.references.empty()) {
        complain("release takes either references or --held; 'shieldctl release --help' says more");
        return misused;
    }
    if (arguments.held && arguments.late) {
        complain("--late is for references: what is held too long is released by name alone");
        return misused;
    }
    if (!arguments.held && picks(arguments)) {
        complain("--from, --category, --older-than, --newer-than, --limit and --dry-run go with --held");
        return misused;
    }
    return arguments.held ? release_held(arguments, desk) : release_named(arguments, desk);
}

std::string render_allowances(const Json& list)
{
    constexpr std::size_t whom_columns = 36;
    std::string out;
    for (const Json& one : list) {
        out += fitted(shown(one, "whom"), whom_columns) + "  until " + shown(one, "until") + "  by " +
               shown(one, "who") + " at " + shown(one, "at");
        const std::string ended = shown(one, "ended_at");
        out += ended.empty() ? "\n" : ", ended by " + shown(one, "ended_by") + " at " + ended + "\n";
    }
    return out.empty() ? "nobody is allowed\n" : out;
}

int allow(const Arguments& arguments, DeskLine& desk)
{
    Json request{{"command", "allow"}};
    if (!arguments.value.empty()) {
        request["whom"] = arguments.value;
    }
    add_if(request, "until", arguments.until);
    request["ended"] = arguments.ended;
    const Reply reply = ask_aloud(desk, request);
    if (reply.status != 0 || arguments.json) {
        reply.status == 0 ? print_json(reply.result) : void();
        return reply.status;
    }
    if (reply.result.is_array()) {
        std::cout << render_allowances(reply.result);
        return 0;
    }
    std::cout << shown(reply.result, "whom") << " is allowed until " << shown(reply.result, "until") << "\n";
    if (const std::uint64_t held = number_in(reply.result, "held"); held != 0) {
        std::cout << "held from there: " << held << "; 'shieldctl release --held --from "
                  << shown(reply.result, "whom") << "' sends them\n";
    }
    return 0;
}

int disallow(const Arguments& arguments, DeskLine& desk)
{
    const Reply reply = ask_aloud(desk, {{"command", "disallow"}, {"whom", arguments.value}});
    if (reply.status == 0) {
        arguments.json ? print_json(reply.result)
                       : void(std::cout << shown(reply.result, "whom") << " is not allowed any more\n");
    }
    return reply.status;
}

}  // namespace shield::cli
