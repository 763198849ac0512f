// SPDX-License-Identifier: Apache-2.0
#include "calls.hpp"

#include "failure.hpp"
#include "sanitized.hpp"

#include <shield/confine/walls.hpp>

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <initializer_list>
#include <memory>

namespace shield::confine {

namespace {

/// One filter while it is written. The architecture is the native one; calls of any other are killed by
/// libseccomp's own check in front of the list.
class Filter {
public:
    explicit Filter(std::uint32_t otherwise) : context_{seccomp_init(otherwise)}
    {
        if (!context_) {
            throw std::runtime_error{"cannot make a seccomp filter"};
        }
    }

    void allow(std::initializer_list<int> calls) { add(SCMP_ACT_ALLOW, calls); }
    void kill(std::initializer_list<int> calls) { add(SCMP_ACT_KILL_PROCESS, calls); }
    void allow_if(int call, std::initializer_list<scmp_arg_cmp> conditions)
    {
        check(seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()),
                                     conditions.begin()));
    }

    /// False: the kernel has no filters.
    [[nodiscard]] bool enforce()
    {
        // What is refused is written to the kernel's log, where `seccomp/actions_logged` has errno (it has by
        // default).
        seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_LOG, 1);
        seccomp_attr_set(context_.get(), SCMP_FLTATR_API_SYSRAWRC, 1);  // the real reason when it fails
        const int error = seccomp_load(context_.get());
        if (error == -EINVAL || error == -ENOSYS || error == -EOPNOTSUPP) {
            return false;
        }
        check(error);
        return true;
    }

private:
    struct Release {
        void operator()(void* context) const noexcept { seccomp_release(context); }
    };
    void add(std::uint32_t action, std::initializer_list<int> calls)
    {
        for (const int call : calls) {
            check(seccomp_rule_add(context_.get(), action, call, 0));
        }
    }
    static void check(int error)
    {
        if (error < 0) {
            fail("cannot put up a seccomp filter", -error);
        }
    }

    std::unique_ptr<void, Release> context_;
};

constexpr auto is = SCMP_CMP_EQ;

// NOLINTBEGIN: the macros of libseccomp are C
void allow_memory(Filter& filter)
{
    filter.allow({SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise)});
}

void allow_time_and_end(Filter& filter)
{
    filter.allow({SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
                  SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
                  SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(futex),
                  SCMP_SYS(sched_yield), SCMP_SYS(getrandom)});
}

void allow_files(Filter& filter)
{
    filter.allow({SCMP_SYS(open),
                  SCMP_SYS(openat),
                  SCMP_SYS(close),
                  SCMP_SYS(close_range),
                  SCMP_SYS(read),
                  SCMP_SYS(readv),
                  SCMP_SYS(pread64),
                  SCMP_SYS(preadv),
                  SCMP_SYS(write),
                  SCMP_SYS(writev),
                  SCMP_SYS(pwrite64),
                  SCMP_SYS(pwritev),
                  SCMP_SYS(lseek),
                  SCMP_SYS(stat),
                  SCMP_SYS(fstat),
                  SCMP_SYS(lstat),
                  SCMP_SYS(newfstatat),
                  SCMP_SYS(statx),
                  SCMP_SYS(statfs),
                  SCMP_SYS(fstatfs),
                  SCMP_SYS(access),
                  SCMP_SYS(faccessat),
                  SCMP_SYS(faccessat2),
                  SCMP_SYS(readlink),
                  SCMP_SYS(readlinkat),
                  SCMP_SYS(getdents64),
                  SCMP_SYS(getcwd),
                  SCMP_SYS(ftruncate),
                  SCMP_SYS(truncate),
                  SCMP_SYS(fallocate),
                  SCMP_SYS(fadvise64),
                  SCMP_SYS(fsync),
                  SCMP_SYS(fdatasync),
                  SCMP_SYS(sync_file_range),
                  SCMP_SYS(copy_file_range),
                  SCMP_SYS(sendfile),
                  SCMP_SYS(rename),
                  SCMP_SYS(renameat),
                  SCMP_SYS(renameat2),
                  SCMP_SYS(link),
                  SCMP_SYS(linkat),
                  SCMP_SYS(symlink),
                  SCMP_SYS(symlinkat),
                  SCMP_SYS(unlink),
                  SCMP_SYS(unlinkat),
                  SCMP_SYS(mkdir),
                  SCMP_SYS(mkdirat),
                  SCMP_SYS(rmdir),
                  SCMP_SYS(chmod),
                  SCMP_SYS(fchmod),
                  SCMP_SYS(fchmodat),
                  SCMP_SYS(chown),
                  SCMP_SYS(fchown),
                  SCMP_SYS(fchownat),
                  SCMP_SYS(utimensat),
                  SCMP_SYS(umask),
                  SCMP_SYS(flock),
                  SCMP_SYS(fcntl),
                  SCMP_SYS(dup),
                  SCMP_SYS(dup2),
                  SCMP_SYS(dup3),
                  SCMP_SYS(pipe),
                  SCMP_SYS(pipe2)});
    for (const unsigned long request : {FIONREAD, FIONBIO, FIOCLEX, static_cast<int>(TCGETS)}) {
        filter.allow_if(SCMP_SYS(ioctl), {SCMP_A1_32(is, request)});
    }
}

void allow_sockets(Filter& filter)
{
    // Netlink: how the resolver learns which addresses the host has.
    for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}) {
        filter.allow_if(SCMP_SYS(socket), {SCMP_A0_32(is, static_cast<unsigned>(family))});
        filter.allow_if(SCMP_SYS(socketpair), {SCMP_A0_32(is, static_cast<unsigned>(family))});
    }
    filter.allow({SCMP_SYS(accept),
                  SCMP_SYS(accept4),
                  SCMP_SYS(bind),
                  SCMP_SYS(listen),
                  SCMP_SYS(connect),
                  SCMP_SYS(getsockname),
                  SCMP_SYS(getpeername),
                  SCMP_SYS(getsockopt),
                  SCMP_SYS(setsockopt),
                  SCMP_SYS(recvfrom),
                  SCMP_SYS(recvmsg),
                  SCMP_SYS(recvmmsg),
                  SCMP_SYS(sendto),
                  SCMP_SYS(sendmsg),
                  SCMP_SYS(sendmmsg),
                  SCMP_SYS(shutdown),
                  SCMP_SYS(poll),
                  SCMP_SYS(ppoll),
                  SCMP_SYS(select),
                  SCMP_SYS(pselect6),
                  SCMP_SYS(epoll_create),
                  SCMP_SYS(epoll_create1),
                  SCMP_SYS(epoll_ctl),
                  SCMP_SYS(epoll_wait),
                  SCMP_SYS(epoll_pwait),
                  SCMP_SYS(epoll_pwait2),
                  SCMP_SYS(eventfd),
                  SCMP_SYS(eventfd2),
                  SCMP_SYS(timerfd_create),
                  SCMP_SYS(timerfd_settime),
                  SCMP_SYS(timerfd_gettime),
                  SCMP_SYS(signalfd),
                  SCMP_SYS(signalfd4),
                  SCMP_SYS(inotify_init1),
                  SCMP_SYS(inotify_add_watch),
                  SCMP_SYS(inotify_rm_watch)});
}

void allow_threads(Filter& filter)
{
    // The flags of clone3 are in memory, where no filter sees them: glibc falls back to clone, whose flags say
    // whether a thread or a process is made.
    filter.allow_if(SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
    filter.allow({SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list),
                  SCMP_SYS(set_tid_address), SCMP_SYS(rseq),
                  SCMP_SYS(membarrier),      SCMP_SYS(gettid),
                  SCMP_SYS(getpid),          SCMP_SYS(getppid),
                  SCMP_SYS(getuid),          SCMP_SYS(geteuid),
                  SCMP_SYS(getgid),          SCMP_SYS(getegid),
                  SCMP_SYS(getgroups),       SCMP_SYS(getpriority),
                  SCMP_SYS(setpriority),     SCMP_SYS(sched_getaffinity),
                  SCMP_SYS(sched_getparam),  SCMP_SYS(sched_getscheduler),
                  SCMP_SYS(getrusage),       SCMP_SYS(getcpu),
                  SCMP_SYS(getrlimit),       SCMP_SYS(prlimit64),
                  SCMP_SYS(sysinfo),         SCMP_SYS(uname),
                  SCMP_SYS(arch_prctl),      SCMP_SYS(wait4),
                  SCMP_SYS(waitid)});
    filter.allow({SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(rt_sigpending),
                  SCMP_SYS(rt_sigsuspend), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill), SCMP_SYS(pause)});
    filter.allow_if(SCMP_SYS(prctl), {SCMP_A0_32(is, PR_SET_NAME)});
    filter.allow_if(SCMP_SYS(prctl), {SCMP_A0_32(is, PR_GET_NAME)});
    // Modules of the name service are loaded when the first name is asked for: memory that holds code.
    filter.allow({SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(msync), SCMP_SYS(mincore), SCMP_SYS(mlock),
                  SCMP_SYS(munlock)});
}

// LeakSanitizer stops the process from outside and looks at it; reports are made by another program.
void allow_sanitizers(Filter& filter)
{
    filter.allow({SCMP_SYS(clone), SCMP_SYS(ptrace), SCMP_SYS(prctl), SCMP_SYS(kill), SCMP_SYS(tkill),
                  SCMP_SYS(process_vm_readv), SCMP_SYS(personality), SCMP_SYS(sched_getattr)});
}
// NOLINTEND

}  // namespace

bool confine_calls()
{
    // ENOSYS rather than death: a library that meets it behaves as on an older kernel, and a daemon that dies of a
    // call that nobody thought of takes no mail.
    Filter filter{SCMP_ACT_ERRNO(ENOSYS)};
    allow_memory(filter);
    allow_time_and_end(filter);
    allow_files(filter);
    allow_sockets(filter);
    allow_threads(filter);
    if (sanitized) {
        allow_sanitizers(filter);
    }
    return filter.enforce();
}

bool confine_worker_calls()
{
    Filter filter{SCMP_ACT_ERRNO(EPERM)};
    allow_memory(filter);
    allow_time_and_end(filter);
    filter.allow({SCMP_SYS(read), SCMP_SYS(writev)});
    // Anonymous memory, and none that holds code.
    filter.allow_if(SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                     SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)});
    filter.allow_if(SCMP_SYS(mprotect), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    filter.kill({SCMP_SYS(execve),
                 SCMP_SYS(execveat),
                 SCMP_SYS(fork),
                 SCMP_SYS(vfork),
                 SCMP_SYS(clone),
                 SCMP_SYS(clone3),
                 SCMP_SYS(socket),
                 SCMP_SYS(socketpair),
                 SCMP_SYS(connect),
                 SCMP_SYS(ptrace),
                 SCMP_SYS(process_vm_readv),
                 SCMP_SYS(process_vm_writev),
                 SCMP_SYS(kill),
                 SCMP_SYS(pidfd_open),
                 SCMP_SYS(pidfd_getfd),
                 SCMP_SYS(mount),
                 SCMP_SYS(unshare),
                 SCMP_SYS(setns),
                 SCMP_SYS(bpf),
                 SCMP_SYS(io_uring_setup),
                 SCMP_SYS(userfaultfd),
                 SCMP_SYS(keyctl),
                 SCMP_SYS(perf_event_open)});
    if (sanitized) {
        filter.allow({SCMP_SYS(sigaltstack), SCMP_SYS(prctl), SCMP_SYS(gettid), SCMP_SYS(getpid)});
    }
    return filter.enforce();
}

}  // namespace shield::confine
