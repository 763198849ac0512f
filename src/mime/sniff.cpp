// SPDX-License-Identifier: Apache-2.0
#include "sniff.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::mime {

using namespace std::string_view_literals;

namespace {

constexpr std::size_t looked_at = 4096;

struct Magic {
    std::size_t offset;
    std::string_view octets;
    std::string_view type;
};

constexpr std::array magics{
    // documents
    Magic{0, "%PDF-"sv, "application/pdf"sv},
    Magic{0, "%!PS"sv, "application/postscript"sv},
    Magic{0, "{\\rtf"sv, "application/rtf"sv},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "application/x-ole-storage"sv},
    Magic{0, "\x78\x9f\x3e\x22"sv, "application/ms-tnef"sv},
    Magic{0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"sv, "application/onenote"sv},
    Magic{0, "ITSF"sv, "application/vnd.ms-htmlhelp"sv},
    // pictures
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "image/png"sv},
    Magic{0, "\xff\xd8\xff"sv, "image/jpeg"sv},
    Magic{0, "GIF87a"sv, "image/gif"sv},
    Magic{0, "GIF89a"sv, "image/gif"sv},
    Magic{8, "WEBP"sv, "image/webp"sv},
    Magic{0, "II*\0"sv, "image/tiff"sv},
    Magic{0, "MM\0*"sv, "image/tiff"sv},
    Magic{0, "\0\0\x01\0"sv, "image/x-icon"sv},
    Magic{4, "ftypheic"sv, "image/heic"sv},
    Magic{4, "ftypmif1"sv, "image/heif"sv},
    Magic{4, "ftypavif"sv, "image/avif"sv},
    // sound and film
    Magic{4, "ftypM4A"sv, "audio/mp4"sv},
    Magic{4, "ftypqt"sv, "video/quicktime"sv},
    Magic{4, "ftyp"sv, "video/mp4"sv},
    Magic{0, "ID3"sv, "audio/mpeg"sv},
    Magic{0, "\xff\xfb"sv, "audio/mpeg"sv},
    Magic{0, "\xff\xf3"sv, "audio/mpeg"sv},
    Magic{0, "OggS"sv, "application/ogg"sv},
    Magic{0, "fLaC"sv, "audio/flac"sv},
    Magic{8, "WAVE"sv, "audio/wav"sv},
    Magic{8, "AVI "sv, "video/x-msvideo"sv},
    Magic{0, "\x1a\x45\xdf\xa3"sv, "video/webm"sv},
    // archives
    Magic{0, "PK\x05\x06"sv, "application/zip"sv},
    Magic{0, "PK\x07\x08"sv, "application/zip"sv},
    Magic{0, "\x1f\x8b"sv, "application/gzip"sv},
    Magic{0, "BZh"sv, "application/x-bzip2"sv},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "application/x-xz"sv},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "application/zstd"sv},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"sv},
    Magic{0, "Rar!\x1a\x07"sv, "application/vnd.rar"sv},
    Magic{0, "MSCF"sv, "application/vnd.ms-cab-compressed"sv},
    Magic{257, "ustar"sv, "application/x-tar"sv},
    Magic{0x8001, "CD001"sv, "application/x-iso9660-image"sv},
    // programs
    Magic{0,
          "\x7f"
          "ELF"sv,
          "application/x-elf"sv},
    Magic{0, "\xca\xfe\xba\xbe"sv, "application/java-vm"sv},
    Magic{0, "\xcf\xfa\xed\xfe"sv, "application/x-mach-binary"sv},
    Magic{0, "\xce\xfa\xed\xfe"sv, "application/x-mach-binary"sv},
    Magic{0, "\0asm"sv, "application/wasm"sv},
    Magic{0, "L\0\0\0\x01\x14\x02\0"sv, "application/x-ms-shortcut"sv},
    Magic{0, "#!"sv, "text/x-script"sv},
    Magic{0, "SQLite format 3\0"sv, "application/vnd.sqlite3"sv},
    Magic{0, "\xd4\xc3\xb2\xa1"sv, "application/vnd.tcpdump.pcap"sv},
    Magic{0, "\xa1\xb2\xc3\xd4"sv, "application/vnd.tcpdump.pcap"sv},
    Magic{0, "\x0a\x0d\x0d\x0a"sv, "application/x-pcapng"sv},
    // OpenPGP and certificates
    Magic{0, "-----BEGIN PGP MESSAGE"sv, "application/pgp-encrypted"sv},
    Magic{0, "-----BEGIN PGP SIGNATURE"sv, "application/pgp-signature"sv},
    Magic{0, "-----BEGIN PGP PUBLIC KEY"sv, "application/pgp-keys"sv},
    Magic{0, "-----BEGIN CERTIFICATE"sv, "application/x-pem-file"sv},
};

// "MZ" alone begins many texts; the header it points to makes it a program.
bool is_portable_executable(std::string_view octets) noexcept
{
    if (!octets.starts_with("MZ") || octets.size() < 64) {
        return false;
    }
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(octets[i])); };
    const std::size_t header = at(60) | at(61) << 8 | at(62) << 16 | at(63) << 24;
    return header < looked_at && (header >= octets.size() || octets.substr(header).starts_with("PE\0\0"sv));
}

// A ZIP by what its first entries are called.
std::string_view zip_type(std::string_view octets) noexcept
{
    const auto holds = [&](std::string_view name) { return octets.find(name) != std::string_view::npos; };
    if (octets.substr(30).starts_with("mimetype")) {
        return holds("application/vnd.oasis.opendocument") ? "application/vnd.oasis.opendocument"sv
               : holds("application/epub+zip")             ? "application/epub+zip"sv
                                                           : "application/zip"sv;
    }
    if (holds("word/")) {
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    }
    if (holds("xl/")) {
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }
    if (holds("ppt/")) {
        return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    }
    if (holds("AndroidManifest.xml")) {
        return "application/vnd.android.package-archive";
    }
    return holds("META-INF/") ? "application/java-archive"sv : "application/zip"sv;
}

std::string_view markup_type(std::string_view octets) noexcept
{
    if (octets.starts_with("\xef\xbb\xbf")) {
        octets.remove_prefix(3);
    }
    octets = core::trimmed(octets.substr(0, 1024));
    if (octets.starts_with("<?xml")) {
        return core::icontains(octets, "<svg")    ? "image/svg+xml"sv
               : core::icontains(octets, "<html") ? "text/html"sv
                                                  : "text/xml"sv;
    }
    for (const std::string_view tag : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv, "<script"sv}) {
        if (core::istarts_with(octets, tag)) {
            return "text/html";
        }
    }
    return core::istarts_with(octets, "<svg") ? "image/svg+xml"sv : ""sv;
}

}  // namespace

std::string_view sniff(std::string_view octets) noexcept
{
    const std::string_view head = octets.substr(0, looked_at);
    if (is_portable_executable(head)) {
        return "application/vnd.microsoft.portable-executable";
    }
    if (head.starts_with("PK\x03\x04")) {
        return zip_type(head);
    }
    const auto* const found = std::find_if(magics.begin(), magics.end(), [&](const Magic& magic) {
        return octets.size() > magic.offset && octets.substr(magic.offset).starts_with(magic.octets);
    });
    if (found != magics.end()) {
        return found->type;
    }
    return markup_type(head);
}

}  // namespace shield::mime
