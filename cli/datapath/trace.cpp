#include "trace.hpp"

#include <cerrno>
#include <vector>

#include <fmt/core.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "nearest_datapath.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

/// "" for no end.
Result<std::string> most_of(const Context& context) {
    if (!context.arguments().has("count")) {
        return std::string();
    }
    std::string text = context.arguments().text("count");
    if (whole_number<std::uint64_t>(text).value_or(0) == 0) {
        return failure(ErrorCode::invalid,
                       fmt::format("--count {}: expected a number of packets", text));
    }
    return text;
}

}  // namespace

Ended trace_datapath(const Context& context) {
    const std::string name = context.arguments().operand(1);
    if (name.empty()) {
        return std::unexpected(Failure(
            Error{.code = ErrorCode::invalid,
                  .message = "datapath trace: which one? `nanotune datapath list` names them"}));
    }
    NT_TRY(const std::string most, most_of(context));
    NT_TRY(auto folder, worker::workers_folder(context.state_folder()));
    worker::KeptWorkers workers(std::move(folder), context.surroundings().places.worker);
    const auto worker = workers.worker(name);
    if (!worker) {
        return std::unexpected(Failure(with_nearest(
            worker.error(), name, workers.names().value_or(std::vector<std::string>()))));
    }
    if (!worker->is_running) {
        return std::unexpected(Failure(
            Error{.code = ErrorCode::conflict,
                  .message = fmt::format("{}: it does not run, and takes no packets", name)}));
    }
    NT_TRY(auto words, workers.trace_command(name));
    if (!most.empty()) {
        words.push_back(most);
    }
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    return std::unexpected(Failure(kernel_failure("start " + words.front(), errno).error()));
}

}  // namespace nanotune::cli
