// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"
#include "resolver_answer.hpp"

#include <shield/core/limits.hpp>
#include <shield/net/resolver.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

struct ub_ctx;
struct ub_result;

namespace shield::net {

/// One context of libunbound: settings, cache, and from the first question on a thread. By one thread at a time.
class ResolverContext {
public:
    /// Throws std::runtime_error with a sentence.
    ResolverContext(const ResolverOptions& options, const core::Limits& limits);
    ~ResolverContext();
    ResolverContext(const ResolverContext&) = delete;
    ResolverContext& operator=(const ResolverContext&) = delete;

    /// Who asked. Must stay where it is until it was told, or the context has ended.
    class Asker {
    public:
        Asker() = default;
        Asker(const Asker&) = delete;
        Asker& operator=(const Asker&) = delete;
        /// Inside process(). Nothing: libunbound itself failed.
        virtual void told(std::optional<DnsReply> reply) noexcept = 0;

    protected:
        ~Asker() = default;
    };
    /// False when libunbound does not take the question; then nobody is told.
    [[nodiscard]] bool ask(const core::DnsQuestion& question, Asker& asker);

    /// Once. Readable when process() has something to tell.
    [[nodiscard]] Descriptor take_descriptor() { return std::move(readiness_); }
    /// False when there will never be anything more.
    [[nodiscard]] bool process();

    [[nodiscard]] bool validates() const noexcept { return validates_; }

private:
    struct Delete {
        void operator()(ub_ctx* context) const noexcept;
    };
    static void told(void* asker, int error, ub_result* result) noexcept;
    void set(const char* option, const std::string& value);
    void set_bounds(const core::Limits& limits);
    void set_servers(const ResolverOptions& options);
    void set_trust_anchors(const std::filesystem::path& file);

    std::unique_ptr<ub_ctx, Delete> context_;
    Descriptor readiness_;
    bool validates_;
};

}  // namespace shield::net
