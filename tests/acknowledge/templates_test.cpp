// SPDX-License-Identifier: Apache-2.0
#include <shield/acknowledge/reply.hpp>
#include <shield/acknowledge/templates.hpp>
#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace shield::acknowledge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Files = std::map<std::string, std::string>;

const Files links{{"support", "https://help.shield.test/"},
                  {"policy", "https://shield.test/policy"},
                  {"recovery", "https://shield.test/recovery"}};
const auto reference = core::Reference::from_bits(0x123456789a);
const auto due = core::parse_rfc3339("2026-11-23T22:37:34Z");

Files three(const std::string& attack)
{
    return {
        {"attack.en.txt", attack}, {"urgent.en.txt", "Subject: u\n\nu\n"}, {"support.en.txt", "Subject: s\n\ns\n"}};
}

std::string error_of(const Files& files)
{
    const auto templates = Templates::make(files, links, "Team", {});
    return templates ? "no error" : templates.error().sentence;
}

std::string body_of(const std::string& body, std::optional<core::Time> time = {})
{
    const auto templates = Templates::make(three("Subject: x\n\n" + body), links, "Team & <Co>", {});
    return templates.value().fill("attack", "en", reference, time)->body;
}

TEST(Templates, FillInWithoutEscaping)
{
    EXPECT_EQ(body_of("{{reference}} {{ team }} {{links.support}}\n"),
              reference.to_string() + " Team & <Co> https://help.shield.test/\n");
}

TEST(Templates, NameTheTimeOnlyWhenThereIsOne)
{
    const std::string body = "Soon{{#due}}, by {{due}}{{/due}}{{^due}}.{{/due}}\n";
    EXPECT_EQ(body_of(body, due), "Soon, by 2026-11-23 22:37 UTC\n");
    EXPECT_EQ(body_of(body), "Soon.\n");
}

TEST(Templates, LeaveOutWhatNeedsALinkThatIsNotConfigured)
{
    const std::string body = "a\n{{#links.recovery}}\nb {{links.recovery}}\n{{/links.recovery}}\nc\n";
    EXPECT_EQ(body_of(body), "a\nb https://shield.test/recovery\nc\n");
    const auto without = Templates::make(three("Subject: x\n\n" + body), {}, "Team", {});
    EXPECT_EQ(without.value().fill("attack", "en", reference, {})->body, "a\nc\n");
}

TEST(Templates, NeverRenderAValueAsATemplate)
{
    const auto templates = Templates::make(three("Subject: x\n\n{{team}}\n"), links, "{{reference}}", {});
    EXPECT_EQ(templates.value().fill("attack", "en", reference, {})->body, "{{reference}}\n");
}

TEST(Templates, FallBackToEnglish)
{
    auto files = three("Subject: English\n\nx\n");
    files["attack.de.txt"] = "Subject: Deutsch\n\nx\n";
    files["thanks.de.txt"] = "Subject: Danke\n\nx\n";
    const auto templates = Templates::make(files, links, "Team", {}).value();
    EXPECT_EQ(templates.fill("attack", "de", reference, {})->subject, "Deutsch");
    EXPECT_EQ(templates.fill("attack", "zz", reference, {})->subject, "English");
    EXPECT_EQ(templates.fill("attack", "", reference, {})->subject, "English");
    EXPECT_FALSE(templates.fill("thanks", "en", reference, {}));
    EXPECT_FALSE(templates.fill("nothing", "en", reference, {}));
    EXPECT_THAT(templates.canned_names(), ElementsAre("thanks"));
}

TEST(Templates, NameFileLineAndRemedyOfAnError)
{
    const auto with_body = [](const std::string& body) { return error_of(three("Subject: x\n\nfirst\n" + body)); };
    EXPECT_THAT(with_body("{{sender}}"), HasSubstr("attack.en.txt:4: {{sender}} is unknown"));
    EXPECT_THAT(with_body("{{links.shop}}"), HasSubstr("set shop in [links]"));
    EXPECT_THAT(with_body("{{links.}}"), HasSubstr("is unknown"));
    EXPECT_THAT(with_body("{{due}}"), HasSubstr("only between {{#due}} and {{/due}}"));
    EXPECT_THAT(with_body("\n{{#due}}x"), HasSubstr("attack.en.txt:5: the section due is never closed"));
    EXPECT_THAT(with_body("{{/due}}"), HasSubstr("closes no section"));
    EXPECT_THAT(with_body("{{#due}}{{#links.policy}}{{/due}}{{/links.policy}}"), HasSubstr("closes no section"));
    EXPECT_THAT(with_body("{{#team}}{{/team}}"), HasSubstr("a section is"));
    EXPECT_THAT(with_body("{{reference"), HasSubstr("never closed"));
    for (const auto* other : {"{{{reference}}}", "{{&reference}}", "{{>attack}}", "{{!note}}", "{{=<% %>=}}"}) {
        EXPECT_THAT(with_body(other), HasSubstr("attack.en.txt:4: ")) << other;
    }
    EXPECT_THAT(error_of(three("Hello\n\nx")), HasSubstr("attack.en.txt:1: the first line is 'Subject: '"));
    EXPECT_THAT(error_of(three("Subject: {{due}}\n\nx")), HasSubstr("attack.en.txt:1: {{due}}"));
    EXPECT_THAT(error_of(three("Subject: x\nx")), HasSubstr("attack.en.txt:2: an empty line"));
    EXPECT_THAT(error_of(three("Subject: x\n\n \n")), HasSubstr("attack.en.txt:3: the body is missing"));
    EXPECT_THAT(error_of(three("Subject: x\n\n\xff")), HasSubstr("UTF-8"));
    EXPECT_THAT(error_of({}), HasSubstr("attack.en.txt:1: is missing"));
    EXPECT_THAT(error_of({{"Attack.txt", ""}}), HasSubstr("NAME.LANGUAGE.txt"));
    EXPECT_EQ(error_of({{"attack.en.txt", "Hello"}, {"help.txt", ""}, {"urgent.en.txt", "Subject: u\n\nu\n"}}),
              "attack.en.txt:1: the first line is 'Subject: ' and the subject\n"
              "help.txt:1: a template is named NAME.LANGUAGE.txt, such as attack.en.txt\n"
              "support.en.txt:1: is missing: every category needs its English text")
        << "a line for each fault";
}

TEST(Templates, RefuseAnAcknowledgementThatIsTooLong)
{
    EXPECT_THAT(error_of(three("Subject: x\n\n" + std::string(3000, 'x'))), HasSubstr("acknowledgement_size_max"));
    auto files = three("Subject: x\n\nx\n");
    files["essay.en.txt"] = "Subject: x\n\n" + std::string(3000, 'x');  // a person's reply may be long
    EXPECT_EQ(error_of(files), "no error");
}

TEST(Templates, PassOverWhatIsNoTemplate)
{
    auto files = three("Subject: x\n\nx\n");
    files["attack.en.txt~"] = "{{nothing}}";
    files["README"] = "{{nothing}}";
    EXPECT_EQ(error_of(files), "no error");
}

TEST(Templates, KnowExampleLinks)
{
    EXPECT_THAT(unedited_links({{"a", "https://example.com/support"},
                                {"b", "https://www.EXAMPLE.org"},
                                {"c", "mailto:help@example.net"},
                                {"d", "http://x.example:8080/"},
                                {"e", "https://example.com.shield.test/"},
                                {"f", "https://shield.test/example.com"},
                                {"g", "http://127.0.0.1/help"}}),
                ElementsAre("a", "b", "c", "d"));
}

Files shipped()
{
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator{SHIELD_SOURCE_DIR "/etc/templates"}) {
        std::ifstream in{entry.path()};
        files[entry.path().filename()] = {std::istreambuf_iterator<char>{in}, {}};
    }
    return files;
}

TEST(ShippedTemplates, AreCompleteInFourLanguages)
{
    const auto templates = Templates::make(shipped(), links, "Example Security", {});
    ASSERT_TRUE(templates) << templates.error().sentence;
    for (const auto* name : {"attack", "urgent", "support"}) {
        std::set<std::string> bodies;
        for (const auto* language : {"en", "de", "es", "fr"}) {
            bodies.insert(templates->fill(name, language, reference, due)->body);
        }
        EXPECT_EQ(bodies.size(), 4U) << name;
    }
    EXPECT_TRUE(Templates::make(shipped(), {}, "Example Security", {}));  // every link may be missing
}

TEST(ShippedTemplates, SayMessageAndConfirmNothing)
{
    for (const auto& [file, content] : shipped()) {
        for (const auto* word : {"report", "vulnerab", "incident", "vorfall", "meldung", "informe", "rapport"}) {
            EXPECT_FALSE(core::icontains(content, word)) << file << ": " << word;
        }
    }
}

TEST(ShippedTemplates, MakeRepliesUnderTwoKilobytes)
{
    const auto templates = Templates::make(shipped(), links, "Example Security", {}).value();
    const auto token = core::make_token({1, std::string(32, 's')}, reference);
    for (const auto* name : {"attack", "urgent", "support"}) {
        for (const auto* language : {"en", "de", "es", "fr"}) {
            const auto reply = make_automatic(
                {"Example Security <security@shield.test>", "mx.shield.test"},
                {"mary.example.address@mail.home.test", "<CAF" + std::string(60, 'x') + "@mail.home.test>", {}},
                *templates.fill(name, language, reference, due), token, "1700000000000", *due);
            EXPECT_LT(reply.octets.size(), 2048U) << name << "." << language;
            EXPECT_TRUE(core::is_ascii(reply.octets)) << name << "." << language << ": a next hop may take no more";
            EXPECT_THAT(reply.octets, HasSubstr("(" + reference.to_string() + ")\r\n"));
            EXPECT_THAT(reply.octets, HasSubstr(reference.to_string() + ".\r\n"));
            EXPECT_THAT(reply.octets, HasSubstr("https://"));
            EXPECT_THAT(reply.octets, Not(HasSubstr("{{")));
        }
    }
}

TEST(ShippedTemplates, SendPeopleWhereTheyShouldGo)
{
    const auto templates = Templates::make(shipped(), links, "Example Security", {}).value();
    EXPECT_THAT(templates.fill("attack", "en", reference, {})->body, HasSubstr("https://shield.test/recovery"));
    EXPECT_THAT(templates.fill("support", "en", reference, {})->body, HasSubstr("https://help.shield.test/"));
    EXPECT_THAT(templates.fill("attack", "en", reference, {})->body, Not(HasSubstr("UTC")));
    EXPECT_THAT(templates.fill("attack", "en", reference, due)->body, HasSubstr("2026-11-23 22:37 UTC"));
}

}  // namespace
}  // namespace shield::acknowledge
