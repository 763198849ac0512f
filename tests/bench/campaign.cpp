// SPDX-License-Identifier: Apache-2.0
// What campaigns cost: microseconds a sketch and a placing with 100,000 messages remembered, and memory; then
// 100,000 messages of 29 families with names, links and words at random, and how many campaigns they
// make. Build it optimised: tests/bench/campaigns.
#include "campaign/samples.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <set>

namespace {

using namespace shield;
using namespace shield::campaign;

constexpr std::size_t many = 100000;

std::size_t peak_kilobytes()
{
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            return std::stoul(line.substr(6));
        }
    }
    return 0;
}

/// Of this thread's processor time: others may be at work on the machine.
template <typename Work>
double microseconds(Work work)
{
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
    };
    const double begin = now();
    work();
    return now() - begin;
}

/// Those of the tests, each two or three times in other letters, the Chinese as it is: 29.
std::vector<Family> many_families()
{
    Dice dice{41};
    std::vector<Family> all;
    const auto given = families();
    for (std::size_t i = 0; i < 30; ++i) {
        Family family = given[i % given.size()];
        // A family in a language of its own, letter for letter, so that it is none of the others; Chinese stays
        // one.
        family.name += family.text.find("您好") == std::string::npos ? std::to_string(i) : "";
        const auto turn = static_cast<char>(i / given.size() * 7);
        bool inside = false;
        for (char& c : family.text) {
            inside = c == '<' || (inside && c != '>');
            if (!inside && c >= 'a' && c <= 'z') {
                c = static_cast<char>('a' + (c - 'a' + turn) % 26);
            }
        }
        family.subject += turn == 0 ? "" : " " + dice.letters(8);
        all.push_back(std::move(family));
    }
    return all;
}

std::string own_words(Dice& dice)
{
    static const std::vector<std::string> stock = [] {
        Dice words{43};
        std::vector<std::string> all;
        for (int i = 0; i < 20000; ++i) {
            all.push_back(words.letters(3 + words.below(7)));
        }
        return all;
    }();
    std::string text;
    for (std::size_t i = 0; i < 120; ++i) {
        // A few words are everywhere, most are rare.
        const double share = static_cast<double>(dice.below(1000000)) / 1000000;
        text += stock[static_cast<std::size_t>(share * share * share * static_cast<double>(stock.size()))] + " ";
    }
    return text + "https://" + dice.letters(3) + ".example/";
}

void measure_sketches(Dice& dice)
{
    std::vector<core::Assessment> messages;
    std::size_t octets = 0;
    for (const Family& family : families()) {
        for (int i = 0; i < 100; ++i) {
            messages.push_back(message_of(filled(family.subject, dice), filled(family.text, dice)));
            octets += messages.back().text.size();
        }
    }
    const double time = microseconds([&] {
        for (const core::Assessment& message : messages) {
            (void)sketch_of(message, our_mailboxes());
        }
    });
    std::printf("sketch            %8.1f us a message of %zu octets\n", time / static_cast<double>(messages.size()),
                octets / messages.size());
    core::Assessment largest = message_of("Much text", {});
    while (largest.text.size() < 262144) {
        largest.text += own_words(dice);
    }
    std::printf("sketch            %8.1f us a message of %zu octets\n",
                microseconds([&] { (void)sketch_of(largest, our_mailboxes()); }), largest.text.size());
}

void measure_placing(Dice& dice)
{
    Mail mail;
    std::vector<Sketch> sketches;
    const std::size_t before = peak_kilobytes();
    for (std::size_t i = 0; i < many; ++i) {
        mail.come_from_anybody(sketch_of_text(own_words(dice), dice.letters(5) + " " + dice.letters(6)));
    }
    mail.kept.clear();
    std::printf("remembered        %8zu messages, each with its own words\n", mail.campaigns.remembered());
    std::printf("memory, at most   %8zu KB (%zu before; the benchmark keeps a copy of every sketch)\n",
                peak_kilobytes(), before);
    std::vector<Sketch> more;
    std::generate_n(std::back_inserter(more), 2000,
                    [&] { return sketch_of_text(own_words(dice), dice.letters(5) + " " + dice.letters(6)); });
    std::vector<double> times;
    for (const Sketch& sketch : more) {
        times.push_back(microseconds([&] { (void)mail.come_from_anybody(sketch); }));
    }
    std::sort(times.begin(), times.end());
    std::printf("placing           %8.1f us median, %.1f us p99\n", times[times.size() / 2],
                times[times.size() * 99 / 100]);
}

void measure_mailbomb(Dice& dice)
{
    const auto all = many_families();
    Mail mail;
    std::vector<std::string> truth;
    double time = 0;
    for (std::size_t i = 0; i < many; ++i) {
        const Family& family = all[dice.below(all.size())];
        const Sketch sketch = copy_of(family, dice);
        time += microseconds([&] { (void)mail.come(sketch, dice.below(10000)); });
        truth.push_back(family.name);
    }
    std::vector<CampaignId> found;
    for (const auto& [id, campaign] : mail.of) {
        found.push_back(campaign);
    }
    const Quality quality = quality_of(truth, found);
    const std::set<CampaignId> campaigns{found.begin(), found.end()};
    std::printf("mailbomb          %8zu messages of %zu families: %zu campaigns, %td alone or linked\n", many,
                all.size(), campaigns.size() - campaigns.count(0),
                std::count(found.begin(), found.end(), CampaignId{0}));
    std::printf("                  %8.4f precision, %.4f recall, %.1f us a placing, %zu remembered\n",
                quality.precision, quality.recall, time / many, mail.campaigns.remembered());
}

}  // namespace

int main()
{
    Dice dice{1};
    measure_sketches(dice);
    measure_mailbomb(dice);
    measure_placing(dice);
}
