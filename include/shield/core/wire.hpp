// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/ascii.hpp>
#include <shield/core/digest.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// Puts values into octets: numbers of fixed size, lowest octet first; texts and lists behind their length. The
/// other half of WireReader, with the same functions, so that one description of a value serves both.
class WireWriter {
public:
    template <typename Number>
    void number(std::string_view, Number value, std::uint64_t, unsigned octets)
    {
        for (unsigned i = 0; i < octets; ++i) {
            octets_ += static_cast<char>(static_cast<std::uint64_t>(value) >> 8 * i & 0xff);
        }
    }
    void text(std::string_view name, std::string_view value, std::uint64_t size_max)
    {
        number(name, value.size(), size_max, 4);
        octets_ += value;
    }
    /// Any octets.
    void octets(std::string_view name, std::string_view value, std::uint64_t size_max)
    {
        text(name, value, size_max);
    }
    void digest(std::string_view, const Sha256& value)
    {
        octets_.append(reinterpret_cast<const char*>(value.data()), value.size());
    }
    template <typename List, typename Each>
    void list(std::string_view name, List& values, std::uint64_t count_max, Each each)
    {
        number(name, values.size(), count_max, 4);
        std::for_each(values.begin(), values.end(), each);
    }

    [[nodiscard]] std::string take() && { return std::move(octets_); }

private:
    std::string octets_;
};

/// Takes values out of hostile octets and checks each against its bound. The first fault is kept, by the name of
/// the value; what is read after it is empty.
class WireReader {
public:
    explicit WireReader(std::string_view octets) noexcept : rest_{octets} {}

    template <typename Number>
    void number(std::string_view name, Number& value, std::uint64_t most, unsigned octets)
    {
        std::uint64_t read = 0;
        const std::string_view digits = take(name, octets);
        for (std::size_t i = 0; i < digits.size(); ++i) {
            read |= std::uint64_t{static_cast<unsigned char>(digits[i])} << 8 * i;
        }
        if (read > most) {
            fault(name);
            read = 0;
        }
        value = static_cast<Number>(read);
    }
    void text(std::string_view name, std::string& value, std::uint64_t size_max)
    {
        octets(name, value, size_max);
        check(name, is_utf8(value));
    }
    void octets(std::string_view name, std::string& value, std::uint64_t size_max)
    {
        std::uint64_t size = 0;
        number(name, size, size_max, 4);
        value = take(name, size);
    }
    void digest(std::string_view name, Sha256& value)
    {
        const std::string_view octets = take(name, value.size());
        std::copy(octets.begin(), octets.end(), reinterpret_cast<char*>(value.data()));
    }
    template <typename List, typename Each>
    void list(std::string_view name, List& values, std::uint64_t count_max, Each each)
    {
        std::uint64_t count = 0;
        number(name, count, count_max, 4);
        for (std::uint64_t i = 0; i < count && fault_.empty(); ++i) {  // grows no faster than octets are there
            each(values.emplace_back());
        }
    }

    /// What no size or count says.
    void check(std::string_view name, bool holds)
    {
        if (!holds) {
            fault(name);
        }
    }

    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
    /// The value that was faulty first, or nothing.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

private:
    void fault(std::string_view name)
    {
        fault_ = fault_.empty() ? name : fault_;
        rest_ = {};
    }
    std::string_view take(std::string_view name, std::uint64_t octets)
    {
        if (!fault_.empty() || octets > rest_.size()) {
            fault(name);
            return {};
        }
        const std::string_view taken = rest_.substr(0, octets);
        rest_.remove_prefix(octets);
        return taken;
    }

    std::string_view rest_;
    std::string_view fault_;
};

}  // namespace shield::core
