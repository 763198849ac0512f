// SPDX-License-Identifier: Apache-2.0
#include "placeholders.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <vector>

namespace shield::acknowledge {

namespace {

using core::Error;

constexpr std::string_view link_prefix = "links.";

class Checker {
public:
    explicit Checker(const std::map<std::string, std::string>& links) : links_{links} {}

    /// What is wrong with one tag, or empty.
    std::string take(std::string_view tag)
    {
        if (tag.starts_with('#') || tag.starts_with('^')) {
            return open(core::trimmed(tag.substr(1)));
        }
        if (tag.starts_with('/')) {
            return close(core::trimmed(tag.substr(1)));
        }
        return value(core::trimmed(tag));
    }

    [[nodiscard]] const std::vector<std::string_view>& open_sections() const noexcept { return open_; }

private:
    [[nodiscard]] bool is_inside(std::string_view name) const
    {
        return std::find(open_.begin(), open_.end(), name) != open_.end();
    }

    std::string open(std::string_view name)
    {
        if (name != "due" && !is_link_name(name)) {
            return "a section is {{#due}} or {{#links.NAME}}, not '" + shown(name) + "'";
        }
        open_.push_back(name);
        return {};
    }

    std::string close(std::string_view name)
    {
        if (open_.empty() || open_.back() != name) {
            return "{{/" + shown(name) + "}} closes no section that is open here";
        }
        open_.pop_back();
        return {};
    }

    [[nodiscard]] std::string value(std::string_view name) const
    {
        if (name == "reference" || name == "team") {
            return {};
        }
        if (name == "due") {
            return is_inside("due") ? std::string{} : "{{due}} stands only between {{#due}} and {{/due}}";
        }
        if (!is_link_name(name)) {
            return "{{" + shown(name) + "}} is unknown: use reference, team, links.NAME, or due inside {{#due}}";
        }
        const std::string link{name.substr(link_prefix.size())};
        if (!links_.contains(link) && !is_inside(name)) {
            return "{{" + shown(name) + "}} is not configured: set " + link + " in [links], or put it between {{#" +
                   shown(name) + "}} and {{/" + shown(name) + "}}";
        }
        return {};
    }

    static bool is_link_name(std::string_view name)
    {
        const std::string_view rest = name.starts_with(link_prefix) ? name.substr(link_prefix.size()) : "";
        return !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
            return core::is_alpha(c) || core::is_digit(c) || c == '_';
        });
    }

    static std::string shown(std::string_view name) { return std::string{core::cut_utf8(name, 60)}; }

    const std::map<std::string, std::string>& links_;
    std::vector<std::string_view> open_;
};

}  // namespace

core::result<void> check_placeholders(std::string_view text, const std::string& file, std::size_t first_line,
                                      const std::map<std::string, std::string>& links)
{
    const auto error = [&](std::size_t at, const std::string& sentence) {
        const auto line = first_line + static_cast<std::size_t>(std::count(
                                           text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
        return Error{file + ":" + std::to_string(line) + ": " + sentence};
    };
    Checker checker{links};
    std::size_t at = 0;
    for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", at)) {
        const auto end = text.find("}}", open + 2);
        if (end == std::string_view::npos) {
            return error(open, "'{{' is never closed with '}}'");
        }
        if (const auto wrong = checker.take(text.substr(open + 2, end - open - 2)); !wrong.empty()) {
            return error(open, wrong);
        }
        at = end + 2;
    }
    if (!checker.open_sections().empty()) {
        return error(text.size(),
                     "the section " + std::string{checker.open_sections().back()} + " is never closed");
    }
    return {};
}

std::set<std::string> links_in(std::string_view text)
{
    std::set<std::string> names;
    for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open + 2)) {
        std::string_view tag = text.substr(open + 2);
        tag = tag.substr(0, std::min(tag.find("}}"), tag.size()));
        tag.remove_prefix(std::min(tag.find_first_not_of("#^ \t"), tag.size()));
        tag = core::trimmed(tag);
        if (tag.starts_with(link_prefix)) {
            names.emplace(tag.substr(link_prefix.size()));
        }
    }
    return names;
}

}  // namespace shield::acknowledge
