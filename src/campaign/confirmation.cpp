// SPDX-License-Identifier: Apache-2.0
#include "confirmation.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/machine_fields.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace shield::campaign {

namespace {

// How words begin, folded as texts are: without accents, the letters of one script.
constexpr std::array<std::string_view, 44> confirming{"complet",      "thank you for your",
                                                      "successful",   "almost",
                                                      "one more",     "finish",
                                                      "confirm",      "verify your e",
                                                      "verify e",     "verification",
                                                      "activate",     "activation",
                                                      "opt in",       "optin",
                                                      "welcome",      "thank you for s",
                                                      "thanks for s", "subscribed",
                                                      "bestatig",     "aktivier",
                                                      "willkommen",   "bienven",
                                                      "activer",      "activez",
                                                      "verifi",       "conferma",
                                                      "attiva",       "benvenut",
                                                      "bem vind",     "ativ",
                                                      "bevestig",     "welkom",
                                                      "potwierdz",    "aktywuj",
                                                      "witaj",        "potvrd",
                                                      "bekraft",      "bekraeft",
                                                      "bekreft",      "vahvist",
                                                      "onayla",       "подтверд",
                                                      "megerosit",    "επιβεβαι"};
constexpr std::array<std::string_view, 46> subscribing{"new account",
                                                       "creating an account",
                                                       "your account at",
                                                       "subscri",
                                                       "newsletter",
                                                       "sign up",
                                                       "signup",
                                                       "signing up",
                                                       "registration",
                                                       "registering",
                                                       "mailing list",
                                                       "activate your account",
                                                       "account activation",
                                                       "anmeldung",
                                                       "abonn",
                                                       "registrierung",
                                                       "inscription",
                                                       "inscrire",
                                                       "lettre d",
                                                       "suscri",
                                                       "boletin",
                                                       "registro",
                                                       "inscrip",
                                                       "iscrizione",
                                                       "registrazione",
                                                       "assinatura",
                                                       "inscricao",
                                                       "cadastro",
                                                       "inschrijving",
                                                       "nieuwsbrief",
                                                       "aanmelding",
                                                       "subskry",
                                                       "biuletyn",
                                                       "rejestrac",
                                                       "odber",
                                                       "registrac",
                                                       "prenumer",
                                                       "nyhetsbrev",
                                                       "tilmeld",
                                                       "uutiskirje",
                                                       "abone",
                                                       "feliratk",
                                                       "hirlevel",
                                                       "подписк",
                                                       "рассыл",
                                                       "регистрац"};
// What a new account's confirmation says, and phishing too: enough only where the sender links to itself.
constexpr std::array<std::string_view, 7> confirming_an_address{
    "email address", "e mail address", "your email", "your e mail", "e mail adresse", "adresse e mail", "correo"};
// Scripts without spaces: anywhere.
constexpr std::array<std::string_view, 10> confirming_signs{"確認", "确认", "認証", "验证", "驗證",
                                                            "激活", "歓迎", "欢迎", "확인", "ようこそ"};
constexpr std::array<std::string_view, 10> subscribing_signs{
    "登録", "購読", "メールマガジン", "訂閱", "订阅", "ニュースレター", "メルマガ", "注册", "註冊", "邮箱"};

// Enough only of senders that say that they are machines: people use these words too.
constexpr std::array<std::string_view, 17> confirming_by_machine{
    "verify", "validat", "approv",  "click",   "finali",     "last step", "press", "klick", "clique",
    "clic",   "valid",   "verific", "verifiz", "freischalt", "bestat",    "klik",  "accept"};
constexpr std::array<std::string_view, 26> subscribing_by_machine{
    "signed up",    "register", "registered", "digest",        "member",   "join",      "waitlist",
    "waiting list", "updates",  "alerts",     "community",     "forum",    "your list", "our list",
    "mail list",    "trial",    "angemeldet", "registr",       "mitglied", "verteiler", "inscrit",
    "infolettre",   "bulletin", "aangemeld",  "geregistreerd", "lista de"};

bool has_words(std::string_view folded, std::span<const std::string_view> beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
        return folded.starts_with(beginning) || folded.find(" " + std::string{beginning}) != std::string_view::npos;
    });
}

bool has_signs(std::string_view folded, std::span<const std::string_view> signs)
{
    return std::any_of(signs.begin(), signs.end(),
                       [&](std::string_view sign) { return folded.find(sign) != std::string_view::npos; });
}

std::string domain_of(std::string_view address)
{
    const auto at = address.rfind('@');
    return at == std::string_view::npos ? std::string{} : registered_domain(core::lowered(address.substr(at + 1)));
}

bool leads_to_author(const core::Assessment& message, const Link& link)
{
    return std::any_of(message.from.begin(), message.from.end(),
                       [&](const std::string& author) { return link.domain == domain_of(author); });
}

bool links_to_itself(const core::Assessment& message, const std::vector<Link>& links)
{
    return std::any_of(links.begin(), links.end(),
                       [&](const Link& link) { return leads_to_author(message, link); });
}

bool is_automatic_or_bulk(const core::MachineMarks& marks)
{
    return core::is_automatic(marks.auto_submitted) || core::is_bulk(marks.precedence) ||
           !marks.list_field.empty() || core::writer_of_field(marks.autoreply_field) != core::FieldWriter::anybody;
}

// Whoever says "I" is a person, or wants to be taken for one.
constexpr std::array<std::string_view, 13> first_person{
    "i ", "my ", "ich ", "mein", "je suis ", "je vous ", "mon ", "yo ", "mi ", "io ", "eu ", "meu ", "ik "};
constexpr std::size_t short_max = 700;

// Most shops and small lists send no field that says what they are, and many link to whoever counts clicks for
// them.
bool is_shops(std::string_view folded)
{
    return folded.size() <= short_max && !has_words(folded, first_person);
}

}  // namespace

bool is_no_reply(std::string_view address)
{
    std::string local = core::lowered(address.substr(0, address.rfind('@')));
    std::erase_if(local, [](char c) { return c == '-' || c == '_' || c == '.'; });
    constexpr std::array<std::string_view, 5> names{"noreply", "donotreply", "dontreply", "nepasrepondre",
                                                    "nichtantworten"};
    return has_signs(local, names);
}

bool is_machine_made(const core::Assessment& message)
{
    const core::MachineMarks& marks = message.machine;
    const core::FieldWriter writer = core::writer_of_field(marks.autoreply_field);
    return core::is_automatic(marks.auto_submitted) || core::is_bulk(marks.precedence) ||
           !marks.list_field.empty() || writer == core::FieldWriter::responder ||
           marks.content_type == "multipart/report" ||
           std::any_of(message.from.begin(), message.from.end(), is_no_reply);
}

bool is_confirmation(const core::Assessment& message, std::string_view text, const std::vector<Link>& links)
{
    const bool unattended =
        std::any_of(message.from.begin(), message.from.end(), is_no_reply) || is_no_reply(message.reply_to);
    const bool to_itself = links_to_itself(message, links);
    const bool marked = is_automatic_or_bulk(message.machine) || unattended;
    const bool by_machine = marked || is_shops(text);
    const bool subscribes = has_words(text, subscribing) || has_signs(text, subscribing_signs) ||
                            (to_itself && has_words(text, confirming_an_address)) ||
                            (marked && has_words(text, subscribing_by_machine));
    const bool confirms = has_words(text, confirming) || has_signs(text, confirming_signs) ||
                          (marked && has_words(text, confirming_by_machine));
    return by_machine && subscribes && confirms &&
           std::any_of(links.begin(), links.end(), [](const Link& link) { return link.token; });
}

bool is_personal(const core::Assessment& message, std::string_view folded, const std::vector<Link>& links)
{
    const bool pictures_only =
        std::all_of(message.attachments.begin(), message.attachments.end(),
                    [](const core::Attachment& one) { return one.declared_type.starts_with("image/"); });
    const bool marked = is_machine_made(message);
    return pictures_only && (marked || !has_words(folded, first_person)) &&
           std::any_of(links.begin(), links.end(),
                       [&](const Link& link) { return link.token && (marked || leads_to_author(message, link)); });
}

}  // namespace shield::campaign
