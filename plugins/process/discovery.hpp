// Processes as profiles match them.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::process {

/// Target "process" ("PID:STARTTIME") for each process that has not ended. Facts: pid, comm, exe
/// (path and last component), unit, user (name and number); of the kernel's own threads pid and
/// kthread (the name), so that nobody takes them for programs.
Result<std::vector<Candidate>> processes(System& system);

/// No candidates: for banks whose targets only a rule names, and no capture lists.
Result<std::vector<Candidate>> none(System& system);

}  // namespace nanotune::process
