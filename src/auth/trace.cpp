// SPDX-License-Identifier: Apache-2.0
#include "header_fields.hpp"
#include "received_field.hpp"
#include "results_field.hpp"
#include "shown.hpp"

#include <shield/auth/signatures.hpp>
#include <shield/auth/trace.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <algorithm>
#include <array>

namespace shield::auth {

namespace {

constexpr std::size_t list_name_octets_max = 64;
constexpr std::size_t list_value_octets_max = 500;
constexpr std::size_t path_octets_max = 1000;

// Where hosts say from whom they had a message, besides Return-Path (RFC 5321 section 4.4).
constexpr std::array<std::string_view, 6> paths{"return-path",          "x-envelope-from",
                                                "x-envelope-sender",    "x-original-return-path",
                                                "x-original-mail-from", "x-original-envelope-from"};

bool is_list_field(std::string_view name)
{
    return core::istarts_with(name, "list-") || core::iequals(name, "mailing-list") ||
           core::iequals(name, "precedence") || core::iequals(name, "x-precedence");
}

/// `<a@b>`, `a@b`, `<>`; empty as well when it is no address.
std::string address_of(std::string_view value)
{
    std::string_view text = core::trimmed(value);
    if (text.size() > path_octets_max) {
        return {};
    }
    const std::size_t open = text.find('<');
    if (open != std::string_view::npos) {
        text = text.substr(open + 1);
        text = text.substr(0, text.rfind('>'));
    }
    return core::Mailbox::parse(text) ? std::string{text} : std::string{};
}

class TraceReader {
public:
    void read(const HeaderField& field)
    {
        const std::string_view name = field.name();
        if (core::istarts_with(name, "x-")) {
            trace_.marks.push_back(mark_of(name, unfolded(field.value())));
        }
        if (is_list_field(name)) {
            add_list_field(field);
        } else if (core::iequals(name, "x-original-sender")) {
            trace_.original_sender = originals_++ == 0 ? address_of(unfolded(field.value())) : std::string{};
        } else if (core::iequals(name, "arc-authentication-results")) {
            read_sealed(field);
        } else if (trace_.fields.size() < trace_fields_max) {
            add_trace_field(field);
        }
    }

    [[nodiscard]] Trace take() && { return std::move(trace_); }

private:
    void add_list_field(const HeaderField& field)
    {
        if (trace_.list_fields.size() == list_fields_max) {
            trace_.list_fields_left_out = true;
            return;
        }
        trace_.list_fields.push_back(
            {shown(core::lowered(field.name().substr(0, list_name_octets_max)), list_name_octets_max),
             shown(core::lowered(core::trimmed(unfolded(field.value().substr(0, 2 * list_value_octets_max)))),
                   list_value_octets_max)});
    }

    void add_trace_field(const HeaderField& field)
    {
        const std::string_view name = field.name();
        TraceField read;
        if (core::iequals(name, "received")) {
            read.hop = read_hop(field.value());
        } else if (core::iequals(name, "authentication-results")) {
            read.kind = TraceField::Kind::results;
            read.recorded = parse_results_field(unfolded(field.value())).value_or(Recorded{});
        } else if (std::any_of(paths.begin(), paths.end(),
                               [&](std::string_view path) { return core::iequals(name, path); })) {
            read.kind = TraceField::Kind::return_path;
            read.address = address_of(unfolded(field.value()));
        } else {
            return;
        }
        trace_.fields.push_back(std::move(read));
    }

    /// That of the highest instance; whether the sets are a chain is for check_arc().
    void read_sealed(const HeaderField& field)
    {
        const std::string value = unfolded(field.value());
        std::string_view rest = core::trimmed(value);
        const std::size_t end = rest.find(';');
        if (end == std::string_view::npos || !core::istarts_with(rest, "i=")) {
            return;
        }
        const auto instance = core::parse_number(core::trimmed(rest.substr(2, end - 2)));
        if (instance && *instance > instance_ && *instance <= arc_sets_max) {
            instance_ = *instance;
            trace_.sealed = parse_results_field(core::trimmed(rest.substr(end + 1)));
        }
    }

    Trace trace_;
    std::size_t originals_{0};
    std::uint64_t instance_{0};
};

}  // namespace

Trace read_trace(std::string_view octets, const core::Limits& limits)
{
    const SplitMessage message = split_message(octets, limits);
    TraceReader reader;
    for (const HeaderField& field : message.fields) {
        reader.read(field);
    }
    Trace trace = std::move(reader).take();
    trace.defective = !message.defect.empty();
    return trace;
}

core::Sha256 mark_of(std::string_view name, std::string_view value)
{
    return core::sha256(core::lowered(core::trimmed(name)) + ":" + std::string{core::trimmed(value)});
}

}  // namespace shield::auth
