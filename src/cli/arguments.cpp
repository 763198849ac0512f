// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include "complain.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/nearest.hpp>
#include <shield/core/printable.hpp>
#include <shield/core/vocabulary.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace shield::cli {

namespace {

constexpr int usage_status = 2;

constexpr const char* examples =
    "Examples:\n"
    "  shieldctl queue                                 what waits, most pressing first\n"
    "  shieldctl queue --category attack --json        the same for a program\n"
    "  shieldctl show SR-7F3K-92QX                     one case: why it is where it is, its messages, its history\n"
    "  shieldctl claim SR-7F3K-92QX                    take it on\n"
    "  shieldctl note SR-7F3K-92QX called her, line is dead\n"
    "  shieldctl reply SR-7F3K-92QX --dry-run < answer.txt\n"
    "  shieldctl export SR-7F3K-92QX --stix             its evidence, for whoever can act on it\n"
    "  shieldctl close SR-7F3K-92QX duplicate --of SR-0D1E-2F3G\n"
    "  shieldctl close SR-7F3K-92QX spam --campaign    and all copies of it\n"
    "  shieldctl classify --mailbox security@example.com report.eml\n"
    "\n"
    "Any reference of a case names it; case, hyphens and 'SR-' may be left out.\n"
    "Exit status: 0 done, 1 not found or refused, 2 usage, 3 store unavailable. See shieldctl(1), "
    "shieldd.toml(5).\n";

template <typename Values>
std::string words_of(const Values& values)
{
    std::string text;
    for (const auto value : values) {
        text += (text.empty() ? "" : ", ") + std::string{to_string(value)};
    }
    return text;
}

/// Gives the commands of the contract to the parser; each fills the one Arguments.
class Grammar {
public:
    Grammar(CLI::App& app, Arguments& arguments) : app_{app}, arguments_{arguments} {}

    void add_all()
    {
        add_queries();
        add_acts();
        add_mail();
        add_store();
        add_later();
    }

private:
    CLI::App* add(const std::string& name, const std::string& help)
    {
        CLI::App* command = app_.add_subcommand(name, help);
        command->footer("See shieldctl(1).");
        command->callback([&arguments = arguments_, name] { arguments.command = name; });
        return command;
    }
    void json(CLI::App* command) { command->add_flag("--json", arguments_.json, "Write JSON"); }
    CLI::App* add_on_case(const std::string& name, const std::string& help)
    {
        CLI::App* command = add(name, help);
        command->add_option("REF", arguments_.reference, "Any reference of the case")->required();
        json(command);
        return command;
    }

    void add_queries()
    {
        CLI::App* queue = add("queue", "List cases, most pressing first; all but the closed");
        queue->add_option("--category", arguments_.category, "Only this one: " + words_of(core::categories));
        queue->add_option("--state", arguments_.state, "Only this one: " + words_of(core::states));
        queue->add_flag("--held", arguments_.held, "Only those whose acknowledgement waits for a person");
        queue->add_flag("--spam", arguments_.spam, "Only those folded away as spam");
        queue->add_flag("--campaigns", arguments_.campaigns, "Only those that stand for a campaign");
        queue->add_option("--campaign", arguments_.campaign, "The cases that this one stands for, the newest first")
            ->type_name("REF");
        queue->add_option("--limit", arguments_.limit, "At most N")->type_name("N");
        json(queue);

        CLI::App* show = add_on_case("show", "Show one case");
        CLI::Option* raw = show->add_flag("--raw", arguments_.raw, "Write a message's exact octets");
        show->add_option("--message", arguments_.message, "Only message N of the case, counted from 1")
            ->type_name("N");
        CLI::Option* number = show->add_option("--attachment", arguments_.attachment,
                                               "Write attachment N of the message to the file of --to")
                                  ->type_name("N")
                                  ->excludes(raw);
        CLI::Option* to =
            show->add_option("--to", arguments_.to, "A file, which must not exist")->type_name("FILE");
        number->needs(to);
        to->needs(number);
        show->get_option("--json")->excludes(raw)->excludes(number);
        show->add_flag("--evidence", arguments_.evidence,
                       "The evidence found in it too, as for an attack it always is")
            ->excludes(raw)
            ->excludes(number);
        add_export();

        CLI::App* search = add("search", "Find cases by words in subject, sender and text");
        search->add_option("WORDS", arguments_.words, "All of them are to be found")->required();
        search->add_option("--limit", arguments_.limit, "At most N")->type_name("N");
        json(search);
        CLI::App* refused = add("refused", "List what was refused for its size, the newest first");
        refused->add_option("--limit", arguments_.limit, "At most N")->type_name("N");
        json(refused);
        json(add("stats", "Figures, derived from what happened"));
        json(add("doctor", "Say what is well, what is not and what to do; status 1 when something is not"));
    }

    void add_export()
    {
        CLI::App* command = add("export", "Write a case's mail as an mbox, or its evidence for others");
        command->add_option("REF", arguments_.reference, "Any reference of the case")->required();
        CLI::Option* raw = command->add_flag("--raw", arguments_.raw, "Without the fields that say how it came");
        CLI::Option* message =
            command->add_option("--message", arguments_.message, "Only message N of the case, counted from 1")
                ->type_name("N");
        CLI::Option* stix = command->add_flag("--stix", arguments_.stix, "The evidence, as a STIX 2.1 bundle")
                                ->excludes(raw)
                                ->excludes(message);
        command->add_flag("--sender", arguments_.sender, "Who sent the messages to us is the attacker")
            ->needs(stix);
        command->add_option("--to", arguments_.to, "A file, which must not exist; else standard output")
            ->type_name("FILE");
    }

    void add_acts()
    {
        add_on_case("claim", "Make a case yours; a new one becomes triaged");
        add_on_case("note", "Write something down in the history")
            ->add_option("TEXT", arguments_.words, "The note; - reads it from standard input")
            ->required();
        add_on_case("set", "Say where the work stands")
            ->add_option("STATE", arguments_.value, "triaged, in_progress or waiting")
            ->required();
        add_on_case("reclassify", "Raise or lower a case by your word")
            ->add_option("CATEGORY", arguments_.value, words_of(core::categories))
            ->required();
        CLI::App* close = add_on_case("close", "Close a case");
        close->add_option("CODE", arguments_.value, words_of(core::closing_codes))->required();
        CLI::Option* of =
            close->add_option("--of", arguments_.of, "The case it is a duplicate of")->type_name("REF");
        close->add_flag("--campaign", arguments_.whole_campaign, "And all that are folded behind it")->excludes(of);
        add_on_case("mute", "Take a campaign out of the queue for a while; what is folded behind it stays there")
            ->add_option("TIME", arguments_.value, "How long: 90m, 24h, 7d; at most 30d")
            ->required();
        add_on_case("unfold", "Bring a case that was folded behind another, or muted, back into the queue")
            ->add_flag("--campaign", arguments_.whole_campaign, "All of a campaign that is none");
        add_on_case("reopen", "Open a closed case again; its clock starts anew");
        add_on_case("join", "Make all messages of a case part of another")
            ->add_option("INTO", arguments_.value, "The case that stays")
            ->required();
    }

    void add_mail()
    {
        CLI::App* reply = add_on_case("reply", "Answer the reporter; the text comes from standard input");
        CLI::Option* canned = reply
                                  ->add_option("--template", arguments_.template_name,
                                               "Use this canned text; see "
                                               "'templates'")
                                  ->type_name("NAME");
        reply->add_option("--file", arguments_.file, "Read the text from here")
            ->type_name("FILE")
            ->excludes(canned);
        reply->add_option("--to", arguments_.to, "Write to another address than the case began with")
            ->type_name("ADDRESS");
        reply->add_flag("--dry-run", arguments_.dry_run, "Show what would go out, and send nothing");

        add_held();
        json(add("templates", "List the texts that reply --template takes"));
    }

    void add_held()
    {
        CLI::App* release = add("release", "Send held acknowledgements: those named, or with --held all that fit");
        release->add_option("REF", arguments_.references, "One or more cases; no cap applies to what you name");
        release->add_flag("--late", arguments_.late, "Though a person should have answered by now");
        release->add_flag("--held", arguments_.held,
                          "All that are held, as far as the caps of a day let them (acknowledgements_*_max): those "
                          "keep us from being used against others");
        release->add_option("--from", arguments_.from, "Only what came from there")->type_name("ADDRESS|DOMAIN");
        release->add_option("--category", arguments_.category, "Only this one: " + words_of(core::categories));
        release->add_option("--older-than", arguments_.older_than, "Only what came before that: 2h, 3d")
            ->type_name("TIME");
        release->add_option("--newer-than", arguments_.newer_than, "Only what came since then")->type_name("TIME");
        release->add_option("--limit", arguments_.limit, "At most N, by category and the newest first; 100")
            ->type_name("N");
        release->add_flag("--dry-run", arguments_.dry_run,
                          "List what would be sent and what not, and send nothing");
        json(release);
        CLI::App* allow =
            add("allow", "Answer an address, or all of a domain, though nobody can verify it; list them");
        allow->add_option("WHOM", arguments_.value, "ann@example.net or example.net; without it they are listed");
        allow->add_option("--until", arguments_.until, "30d or 2027-02-01, at most a year; 90d")->type_name("WHEN");
        allow->add_flag("--ended", arguments_.ended, "List also those that are over");
        json(allow);
        CLI::App* disallow = add("disallow", "Take an allowance back");
        disallow->add_option("WHOM", arguments_.value, "As it was allowed")->required();
        json(disallow);
    }

    void add_store()
    {
        CLI::App* classify = add("classify", "Say for each file what category it would get; stores nothing");
        classify->add_option("FILE", arguments_.files, "Messages as files; - is standard input")->required();
        classify->add_option("--mailbox", arguments_.mailbox, "As if written to this mailbox of ours")
            ->type_name("ADDRESS");
        json(classify);  // it writes nothing else; asking for it is no mistake
        CLI::App* backup = add("backup", "Write a consistent copy of the database, while it goes on");
        backup->add_option("FILE", arguments_.output, "Must not exist")->required();
        json(backup);
        json(add("verify", "Hash every message again and follow every reference ever given"));
        json(add("rotate-token-key", "Sign new mail with a new key; what the old ones signed stays good"));
    }

    void add_later()
    {
        for (const char* name : {"import", "restore"}) {
            add(name, "Not in this version")->fallthrough(false)->prefix_command();  // whatever follows
        }
    }

    CLI::App& app_;
    Arguments& arguments_;
};

}  // namespace

namespace {

/// The first word that is no option, which names the command.
std::string command_word(int argc, const char* const* argv)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word{argv[i]};
        if (word == "--config") {
            ++i;
        } else if (!word.starts_with('-')) {
            return std::string{word};
        }
    }
    return {};
}

/// What is wrong with the command line, and where to read on.
std::string usage_fault(const CLI::App& app, const std::string& command, const CLI::ParseError& wrong)
{
    if (command.empty()) {
        return std::string{wrong.what()} + "; 'shieldctl --help' says more";
    }
    std::vector<std::string> names;
    for (const CLI::App* known : app.get_subcommands({})) {
        names.push_back(known->get_name());
    }
    if (std::find(names.begin(), names.end(), command) != names.end()) {
        return std::string{wrong.what()} + "; 'shieldctl " + command + " --help' says more";
    }
    const std::string near = core::nearest(command, names);
    return "there is no command '" + core::printable_line(core::cut_utf8(command, 60)) + "'" +
           (near.empty() ? "" : "; did you mean '" + near + "'?") + "; 'shieldctl --help' lists all";
}

}  // namespace

std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv)
{
    Arguments arguments;
    CLI::App app{"The operator's tool of shieldd: what waits, what it is, what became of it.", "shieldctl"};
    app.set_version_flag("--version", "shieldctl " SHIELD_VERSION);
    app.footer(examples);
    app.require_subcommand(0, 1);
    app.fallthrough();
    std::string config;
    app.add_option("--config", config, "The configuration of the daemon (" + arguments.config.string() + ")")
        ->type_name("FILE");
    Grammar{app, arguments}.add_all();
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        return Finished{app.exit(asked)};
    } catch (const CLI::ParseError& wrong) {
        complain(usage_fault(app, command_word(argc, argv), wrong));
        return Finished{usage_status};
    }
    if (arguments.command.empty()) {
        complain("a command is missing; 'shieldctl --help' lists them");
        return Finished{usage_status};
    }
    if (!config.empty()) {
        arguments.config = config;
        arguments.config_named = true;
    }
    return arguments;
}

}  // namespace shield::cli
