// SPDX-License-Identifier: Apache-2.0
// Mail from standard input through sketch_of() and Campaigns::place(): how many cases it makes, who was folded that
// should not be, precision and recall, and what placing takes. tests/bench/campaign_mail gives it some.
//
// A message is a line "id TAB campaign TAB seconds TAB client TAB reverse-path TAB recipient TAB octets" and then
// so many octets and a line end. An empty campaign is a person's message. With an argument it tells what was
// missed, too.
#include "campaign/samples.hpp"

#include <shield/acknowledge/decide.hpp>
#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <set>

namespace {

using namespace shield;
using namespace shield::campaign;

double microseconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

struct Given {
    std::string id;
    std::string campaign;
    core::Time at{};
    core::Envelope envelope;
    core::Assessment message;
};

struct Fate {
    std::string id;
    std::string campaign;
    Placement first;  // as it came
};

const core::Mailboxes& mailboxes()
{
    static const auto ours =
        core::Mailboxes::make("mx.desk.example", {{"security@desk.example", {}, core::Category::attack}}).value();
    return ours;
}

bool read(Given& given)
{
    std::string line;
    if (!std::getline(std::cin, line)) {
        return false;
    }
    const auto cells = core::split(line, '\t');
    given = {std::string{cells.at(0)}, std::string{cells.at(1)}, {}, {}, {}};
    given.at = core::from_unix_ms(1764000000000 + 1000 * std::stoll(std::string{cells.at(2)}));
    given.envelope.client_address = cells.at(3);
    given.envelope.reverse_path = cells.at(4);
    if (auto recipient = core::Mailbox::parse(std::string{cells.at(5)});
        recipient && mailboxes().find(*recipient)) {
        given.envelope.recipients.push_back(mailboxes().find(*recipient).value());
    }
    std::string octets(std::stoul(std::string{cells.at(6)}), '\0');
    std::cin.read(octets.data(), static_cast<std::streamsize>(octets.size()));
    std::cin.get();
    given.message = mime::read(octets, core::Limits{});
    return true;
}

void tell_cases(const std::vector<Fate>& fates, const Mail& mail)
{
    std::set<CampaignId> campaigns;
    std::size_t alone = 0;
    std::size_t linked = 0;
    std::size_t folded = 0;
    std::size_t people = 0;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const CampaignId in = mail.of.at(i + 1);
        campaigns.insert(in);
        people += fates[i].campaign.empty() ? 1 : 0;
        folded += fates[i].campaign.empty() && in != 0 ? 1 : 0;
        if (!fates[i].campaign.empty() && in == 0) {
            ++(fates[i].first.standing == Standing::alone ? alone : linked);
        }
    }
    campaigns.erase(0);
    std::printf("%zu messages: %zu campaigns, %zu of theirs alone and %zu linked; of people's %zu, %zu folded\n",
                fates.size(), campaigns.size(), alone, linked, people, folded);
}

void tell_quality(const std::vector<Fate>& fates, const Mail& mail)
{
    std::vector<std::string> truth;
    std::vector<CampaignId> found;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        truth.push_back(fates[i].campaign);
        found.push_back(mail.of.at(i + 1));
    }
    const Quality quality = quality_of(truth, found);
    std::printf("precision %.4f, recall %.4f\n", quality.precision, quality.recall);
}

void tell_times(std::vector<double> times, const char* what)
{
    if (times.empty()) {
        return;
    }
    std::sort(times.begin(), times.end());
    double sum = 0;
    for (const double time : times) {
        sum += time;
    }
    std::printf("%s: mean %.1f us, median %.1f us, p99 %.1f us, longest %.1f us\n", what,
                sum / static_cast<double>(times.size()), times[times.size() / 2], times[times.size() * 99 / 100],
                times.back());
}

// Of each campaign the largest part that is in one case, and then the messages that are not in it.
void tell_missed(const std::vector<Fate>& fates, const Mail& mail)
{
    std::map<std::string, std::map<CampaignId, std::size_t>> parts;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        ++parts[fates[i].campaign][mail.of.at(i + 1)];
    }
    std::map<std::string, CampaignId> main;
    for (const auto& [campaign, part] : parts) {
        std::size_t all = 0;
        std::size_t most = 0;
        for (const auto& [id, count] : part) {
            all += count;
            if (id != 0 && count > most) {
                most = count;
                main[campaign] = id;
            }
        }
        std::printf("= %-20s %zu of %zu in one, %zu in no case\n", campaign.empty() ? "people" : campaign.c_str(),
                    most, all, part.contains(0) ? part.at(0) : 0);
    }
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const Fate& fate = fates[i];
        const CampaignId in = mail.of.at(i + 1);
        const bool person = fate.campaign.empty();
        if (person ? in != 0 : in == 0 || in != main[fate.campaign]) {
            std::printf("%s %s%s: in %llu; it came like %llu: %s\n", fate.id.c_str(), fate.campaign.c_str(),
                        person ? "a person's" : "", static_cast<unsigned long long>(in),
                        static_cast<unsigned long long>(fate.first.like), fate.first.why.c_str());
        }
    }
}

}  // namespace

int main(int count, char**)
{
    std::ios::sync_with_stdio(false);
    Mail mail;
    std::vector<Fate> fates;
    std::vector<double> sketching;
    std::vector<double> placing;
    for (Given given; read(given);) {
        Origin origin = origin_of(given.envelope, given.message);
        origin.machine = !acknowledge::machine_reason(given.envelope, given.message, mailboxes()).empty();
        const double begin = microseconds();
        const Sketch sketch = sketch_of(given.message, mailboxes());
        const double between = microseconds();
        const Placement placement = mail.campaigns.place(fates.size() + 1, sketch, origin, given.at);
        placing.push_back(microseconds() - between);
        sketching.push_back(between - begin);
        mail.keep(fates.size() + 1, placement);
        fates.push_back({given.id, given.campaign, placement});
    }
    tell_cases(fates, mail);
    tell_quality(fates, mail);
    tell_times(sketching, "sketch_of");
    tell_times(placing, "place");
    if (count > 1) {
        tell_missed(fates, mail);
    }
}
