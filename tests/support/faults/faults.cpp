// SPDX-License-Identifier: Apache-2.0
// Faults on demand for a program that this is preloaded into (LD_PRELOAD): calls fail, are cut short, or tell
// another time, as the rules in the file that SHIELD_FAULTS names say. tests/support/faults.py writes that file,
// while the program runs. A test's tool: nothing of it is in the product.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace {

/// In the order of CALLS in faults.py.
enum class Call : std::uint32_t { none, open, write, sync, truncate, map, accept, send, receive, allocate, clock };

/// One line of the file, as faults.py packs it.
struct Rule {
    Call call;
    std::int32_t error;   // errno; 0: cut short, or for the clock: moved
    std::int64_t amount;  // clock: seconds; allocate: octets at least
    std::atomic<std::int64_t> skip;
    std::atomic<std::int64_t> times;  // negative: always
    std::atomic<std::int64_t> met;
    std::array<char, 64> path;  // see fits()
};
static_assert(sizeof(Rule) == 104);

constexpr std::size_t rules_max = 8;
constexpr std::size_t descriptors_max = 4096;

Rule* rules = nullptr;

// Names are remembered when files are opened: a confined program could not ask /proc for them later.
using Name = std::array<char, 128>;
std::array<Name, descriptors_max> names;

template <typename Function>
Function* real(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

__attribute__((constructor)) void begin()
{
    const char* file = std::getenv("SHIELD_FAULTS");
    const int control = file == nullptr ? -1 : real<int(const char*, int, ...)>("open")(file, O_RDWR | O_CLOEXEC);
    if (control < 0) {
        return;
    }
    void* mapped = real<void*(void*, std::size_t, int, int, int, off_t)>("mmap")(
        nullptr, rules_max * sizeof(Rule), PROT_READ | PROT_WRITE, MAP_SHARED, control, 0);
    ::close(control);
    if (mapped != MAP_FAILED) {
        rules = static_cast<Rule*>(mapped);
    }
}

/// Does the name contain what the rule says, or end with it when that ends with "$"?
bool fits(std::string_view name, std::string_view path)
{
    return path.ends_with('$') ? name.ends_with(path.substr(0, path.size() - 1))
                               : name.find(path) != std::string_view::npos;
}

bool applies(const Rule& rule, Call call, const char* name, std::int64_t amount)
{
    return rule.call == call && (call != Call::allocate || amount >= rule.amount) && fits(name, rule.path.data());
}

/// The rule that this call falls under, counted; or none.
const Rule* rule_for(Call call, const char* name, std::int64_t amount = 0)
{
    for (std::size_t i = 0; rules != nullptr && i < rules_max; ++i) {
        Rule& rule = rules[i];
        if (!applies(rule, call, name, amount) || rule.skip.fetch_sub(1) > 0) {
            continue;
        }
        rule.skip = 0;
        if (rule.times < 0 || (rule.times > 0 && rule.times.fetch_sub(1) > 0)) {
            ++rule.met;
            return &rule;
        }
    }
    return nullptr;
}

const Rule* rule_for(Call call, int descriptor)
{
    const bool known = descriptor >= 0 && static_cast<std::size_t>(descriptor) < descriptors_max;
    return rule_for(call, known ? names[static_cast<std::size_t>(descriptor)].data() : "");
}

Name name_of(const char* name, int flags)
{
    constexpr std::string_view nameless = " nameless";
    Name made{};
    std::string_view{name}.copy(made.data(), made.size() - nameless.size() - 1);
    if ((flags & O_TMPFILE) == O_TMPFILE) {
        std::strcat(made.data(), nameless.data());
    }
    return made;
}

int remember(int descriptor, const Name& name)
{
    if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < descriptors_max) {
        names[static_cast<std::size_t>(descriptor)] = name;
    }
    return descriptor;
}

bool fails(const Rule* rule)
{
    if (rule == nullptr || rule->error == 0) {
        return false;
    }
    errno = rule->error;
    return true;
}

std::size_t shortened(const Rule* rule, std::size_t count)
{
    return rule == nullptr || count < 2 ? count : count / 2;
}

int open_file(const char* function, const char* name, int flags, mode_t mode)
{
    const Name known = name_of(name, flags);
    if (fails(rule_for(Call::open, known.data()))) {
        return -1;
    }
    return remember(real<int(const char*, int, ...)>(function)(name, flags, mode), known);
}

/// By how much the time of day is wrong.
time_t seconds_off()
{
    const Rule* rule = rule_for(Call::clock, "");
    return rule == nullptr ? 0 : static_cast<time_t>(rule->amount);
}

}  // namespace

extern "C" {

int open(const char* name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return open_file("open", name, flags, mode);
}

int open64(const char* name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return open_file("open64", name, flags, mode);
}

int mkostemp(char* name, int flags)
{
    static const auto next = real<int(char*, int)>("mkostemp");
    const Name known = name_of(name, O_TMPFILE);
    return fails(rule_for(Call::open, known.data())) ? -1 : remember(next(name, flags), known);
}

ssize_t write(int file, const void* octets, std::size_t count)
{
    static const auto next = real<ssize_t(int, const void*, std::size_t)>("write");
    const Rule* rule = rule_for(Call::write, file);
    return fails(rule) ? -1 : next(file, octets, shortened(rule, count));
}

ssize_t pwrite(int file, const void* octets, std::size_t count, off_t offset)
{
    static const auto next = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    const Rule* rule = rule_for(Call::write, file);
    return fails(rule) ? -1 : next(file, octets, shortened(rule, count), offset);
}

ssize_t pwrite64(int file, const void* octets, std::size_t count, off64_t offset)
{
    return pwrite(file, octets, count, offset);
}

int fsync(int file)
{
    static const auto next = real<int(int)>("fsync");
    return fails(rule_for(Call::sync, file)) ? -1 : next(file);
}

int fdatasync(int file)
{
    static const auto next = real<int(int)>("fdatasync");
    return fails(rule_for(Call::sync, file)) ? -1 : next(file);
}

int ftruncate64(int file, off64_t size) noexcept
{
    static const auto next = real<int(int, off64_t)>("ftruncate64");
    return fails(rule_for(Call::truncate, file)) ? -1 : next(file, size);
}

void* mmap64(void* address, std::size_t size, int protection, int flags, int file, off64_t offset) noexcept
{
    static const auto next = real<void*(void*, std::size_t, int, int, int, off64_t)>("mmap64");
    return fails(rule_for(Call::map, file)) ? MAP_FAILED : next(address, size, protection, flags, file, offset);
}

int accept4(int socket, sockaddr* peer, socklen_t* size, int flags)
{
    static const auto next = real<int(int, sockaddr*, socklen_t*, int)>("accept4");
    return fails(rule_for(Call::accept, socket))
               ? -1
               : remember(next(socket, peer, size, flags), name_of("accepted", 0));
}

ssize_t send(int socket, const void* octets, std::size_t count, int flags)
{
    static const auto next = real<ssize_t(int, const void*, std::size_t, int)>("send");
    const Rule* rule = rule_for(Call::send, socket);
    return fails(rule) ? -1 : next(socket, octets, shortened(rule, count), flags);
}

ssize_t recv(int socket, void* octets, std::size_t count, int flags)
{
    static const auto next = real<ssize_t(int, void*, std::size_t, int)>("recv");
    const Rule* rule = rule_for(Call::receive, socket);
    return fails(rule) ? -1 : next(socket, octets, rule == nullptr ? count : 1, flags);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept
{
    static const auto next = real<int(clockid_t, timespec*)>("clock_gettime");
    const int status = next(clock, time);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        time->tv_sec += seconds_off();
    }
    return status;
}

int gettimeofday(timeval* time, void* zone) noexcept
{
    static const auto next = real<int(timeval*, void*)>("gettimeofday");
    const int status = next(time, zone);
    if (status == 0) {
        time->tv_sec += seconds_off();
    }
    return status;
}

time_t time(time_t* to) noexcept
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    if (to != nullptr) {
        *to = now.tv_sec;
    }
    return now.tv_sec;
}

}  // extern "C"

void* operator new(std::size_t size)
{
    if (rule_for(Call::allocate, "", static_cast<std::int64_t>(size)) != nullptr) {
        throw std::bad_alloc{};
    }
    if (void* const memory = std::malloc(std::max<std::size_t>(size, 1))) {
        return memory;
    }
    throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}
