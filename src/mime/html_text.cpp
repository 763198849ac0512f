// SPDX-License-Identifier: Apache-2.0
#include "html_text.hpp"

#include "html_sieve.hpp"

#include <shield/core/ascii.hpp>

#include <gumbo.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace shield::mime {

namespace {

constexpr std::size_t quotes_max = 8;

// No setting of html_depth_max takes the parser deeper than this.
constexpr std::size_t depth_ceiling = 1000;

struct DestroyOutput {
    void operator()(GumboOutput* output) const noexcept { gumbo_destroy_output(&kGumboDefaultOptions, output); }
};

// Text that grows line by line. White space is collapsed, and breaks are asked for before they are made, so that
// nested blocks do not pile up empty lines.
class Page {
public:
    void text(std::string_view words)
    {
        while (!words.empty()) {
            const auto end = std::find_if(words.begin(), words.end(), core::is_space);
            const auto length = static_cast<std::size_t>(end - words.begin());
            if (length == 0) {
                space_ = true;
                words.remove_prefix(1);
                continue;
            }
            append(words.substr(0, length));
            words.remove_prefix(length);
        }
    }

    void preformatted(std::string_view lines)
    {
        while (!lines.empty()) {
            const std::size_t end = lines.find('\n');
            if (end != 0) {
                std::string_view line = lines.substr(0, end);
                line.remove_suffix(line.ends_with('\r') ? 1 : 0);
                append(line);
            }
            if (end == std::string_view::npos) {
                break;
            }
            line_break();
            lines.remove_prefix(end + 1);
        }
    }

    // One line end, kept even when the line is empty.
    void line_break()
    {
        flush_breaks();
        end_line();
    }

    // At least `lines` line ends before what comes next.
    void want_break(std::size_t lines)
    {
        breaks_ = std::max(breaks_, lines);
        space_ = false;
    }

    void want_space() { space_ = true; }
    void want_gap() { gap_ = true; }

    void open_quote() { ++quotes_; }
    void close_quote() { --quotes_; }

    // The mark of a list item, which its text follows on the line.
    void mark(std::string_view text)
    {
        append(text);
        space_ = false;
    }

    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
    [[nodiscard]] std::string_view since(std::size_t begin) const
    {
        return std::string_view{text_}.substr(std::min(begin, text_.size()));
    }

    std::string take() &&
    {
        replace_no_break_spaces();
        while (!text_.empty() && core::is_space(text_.back())) {
            text_.pop_back();
        }
        return std::move(text_);
    }

private:
    void append(std::string_view piece)
    {
        flush_breaks();
        if (line_empty_) {
            for (std::size_t i = 0; i < std::min(quotes_, quotes_max); ++i) {
                text_ += "> ";
            }
        } else if (gap_) {
            text_ += "  ";
        } else if (space_) {
            text_ += ' ';
        }
        text_ += piece;
        line_empty_ = space_ = gap_ = false;
    }

    void replace_no_break_spaces()
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            const bool no_break = text_[i] == '\xc2' && i + 1 < text_.size() && text_[i + 1] == '\xa0';
            text_[kept++] = no_break ? ' ' : text_[i];
            i += no_break ? 1 : 0;
        }
        text_.resize(kept);
    }

    void flush_breaks()
    {
        if (breaks_ == 0) {
            return;
        }
        if (!line_empty_) {
            end_line();
        }
        while (!text_.empty() && ends_ < breaks_) {
            end_line();
        }
        breaks_ = 0;
    }

    void end_line()
    {
        ends_ = line_empty_ ? ends_ + 1 : 1;
        text_ += '\n';
        line_empty_ = true;
        space_ = gap_ = false;
    }

    std::string text_;
    std::size_t quotes_{0};
    std::size_t breaks_{0};  // asked for
    std::size_t ends_{0};    // line ends at the end of the text
    bool line_empty_{true};
    bool space_{false};
    bool gap_{false};
};

// Walks the tree along its own links: no recursion, however deep it is.
class Walk {
public:
    std::string run(const GumboNode* root) &&
    {
        const GumboNode* node = root;
        while (node != nullptr) {
            if (const GumboNode* const child = enter(*node)) {
                node = child;
                continue;
            }
            while (node != nullptr && node != root && next_sibling(*node) == nullptr) {
                node = node->parent;
                leave(*node);
            }
            node = node == nullptr || node == root ? nullptr : next_sibling(*node);
        }
        return std::move(page_).take();
    }

private:
    struct Link {
        std::string url;
        std::size_t begin;
    };

    static const GumboNode* next_sibling(const GumboNode& node)
    {
        const GumboVector& siblings = node.parent->v.element.children;
        const std::size_t next = node.index_within_parent + 1;
        return next < siblings.length ? static_cast<const GumboNode*>(siblings.data[next]) : nullptr;
    }

    // Writes what stands at the beginning of a node. Its first child, or nothing when the node is done.
    const GumboNode* enter(const GumboNode& node)
    {
        if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA) {
            if (preformatted_ > 0) {
                page_.preformatted(node.v.text.text);
            } else {
                page_.text(node.v.text.text);
            }
            return nullptr;
        }
        if (node.type != GUMBO_NODE_ELEMENT) {
            return nullptr;
        }
        begin(node.v.element);
        const GumboVector& children = node.v.element.children;
        if (children.length == 0) {
            end(node.v.element);
            return nullptr;
        }
        return static_cast<const GumboNode*>(children.data[0]);
    }

    void leave(const GumboNode& node)
    {
        if (node.type == GUMBO_NODE_ELEMENT) {
            end(node.v.element);
        }
    }

    void begin(const GumboElement& element)
    {
        switch (static_cast<int>(element.tag)) {
            case GUMBO_TAG_BR:
                page_.line_break();
                break;
            case GUMBO_TAG_HR:
                page_.want_break(1);
                page_.mark("----");
                break;
            case GUMBO_TAG_LI:
                page_.want_break(1);
                page_.mark(item_mark());
                break;
            case GUMBO_TAG_OL:
            case GUMBO_TAG_UL:
                page_.want_break(numbers_.empty() ? 2 : 1);
                numbers_.push_back(element.tag == GUMBO_TAG_OL ? 1 : 0);
                break;
            case GUMBO_TAG_BLOCKQUOTE:
                page_.want_break(1);
                page_.open_quote();
                break;
            case GUMBO_TAG_PRE:
                page_.want_break(2);
                ++preformatted_;
                break;
            case GUMBO_TAG_TD:
            case GUMBO_TAG_TH:
                page_.want_gap();
                break;
            case GUMBO_TAG_SPAN:
                begin_link(element);
                break;
            default:
                page_.want_break(breaks_around(element.tag));
        }
    }

    void end(const GumboElement& element)
    {
        switch (static_cast<int>(element.tag)) {
            case GUMBO_TAG_BR:
                break;
            case GUMBO_TAG_OL:
            case GUMBO_TAG_UL:
                numbers_.pop_back();
                page_.want_break(numbers_.empty() ? 2 : 1);
                break;
            case GUMBO_TAG_BLOCKQUOTE:
                page_.close_quote();
                page_.want_break(1);
                break;
            case GUMBO_TAG_PRE:
                --preformatted_;
                page_.want_break(2);
                break;
            case GUMBO_TAG_TD:
            case GUMBO_TAG_TH:
                page_.want_gap();
                break;
            case GUMBO_TAG_SPAN:
                end_link();
                break;
            case GUMBO_TAG_HR:
            case GUMBO_TAG_LI:
                page_.want_break(1);
                break;
            default:
                page_.want_break(breaks_around(element.tag));
        }
    }

    static std::size_t breaks_around(GumboTag tag)
    {
        switch (static_cast<int>(tag)) {
            case GUMBO_TAG_P:
            case GUMBO_TAG_H1:
            case GUMBO_TAG_H2:
            case GUMBO_TAG_H3:
            case GUMBO_TAG_H4:
            case GUMBO_TAG_H5:
            case GUMBO_TAG_H6:
                return 2;
            case GUMBO_TAG_DIV:
            case GUMBO_TAG_DL:
            case GUMBO_TAG_DT:
            case GUMBO_TAG_DD:
            case GUMBO_TAG_TABLE:
            case GUMBO_TAG_TR:
                return 1;
            default:
                return 0;
        }
    }

    std::string item_mark()
    {
        if (numbers_.empty() || numbers_.back() == 0) {
            return "* ";
        }
        return std::to_string(numbers_.back()++) + ". ";
    }

    void begin_link(const GumboElement& element)
    {
        const GumboAttribute* const url = gumbo_get_attribute(&element.attributes, "title");
        links_.push_back({url == nullptr ? std::string{} : std::string{core::trimmed(url->value)}, page_.size()});
    }

    // The address behind a link, unless the label already says it: where a link leads is what phishing hides.
    void end_link()
    {
        const Link link = std::move(links_.back());
        links_.pop_back();
        const std::string_view label = core::trimmed(page_.since(link.begin));
        if (link.url.empty() || link.url.starts_with('#') || says(label, link.url)) {
            return;
        }
        std::string shown = link.url;
        std::replace_if(shown.begin(), shown.end(), core::is_space, ' ');
        page_.want_space();
        page_.mark("<" + shown + ">");
    }

    static bool says(std::string_view label, std::string_view url)
    {
        while (label.starts_with("> ")) {
            label.remove_prefix(2);
        }
        for (const std::string_view scheme : {"mailto:", "https://", "http://", "tel:"}) {
            if (core::istarts_with(url, scheme) && !core::istarts_with(label, scheme)) {
                url.remove_prefix(scheme.size());
                break;
            }
        }
        url.remove_suffix(url.ends_with('/') && !label.ends_with('/') ? 1 : 0);
        return label == url;
    }

    Page page_;
    std::vector<std::size_t> numbers_;  // of the lists we are in: the next number, or 0 for a bulleted one
    std::vector<Link> links_;
    std::size_t preformatted_{0};
};

}  // namespace

HtmlText project_html(std::string_view html, const core::Limits& limits)
{
    HtmlText projected;
    projected.cut = html.size() > limits.html_max;
    const SievedHtml sieved = sieve_html(core::cut_utf8(html, limits.html_max),
                                         std::min<std::size_t>(limits.html_depth_max, depth_ceiling));
    projected.flattened = sieved.flattened;
    GumboOptions options = kGumboDefaultOptions;
    options.max_errors = 0;  // each would keep a copy of the open elements: 600 MB for 1 MB of <br> deep in tables
    const std::unique_ptr<GumboOutput, DestroyOutput> tree{
        gumbo_parse_with_options(&options, sieved.html.data(), sieved.html.size())};
    projected.text = Walk{}.run(tree->root);
    return projected;
}

}  // namespace shield::mime
