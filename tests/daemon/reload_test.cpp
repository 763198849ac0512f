// SPDX-License-Identifier: Apache-2.0
#include "reload.hpp"

#include <daemon/good_config.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace shield::daemon {

namespace {

class RecordingLog final : public core::Log {
public:
    void line(core::Severity, std::string_view event, std::initializer_list<core::Field> fields) override
    {
        for (const core::Field& field : fields) {
            lines.push_back(std::string{event} + " " + std::string{field.key} + "=" + field.value);
        }
    }
    std::vector<std::string> lines;
};

class Reload : public testing::Test {
protected:
    Reload() { write(good_config); }
    ~Reload() override { std::filesystem::remove(file_); }

    void write(const std::string& text) { std::ofstream{file_} << text; }

    std::filesystem::path file_{std::filesystem::temp_directory_path() /
                                ("shield-reload-" + std::to_string(getpid()) + ".toml")};
    RecordingLog log_;
};

}  // namespace

TEST_F(Reload, TakesMailboxesPromisesAndExemptionsWithoutAWord)
{
    const Config running = *load_config(file_);
    write(good_config +
          "[[mailbox]]\naddress = 'new@example.com'\ncategory = 'urgent'\n"
          "[promise.attack]\ntarget = '1h'\n[limits]\nexempt = ['10.0.0.0/8']\n");
    const auto next = reload_config(running, log_);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->mailboxes.size(), 2u);
    EXPECT_EQ(next->exempt, core::Networks{*core::Network::parse("10.0.0.0/8")});
    EXPECT_EQ(next->promises[0].to_string(), "1h");
    EXPECT_TRUE(log_.lines.empty());
}

TEST_F(Reload, KeepsTheCertificatesOfListenersThatGoOnWithTls)
{
    const std::string tls =
        good_config_but("address = '127.0.0.1:2525'", "address = '127.0.0.1:2525'\ntls = 'starttls'") +
        "[[certificate]]\nchain = '/a.pem'\nkey = '/a.key'\n";
    write(tls);
    const Config running = *load_config(file_);
    write(good_config);
    const auto next = reload_config(running, log_);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->certificates, running.certificates);
    EXPECT_EQ(log_.lines, std::vector<std::string>{"restart_needed keys=listen, certificate"});
}

TEST_F(Reload, KeepsWhatOnlyARestartCanChangeAndSaysSo)
{
    const Config running = *load_config(file_);
    write("io_threads = 9\n" + good_config_but("127.0.0.1:2525", "127.0.0.1:2526") +
          "[limits]\nrecipients_max = 5\n[log]\nlevel = 'error'\n");
    const auto next = reload_config(running, log_);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->io_threads, 1u);
    EXPECT_EQ(next->listen, running.listen);
    EXPECT_EQ(next->limits, running.limits);
    EXPECT_EQ(log_.lines, std::vector<std::string>{"restart_needed keys=io_threads, listen, limits, log.level"});
}

TEST_F(Reload, RefusesAFileWithAFault)
{
    const Config running = *load_config(file_);
    write("nonsense");
    EXPECT_FALSE(reload_config(running, log_));
}

}  // namespace shield::daemon
