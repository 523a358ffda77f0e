// Children are forked while this process has one thread, and end without running destructors.
#include "scenario.hpp"

#include <csignal>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

namespace nanotune::test {

Outside::Outside(const Scenario& scenario) : scenario_(&scenario) {
    for (const std::string& profile : scenario.before) {
        const bool was_killed = killed({}, [&](EngineOn& engine) { return engine.apply(profile); });
        if (was_killed) {
            std::abort();
        }
    }
}

bool Outside::killed(const Kill& kill) const {
    return killed(kill, scenario_->verb);
}

bool Outside::killed(const Kill& kill, const std::function<Report(EngineOn&)>& verb) const {
    const pid_t child = ::fork();
    if (child < 0) {
        std::abort();
    }
    if (child == 0) {
        with_engine([&](EngineOn& engine) {
            engine.system().before_write([&](unsigned number) {
                if (number == kill.before_write) {
                    ::raise(SIGKILL);
                }
            });
            engine.state().observe_appends([&](std::size_t number) {
                if (number == kill.after_record) {
                    ::raise(SIGKILL);
                }
            });
            static_cast<void>(verb(engine));
            ::_exit(0);
        });
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child) {
        std::abort();
    }
    const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    const bool is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!was_killed && !is_done) {
        std::abort();  // it died of something else
    }
    return was_killed;
}

FakeHost Outside::host() const {
    FakeHost host = scenario_->host;
    FakeSystem(host).persisted(host_file());
    return host;
}

void Outside::with_engine(const std::function<void(EngineOn&)>& what) const {
    FakeHost host = scenario_->host;
    EngineOn engine(host, state_folder());
    engine.system().persisted(host_file());
    what(engine);
}

}  // namespace nanotune::test
