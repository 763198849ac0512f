// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace shield::store {

/// JSON written front to back, for what is written with every message: a tree of values that is made only to be
/// printed costs more than the message's own row. A value; who writes sees to the order.
class JsonText {
public:
    JsonText& begin_object() { return open('{'); }
    JsonText& end_object() { return close('}'); }
    JsonText& begin_array() { return open('['); }
    JsonText& end_array() { return close(']'); }
    /// Before each value of an object; `name` is one of ours and needs no escape.
    JsonText& key(std::string_view name);

    /// What is not UTF-8 is replaced by U+FFFD.
    JsonText& value(std::string_view text);
    JsonText& value(const std::string& text) { return value(std::string_view{text}); }
    JsonText& value(const char* text) { return value(std::string_view{text}); }
    JsonText& value(bool flag);
    /// Finite; the shortest text that reads back as the same number.
    JsonText& value(double number);
    JsonText& value(std::unsigned_integral auto number) { return word(std::to_string(number)); }
    JsonText& value(const std::vector<std::string>& texts);

    template <typename T>
    JsonText& member(std::string_view name, const T& what)
    {
        return key(name).value(what);
    }

    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    JsonText& open(char bracket);
    JsonText& close(char bracket);
    JsonText& word(std::string_view word);
    void separate();

    std::string text_;
    bool first_{true};  // of its array or object, or behind a key
};

}  // namespace shield::store
