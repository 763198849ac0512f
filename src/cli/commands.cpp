// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "complain.hpp"
#include "doctor.hpp"
#include "files.hpp"
#include "held.hpp"
#include "octets.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <filesystem>
#include <iostream>

namespace shield::cli {

namespace {

constexpr int refused = 1;
constexpr int misused = 2;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::size_t line_not_in_utf8(std::string_view text)
{
    std::size_t number = 0;
    for (const std::string_view line : core::split(text, '\n')) {
        ++number;
        if (!core::is_utf8(line)) {
            break;
        }
    }
    return number;
}

/// One run of one command: asks, and keeps the status.
class Run {
public:
    Run(const Arguments& arguments, DeskLine& desk) : arguments_{arguments}, desk_{desk} {}

    int queue()
    {
        Json request{{"command", "queue"}, {"held", arguments_.held}, {"spam", arguments_.spam}};
        request["campaigns"] = arguments_.campaigns;
        add_if(request, "campaign", arguments_.campaign);
        request["full"] = arguments_.json;
        add_if(request, "category", arguments_.category);
        add_if(request, "state", arguments_.state);
        add_if(request, "limit", arguments_.limit);
        const Reply reply = ask(request);
        if (reply.status == 0) {
            arguments_.json ? print_json(list_in(reply.result, "cases"))
                            : print(render_queue(reply.result, view_of_output()));
        }
        return reply.status;
    }

    int search()
    {
        Json request{{"command", "search"}, {"words", joined(arguments_.words)}, {"full", arguments_.json}};
        add_if(request, "limit", arguments_.limit);
        const Reply reply = ask(request);
        if (reply.status == 0) {
            arguments_.json ? print_json(reply.result) : print(render_cases(reply.result, view_of_output()));
        }
        return reply.status;
    }

    int show()
    {
        if (arguments_.raw) {
            return show_raw(arguments_, desk_);
        }
        if (arguments_.attachment) {
            return save_attachment(arguments_, desk_);
        }
        const Reply reply = ask(on_case("show"));
        if (reply.status != 0) {
            return reply.status;
        }
        const Json& messages = list_in(reply.result, "messages_detail");
        const auto number = arguments_.message;
        if (number && (*number < 1 || *number > messages.size())) {
            complain(text_in(reply.result, "reference") + " has messages 1 to " + std::to_string(messages.size()));
            return refused;
        }
        if (!arguments_.json) {
            const bool evidence = arguments_.evidence || (!number && text_in(reply.result, "category") == "attack");
            print(render_case(reply.result, number, view_of_output()) +
                  (evidence ? render_evidence(reply.result, view_of_output()) : std::string{}));
        } else {
            print_json(number ? messages[*number - 1] : reply.result);
        }
        return 0;
    }

    int export_mail() { return export_case(arguments_, desk_); }

    int act()
    {
        Json request = on_case(arguments_.command);
        if (arguments_.command == "set") {
            request["state"] = arguments_.value;
        } else if (arguments_.command == "reclassify") {
            request["category"] = arguments_.value;
        } else if (arguments_.command == "close") {
            request["code"] = arguments_.value;
            add_if(request, "of", arguments_.of);
        } else if (arguments_.command == "join") {
            request["into"] = arguments_.value;
        } else if (arguments_.command == "mute") {
            request["for"] = arguments_.value;
        }
        if (arguments_.whole_campaign) {
            return on_campaign(std::move(request));
        }
        return finish(ask(request));
    }

    int note()
    {
        Json request = on_case("note");
        request["text"] = joined(arguments_.words);
        if (arguments_.words == std::vector<std::string>{"-"}) {
            auto text = read_file("-", desk_.config().limits.note_max);
            if (!text) {
                complain(text.error().sentence);
                return refused;
            }
            request["text"] = *std::move(text);
        }
        return finish(ask(request));
    }

    int reply()
    {
        Json request = on_case("reply");
        if (arguments_.template_name) {
            request["template"] = *arguments_.template_name;
        } else {
            auto text = read_file(arguments_.file.value_or("-"), desk_.config().limits.reply_text_max);
            if (!text) {
                complain(text.error().sentence);
                return refused;
            }
            if (!core::is_utf8(*text)) {
                const std::string file = arguments_.file.value_or("-");
                complain((file == "-" ? "standard input" : file) + ":" + std::to_string(line_not_in_utf8(*text)) +
                         ": the text is not in UTF-8; save it in UTF-8");
                return misused;
            }
            request["text"] = *std::move(text);
        }
        add_if(request, "to", arguments_.to);
        request["dry_run"] = arguments_.dry_run;
        const Reply answer = ask(request);
        if (answer.status != 0 || !arguments_.dry_run) {
            return finish(answer);
        }
        arguments_.json ? print_json(answer.result) : print_octets(answer.octets);
        return 0;
    }

    int release() { return cli::release(arguments_, desk_); }
    int allow() { return cli::allow(arguments_, desk_); }
    int disallow() { return cli::disallow(arguments_, desk_); }
    int doctor() { return cli::doctor(arguments_, desk_); }

    int refused_list()
    {
        Json request{{"command", "refused"}};
        add_if(request, "limit", arguments_.limit);
        const Reply reply = ask(request);
        return print_either(reply, [&] { return render_refused(reply.result); });
    }

    int stats()
    {
        const Reply reply = ask({{"command", "stats"}});
        return print_either(reply, [&] { return render_stats(reply.result); });
    }

    int templates()
    {
        const Reply reply = ask({{"command", "templates"}});
        return print_either(reply, [&] {
            std::string out;
            for (const Json& name : reply.result) {
                out += core::printable_line(name.is_string() ? name.get<std::string>() : name.dump()) + "\n";
            }
            return out;
        });
    }

    int verify()
    {
        const Reply reply = ask({{"command", "verify"}});
        return print_either(reply, [&] { return render_verification(reply.result); });
    }

    /// The daemon writes only to its own directory; from there the copy goes where whoever runs this may write.
    int backup()
    {
        const std::string file = std::filesystem::absolute(arguments_.output).string();
        if (std::error_code ignored; std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
            complain(core::printable_line(file) + " exists, and a backup overwrites nothing");
            return refused;
        }
        Reply reply = ask({{"command", "backup"}});
        if (reply.status != 0) {
            return reply.status;
        }
        const std::string made = text_in(reply.result, "file");
        const auto copied = copy_to_new_file(made, file);
        const Reply taken = ask({{"command", "backup-taken"}, {"file", made}});
        if (!copied) {
            complain(copied.error().sentence);
            return refused;
        }
        reply.result["file"] = file;
        return taken.status != 0 ? taken.status
                                 : print_either(reply, [&] { return core::printable_line(file) + " written\n"; });
    }

    int rotate_token_key()
    {
        const Reply reply = ask({{"command", "rotate-token-key"}});
        return print_either(
            reply, [&] { return "key " + std::to_string(number_in(reply.result, "key")) + " signs now\n"; });
    }

private:
    [[nodiscard]] Json on_case(const std::string& command) const
    {
        return {{"command", command}, {"reference", arguments_.reference}};
    }

    Reply ask(const Json& request) { return ask_aloud(desk_, request); }

    /// Step by step, and how far it is.
    int on_campaign(Json request)
    {
        request["campaign"] = true;
        std::uint64_t cases = 0;
        for (;;) {
            Reply reply = ask(request);
            if (reply.status != 0) {
                if (cases > 0) {
                    complain(std::to_string(cases) + " cases are done; the same command goes on with the rest");
                }
                return reply.status;
            }
            cases += number_in(reply.result, "campaign_cases");
            if (flag_in(reply.result, "finished")) {
                reply.result["campaign_cases"] = cases;
                if (!arguments_.json) {
                    print(std::to_string(cases) + (cases == 1 ? " case\n" : " cases\n"));
                }
                return finish(reply);
            }
            warn(std::to_string(cases) + " cases so far");
        }
    }

    static void print(const std::string& text) { std::cout << text; }

    int finish(const Reply& reply) const
    {
        if (reply.status == 0) {
            arguments_.json ? print_json(reply.result) : print(render_outcome(reply.result, view_of_output()));
        }
        return reply.status;
    }

    // A verification that found faults has both a result and a status.
    template <typename Render>
    int print_either(const Reply& reply, const Render& render) const
    {
        if (!reply.result.is_null()) {
            arguments_.json ? print_json(reply.result) : print(render());
        }
        return reply.status;
    }

    const Arguments& arguments_;
    DeskLine& desk_;
};

struct Entry {
    std::string_view name;
    int (Run::*run)();
};

constexpr Entry table[] = {
    {"queue", &Run::queue},
    {"show", &Run::show},
    {"export", &Run::export_mail},
    {"claim", &Run::act},
    {"set", &Run::act},
    {"reclassify", &Run::act},
    {"close", &Run::act},
    {"reopen", &Run::act},
    {"join", &Run::act},
    {"mute", &Run::act},
    {"unfold", &Run::act},
    {"note", &Run::note},
    {"reply", &Run::reply},
    {"release", &Run::release},
    {"allow", &Run::allow},
    {"disallow", &Run::disallow},
    {"doctor", &Run::doctor},
    {"search", &Run::search},
    {"refused", &Run::refused_list},
    {"stats", &Run::stats},
    {"templates", &Run::templates},
    {"verify", &Run::verify},
    {"backup", &Run::backup},
    {"rotate-token-key", &Run::rotate_token_key},
};

}  // namespace

int run_command(const Arguments& arguments, DeskLine& desk)
{
    for (const Entry& entry : table) {
        if (entry.name == arguments.command) {
            return (Run{arguments, desk}.*entry.run)();
        }
    }
    complain("there is no command '" + arguments.command + "'");
    return misused;
}

}  // namespace shield::cli
