// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace shield::auth {

/// A computation that asks the DNS on its way and comes to a T: a coroutine that waits at each Inquiry::ask().
///
/// Runs only inside start(), and inside Inquiry::answer() and close(), on the thread that calls those. Another
/// check is part of it by `co_await`. What it throws comes out of result(), or of the `co_await`. May be destroyed
/// while it waits. Its Inquiry, and what it was given by reference, must outlive it.
template <typename T>
class [[nodiscard]] Check {
public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    Check(Check&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Check& operator=(Check&& other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Check()
    {
        if (handle_) {
            handle_.destroy();
        }
    }

    /// Once. Returns at the first question that has no answer yet, or at the end.
    void start() { handle_.resume(); }
    [[nodiscard]] bool done() const noexcept { return handle_.done(); }
    /// Once, when done.
    [[nodiscard]] T result() { return handle_.promise().take(); }

    // As part of another check.
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    Handle await_suspend(std::coroutine_handle<> waits) noexcept
    {
        handle_.promise().waits = waits;
        return handle_;
    }
    [[nodiscard]] T await_resume() { return handle_.promise().take(); }

private:
    explicit Check(Handle handle) noexcept : handle_{handle} {}
    Handle handle_;
};

template <typename T>
struct Check<T>::promise_type {
    struct Ended {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(Handle ended) noexcept
        {
            return ended.promise().waits ? ended.promise().waits : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    Check get_return_object() { return Check{Handle::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Ended final_suspend() const noexcept { return {}; }
    void return_value(T value) { value_ = std::move(value); }
    void unhandled_exception() noexcept { failure_ = std::current_exception(); }

    [[nodiscard]] T take()
    {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        return *std::move(value_);
    }

    std::coroutine_handle<> waits;  // the check that this one is part of

private:
    std::optional<T> value_;
    std::exception_ptr failure_;
};

}  // namespace shield::auth
