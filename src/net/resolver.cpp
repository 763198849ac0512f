// SPDX-License-Identifier: Apache-2.0
#include "population.hpp"
#include "resolver_context.hpp"
#include "stream.hpp"

#include <shield/core/printable.hpp>
#include <shield/core/reached_bounds.hpp>
#include <shield/net/resolver.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <map>
#include <optional>
#include <vector>

namespace shield::net {
namespace asio = boost::asio;

namespace {

/// What is counted: questions, and answers by what they are.
class ResolverMetrics {
public:
    explicit ResolverMetrics(core::Metrics& metrics)
        : bounds{metrics},
          questions{metrics.counter("shield_dns_questions_total", "Questions asked of the DNS")},
          under_way{metrics.gauge("shield_dns_questions_under_way",
                                  "Questions that the resolver works on, those included that nobody waits for")},
          records_{answers(metrics, R"(result="records")")},
          no_data_{answers(metrics, R"(result="no_data")")},
          no_name_{answers(metrics, R"(result="no_name")")},
          failed_{answers(metrics, R"(result="failed")")},
          bogus_{answers(metrics, R"(result="bogus")")}
    {
    }

    void count(const core::DnsAnswer& answer) { ++of(answer); }

    const core::ReachedBounds bounds;
    core::Metrics::Value& questions;
    core::Metrics::Value& under_way;

private:
    static core::Metrics::Value& answers(core::Metrics& metrics, std::string_view result)
    {
        return metrics.counter("shield_dns_answers_total", "Answers of the DNS, by what they are", result);
    }
    core::Metrics::Value& of(const core::DnsAnswer& answer)
    {
        switch (answer.outcome) {
            case core::DnsOutcome::records:
                return records_;
            case core::DnsOutcome::no_data:
                return no_data_;
            case core::DnsOutcome::no_name:
                return no_name_;
            case core::DnsOutcome::failed:
                break;
        }
        return answer.dnssec == core::Dnssec::bogus ? bogus_ : failed_;
    }

    core::Metrics::Value &records_, &no_data_, &no_name_, &failed_, &bogus_;
};

std::unique_ptr<ResolverContext> make_context(const ResolverOptions& options, const core::Limits& limits)
{
    return options.mode == ResolverOptions::Mode::none ? nullptr
                                                       : std::make_unique<ResolverContext>(options, limits);
}

}  // namespace

/// Everything in it happens on the strand but where it says otherwise.
struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
    State(IoContext& context, const core::Limits& given, core::Log& sink, core::Metrics& metrics)
        : io{context}, strand{make_strand(context)}, limits{given}, log{sink}, counts{metrics}
    {
    }

    /// A question that libunbound works on. Without `done` nobody waits for it any more.
    struct Asked final : ResolverContext::Asker {
        Asked(State& owner, core::DnsQuestion asked, Done waits)
            : state{owner}, question{std::move(asked)}, done{std::move(waits)}, deadline{owner.strand}
        {
        }
        void told(std::optional<DnsReply> reply) noexcept override { state.hear(*this, std::move(reply)); }

        State& state;
        core::DnsQuestion question;
        Done done;
        asio::steady_timer deadline;
        std::uint64_t number{0};
    };
    struct Answered {
        Done done;
        core::DnsAnswer answer;
    };

    void take(core::DnsQuestion question, Done done);
    void tell(Answered answered);
    void wait_for(Asked& asked);
    void give_up(std::uint64_t number);
    void hear(Asked& asked, std::optional<DnsReply> reply);
    core::DnsAnswer believe(const Asked& asked, const DnsReply& reply);
    void warn_of_bogus(const Asked& asked, const core::DnsAnswer& answer);
    void watch();
    void look();
    void put(std::unique_ptr<ResolverContext>& context);
    void close(std::unique_ptr<ResolverContext>& ended);

    IoContext& io;
    const Strand strand;
    const core::Limits limits;
    core::Log& log;
    ResolverMetrics counts;
    std::atomic_bool stopping{false};  // from any thread

    std::unique_ptr<ResolverContext> library;
    std::map<std::uint64_t, Asked> asked;  // libunbound points at them, and looks at them in process() alone
    std::uint64_t last_number{0};
    std::vector<Answered> heard;  // in process(): whoever is told runs when libunbound has returned
    std::optional<asio::posix::stream_descriptor> readiness;
    bool chain_seen{false};  // an answer proved that signatures reach us
    bool bogus_warned{false};
};

void Resolver::State::take(core::DnsQuestion question, Done done)
{
    if (stopping) {
        return;
    }
    ++counts.questions;
    if (!library) {
        return tell({std::move(done), failed_answer("no resolver is configured")});
    }
    if (!core::is_dns_name(question.name)) {
        return tell({std::move(done), {core::DnsOutcome::no_name, core::Dnssec::unchecked, {}, {}}});
    }
    if (asked.size() >= limits.dns_questions_max) {
        counts.bounds.count(&core::Limits::dns_questions_max);
        return tell({std::move(done), failed_answer("too many questions are under way")});
    }
    const std::uint64_t number = ++last_number;
    Asked& added = asked.try_emplace(number, *this, std::move(question), std::move(done)).first->second;
    added.number = number;
    if (!library->ask(added.question, added)) {
        Done waits = std::move(added.done);
        asked.erase(number);
        return tell({std::move(waits), failed_answer("the resolver takes no question")});
    }
    counts.under_way = static_cast<std::int64_t>(asked.size());
    wait_for(added);
}

void Resolver::State::tell(Answered answered)
{
    if (!answered.done || stopping) {
        return;
    }
    counts.count(answered.answer);
    answered.done(std::move(answered.answer));
}

void Resolver::State::wait_for(Asked& waiting)
{
    waiting.deadline.expires_at(seconds_from_now(limits.dns_wait_max));
    waiting.deadline.async_wait([self = shared_from_this(), number = waiting.number](const auto& error) {
        if (!error) {
            self->give_up(number);
        }
    });
}

/// The question stays: libunbound cannot be told to leave it (ub_cancel() only leaves out the call).
void Resolver::State::give_up(std::uint64_t number)
{
    const auto late = asked.find(number);
    if (late != asked.end() && late->second.done) {
        counts.bounds.count(&core::Limits::dns_wait_max);
        tell({std::exchange(late->second.done, nullptr), failed_answer("no answer in time")});
    }
}

void Resolver::State::hear(Asked& answered, std::optional<DnsReply> reply)
{
    if (answered.done) {
        heard.push_back(
            {std::move(answered.done), reply ? believe(answered, *reply) : failed_answer("the resolver failed")});
    }
    asked.erase(answered.number);
}

core::DnsAnswer Resolver::State::believe(const Asked& answered, const DnsReply& reply)
{
    if (reply.records.size() > limits.dns_records_max) {
        counts.bounds.count(&core::Limits::dns_records_max);
    }
    core::DnsAnswer answer = answer_of(answered.question.type, reply, library->validates(), limits.dns_records_max);
    chain_seen |= answer.dnssec == core::Dnssec::secure || answer.dnssec == core::Dnssec::insecure;
    if (answer.dnssec == core::Dnssec::bogus && !chain_seen && !std::exchange(bogus_warned, true)) {
        warn_of_bogus(answered, answer);
    }
    return answer;
}

/// A resolver that leaves signatures out makes every answer bogus, and mail of everybody look unsure.
void Resolver::State::warn_of_bogus(const Asked& answered, const core::DnsAnswer& answer)
{
    log.line(core::Severity::warning, "dns_bogus",
             {{"name", core::printable_line(answered.question.name)},
              {"reason", answer.failure},
              {"remedy",
               "if all names are: the resolver passes no signatures on; write recursive in dns.resolver, "
               "or dns.validate = false"}});
}

void Resolver::State::watch()
{
    readiness->async_wait(asio::posix::descriptor_base::wait_read,
                          asio::bind_executor(strand, [self = shared_from_this()](const auto& error) {
                              if (!error) {
                                  self->look();
                              }
                          }));
}

void Resolver::State::look()
{
    if (!library || !readiness) {
        return;
    }
    const bool goes_on = library->process();
    counts.under_way = static_cast<std::int64_t>(asked.size());
    if (goes_on) {
        watch();
    } else {
        log.line(core::Severity::error, "dns_failed", {{"remedy", "reload or restart: the resolver has ended"}});
    }
    for (Answered& answered : std::exchange(heard, {})) {
        tell(std::move(answered));
    }
}

/// Gives back the one before, for the caller to end: that waits for its thread.
void Resolver::State::put(std::unique_ptr<ResolverContext>& context)
{
    readiness.reset();
    library.swap(context);
    auto interrupted = std::exchange(asked, {});
    counts.under_way = 0;
    chain_seen = bogus_warned = false;
    if (library) {
        readiness.emplace(strand, library->take_descriptor().release());
        watch();
    }
    for (auto& [number, question] : interrupted) {
        tell({std::move(question.done), failed_answer("the resolver was replaced")});
    }
}

void Resolver::State::close(std::unique_ptr<ResolverContext>& ended)
{
    readiness.reset();
    asked.clear();
    ended = std::move(library);
}

namespace {

using Context = std::unique_ptr<ResolverContext>;

/// Has `work` done with `*context` on the strand. True when that has happened: false when the threads have ended,
/// or when this is one of them and it will happen later.
bool on_strand(Resolver::State& state, const std::shared_ptr<Context>& context,
               void (Resolver::State::*work)(Context&))
{
    constexpr std::chrono::seconds at_most{10};
    const auto done = std::make_shared<Population>();
    asio::post(state.strand, [self = state.shared_from_this(), context, work, under_way = done->enter()] {
        ((*self).*work)(*context);
    });
    done->wait_empty(state.io, at_most);
    return done->count() == 0;
}

}  // namespace

Resolver::Resolver(IoContext& io, const ResolverOptions& options, const core::Limits& limits, core::Log& log,
                   core::Metrics& metrics)
    : state_{std::make_shared<State>(io, limits, log, metrics)}
{
    const auto context = std::make_shared<Context>(make_context(options, limits));
    asio::post(state_->strand, [state = state_, context] { state->put(*context); });
}

Resolver::~Resolver()
{
    state_->stopping = true;
    const auto ended = std::make_shared<Context>();
    if (on_strand(*state_, ended, &State::close)) {
        ended->reset();  // here, because it waits for its thread
    }
}

void Resolver::ask(core::DnsQuestion question, Done done)
{
    asio::post(state_->strand, [state = state_, question = std::move(question), done = std::move(done)]() mutable {
        state->take(std::move(question), std::move(done));
    });
}

void Resolver::replace(const ResolverOptions& options)
{
    const auto context = std::make_shared<Context>(make_context(options, state_->limits));
    if (on_strand(*state_, context, &State::put)) {
        context->reset();
    }
}

}  // namespace shield::net
