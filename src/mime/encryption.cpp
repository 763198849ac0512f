// SPDX-License-Identifier: Apache-2.0
#include "encryption.hpp"

#include <shield/core/ascii.hpp>

namespace shield::mime {

namespace {

using namespace std::string_view_literals;

// Of CMS content, which of the types that RFC 8551 section 3 names is encrypted. Without the parameter, the object
// identifier near the beginning tells signedData (1.2.840.113549.1.7.2) and compressedData (...9.16.1.9) from the
// rest.
bool is_enveloped(const Part& part)
{
    const std::string type = core::lowered(part.content_type.parameter("smime-type"));
    if (!type.empty()) {
        return type == "enveloped-data" || type == "authenveloped-data";
    }
    constexpr std::size_t looked_at = 4096;
    const std::string_view body = part.body.substr(0, looked_at);
    const std::string content =
        part.encoding == TransferEncoding::base64 ? decode_base64(body).octets : std::string{body};
    const std::string_view head = std::string_view{content}.substr(0, 64);
    const bool is_signed = head.find("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"sv) != std::string_view::npos;
    const bool is_compressed =
        head.find("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"sv) != std::string_view::npos;
    return !is_signed && !is_compressed;
}

// At the beginning of a line (RFC 4880 section 6.2); a quotation of one is not one.
bool holds_armor(std::string_view text) noexcept
{
    constexpr auto armor = "-----BEGIN PGP MESSAGE-----"sv;
    for (std::size_t at = text.find(armor); at != std::string_view::npos; at = text.find(armor, at + 1)) {
        if (at == 0 || text[at - 1] == '\n') {
            return true;
        }
    }
    return false;
}

}  // namespace

core::Encryption encryption_of(const Document& document, std::string_view text)
{
    for (const Part& part : document.parts) {
        const std::string& type = part.written_type.empty() ? part.type() : part.written_type;
        // RFC 3156 section 4; Exchange turns multipart/encrypted into mixed but leaves its first part.
        if (type == "application/pgp-encrypted" ||
            (type == "multipart/encrypted" &&
             core::iequals(part.content_type.parameter("protocol"), "application/pgp-encrypted"))) {
            return core::Encryption::pgp_mime;
        }
        if ((type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime") && is_enveloped(part)) {
            return core::Encryption::smime;
        }
    }
    return holds_armor(text) ? core::Encryption::pgp_inline : core::Encryption::none;
}

}  // namespace shield::mime
