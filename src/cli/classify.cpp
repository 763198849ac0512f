// SPDX-License-Identifier: Apache-2.0
#include "classify.hpp"

#include "complain.hpp"
#include "files.hpp"
#include "render.hpp"

#include <shield/classify/classifier.hpp>
#include <shield/core/ascii.hpp>
#include <shield/daemon/config.hpp>
#include <shield/mime/read.hpp>

#include <iostream>
#include <optional>

namespace shield::cli {

namespace {

struct Setup {
    classify::Classifier classifier{classify::Classifier::built_in()};
    core::Limits limits;
    std::optional<core::Mailboxes> mailboxes;
};

core::result<Setup> configured(const std::filesystem::path& file)
{
    auto config = daemon::load_config(file);
    if (!config) {
        return config.error();
    }
    auto classifier = daemon::make_classifier(*config);
    if (!classifier) {
        return classifier.error();
    }
    auto mailboxes = core::Mailboxes::make(config->hostname, config->mailboxes);
    if (!mailboxes) {
        return mailboxes.error();
    }
    return Setup{*std::move(classifier), config->limits, *std::move(mailboxes)};
}

core::result<Setup> setup_for(const Arguments& arguments)
{
    if (arguments.config_named) {
        return configured(arguments.config);
    }
    std::error_code ignored;
    if (!std::filesystem::exists(arguments.config, ignored)) {
        return Setup{};
    }
    auto setup = configured(arguments.config);
    if (!setup) {  // nobody asked for it: a person without access to the daemon's files may still try the rules
        complain(setup.error().sentence + "\nthe built-in rules are used");
        return Setup{};
    }
    return setup;
}

// Without a configuration the usual names say what they say in every example of ours.
std::optional<core::Category> usual_category(const core::Mailbox& address)
{
    const std::string local = core::lowered(std::string_view{address.local}.substr(0, address.local.find('+')));
    if (local == "shield") {
        return core::Category::attack;
    }
    if (local == "security" || local == "abuse") {
        return core::Category::urgent;
    }
    return local == "support" || local == "postmaster" ? std::optional{core::Category::support} : std::nullopt;
}

core::result<core::Category> prior_of(const std::string& mailbox, const Setup& setup)
{
    const auto address = core::Mailbox::parse(mailbox);
    if (!address) {
        return core::Error{"'" + mailbox + "' is not an address"};
    }
    if (!setup.mailboxes) {
        const auto usual = usual_category(*address);
        return usual ? core::result<core::Category>{*usual}
                     : core::Error{
                           "without a configuration only shield@, security@, abuse@, support@ and "
                           "postmaster@ have a known category; name one with --config"};
    }
    const auto found = setup.mailboxes->find(*address);
    return found ? core::result<core::Category>{found->category}
                 : core::Error{"'" + mailbox + "' is no mailbox of the configuration"};
}

Json line_for(const std::string& file, const core::Classification& found)
{
    Json probabilities = Json::object();
    for (const core::Category category : core::categories) {
        probabilities[std::string{to_string(category)}] = found.probabilities[static_cast<std::size_t>(category)];
    }
    Json reasons = Json::array();
    for (const core::Reason& reason : found.reasons) {
        reasons.push_back(reason.sentence);
    }
    return {{"file", file},
            {"category", std::string{to_string(found.category)}},
            {"probabilities", std::move(probabilities)},
            {"reasons", std::move(reasons)},
            {"flags", found.flags}};
}

}  // namespace

int classify_files(const Arguments& arguments)
{
    const auto setup = setup_for(arguments);
    if (!setup) {
        complain(setup.error().sentence);
        return 2;
    }
    std::optional<core::Category> prior;
    if (arguments.mailbox) {
        const auto known = prior_of(*arguments.mailbox, *setup);
        if (!known) {
            complain(known.error().sentence);
            return 2;
        }
        prior = *known;
    }
    int status = 0;
    for (const std::string& file : arguments.files) {
        const auto octets = read_file(file, setup->limits.message_size_max);
        if (!octets) {
            complain(octets.error().sentence);
            status = 1;
            continue;
        }
        const core::Assessment message = mime::read(*octets, setup->limits);
        std::cout << line_for(file, setup->classifier.classify(message, prior))
                         .dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace)
                  << "\n"
                  << std::flush;
    }
    return status;
}

}  // namespace shield::cli
