// SPDX-License-Identifier: Apache-2.0
#include "recorded_exchange.hpp"

#include <shield/auth/trace.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>
#include <shield/core/wire.hpp>

#include <type_traits>

namespace shield::auth {

namespace {

constexpr std::uint64_t address_text_max = 45;
constexpr std::uint64_t helo_max = 255;
constexpr std::uint64_t list_name_max = 64;
constexpr std::uint64_t list_value_max = 500;

template <typename Wire, typename Field>
void describe_field(Wire& wire, Field& field)
{
    wire.number("kind", field.kind, static_cast<std::uint64_t>(TraceField::Kind::return_path), 1);
    wire.number("readable", field.hop.readable, 1, 1);
    wire.number("names_client", field.hop.names_client, 1, 1);
    wire.list("addresses", field.hop.addresses, hop_addresses_max,
              [&](auto& address) { wire.text("hop address", address, address_text_max); });
    wire.text("helo", field.hop.helo, helo_max);
    describe_recorded(wire, field.recorded);
    wire.text("address", field.address, mailbox_octets_max);
}

template <typename Wire, typename AnyTrace>
void describe(Wire& wire, AnyTrace& trace, const core::Limits& limits)
{
    wire.list("fields", trace.fields, trace_fields_max, [&](auto& field) { describe_field(wire, field); });
    wire.list("list_fields", trace.list_fields, list_fields_max, [&](auto& field) {
        wire.text("list name", field.name, list_name_max);
        wire.text("list value", field.value, list_value_max);
    });
    wire.number("list_fields_left_out", trace.list_fields_left_out, 1, 1);
    wire.list("marks", trace.marks, limits.header_fields_max, [&](auto& mark) { wire.digest("mark", mark); });
    std::uint64_t sealed = trace.sealed.has_value() ? 1 : 0;
    wire.number("has sealed", sealed, 1, 1);
    if (sealed == 1) {
        if constexpr (!std::is_const_v<AnyTrace>) {
            trace.sealed.emplace();
        }
        describe_recorded(wire, *trace.sealed);
    }
    wire.text("original_sender", trace.original_sender, mailbox_octets_max);
    wire.number("defective", trace.defective, 1, 1);
}

bool is_address_or_nothing(const std::string& text)
{
    return text.empty() || core::Mailbox::parse(text);
}

bool is_sound(const TraceField& field)
{
    return is_sound(field.recorded) && is_address_or_nothing(field.address) &&
           std::all_of(field.hop.addresses.begin(), field.hop.addresses.end(),
                       [](const std::string& text) { return core::IpAddress::parse(text).has_value(); });
}

}  // namespace

std::string to_octets(const Trace& trace)
{
    core::WireWriter wire;
    describe(wire, trace, core::Limits{});  // whoever writes is bound by nothing
    return std::move(wire).take();
}

std::uint64_t trace_size_max(const core::Limits& limits) noexcept
{
    const std::uint64_t field =
        recorded_size_max + hop_addresses_max * (address_text_max + 4) + helo_max + mailbox_octets_max + 30;
    return trace_fields_max * field + list_fields_max * (list_name_max + list_value_max + 8) +
           limits.header_fields_max * sizeof(core::Sha256) + recorded_size_max + mailbox_octets_max + 100;
}

core::result<Trace> trace_in(std::string_view octets, const core::Limits& limits)
{
    core::WireReader wire{octets};
    Trace trace;
    describe(wire, trace, limits);
    wire.check("fields", std::all_of(trace.fields.begin(), trace.fields.end(),
                                     [](const TraceField& field) { return is_sound(field); }));
    wire.check("sealed", !trace.sealed || is_sound(*trace.sealed));
    wire.check("original_sender", is_address_or_nothing(trace.original_sender));
    wire.check("size", wire.rest().empty());
    if (!wire.fault().empty()) {
        return core::Error{"what is said of its way cannot be: " + std::string{wire.fault()}};
    }
    return trace;
}

}  // namespace shield::auth
