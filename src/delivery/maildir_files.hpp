// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/smtp/client_session.hpp>

#include <filesystem>
#include <string>

namespace shield::delivery {

/// The files of a Maildir (https://cr.yp.to/proto/maildir.html), for whoever delivers into it. Readers may take
/// messages out of it at any time. Immutable; throws std::system_error that names the file.
class MaildirFiles {
public:
    /// Makes what is missing of the directory, mode 0700.
    MaildirFiles(std::filesystem::path directory, const std::string& hostname);

    /// No address may break the fields that are written from it.
    [[nodiscard]] static bool can_hold(const smtp::OutgoingMail& mail) noexcept;

    /// The file's name. The same stem gives the same name, so that a second attempt does not make a second message.
    [[nodiscard]] std::string name(const std::string& stem) const;

    /// Into tmp, synced: Return-Path and Delivered-To (RFC 5321 section 4.4), then the mail; lines end in LF, as in
    /// every file of the system.
    void write(const std::string& name, const smtp::OutgoingMail& mail) const;

    /// From tmp into new. That it is there already is success.
    void link(const std::string& name) const;
    void sync_new() const;

    /// Out of tmp.
    void withdraw(const std::string& name) const noexcept;

private:
    void make_directories() const;

    std::filesystem::path directory_;
    std::string host_;
};

}  // namespace shield::delivery
