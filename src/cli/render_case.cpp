// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"
#include "render.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <cstdio>

namespace shield::cli {

namespace {

constexpr std::size_t label_columns = 16;
constexpr std::string_view bar = "  | ";

/// Builds the text line by line; each line it writes begins with something of ours.
class Page {
public:
    explicit Page(const View& view) : view_{view} {}

    void heading(const std::string& text) { out_ += "\n" + painted(text, Paint::strong, view_.colour) + "\n"; }

    /// One line behind `begin`; broken lines go on behind `go_on`, as wide.
    void line(std::string_view begin, std::string_view go_on, const std::string& text)
    {
        const std::string safe = core::printable_line(text);
        bool first = true;
        for (const std::string& piece : pieces(safe, columns_of(begin))) {
            out_ += std::string{first ? begin : go_on} + piece + "\n";
            first = false;
        }
    }

    void field(std::string_view label, const std::string& text)
    {
        if (!text.empty()) {
            line("  " + fitted(label, label_columns), std::string(label_columns + 2, ' '), text);
        }
    }

    void item(const std::string& text) { line("  - ", "    ", text); }

    /// Many lines, each behind the bar.
    void quote(const std::string& text)
    {
        std::string safe = core::printable_text(text);
        while (safe.ends_with('\n')) {
            safe.pop_back();
        }
        for (const std::string_view one : core::split(safe, '\n')) {
            std::string expanded;
            for (const char c : one) {
                expanded += c == '\t' ? std::string(4, ' ') : std::string(1, c);
            }
            for (const std::string& piece : pieces(expanded, bar.size())) {
                out_ += std::string{bar} + piece + "\n";
            }
        }
    }

    void title(const std::string& text) { out_ += painted(text, Paint::strong, view_.colour) + "\n"; }

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    [[nodiscard]] std::vector<std::string> pieces(const std::string& safe, std::size_t used) const
    {
        if (!view_.wrap || view_.columns <= used) {
            return {safe};
        }
        return wrapped(safe, view_.columns - used);
    }

    const View& view_;
    std::string out_;
};

std::string joined(const Json& list)
{
    std::string text;
    for (const Json& one : list) {
        if (one.is_string()) {
            text += (text.empty() ? "" : ", ") + one.get<std::string>();
        }
    }
    return text;
}

std::string with_age(const std::string& written, core::Time now)
{
    const auto time = core::parse_rfc3339(written);
    if (!time) {
        return written;
    }
    return written +
           (*time <= now ? " (" + render_span(now - *time) + " ago)" : " (in " + render_span(*time - now) + ")");
}

std::string acknowledgement_words(const Json& acknowledgement)
{
    std::string words = text_in(acknowledgement, "state");
    if (const std::string sent_at = text_in(acknowledgement, "sent_at"); !sent_at.empty()) {
        words += " " + sent_at;
    }
    if (const std::string reason = text_in(acknowledgement, "reason"); !reason.empty()) {
        words += ": " + reason;
    }
    return words;
}

/// Never a customer, only an address: more is not proven.
std::string reply_address_words(const Json& authentication)
{
    const std::string state = text_in(authentication, "reply_address");
    const std::string domain = text_in(authentication, "verified_domain");
    return state == "verified" && !domain.empty() ? "address verified (" + domain + ")" : "address " + state;
}

std::string authentication_words(const Json& authentication)
{
    std::string words;
    for (const char* method : {"spf", "dkim", "dmarc", "arc"}) {
        if (const std::string result = text_in(authentication, method); !result.empty()) {
            words += (words.empty() ? "" : ", ") + std::string{method} + " " + result;
        }
    }
    return reply_address_words(authentication) + "; " + (words.empty() ? "not checked" : words);
}

void render_proofs(Page& page, const Json& authentication)
{
    for (const Json& proof : list_in(authentication, "proofs")) {
        const std::string domain = text_in(proof, "domain");
        page.field(text_in(proof, "method"), text_in(proof, "result") + (domain.empty() ? "" : " for " + domain) +
                                                 ": " + text_in(proof, "reason"));
    }
}

void render_facts(Page& page, const Json& detail, const View& view)
{
    const std::string code = text_in(detail, "code");
    page.title(text_in(detail, "reference") + "  " + text_in(detail, "category") + "  " + text_in(detail, "state") +
               (code.empty() ? "" : " as " + code) + "  " + render_due(detail, view.now));
    page.field("From", text_in(detail, "from"));
    page.field("Subject", subject_of(detail));
    page.field("Mailbox", text_in(detail, "mailbox"));
    page.field("Received", with_age(text_in(detail, "received_at"), view.now));
    if (const std::string due = text_in(detail, "due_at"); !due.empty()) {
        page.field("Due", with_age(due, view.now));
    }
    if (const std::string answered = text_in(detail, "answered_at"); !answered.empty()) {
        page.field("Answered", with_age(answered, view.now));
    }
    page.field("Assignee", text_in(detail, "assignee"));
    page.field("Duplicate of", text_in(detail, "duplicate_of"));
    page.field("Acknowledgement", acknowledgement_words(object_in(detail, "acknowledgement")));
    page.field("Sender", authentication_words(object_in(detail, "authentication")));
    page.field("Marks", joined(list_in(detail, "flags")));
    if (const std::string similar = joined(list_in(detail, "similar")); !similar.empty()) {
        page.field("Join?", similar);
    }
}

void render_attachments(Page& page, const Json& attachments)
{
    for (const Json& one : attachments) {
        const std::string sniffed = text_in(one, "sniffed_type");
        const std::string declared = text_in(one, "declared_type");
        const std::string name = text_in(one, "name");
        page.line("  attachment ", std::string(13, ' '),
                  std::to_string(number_in(one, "number")) + ": " + (name.empty() ? "(no name)" : name) + ", " +
                      declared + (sniffed.empty() || sniffed == declared ? "" : " (looks like " + sniffed + ")") +
                      ", " + std::to_string(number_in(one, "size")) + " octets, sha256 " + text_in(one, "sha256"));
    }
}

void render_message(Page& page, const Json& message, std::size_t count)
{
    const Json& envelope = object_in(message, "envelope");
    page.heading("Message " + std::to_string(number_in(message, "number")) + " of " + std::to_string(count) + "  " +
                 text_in(message, "reference") + "  " + text_in(message, "kind") +
                 (flag_in(message, "automatic") ? ", written by a machine" : ""));
    const std::string tls = text_in(envelope, "tls");
    page.field("Received", text_in(message, "received_at") + " from " + text_in(envelope, "client_address") + " (" +
                               text_in(envelope, "helo") + ") with " + text_in(envelope, "protocol") +
                               (tls.empty() ? ", in clear text" : ", " + tls));
    page.field("Envelope",
               "<" + text_in(envelope, "reverse_path") + "> to " + joined(list_in(envelope, "recipients")));
    if (const Json& by = object_in(envelope, "by_relay"); !by.empty()) {
        page.field("Relay", "by our relay " + text_in(by, "relay") + " (" + text_in(by, "client_address") + ", <" +
                                text_in(by, "reverse_path") + ">); from " + text_in(envelope, "client_address"));
    }
    render_proofs(page, object_in(message, "authentication"));
    if (flag_in(message, "from_another_address")) {
        page.field("Beware", "this comes from another address than the case began with");
    }
    if (!flag_in(message, "assessed")) {
        page.field("Text", "not read (yet, or it cannot be): --raw writes the message as it came");
        return;
    }
    page.field("From", text_in(message, "from"));
    page.field("Reply-To", text_in(message, "reply_to"));
    page.field("Subject", subject_of(message));
    page.field("Date", text_in(message, "date"));
    if (const std::string encryption = text_in(message, "encryption"); encryption != "none") {
        page.field("Encrypted", encryption);
    }
    for (const Json& defect : list_in(message, "defects")) {
        page.field("Defect", defect.is_string() ? defect.get<std::string>() : std::string{});
    }
    page.quote(text_in(message, "text"));
    if (flag_in(message, "text_cut")) {
        page.field("Cut", "the text goes on; --raw writes all of it");
    }
    render_attachments(page, list_in(message, "attachments"));
}

// A person's word stands before the program's.
std::string reasons_heading(const Json& detail, const std::string& sorted)
{
    const Json& events = list_in(detail, "events");
    const auto decided = std::find_if(events.rbegin(), events.rend(), [](const Json& event) {
        return text_in(event, "kind") == "reclassify" && text_in(event, "who") != "shieldd";
    });
    if (decided == events.rend()) {
        return "Why " + sorted;
    }
    return core::printable_line("Category " + text_in(detail, "category") + ", by " + text_in(*decided, "who") +
                                " at " + text_in(*decided, "at") + "; the program had said " + sorted + ":");
}

// The most pressing category whose share is large enough is chosen, which need not be the largest.
std::string why_not_the_highest(const Json& classification)
{
    const std::string chosen = text_in(classification, "category");
    const Json& shares = object_in(classification, "probabilities");
    const auto share_of = [&](const std::string& category) {
        const auto share = shares.find(category);
        return share != shares.end() && share->is_number() ? share->get<double>() : 0.0;
    };
    std::string highest = chosen;
    for (const auto& one : shares.items()) {
        highest = share_of(one.key()) > share_of(highest) ? one.key() : highest;
    }
    if (highest == chosen) {
        return {};
    }
    char shown[64];
    std::snprintf(shown, sizeof shown, "%.0f%% to %.0f%%", 100 * share_of(chosen), 100 * share_of(highest));
    return chosen + " against " + highest + " " + shown +
           ": what is in doubt goes to the more pressing one, and only strong evidence lowers attack";
}

void render_campaign(Page& page, const Json& campaign, const std::string& shown, core::Time now)
{
    if (campaign.empty()) {
        return;
    }
    const std::string reference = text_in(campaign, "reference");
    const auto number = [&](const char* name) { return std::to_string(number_in(campaign, name)); };
    page.heading(reference == shown ? "Stands for a campaign" : "Folded behind " + reference);
    page.field("cases",
               number("cases") + ", " + number("open") + " open; " + number("last_hour") + " in the last hour");
    page.field("first", with_age(text_in(campaign, "first_at"), now));
    page.field("last", with_age(text_in(campaign, "last_at"), now));
    page.field("muted until", text_in(campaign, "muted_until"));
    page.field("from", number("senders") + " senders in " + number("networks") + " networks");
    for (const Json& one : list_in(campaign, "busiest")) {
        page.item(text_in(one, "network") + ": " + std::to_string(number_in(one, "messages")));
    }
    page.field("samples", joined(list_in(campaign, "samples")));
    page.field("all of them", "shieldctl queue --campaign " + reference);
}

void render_reasons(Page& page, const Json& detail)
{
    const Json& messages = list_in(detail, "messages_detail");
    if (messages.empty()) {
        return;
    }
    const Json& classification = object_in(messages.front(), "classification");
    const Json& reasons = list_in(classification, "reasons");
    if (reasons.empty()) {
        return;
    }
    page.heading(reasons_heading(detail, text_in(classification, "category")));
    if (const std::string why = why_not_the_highest(classification); !why.empty()) {
        page.item(why);
    }
    for (const Json& reason : reasons) {
        const auto weight = reason.find("weight");
        char shown[32] = "";
        if (weight != reason.end() && weight->is_number()) {
            std::snprintf(shown, sizeof shown, "%+.1f ", weight->get<double>());
        }
        page.item(shown + text_in(reason, "towards") + ": " + text_in(reason, "sentence"));
    }
}

void render_outgoing(Page& page, const Json& outgoing)
{
    if (outgoing.empty()) {
        return;
    }
    page.heading("Sent by us");
    for (const Json& mail : outgoing) {
        const std::string who = text_in(mail, "who");
        page.item(text_in(mail, "created_at") + "  " +
                  (flag_in(mail, "automatic") ? "acknowledgement" : "reply" + (who.empty() ? "" : " of " + who)) +
                  " to " + text_in(mail, "recipient") + ": " + text_in(mail, "state"));
        for (const Json& attempt : list_in(mail, "attempts")) {
            const std::string outcome = text_in(attempt, "outcome");
            page.line("      ", "      ",
                      text_in(attempt, "started_at") + "  " + (outcome.empty() ? "under way" : outcome) + "  " +
                          text_in(attempt, "reply"));
        }
    }
}

void render_events(Page& page, const Json& events)
{
    page.heading("History");
    for (const Json& event : events) {
        const std::string detail = text_in(event, "detail");
        const bool long_one = detail.find('\n') != std::string::npos;
        page.line("  ", "      ",
                  text_in(event, "at") + "  " + text_in(event, "who") + "  " + text_in(event, "kind") +
                      (long_one || detail.empty() ? "" : ": " + detail));
        if (long_one) {
            page.quote(detail);
        }
    }
}

}  // namespace

std::string render_case(const Json& detail, std::optional<std::uint64_t> message, const View& view)
{
    Page page{view};
    const Json& messages = list_in(detail, "messages_detail");
    render_facts(page, detail, view);
    if (!message) {
        render_campaign(page, object_in(detail, "campaign"), text_in(detail, "reference"), view.now);
        render_reasons(page, detail);
    }
    for (const Json& one : messages) {
        if (!message || number_in(one, "number") == *message) {
            render_message(page, one, messages.size());
        }
    }
    if (!message) {
        render_outgoing(page, list_in(detail, "outgoing"));
        render_events(page, list_in(detail, "events"));
    }
    return page.take();
}

}  // namespace shield::cli
