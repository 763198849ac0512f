// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reader.hpp"

#include <shield/confine/zygote.hpp>
#include <shield/core/wire.hpp>
#include <shield/mime/exchange.hpp>

#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace shield::daemon {

/// Stands for a reader with a hole: a message that says what it does to whoever reads it does that.
inline std::string possessed(std::string_view question)
{
    const auto says = [&](std::string_view words) { return question.find(words) != std::string_view::npos; };
    if (says("CRASH THE READER")) {
        _exit(99);
    }
    if (says("HANG THE READER")) {
        std::this_thread::sleep_for(std::chrono::hours{1});
    }
    if (says("LIE FOR THE READER")) {
        core::Assessment lie;
        lie.message_id = "<a@b>\r\nBcc: everybody@example.org";
        core::WireWriter wire;
        wire.octets("said", mime::answer_with(lie), UINT32_MAX);
        return std::move(wire).take();
    }
    return answer_to(question);
}

inline confine::Zygote::Options possessed_workers()
{
    return {possessed, mime::question_head_to_read({}), {}};
}

}  // namespace shield::daemon
