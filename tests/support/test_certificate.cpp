// SPDX-License-Identifier: Apache-2.0
#include "test_certificate.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace shield::support {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;
using KeyPair = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

File create(const std::filesystem::path& path)
{
    File file{std::fopen(path.c_str(), "w"), std::fclose};
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
    return file;
}

void add_names(X509* certificate, const std::vector<std::string>& names)
{
    std::string all;
    for (const std::string& name : names) {
        all += (all.empty() ? "DNS:" : ",DNS:") + name;
    }
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, all.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

void TestCertificate::write(const std::filesystem::path& directory, const std::string& name) const
{
    const KeyPair pair{key == TestCertificate::Key::ecdsa ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048), EVP_PKEY_free};
    const Certificate certificate{X509_new(), X509_free};
    X509* const x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), static_cast<long>(valid_from.count()));
    X509_gmtime_adj(X509_getm_notAfter(x509), static_cast<long>((valid_from + valid_for).count()));
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(names.front().c_str()), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    add_names(x509, names);
    X509_set_pubkey(x509, pair.get());
    X509_sign(x509, pair.get(), EVP_sha256());

    PEM_write_X509(create(directory / (name + ".pem")).get(), x509);
    PEM_write_PrivateKey(create(directory / (name + ".key")).get(), pair.get(), nullptr, nullptr, 0, nullptr,
                         nullptr);
}

}  // namespace shield::support
