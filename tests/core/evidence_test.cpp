// SPDX-License-Identifier: Apache-2.0
#include <shield/core/evidence.hpp>
#include <shield/core/network.hpp>
#include <shield/core/uuid.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

bool holds(EvidenceKind kind, std::string value)
{
    EvidenceItem item;
    item.kind = kind;
    item.found_in = "text";
    item.value = std::move(value);
    return is_well_formed(item);
}

TEST(Evidence, AnItemHasTheFormOfItsKind)
{
    EXPECT_TRUE(holds(EvidenceKind::address, "203.0.113.9"));
    EXPECT_TRUE(holds(EvidenceKind::address, "2001:db8::9"));
    EXPECT_TRUE(holds(EvidenceKind::url, "https://evil.example/%C3%BC?a=1"));
    EXPECT_TRUE(holds(EvidenceKind::domain, "xn--bcher-kva.example"));
    EXPECT_TRUE(holds(EvidenceKind::mailbox, "mallory@evil.example"));
    EXPECT_TRUE(holds(EvidenceKind::message_id, "<1@evil.example>"));
    EXPECT_TRUE(holds(EvidenceKind::file, ""));
    EXPECT_TRUE(holds(EvidenceKind::subject,
                      "Gr\xc3\xbc\xc3\x9f"
                      "e\n"));
    EXPECT_TRUE(holds(EvidenceKind::complaint, "abuse"));
    for (const char* address : {"", "10.0.0.1", "2001:DB8::9", "::ffff:203.0.113.9", "127.0.0.1", "evil.example"}) {
        EXPECT_FALSE(holds(EvidenceKind::address, address)) << address;
    }
    for (const char* url : {"", "evil.example", "://x", "http://", "http://a b", "http://\xc3\xbc/", "ht-tp://x",
                            "http://x/\n", "http://x/\"<>"}) {
        EXPECT_FALSE(holds(EvidenceKind::url, url)) << url;
    }
    for (const char* domain :
         {"", "localhost", "Evil.example", "evil.example.", "203.0.113.9", "a..b", "a b.c", "x.1"}) {
        EXPECT_FALSE(holds(EvidenceKind::domain, domain)) << domain;
    }
    for (const char* mailbox : {"", "@evil.example", "mallory@", "mallory", "a\nb@evil.example"}) {
        EXPECT_FALSE(holds(EvidenceKind::mailbox, mailbox)) << mailbox;
    }
    EXPECT_FALSE(holds(EvidenceKind::message_id, "<>"));
    EXPECT_FALSE(holds(EvidenceKind::message_id, "<a b>"));
    EXPECT_FALSE(holds(EvidenceKind::subject, ""));
    EXPECT_FALSE(holds(EvidenceKind::subject, "\xff"));
    EXPECT_FALSE(holds(EvidenceKind::complaint, "a\nb"));
    EXPECT_FALSE(holds(EvidenceKind::file, std::string(Evidence::value_max + 1, 'a')));
}

TEST(Evidence, WhereItWasFoundIsAShortWordAndItsTimeOneThatACalendarHas)
{
    EvidenceItem item{EvidenceKind::subject, 0, "Subject", "x", {}, 0, from_unix_ms(0)};
    EXPECT_TRUE(is_well_formed(item));
    item.at = from_unix_ms(-1);
    EXPECT_FALSE(is_well_formed(item));
    item.at = from_unix_ms(INT64_C(253402300800000));  // the year 10000
    EXPECT_FALSE(is_well_formed(item));
    item.at.reset();
    for (const std::string& found_in : {std::string{}, std::string{"a\nb"}, std::string(41, 'a')}) {
        item.found_in = found_in;
        EXPECT_FALSE(is_well_formed(item)) << found_in;
    }
}

TEST(Evidence, EveryWordIsReadBack)
{
    for (const EvidenceKind kind : evidence_kinds) {
        EXPECT_EQ(parse_evidence_kind(to_string(kind)), kind);
    }
    for (const EvidencePlace place : evidence_places) {
        EXPECT_EQ(parse_evidence_place(to_string(place)), place);
    }
    EXPECT_EQ(parse_evidence_kind("lunch"), std::nullopt);
}

TEST(IsPublic, NoNetworkOfTheInternetStandsBehindThese)
{
    for (const char* address :
         {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.31.255.255", "192.168.0.1",
          "224.0.0.1", "255.255.255.255", "::", "::1", "fd00::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1"}) {
        EXPECT_FALSE(is_public(*IpAddress::parse(address))) << address;
    }
    for (const char* address : {"203.0.113.9", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:203.0.113.9"}) {
        EXPECT_TRUE(is_public(*IpAddress::parse(address))) << address;
    }
}

TEST(NamedUuid, IsThatOfRfc9562AppendixA4)
{
    constexpr UuidOctets dns{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                             0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    EXPECT_EQ(named_uuid(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    EXPECT_EQ(named_uuid(dns, "example.com"), "cfbff0d1-9375-5685-968c-48ce8b15ae17");
}

}  // namespace
}  // namespace shield::core
