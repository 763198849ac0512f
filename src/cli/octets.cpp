// SPDX-License-Identifier: Apache-2.0
#include "octets.hpp"

#include "complain.hpp"
#include "files.hpp"

#include <shield/core/printable.hpp>

#include <iostream>

namespace shield::cli {

namespace {

constexpr int refused = 1;

Json on_case(const Arguments& arguments, const char* command)
{
    Json request{{"command", command}, {"reference", arguments.reference}};
    add_if(request, "message", arguments.message);
    return request;
}

int save(const std::string& file, const Reply& reply)
{
    if (const auto written = write_new_file(file, reply.octets); !written) {
        complain(written.error().sentence);
        return refused;
    }
    std::cout << core::printable_line(file) << ": " << reply.octets.size() << " octets, sha256 "
              << text_in(reply.result, "sha256") << "\n";
    return 0;
}

}  // namespace

void print_octets(const std::string& octets)
{
    if (!output_is_terminal()) {
        std::cout.write(octets.data(), static_cast<std::streamsize>(octets.size()));
        return;
    }
    std::cout << core::printable_text(octets);
    complain("made safe for the terminal; send the output to a file for the exact octets");
}

int show_raw(const Arguments& arguments, DeskLine& desk)
{
    const Reply reply = ask_aloud(desk, on_case(arguments, "raw"));
    if (reply.status == 0) {
        print_octets(reply.octets);
    }
    return reply.status;
}

int save_attachment(const Arguments& arguments, DeskLine& desk)
{
    Json request = on_case(arguments, "attachment");
    add_if(request, "number", arguments.attachment);
    const Reply reply = ask_aloud(desk, request);
    return reply.status == 0 ? save(*arguments.to, reply) : reply.status;
}

int export_case(const Arguments& arguments, DeskLine& desk)
{
    Json request = on_case(arguments, "export");
    request.update({{"raw", arguments.raw}, {"stix", arguments.stix}, {"sender", arguments.sender}});
    const Reply reply = ask_aloud(desk, request);
    if (reply.status == 0 && arguments.to) {
        return save(*arguments.to, reply);
    }
    if (reply.status == 0) {
        print_octets(reply.octets);
    }
    return reply.status;
}

Reply ask_aloud(DeskLine& desk, const Json& request)
{
    Reply reply = desk.ask(request);
    for (const std::string& warning : reply.warnings) {
        warn(warning);
    }
    if (reply.status != 0) {
        complain(reply.error);
    }
    return reply;
}

void print_json(const Json& json)
{
    std::cout << json.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) << "\n";
}

}  // namespace shield::cli
