// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/result.hpp>
#include <shield/net/io_context.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

/// The control socket: a Unix stream socket in the state directory, mode 0660. One request and one answer a
/// connection, each a length (4 octets, big endian) and as many octets; what the octets mean is not net's business.
namespace shield::net {

/// Who asks, from the kernel (SO_PEERCRED).
struct ControlPeer {
    unsigned uid{0};
    int pid{0};
    std::string login;  ///< of the uid, or "uid 1234"
};

/// Serves requests one at a time on a thread of its own, so that a handler may wait for the store. Hostile-proof: a
/// request past `control_request_max`, late (`control_wait_max`) or cut short ends that connection only.
class ControlServer {
public:
    using Handler = std::function<std::string(const ControlPeer&, const std::string& request)>;

    ControlServer(IoContext& io, const std::filesystem::path& path, Handler handler, const core::Limits& limits,
                  core::Log& log, core::Metrics& metrics);
    ~ControlServer();

    struct State;

private:
    std::shared_ptr<State> state_;
};

/// What became of a request.
struct ControlAnswer {
    enum class Outcome { answered, nobody_listens, failed };
    Outcome outcome{Outcome::failed};
    std::string text;  ///< the answer, or a sentence about the failure
};
/// Blocking, for shieldctl: waits `at_most`, and takes an answer of control_answer_max.
[[nodiscard]] ControlAnswer ask_control(const std::filesystem::path& path, std::string_view request,
                                        const core::Limits& limits, std::chrono::milliseconds at_most);

}  // namespace shield::net
