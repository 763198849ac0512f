// SPDX-License-Identifier: Apache-2.0
#include "signer.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace shield::support {

namespace {

void need(bool ok)
{
    if (!ok) {
        throw std::runtime_error("OpenSSL could not sign");
    }
}

const unsigned char* octets_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string digest_of(std::string_view text)
{
    std::string digest(32, '\0');
    need(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                    EVP_sha256(), nullptr) == 1);
    return digest;
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string squeezed(const std::string& text)
{
    std::string words;
    for (const char c : text) {
        if (c != ' ' && c != '\t') {
            words += c;
        } else if (!words.ends_with(' ')) {
            words += ' ';
        }
    }
    return words;
}

// Fields without their last CRLF.
std::vector<std::string> fields_of(const std::string& header)
{
    std::vector<std::string> fields;
    for (std::size_t begin = 0; begin < header.size();) {
        const std::size_t end = header.find("\r\n", begin);
        const std::string line = header.substr(begin, end - begin);
        if (line.front() == ' ' || line.front() == '\t') {
            fields.back() += "\r\n" + line;
        } else {
            fields.push_back(line);
        }
        begin = end == std::string::npos ? header.size() : end + 2;
    }
    return fields;
}

std::string name_of(const std::string& field)
{
    const std::string name = field.substr(0, field.find(':'));
    return lower(name.substr(0, name.find_last_not_of(" \t") + 1));
}

std::string relaxed_field(const std::string& field)
{
    std::string value = field.substr(field.find(':') + 1);
    std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
    value = squeezed(value);
    value.erase(0, value.starts_with(' ') ? 1 : 0);
    return name_of(field) + ":" + value.substr(0, value.find_last_not_of(' ') + 1);
}

std::string relaxed_body(const std::string& body)
{
    std::string text;
    for (std::size_t begin = 0; begin < body.size();) {
        const std::size_t end = std::min(body.find("\r\n", begin), body.size());
        const std::string line = squeezed(body.substr(begin, end - begin));
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\r\n";
        begin = end + 2;
    }
    while (text.ends_with("\r\n\r\n")) {
        text.resize(text.size() - 2);
    }
    return text == "\r\n" ? "" : text;
}

std::string simple_body(std::string body)
{
    while (body.ends_with("\r\n")) {
        body.resize(body.size() - 2);
    }
    return body + "\r\n";
}

std::string without_blanks(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> pieces;
    std::istringstream stream{text};
    for (std::string piece; std::getline(stream, piece, separator);) {
        pieces.push_back(piece);
    }
    return pieces;
}

// Without any blanks.
std::string tag(const std::string& field, const std::string& name)
{
    for (const std::string& piece : split(without_blanks(field.substr(field.find(':') + 1)), ';')) {
        if (piece.starts_with(name + "=")) {
            return piece.substr(name.size() + 1);
        }
    }
    return {};
}

}  // namespace

SigningKey::SigningKey(evp_pkey_st* key) : key_{key, EVP_PKEY_free}
{
    need(key != nullptr);
}

SigningKey SigningKey::rsa(unsigned bits)
{
    return SigningKey{EVP_RSA_gen(bits)};
}

SigningKey SigningKey::ed25519()
{
    return SigningKey{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
}

SigningKey SigningKey::from_pem(const std::string& text)
{
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                  BIO_free};
    return SigningKey{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
}

std::string SigningKey::algorithm() const
{
    return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA ? "rsa-sha256" : "ed25519-sha256";
}

std::string SigningKey::public_octets() const
{
    unsigned char* octets = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &octets);
    need(size > 0);
    std::string text{reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)};
    OPENSSL_free(octets);
    return algorithm() == "rsa-sha256" ? text : text.substr(text.size() - 32);
}

std::string SigningKey::bare_public_octets() const
{
    unsigned char* octets = nullptr;
    const int size = i2d_PublicKey(key_.get(), &octets);
    need(size > 0);
    std::string text{reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)};
    OPENSSL_free(octets);
    return text;
}

std::string SigningKey::record() const
{
    return "k=" + algorithm().substr(0, algorithm().find('-')) + "; p=" + to_base64(public_octets());
}

std::string SigningKey::pem() const
{
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{BIO_new(BIO_s_mem()), BIO_free};
    need(PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view digest) const
{
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    auto* const octets = reinterpret_cast<unsigned char*>(signature.data());
    if (algorithm() == "rsa-sha256") {
        const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context{EVP_PKEY_CTX_new(key_.get(), nullptr),
                                                                             EVP_PKEY_CTX_free};
        need(EVP_PKEY_sign_init(context.get()) == 1);
        need(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1);
        need(EVP_PKEY_sign(context.get(), octets, &size, octets_of(digest), digest.size()) == 1);
    } else {
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
        need(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
        need(EVP_DigestSign(context.get(), octets, &size, octets_of(digest), digest.size()) == 1);
    }
    signature.resize(size);
    return signature;
}

std::string to_base64(std::string_view octets)
{
    std::string text(octets.size() / 3 * 4 + 5, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets_of(octets),
                                     static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string with_signature(const std::string& message, const std::string& field, const SigningKey& key)
{
    const std::size_t end = message.find("\r\n\r\n");
    const std::string body = end == std::string::npos ? "" : message.substr(end + 4);
    const std::string forms = tag(field, "c");
    const bool relaxed_header = forms.starts_with("relaxed");
    std::string body_form = forms.ends_with("/relaxed") ? relaxed_body(body) : simple_body(body);
    if (const std::string length = tag(field, "l"); !length.empty()) {
        body_form.resize(std::stoul(length));
    }
    std::string signed_field = field;
    if (const std::size_t hash = field.find("bh=;"); hash != std::string::npos) {
        signed_field.insert(hash + 3, to_base64(digest_of(body_form)));
    }

    std::vector<std::string> fields = fields_of(message.substr(0, end));
    std::string text;
    for (const std::string& name : split(lower(tag(field, "h")), ':')) {
        const auto found = std::find_if(fields.rbegin(), fields.rend(),
                                        [&](const std::string& other) { return name_of(other) == name; });
        if (found != fields.rend()) {
            text += (relaxed_header ? relaxed_field(*found) : *found) + "\r\n";
            fields.erase(std::next(found).base());
        }
    }
    text += relaxed_header ? relaxed_field(signed_field) : signed_field;
    return signed_field + to_base64(key.sign(digest_of(text))) + "\r\n" + message;
}

std::string plain_field(const std::string& domain, const std::string& selector, const SigningKey& key)
{
    return "DKIM-Signature: v=1; a=" + key.algorithm() + "; c=relaxed/relaxed; d=" + domain + "; s=" + selector +
           ";\r\n h=from:to:subject:date:message-id; bh=;\r\n b=";
}

std::string with_arc_set(const std::string& message, int instance, const ArcSigner& signer, std::string validation)
{
    const std::string i = "i=" + std::to_string(instance) + "; ";
    const std::string who =
        "a=" + signer.key.algorithm() + "; d=" + signer.domain + "; s=" + signer.selector + "; ";
    validation = validation.empty() ? (instance == 1 ? "none" : "pass") : validation;

    const std::string sealed =
        with_signature("ARC-Authentication-Results: " + i + signer.results + "\r\n" + message,
                       "ARC-Message-Signature: " + i + who +
                           "c=relaxed/relaxed;\r\n h=from:to:subject:arc-authentication-results; bh=; b=",
                       signer.key);
    std::string text;
    const std::vector<std::string> fields = fields_of(sealed.substr(0, sealed.find("\r\n\r\n")));
    for (int number = 1; number <= instance; ++number) {
        for (const char* name : {"arc-authentication-results", "arc-message-signature", "arc-seal"}) {
            const std::string own = std::string{name} + ":i=" + std::to_string(number) + ";";
            for (const std::string& field : fields) {
                if (name_of(field) == name && relaxed_field(field).starts_with(own)) {
                    text += relaxed_field(field) + "\r\n";
                }
            }
        }
    }
    const std::string seal = "ARC-Seal: " + i + who + "cv=" + validation + "; b=";
    return seal + to_base64(signer.key.sign(digest_of(text + relaxed_field(seal)))) + "\r\n" + sealed;
}

}  // namespace shield::support
