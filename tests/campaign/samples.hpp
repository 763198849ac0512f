// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filled.hpp"

#include <shield/campaign/campaigns.hpp>
#include <shield/mime/read.hpp>

#include <map>
#include <string>
#include <vector>

/// Messages and the mail that comes in, as the tests of this module make them.
namespace shield::campaign {

inline const core::Mailboxes& our_mailboxes()
{
    static const core::Mailboxes ours =
        core::Mailboxes::make("mx.shield.test", {{"shield@shield.test", {}, core::Category::attack}}).value();
    return ours;
}

inline core::Assessment message_of(std::string subject, std::string text)
{
    core::Assessment message;
    message.subject = std::move(subject);
    message.text = std::move(text);
    message.from = {"someone@sender.example"};
    message.machine.content_type = "text/plain";
    return message;
}

inline Sketch sketch_of_text(std::string text, std::string subject = "A subject of some words")
{
    return sketch_of(message_of(std::move(subject), std::move(text)), our_mailboxes());
}

inline core::Assessment read_message(std::string_view header, std::string_view body)
{
    return mime::read(std::string{header} + "\r\n" + std::string{body}, core::Limits{});
}

inline Sketch copy_of(const Family& family, Dice& dice)
{
    std::string subject = filled(family.subject, dice);
    return sketch_of_text(filled(family.text, dice), std::move(subject));
}

/// What one who subscribes somewhere is asked, in seven languages, by ever other lists.
inline Sketch confirmation(Dice& dice)
{
    static const std::vector<std::pair<std::string, std::string>> asked{
        {"Please confirm your subscription", "Thank you for signing up for the <name> newsletter. Confirm here: "},
        {"Bitte bestätigen Sie Ihre Anmeldung", "Fast geschafft! Mit einem Klick bestätigen Sie den Newsletter: "},
        {"Confirmez votre inscription", "Encore une étape pour recevoir la lettre de <name> : "},
        {"Confirma tu suscripción", "Gracias por tu interés en el boletín de <name>: "},
        {"Confirme sua inscrição", "Falta pouco para receber as novidades de <name>: "},
        {"Подтвердите подписку", "Чтобы получать рассылку <name>, перейдите по ссылке: "},
        {"メールアドレスの確認", "<name> のメールマガジンへの登録を完了してください: "},
        {"Activate your account", "Welcome to <name>! One more step and your account is ready: "}};
    const auto& [subject, text] = asked[dice.below(asked.size())];
    const std::string host = dice.letters(9) + ".example";
    core::Assessment message = message_of(
        subject, filled(text, dice) + "https://" + host + "/c/" + std::to_string(dice.roll()) + dice.letters(8));
    message.from = {"no-reply@" + host};
    if (dice.below(2) == 0) {
        message.machine.list_field = "list-unsubscribe";
    }
    return sketch_of(message, our_mailboxes());
}

/// Gives messages to Campaigns, a second apart, and keeps which came where.
class Mail {
public:
    explicit Mail(const core::Limits& limits = {}) : campaigns{limits} {}

    Placement come(const Sketch& sketch, std::uint64_t sender, bool verified = false)
    {
        Origin origin;
        origin.sender = sender;
        origin.recipient = 1;
        origin.verified = verified;
        return come(sketch, origin);
    }
    Placement come_from_anybody(const Sketch& sketch) { return come(sketch, 1000000 + last); }
    Placement come(const Sketch& sketch, const Origin& origin)
    {
        now += std::chrono::seconds{1};
        Placement placement = campaigns.place(++last, sketch, origin, now);
        keep(last, placement);
        if (placement.remembered) {
            kept[last] = {last, sketch, origin, now, 0};
        }
        return placement;
    }

    /// Notes where a message came, and who came with it.
    void keep(MessageId id, const Placement& placement)
    {
        of[id] = placement.standing == Standing::member ? placement.campaign : 0;
        for (const MessageId joined : placement.joined) {
            of[joined] = placement.campaign;
        }
        for (const CampaignId absorbed : placement.absorbed) {
            for (auto& [one, campaign] : of) {
                campaign = campaign == absorbed ? placement.campaign : campaign;
            }
        }
    }

    /// What the store would give back after a restart.
    [[nodiscard]] std::vector<Remembered> remembered() const
    {
        std::vector<Remembered> all;
        for (auto [id, one] : kept) {
            one.campaign = of.at(id);
            all.push_back(one);
        }
        return all;
    }

    Campaigns campaigns;
    core::Time now{core::from_unix_ms(1764000000000)};
    MessageId last{0};
    std::map<MessageId, CampaignId> of;
    std::map<MessageId, Remembered> kept;
};

/// How well campaigns meet what is true, over all pairs of messages.
struct Quality {
    double precision{1};
    double recall{1};
};

/// `truth` and `found` name a group for every message; an empty name and 0 are in none.
inline Quality quality_of(const std::vector<std::string>& truth, const std::vector<CampaignId>& found)
{
    const auto pairs = [](double count) { return count * (count - 1) / 2; };
    std::map<std::string, double> true_sizes;
    std::map<CampaignId, double> found_sizes;
    std::map<std::pair<std::string, CampaignId>, double> both;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        true_sizes[truth[i]] += truth[i].empty() ? 0 : 1;
        found_sizes[found[i]] += found[i] == 0 ? 0 : 1;
        both[{truth[i], found[i]}] += truth[i].empty() || found[i] == 0 ? 0 : 1;
    }
    double in_truth = 0;
    double in_found = 0;
    double in_both = 0;
    for (const auto& [name, size] : true_sizes) {
        in_truth += name.empty() ? 0 : pairs(size);
    }
    for (const auto& [id, size] : found_sizes) {
        in_found += id == 0 ? 0 : pairs(size);
    }
    for (const auto& [names, size] : both) {
        in_both += names.first.empty() || names.second == 0 ? 0 : pairs(size);
    }
    return {in_found == 0 ? 1 : in_both / in_found, in_truth == 0 ? 1 : in_both / in_truth};
}

}  // namespace shield::campaign
