// The file that a worker shares with whoever watches and switches it.
#pragma once

#include <string>

#include <nanotune/error.hpp>

#include "options.hpp"
#include "shared.hpp"
#include "worker/shared_file.hpp"

namespace nanotune::datapath {

/// The shared file of a worker, seen to be one of this version. Errors: as the system's; damaged.
[[nodiscard]] Result<worker::SharedFile> shared_file(const std::string& path, bool for_writing);

/// Of the worker whose file it is; whoever starts it anew finds it so, too. Errors: as of the file,
/// and the system's; turned off is what can be nevertheless.
[[nodiscard]] Status turn_switch(const std::string& path, bool is_on);

/// How the worker before, whose file is still there, took packets; "" where nobody knows.
[[nodiscard]] std::string how_before(const WorkerOptions& options);

/// New, or what another worker left, with its switches. Where those are lost nobody knows whether
/// somebody had disarmed it: then it is not armed. Errors: as the system's.
[[nodiscard]] Result<worker::SharedFile> own_file(WorkerOptions options);

}  // namespace nanotune::datapath
