// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/cases.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::store {

/// What is to be done about a message.
struct GatheringWork {
    enum class Act {
        place,           ///< it was assessed
        again,           ///< the same, and its sender was verified since, perhaps after it was placed
        forget,          ///< a person said that it is of no campaign
        forget_campaign  ///< a person said that its campaign is none
    };
    std::int64_t message_id{0};
    Act act{Act::place};
    core::Envelope envelope;                     ///< of one to be placed
    std::optional<core::Assessment> assessment;  ///< the same; nothing: damaged, it cannot be placed
    bool automatic{false};
    bool verified{false};  ///< its reply address
};

/// What is kept of a message so that others are compared with it after a restart: see campaign::Remembered.
struct KeptSketch {
    std::int64_t message_id{0};
    std::int64_t campaign{0};
    std::int64_t sender{0}, recipient{0};
    bool verified{false}, machine{false};
    std::string sketch;
    core::Time received_at{};
};

/// What became of a piece of work: see campaign::Placement.
struct Gathered {
    enum class Standing { alone, linked, member, forgotten };
    std::int64_t message_id{0};
    GatheringWork::Act act{GatheringWork::Act::place};  ///< that it came of: another that came since stays
    Standing standing{Standing::alone};
    std::int64_t campaign{0};
    std::int64_t like{0};
    std::string why;
    std::vector<std::int64_t> joined;
    std::vector<std::int64_t> absorbed;
    std::optional<KeptSketch> kept;
};

class Connection;

/// What gather and triage do about campaigns. A campaign is called by its first message, whose case stands for it
/// in the queue; the others are folded behind that: cases that a person has begun to work on, that have been
/// answered, or that a person has written to again are only linked. Thread-safe; throws Unavailable.
class Campaigns {
public:
    /// What is muted for longer was muted by a clock that has been set back since.
    static constexpr std::chrono::hours mute_max{24 * 30};

    /// Up to `limit` pieces of work, oldest first, that nobody leases: one thread is at it. A message whose
    /// sender is about to be verified may wait a moment for that.
    [[nodiscard]] std::vector<GatheringWork> take(std::uint64_t limit);

    /// All in one transaction, or nothing, when one cannot be written.
    void record(const std::vector<Gathered>& batch);

    /// Everything that is kept, oldest first.
    void load(const std::function<void(const KeptSketch&)>& each);

    /// Brings campaigns back to the queue whose time has come; how many.
    std::uint64_t end_mutes();

    /// Removes some of what is kept and too old, or too much.
    void trim();

    /// Waits until there may be work, at most so long; wake() ends every wait now and from now on.
    void wait(std::chrono::milliseconds at_most);
    void wake();

    /// Closes up to `limit` cases that are folded behind this one; how many.
    std::uint64_t close_some(std::int64_t case_id, core::ClosingCode code, std::string_view who,
                             std::uint64_t limit);

    /// Away from the queue until then, at most mute_max from now. The error says why not.
    [[nodiscard]] std::optional<core::Error> mute(core::Reference reference, core::Time until,
                                                  std::string_view who);

    /// Takes one case out of its campaign, back into the queue; it is only linked from now on. Or ends a mute.
    [[nodiscard]] std::optional<core::Error> unfold(core::Reference reference, std::string_view who);

    /// Ends a campaign that is none: up to `limit` of its cases come back; how many. With the last of them the one
    /// that stood for them stands for itself.
    std::uint64_t unfold_some(std::int64_t case_id, std::string_view who, std::uint64_t limit);

private:
    friend class Store;
    explicit Campaigns(Store::Database& database) : database_{database} {}
    using Use = std::function<std::optional<core::Error>(Connection&, std::int64_t case_id)>;
    [[nodiscard]] std::optional<core::Error> change_campaign(core::Reference reference, const Use& use);
    Store::Database& database_;
};

}  // namespace shield::store
