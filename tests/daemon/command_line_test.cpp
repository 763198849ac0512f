// SPDX-License-Identifier: Apache-2.0
#include <shield/core/limits.hpp>
#include <shield/daemon/shieldd.hpp>

#include <daemon/good_config.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace shield::daemon {

namespace {

using testing::HasSubstr;

class CommandLine : public testing::Test {
protected:
    ~CommandLine() override { std::filesystem::remove(file_); }

    void run(std::vector<const char*> arguments)
    {
        arguments.insert(arguments.begin(), "shieldd");
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        status_ = shieldd(static_cast<int>(arguments.size()), arguments.data());
        output_ = testing::internal::GetCapturedStdout();
        complaint_ = testing::internal::GetCapturedStderr();
    }
    void write(const std::string& text) { std::ofstream{file_} << text; }

    std::filesystem::path file_{std::filesystem::temp_directory_path() /
                                ("shield-command-line-" + std::to_string(getpid()) + ".toml")};
    int status_{-1};
    std::string output_, complaint_;
};

const std::string with_templates =
    good_config_but("[delivery]", "templates = '" +
                                      std::filesystem::absolute(SHIELD_SOURCE_DIR "/etc/templates").string() +
                                      "'\n[delivery]") +
    "[links]\n";

}  // namespace

TEST_F(CommandLine, LimitsPrintsEveryBound)
{
    write(good_config + "[limits]\nrecipients_max = 7\n");
    run({"--limits", "--config", file_.c_str()});
    EXPECT_EQ(status_, 0);
    for (const core::LimitEntry& limit : core::limit_table()) {
        EXPECT_THAT(output_, HasSubstr("\n" + std::string{limit.name} + " "));
    }
    EXPECT_THAT(output_, testing::ContainsRegex("\nrecipients_max +7 +100 +count +452 4.5.3 "));
}

TEST_F(CommandLine, CheckSaysThatAConfigurationIsGood)
{
    write(with_templates +
          "support = 'https://s.company.test/'\npolicy = 'https://p.company.test/'\n"
          "recovery = 'https://r.company.test/'\n");
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 0) << complaint_;
    EXPECT_EQ(output_, file_.string() + ": good\n");
}

TEST_F(CommandLine, CheckSaysWhatIsWrong)
{
    write(good_config_but("hostname", "hostnam"));
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    EXPECT_THAT(complaint_,
                HasSubstr(file_.string() + ":1: key 'hostnam': is not known; did you mean 'hostname'?"));
}

TEST_F(CommandLine, CheckSaysEachFaultInALineOfItsOwn)
{
    write("nonsense = 1\n" + good_config_but("'attack'", "'panic'") + "[log]\nlevel = 3\n");
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    const std::string start = "shieldd: " + file_.string();
    EXPECT_EQ(complaint_,
              start + ":1: key 'nonsense': is not known; remove it, shieldd.toml(5) lists all keys\n" + start +
                  ":8: key 'mailbox.category': 'panic' is not a category; write \"attack\", \"urgent\" or "
                  "\"support\"\n" +
                  start + ":15: key 'log.level': is no string; write it in quotes\n");
}

TEST_F(CommandLine, CheckSaysAllFaultsOfTheFilesThatAreNamed)
{
    write(good_config_but("[delivery]", "templates = '/nowhere'\n[classify]\nrules = '/nowhere/x'\n[delivery]") +
          "[links]\nsupport = 'https://example.com/support'\n");
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    const std::string start = "shieldd: " + file_.string();
    EXPECT_EQ(complaint_,
              start +
                  ":17: key 'links.support': leads to an example host; write where your own people are helped\n" +
                  start +
                  ":10: key 'acknowledgement.templates': /nowhere: No such file or directory; name the "
                  "directory of the templates\n" +
                  start +
                  ":12: key 'classify.rules': /nowhere/x: No such file or directory; name a file that can be "
                  "read\n");
}

TEST_F(CommandLine, CheckRefusesTheExampleLinks)
{
    write(with_templates +
          "support = 'https://example.com/support'\npolicy = 'https://p.company.test/'\n"
          "recovery = 'https://r.company.test/'\n");
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    EXPECT_THAT(complaint_, HasSubstr(file_.string() + ":15: key 'links.support': leads to an example host; "));
}

TEST_F(CommandLine, CheckRefusesALinkThatNoTemplateUses)
{
    write(with_templates +
          "suport = 'https://s.company.test/'\npolicy = 'https://p.company.test/'\n"
          "recovery = 'https://r.company.test/'\nzebra = 'https://z.company.test/'\n");
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    const std::string start = "shieldd: " + file_.string();
    EXPECT_EQ(complaint_, start + ":15: key 'links.suport': no template uses it; did you mean 'support'?\n" +
                              start + ":18: key 'links.zebra': no template uses it; remove it\n");
}

TEST_F(CommandLine, CheckSaysAllFaultsOfTheTemplates)
{
    const std::filesystem::path templates = file_.string() + ".templates";
    std::filesystem::create_directory(templates);
    std::ofstream{templates / "attack.en.txt"} << "Hello\n";
    std::ofstream{templates / "urgent.en.txt"} << "Subject: {{nothing}}\n\nx\n";
    write(good_config_but("[delivery]", "templates = '" + templates.string() + "'\n[delivery]"));
    run({"--check", "--config", file_.c_str()});
    std::filesystem::remove_all(templates);
    EXPECT_EQ(status_, 1);
    const std::string start = "shieldd: " + templates.string();
    EXPECT_THAT(complaint_, HasSubstr(start + "/attack.en.txt:1: "));
    EXPECT_THAT(complaint_, HasSubstr(start + "/support.en.txt:1: "));
    EXPECT_THAT(complaint_, HasSubstr(start + "/urgent.en.txt:1: "));
}

TEST_F(CommandLine, CheckNamesMissingTemplates)
{
    write(good_config_but("[delivery]", "templates = '/nowhere'\n[delivery]"));
    run({"--check", "--config", file_.c_str()});
    EXPECT_EQ(status_, 1);
    EXPECT_THAT(complaint_, HasSubstr("/nowhere: No such file or directory"));
}

TEST_F(CommandLine, AWrongCommandLineEndsWithStatus2)
{
    run({"--chekc"});
    EXPECT_EQ(status_, 2);
    EXPECT_THAT(complaint_, testing::MatchesRegex("shieldd: [^\n]*--chekc; 'shieldd --help' says more\n"));
    run({"--check", "--limits"});
    EXPECT_EQ(status_, 2);
}

TEST_F(CommandLine, TheVersionIsTheProjects)
{
    run({"--version"});
    EXPECT_EQ(status_, 0);
    EXPECT_EQ(output_, "shieldd " + std::string{version()} + "\n");
    EXPECT_THAT(std::string{version()}, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST_F(CommandLine, AStartWithoutAConfigurationSaysWhich)
{
    run({"--config", "/nowhere/shieldd.toml"});
    EXPECT_EQ(status_, 1);
    EXPECT_THAT(complaint_, HasSubstr("/nowhere/shieldd.toml: No such file or directory"));
}

}  // namespace shield::daemon
