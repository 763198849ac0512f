// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/envelope.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/reference.hpp>
#include <shield/core/result.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::acknowledge {

/// The fixed words of our replies: one file a category and language, `attack.en.txt`, and any number of canned
/// replies for people, `NAME.LANGUAGE.txt`. The first line is `Subject: …`, an empty line, then the body: Mustache,
/// UTF-8. Placeholders: reference, due (only inside {{#due}}…{{/due}}), links.NAME, team. What stands between
/// {{#links.NAME}} and {{/links.NAME}} is left out when that link is not configured. Immutable and thread-safe.
class Templates {
public:
    /// `files` maps a file's name to its content. Refuses unknown placeholders, links that `links` does not name, a
    /// missing English text of a category, and an acknowledgement that would be past `acknowledgement_size_max`
    /// with an ordinary header; the error has a line for each fault, with file, line and remedy. Files that do not
    /// end in `.txt` are passed over.
    [[nodiscard]] static core::result<Templates> make(const std::map<std::string, std::string>& files,
                                                      const std::map<std::string, std::string>& links,
                                                      const std::string& team, const core::Limits& limits);

    /// Without any text.
    [[nodiscard]] static Templates none();

    struct Text {
        std::string subject;
        std::string body;  ///< LF lines
    };

    /// The text named `name` in `language`, or in English when there is none; nothing when the name is unknown.
    [[nodiscard]] std::optional<Text> fill(std::string_view name, std::string_view language,
                                           core::Reference reference, std::optional<core::Time> due) const;

    /// The names that are no category: what a person may send. An acknowledgement says that a machine wrote it.
    [[nodiscard]] std::vector<std::string> canned_names() const;

    /// NAME of every {{links.NAME}} and its sections, in any text.
    [[nodiscard]] std::vector<std::string> link_names() const;

private:
    struct Set;
    explicit Templates(std::shared_ptr<const Set> set);
    std::shared_ptr<const Set> set_;
};

/// The names of the links that still lead to an example host (example.com and the like): `--check` refuses them.
[[nodiscard]] std::vector<std::string> unedited_links(const std::map<std::string, std::string>& links);

}  // namespace shield::acknowledge
