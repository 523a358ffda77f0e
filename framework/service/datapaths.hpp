// Datapaths as every client sees them, and what may be done with one while it is there.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanotune/error.hpp>
#include <nanotune/workers.hpp>

namespace nanotune {

/// What was counted, by its name, in an order for people.
using Counted = std::vector<std::pair<std::string, std::string>>;

/// One datapath, with what it has counted where that was asked for.
struct Datapath {
    std::string name;
    Worker worker;
    Counted counted = {};
    friend bool operator==(const Datapath&, const Datapath&) = default;
};

/// What it was told, or was told since; "" for what it was not.
[[nodiscard]] std::string setting_of(const Datapath& datapath, std::string_view name);
/// "running", "ended"; "hangs" where it runs, and a part of it does not come back.
[[nodiscard]] std::string_view state_of(const Worker& worker) noexcept;
/// Whether orders may be sent.
[[nodiscard]] bool is_enabled(const Datapath& datapath);

/// "NAME: VALUE" a line, as a worker's program tells what was counted.
[[nodiscard]] Counted counted_in(std::string_view report);

enum class DatapathAct {
    start,              ///< as it was before, with the switches as they are now
    stop,               ///< ends its process; what it was told and has counted stays
    enable,             ///< orders are sent, from the next packet on
    disable,            ///< and no more
    reset,              ///< counters begin anew, and have done so at the answer
    clear_connections,  ///< those that it follows are forgotten, likewise
};
[[nodiscard]] std::string_view name_of(DatapathAct act) noexcept;

/// What a Service also is where it reaches datapaths: the daemon's client, and the engine in this
/// process. Calls block; one thread uses it at a time.
class DatapathService {
  public:
    virtual ~DatapathService() = default;
    /// Those that profiles started, with what they have counted where that is asked for. Errors:
    /// denied, io.
    virtual Result<std::vector<Datapath>> datapaths(bool with_counts) = 0;
    /// Errors: not_found, denied; timed_out; what the datapath itself says.
    virtual Status datapath(const std::string& name, DatapathAct act) = 0;
};

}  // namespace nanotune
