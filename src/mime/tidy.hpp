// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"

#include <shield/core/limits.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace shield::mime {

/// What the first field of every entity in the skeleton says of it. The fields of the sender follow.
namespace shape {
inline constexpr std::string_view leaf = "application/x-leaf";      ///< what its own Content-Type says
inline constexpr std::string_view opaque = "application/x-opaque";  ///< not taken apart: a bound was reached
inline constexpr std::string_view loose = "text/x-loose";  ///< a multipart without parts: its text as it stands
}  // namespace shape

/// The skeleton of a message, in which nothing is left to interpret. mimetic matches boundaries by prefix, is
/// quadratic in the length of a header field, recurses into every level, takes bodies octet by octet and loses
/// parts after blanks, mbox lines and unclosed multiparts; so the skeleton is written such that none of this can
/// happen:
///
/// - every entity begins with a Content-Type of ours (above, or multipart/mixed with a boundary of ours), then come
///   the sender's fields, each on one line, bounded in length, number and sum; then one empty line;
/// - the body of a leaf is a number: its place in `bodies`. What the sender wrote there is never copied;
/// - boundaries are of a form that no field and no number has, and are all of one length; every multipart is
/// closed;
///   there are no preambles and no epilogues;
/// - message/rfc822 is a leaf: what is in it is read for itself, by whoever wants it.
struct Tidied {
    std::string octets;
    std::vector<std::string_view> bodies;  ///< octet for octet the sender's; they refer to the message
};

/// Writes the skeleton and lists what it met on the way. Takes any octets; one pass, linear; depth, parts and
/// headers are bounded by `limits`, and what lies beyond stays whole as one opaque part.
[[nodiscard]] Tidied tidy(std::string_view octets, const core::Limits& limits, Defects& defects);

}  // namespace shield::mime
