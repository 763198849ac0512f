// SPDX-License-Identifier: Apache-2.0
// Any octets on the control socket get an answer that can be read, and the store stays open.
#include <shield/mime/read.hpp>

#include <nlohmann/json.hpp>
#include <triage/store_fixture.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

struct House {
    shield::triage::StoreInDirectory store;
    std::shared_ptr<const shield::triage::Settings> settings{shield::triage::desk_settings()};
    std::unique_ptr<shield::triage::Desk> desk;
    std::string reference;

    House()
    {
        store.open();
        reference = store.receive(shield::triage::cry_for_help, "alice@example.net").to_string();
        store.assess();
        desk = std::make_unique<shield::triage::Desk>(
            store.store(), [this] { return settings; }, store.clock(), store.metrics(), shield::mime::attachment);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static House house;
    std::string request{reinterpret_cast<const char*>(data), size};
    if (request.find("backup") != std::string_view::npos) {
        return 0;  // it would write files wherever the fuzzer likes
    }
    constexpr std::string_view in_seeds =
        "SR-7F3K-92QX";  // references are random: let it stand for the one there is
    if (const auto at = request.find(in_seeds); at != std::string::npos) {
        request.replace(at, in_seeds.size(), house.reference);
    }
    const std::string answer = house.desk->execute(request, "fuzz");
    const auto json = nlohmann::json::parse(answer.substr(0, answer.find('\n')), nullptr, false);
    if (!json.is_object() || !json.contains("status") || json["status"] > 2 ||
        (json["status"] != 0) != json.contains("error")) {
        std::abort();
    }
    return 0;
}
