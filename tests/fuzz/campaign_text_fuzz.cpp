// SPDX-License-Identifier: Apache-2.0
// Any octets as subject and text of a message: reading, folding and sketching keep their bounds, and the sketch
// comes back from its octets.
#include "letters.hpp"
#include "tokens.hpp"
#include "words.hpp"

#include <shield/campaign/sketch.hpp>
#include <shield/core/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace shield;
using namespace shield::campaign;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const core::Mailboxes ours =
        core::Mailboxes::make("mx.shield.test", {{"shield@shield.test", {}, core::Category::attack}}).value();
    const std::string_view text{reinterpret_cast<const char*>(data), size};

    const ReadText read = read_text(text);
    require(read.tokens.size() <= tokens_max && read.folded.size() <= folded_max && core::is_utf8(read.folded));
    require(read.links.size() <= links_max && read.identifiers.size() <= identifiers_max);
    require(read_text(read.folded).tokens.size() <= tokens_max);
    require(without_quotes(text).text.size() <= text.size() + 1);

    core::Assessment message;
    message.subject = core::cut_utf8(text, 200);
    message.from_shown = text.substr(text.size() / 2);
    message.from = {std::string{text.substr(0, 40)}};
    message.text = text;
    message.machine.list_field = "list-id";
    const Sketch sketch = sketch_of(message, ours);
    const std::string octets = to_octets(sketch);
    require(octets.size() <= Sketch::octets_max);
    const auto again = sketch_from(octets);
    require(again && *again == sketch);
    return 0;
}
