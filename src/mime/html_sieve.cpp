// SPDX-License-Identifier: Apache-2.0
#include "html_sieve.hpp"

#include "html_tag.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace shield::mime {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t url_max = 2048;
constexpr std::size_t alternative_max = 1024;
constexpr std::size_t name_max = 16;

enum class Kind : std::uint8_t {
    block,    // opens and closes
    item,     // closes its predecessor in the same list or table
    empty,    // has no end
    link,     // <a>
    picture,  // <img>
    skipped,  // with everything in it
    dropped,  // the tag only
};

struct Element {
    std::string_view name;
    Kind kind;
    std::string_view written;  // as which element it is passed on
};

constexpr std::array elements{
    Element{"a", Kind::link, "span"},
    Element{"address", Kind::block, "div"},
    Element{"article", Kind::block, "div"},
    Element{"aside", Kind::block, "div"},
    Element{"blockquote", Kind::block, "blockquote"},
    Element{"br", Kind::empty, "br"},
    Element{"caption", Kind::block, "div"},
    Element{"center", Kind::block, "div"},
    Element{"dd", Kind::item, "dd"},
    Element{"dir", Kind::block, "ul"},
    Element{"div", Kind::block, "div"},
    Element{"dl", Kind::block, "dl"},
    Element{"dt", Kind::item, "dt"},
    Element{"fieldset", Kind::block, "div"},
    Element{"figcaption", Kind::block, "div"},
    Element{"figure", Kind::block, "div"},
    Element{"footer", Kind::block, "div"},
    Element{"form", Kind::block, "div"},
    Element{"h1", Kind::block, "h1"},
    Element{"h2", Kind::block, "h2"},
    Element{"h3", Kind::block, "h3"},
    Element{"h4", Kind::block, "h4"},
    Element{"h5", Kind::block, "h5"},
    Element{"h6", Kind::block, "h6"},
    Element{"header", Kind::block, "div"},
    Element{"hr", Kind::empty, "hr"},
    Element{"iframe", Kind::skipped, {}},
    Element{"img", Kind::picture, {}},
    Element{"li", Kind::item, "li"},
    Element{"main", Kind::block, "div"},
    Element{"menu", Kind::block, "ul"},
    Element{"nav", Kind::block, "div"},
    Element{"noembed", Kind::skipped, {}},
    Element{"noframes", Kind::skipped, {}},
    Element{"ol", Kind::block, "ol"},
    Element{"option", Kind::empty, "br"},
    Element{"p", Kind::item, "p"},
    Element{"pre", Kind::block, "pre"},
    Element{"script", Kind::skipped, {}},
    Element{"section", Kind::block, "div"},
    Element{"style", Kind::skipped, {}},
    Element{"table", Kind::block, "table"},
    Element{"td", Kind::item, "td"},
    Element{"th", Kind::item, "th"},
    Element{"title", Kind::skipped, {}},
    Element{"tr", Kind::item, "tr"},
    Element{"ul", Kind::block, "ul"},
};

const Element* find_element(std::string_view name) noexcept
{
    const auto* const found =
        std::lower_bound(elements.begin(), elements.end(), name,
                         [](const Element& element, std::string_view wanted) { return element.name < wanted; });
    return found != elements.end() && found->name == name ? found : nullptr;
}

using Names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, Names names) noexcept
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Sieve {
public:
    Sieve(std::string_view html, std::size_t depth_max) : rest_{html}, depth_max_{depth_max}
    {
        output_.reserve(html.size() / 2);
    }

    SievedHtml run() &&
    {
        while (!rest_.empty()) {
            const std::size_t tag = rest_.find('<');
            output_ += rest_.substr(0, tag);
            rest_.remove_prefix(tag == std::string_view::npos ? rest_.size() : tag);
            if (!rest_.empty()) {
                markup();
            }
        }
        close_down_to(0);
        return {std::move(output_), flattened_};
    }

private:
    // At a "<".
    void markup()
    {
        const char next = rest_.size() > 1 ? rest_[1] : '\0';
        if (rest_.starts_with("<!--")) {
            skip_comment();
        } else if (next == '!' || next == '?' || (next == '/' && rest_.size() > 2 && !core::is_alpha(rest_[2]))) {
            skip_past(">");
        } else if (next == '/' && rest_.size() > 2) {
            rest_.remove_prefix(2);
            end_tag(tag_name());
        } else if (core::is_alpha(next)) {
            rest_.remove_prefix(1);
            start_tag(tag_name());
        } else {
            output_ += "&lt;";
            rest_.remove_prefix(1);
        }
    }

    void skip_past(std::string_view end)
    {
        const std::size_t at = rest_.find(end);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
    }

    void skip_comment()
    {
        rest_.remove_prefix(4);
        if (rest_.starts_with('>')) {
            rest_.remove_prefix(1);
        } else if (rest_.starts_with("->")) {
            rest_.remove_prefix(2);
        } else {
            skip_past("-->");
        }
    }

    std::string tag_name()
    {
        std::size_t end = 0;
        while (end < rest_.size() && !core::is_space(rest_[end]) && rest_[end] != '/' && rest_[end] != '>') {
            ++end;
        }
        std::string name = core::lowered(rest_.substr(0, std::min(end, name_max)));
        rest_.remove_prefix(end);
        return name;
    }

    void start_tag(const std::string& name)
    {
        Tag tag{rest_};
        const Element* const element = find_element(name);
        const Kind kind = element == nullptr ? Kind::dropped : element->kind;
        switch (kind) {
            case Kind::block:
                open_block(element->written);
                break;
            case Kind::item:
                open_item(element->written);
                break;
            case Kind::empty:
                output_.append("<").append(element->written).append(">");
                break;
            case Kind::link:
                open_link(tag);
                break;
            case Kind::picture:
                picture(tag);
                break;
            case Kind::skipped:
                rest_ = tag.after();
                skip_element(name);
                return;
            case Kind::dropped:
                break;
        }
        rest_ = tag.after();
    }

    void end_tag(const std::string& name)
    {
        rest_ = Tag{rest_}.after();
        const Element* const element = find_element(name);
        if (element == nullptr ||
            (element->kind != Kind::block && element->kind != Kind::item && element->kind != Kind::link)) {
            return;
        }
        // A table's cells are walls: nothing inside ends what is outside.
        if (is_one_of(element->written, {"table", "tr", "td", "th"})) {
            close_one_of({element->written}, {"table"});
        } else {
            close_one_of({element->written}, {"table", "td", "th"});
        }
    }

    // Passes over the text of an element that holds no markup.
    void skip_element(const std::string& name)
    {
        while (!rest_.empty()) {
            skip_past("</");
            if (core::istarts_with(rest_, name)) {
                rest_ = Tag{rest_.substr(name.size())}.after();
                return;
            }
        }
    }

    void open(std::string_view element, std::string_view attributes = {})
    {
        if (open_.size() < depth_max_) {
            output_.append("<").append(element).append(attributes).append(">");
            open_.push_back(element);
        } else {
            flattened_ = true;
            output_ += "<br>";
        }
    }

    void open_block(std::string_view element)
    {
        close_paragraph();
        if (is_one_of(element, {"h1", "h2", "h3", "h4", "h5", "h6"})) {
            close_while({"h1", "h2", "h3", "h4", "h5", "h6"});
        }
        open(element);
    }

    // An item ends the item before it, as far as it is of the same list, table or row.
    void open_item(std::string_view element)
    {
        close_paragraph();
        if (element == "li") {
            close_one_of({"li"}, {"ul", "ol", "table", "td", "th", "blockquote"});
        } else if (is_one_of(element, {"dt", "dd"})) {
            close_one_of({"dt", "dd"}, {"dl", "table", "td", "th", "blockquote"});
        } else if (element == "tr") {
            close_one_of({"tr"}, {"table"});
        } else if (is_one_of(element, {"td", "th"})) {
            close_one_of({"td", "th"}, {"table", "tr"});
        }
        open(element);
    }

    void open_link(Tag& tag)
    {
        close_while({"span"});
        std::string attributes;
        while (const auto attribute = tag.next()) {
            if (attributes.empty() && core::iequals(attribute->name, "href")) {
                attributes = " title=\"" + attribute_text(attribute->value, url_max) + "\"";
            }
        }
        open("span", attributes);
    }

    void picture(Tag& tag)
    {
        while (const auto attribute = tag.next()) {
            if (core::iequals(attribute->name, "alt") && !core::trimmed(attribute->value).empty()) {
                output_.append("[").append(attribute_text(attribute->value, alternative_max)).append("]");
                return;
            }
        }
    }

    static std::string attribute_text(std::string_view value, std::size_t octets_max)
    {
        std::string text;
        for (const char c : core::cut_utf8(value, octets_max)) {
            text += c == '"' ? "&quot;"sv : c == '<' ? "&lt;"sv : std::string_view{&c, 1};
        }
        return text;
    }

    void close_down_to(std::size_t count)
    {
        for (; open_.size() > count; open_.pop_back()) {
            output_.append("</").append(open_.back()).append(">");
        }
    }

    // A block ends the paragraph before it, with the links in it.
    void close_paragraph()
    {
        std::size_t count = open_.size();
        while (count > 0 && open_[count - 1] == "span") {
            --count;
        }
        if (count > 0 && open_[count - 1] == "p") {
            close_down_to(count - 1);
        }
    }

    void close_while(Names names)
    {
        while (!open_.empty() && is_one_of(open_.back(), names)) {
            close_down_to(open_.size() - 1);
        }
    }

    // Closes the innermost of `names` with all in it, unless one of `walls` stands before it.
    void close_one_of(Names names, Names walls)
    {
        for (std::size_t i = open_.size(); i-- > 0;) {
            if (is_one_of(open_[i], names)) {
                close_down_to(i);
                return;
            }
            if (is_one_of(open_[i], walls)) {
                return;
            }
        }
    }

    std::string_view rest_;
    std::size_t depth_max_;
    std::string output_;
    std::vector<std::string_view> open_;
    bool flattened_{false};
};

}  // namespace

SievedHtml sieve_html(std::string_view html, std::size_t depth_max)
{
    return Sieve{html, depth_max}.run();
}

}  // namespace shield::mime
