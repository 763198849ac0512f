// SPDX-License-Identifier: Apache-2.0
// bench_seed DIRECTORY COUNT: fills a store with assessed cases, through the same interfaces as the daemon.
#include <shield/core/log.hpp>
#include <shield/store/assessments.hpp>
#include <shield/store/intake.hpp>
#include <shield/store/store.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <latch>
#include <string>

namespace {

using namespace shield;

constexpr std::uint64_t batch = 256;

struct Mailbox {
    const char* address;
    core::Category category;
};
// Of a hundred cases one is an attack and nine are urgent.
constexpr Mailbox mailbox_of(std::uint64_t number)
{
    const std::uint64_t percent = number % 100;
    return percent == 0   ? Mailbox{"shield@example.com", core::Category::attack}
           : percent < 10 ? Mailbox{"security@example.com", core::Category::urgent}
                          : Mailbox{"help@example.com", core::Category::support};
}

core::Time now()
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string octets_of(std::uint64_t number)
{
    const std::string text = std::to_string(number);
    return "From: reporter" + text + "@site" + std::to_string(number % 5000) +
           ".example\r\nTo: help@example.com\r\nSubject: Question " + text + "\r\n\r\nThis is message number " +
           text + ".\r\nIt asks for nothing.\r\n";
}

store::Submission submission(store::Intake& intake, std::uint64_t number)
{
    const Mailbox mailbox = mailbox_of(number);
    store::Submission made{{}, intake.spool(), now() + std::chrono::hours{72}};
    made.envelope.client_address = "192.0.2." + std::to_string(number % 250);
    made.envelope.helo = "client.example";
    made.envelope.protocol = "ESMTP";
    made.envelope.reverse_path =
        "reporter" + std::to_string(number) + "@site" + std::to_string(number % 5000) + ".example";
    made.envelope.recipients.push_back(
        {*core::Mailbox::parse(mailbox.address), mailbox.address, mailbox.category, true});
    made.envelope.received_at = now();
    made.content.append(octets_of(number));
    return made;
}

store::Assessed assessed(const store::AssessmentWork& work)
{
    const core::Category category = core::most_pressing(work.envelope).category;
    store::Assessed done;
    done.message_id = work.message_id;
    done.received_at = work.envelope.received_at;
    core::Assessment& message = done.assessment.emplace();
    message.from = {work.envelope.reverse_path};
    message.from_shown = work.envelope.reverse_path;
    message.subject = "Question " + work.reference.to_string();
    message.text = "This is a message.\nIt asks for nothing.\n";
    message.classification.category = category;
    message.classification.probabilities[static_cast<std::size_t>(category)] = 1;
    message.classification.reasons = {{"was written to the mailbox", category, 1.0}};
    done.acknowledge = [](const store::GrantedBefore&, bool) {
        return store::Grant{{core::AcknowledgementState::held, "not verified", std::nullopt}, std::nullopt};
    };
    return done;
}

void submit(store::Store& store, std::uint64_t from, std::uint64_t to)
{
    std::latch waiting{static_cast<std::ptrdiff_t>(to - from)};
    for (std::uint64_t number = from; number < to; ++number) {
        store.intake().submit(submission(store.intake(), number), [&](store::Intake::Outcome outcome) {
            if (std::holds_alternative<core::Refusal>(outcome)) {
                std::fputs("the store refused a message\n", stderr);
                std::exit(1);
            }
            waiting.count_down();
        });
    }
    waiting.wait();
}

void assess(store::Store& store)
{
    for (auto work = store.assessments().lease(batch); !work.empty(); work = store.assessments().lease(batch)) {
        std::vector<store::Assessed> done;
        done.reserve(work.size());
        for (const store::AssessmentWork& one : work) {
            done.push_back(assessed(one));
        }
        store.assessments().record(std::move(done));
    }
}

}  // namespace

int main(int argc, char** argv)
{
    std::uint64_t count = 0;
    if (argc != 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), count).ec != std::errc{}) {
        std::fputs("usage: bench_seed DIRECTORY COUNT\n", stderr);
        return 2;
    }
    try {
        core::NoLog log;
        core::Metrics metrics;
        store::Options options;
        options.directory = argv[1];
        options.clock = now;
        options.log = &log;
        options.metrics = &metrics;
        const auto store = store::Store::open(std::move(options));
        for (std::uint64_t done = 0; done < count; done += batch) {
            submit(*store, done, std::min(done + batch, count));
            assess(*store);
            if (done % (batch * 100) == 0) {
                std::fprintf(stderr, "\r%llu of %llu cases", static_cast<unsigned long long>(done),
                             static_cast<unsigned long long>(count));
            }
        }
        while (store->assessments().index_some() > 0) {
        }
        std::fputc('\n', stderr);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_seed: %s\n", failure.what());
        return 1;
    }
    return 0;
}
