#include <array>
#include <cstdio>
#include <iostream>

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/direct/direct_service.hpp"
#include "cli/launch.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using Catch::Matchers::Equals;
using nanotune::test::Contains;

namespace {

/// Runs `nanotune exec WORDS...` in a child, which it changes for good.
Printed exec(Answers& answers, std::vector<std::string> words) {
    std::array<int, 2> out{};
    std::array<int, 2> error{};
    REQUIRE(::pipe(out.data()) == 0);
    REQUIRE(::pipe(error.data()) == 0);
    std::cout.flush();  // or the child says it once more at its end
    std::fflush(nullptr);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(error[1], STDERR_FILENO);
        words.insert(words.begin(), "exec");
        Surroundings surroundings;
        surroundings.search_path = "/usr/bin:/bin";
        surroundings.places.lock_object = NANOTUNE_LOCK_OBJECT;
        const Screen screen(
            [](std::string_view text) { std::ignore = ::write(1, text.data(), text.size()); },
            [](std::string_view text) { std::ignore = ::write(2, text.data(), text.size()); });
        ::_exit(run(words, surroundings, screen, source_of(answers)));
    }
    ::close(out[1]);
    ::close(error[1]);
    const auto all_of = [](int fd) {
        std::string text;
        std::array<char, 4096> buffer{};
        for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
            text.append(buffer.data(), static_cast<std::size_t>(size));
        }
        ::close(fd);
        return text;
    };
    Printed printed;
    printed.out = all_of(out[0]);
    printed.error = all_of(error[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    printed.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return printed;
}

/// A CPU that this process may run on.
unsigned usable_cpu() {
    return static_cast<unsigned>(::sched_getcpu());
}

}  // namespace

TEST_CASE("exec on CPUs that are not there says which are", "[cli][exec]") {
    Answers answers;
    const Printed printed = exec(answers, {"--cpus", "4000", "--", "true"});
    CHECK(printed.status == 125);
    CHECK_THAT(printed.error, Contains("bind to CPUs 4000: none of them is there for this process; "
                                       "online are 0"));
}

TEST_CASE("looking at the CPUs has the time that is given, and no more", "[cli][exec]") {
    const ScratchFolder folder;
    ServiceOptions options;
    options.state_folder = folder.path();
    options.plugin_folder = folder.path();
    options.timeout = std::chrono::milliseconds(0);
    const auto hurried = direct_service(options);
    REQUIRE(hurried);
    const auto none = (*hurried)->cpus({}, "online");
    REQUIRE_FALSE(none);
    CHECK(none.error().front().code == ErrorCode::timed_out);
    options.timeout = std::chrono::seconds(30);
    const auto patient = direct_service(options);
    REQUIRE(patient);
    CHECK((*patient)->cpus({}, "online"));
}

TEST_CASE("exec sets no variable without a profile that could have it", "[cli][exec]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"exec", "--set", "x=1", "--", "/bin/true"});
    CHECK(printed.status == 125);
    CHECK_THAT(printed.error, Contains("no --profile is given"));
    CHECK(answers.calls.empty());
}

TEST_CASE("exec calls a scheduling class by its name", "[cli][exec]") {
    const Binding binding{
        .cpus = {}, .nodes = {}, .real_time = RealTime{.policy = SCHED_RR, .priority = 500}};
    const Status bound = bind(binding);
    REQUIRE_FALSE(bound);
    CHECK_THAT(bound.error().message, Contains("schedule as rr:500: "));
}

TEST_CASE("the status of exec is the command's", "[cli][exec]") {
    Answers answers;
    CHECK(exec(answers, {"--", "sh", "-c", "exit 42"}).status == 42);
}

TEST_CASE("a command that is not there ends with 127", "[cli][exec]") {
    Answers answers;
    const Printed printed = exec(answers, {"--", "no-such-command"});
    CHECK(printed.status == 127);
    CHECK_THAT(printed.error, Contains("no-such-command"));
}

TEST_CASE("a file that cannot be run ends with 126", "[cli][exec]") {
    Answers answers;
    CHECK(exec(answers, {"--", "/etc/passwd"}).status == 126);
}

TEST_CASE("exec without a command, or with a bad option, ends with 125", "[cli][exec]") {
    Answers answers;
    CHECK(exec(answers, {}).status == 125);
    CHECK(exec(answers, {"--realtime", "fifo:100", "--", "true"}).status == 125);
    CHECK(exec(answers, {"--node", "x", "--", "true"}).status == 125);
    CHECK(exec(answers, {"--cpu", "0", "--", "true"}).status == 125);
    CHECK(exec(answers, {"true"}).status == 125);
}

TEST_CASE("options of the command are the command's", "[cli][exec]") {
    Answers answers;
    CHECK(exec(answers, {"--", "echo", "--json", "--", "x"}).out == "--json -- x\n");
}

TEST_CASE("exec binds the command to the CPUs that are named", "[cli][exec]") {
    Answers answers;
    const std::string cpu = std::to_string(usable_cpu());
    const Printed printed =
        exec(answers, {"--cpus", cpu, "--", "grep", "Cpus_allowed_list", "/proc/self/status"});
    CHECK(printed.status == 0);
    CHECK(printed.out == "Cpus_allowed_list:\t" + cpu + "\n");
}

TEST_CASE("CPUs that the kernel leaves out are an error, and the command is not run",
          "[cli][exec]") {
    Answers answers;
    const std::string cpus = std::to_string(usable_cpu()) + ",8000";
    const Printed printed = exec(answers, {"--cpus", cpus, "--", "echo", "ran"});
    CHECK(printed.status == 125);
    CHECK_THAT(printed.out, Equals(""));
    CHECK_THAT(printed.error, Contains("8000"));
}

TEST_CASE("a word for CPUs is asked of the profile", "[cli][exec]") {
    Answers answers;
    const unsigned cpu = usable_cpu();
    answers.cpus = CpuSet::of(cpu);
    const Printed printed =
        exec(answers, {"--profile", "hft", "--", "grep", "Cpus_allowed_list", "/proc/self/status"});
    CHECK(printed.out == "Cpus_allowed_list:\t" + std::to_string(cpu) + "\n");
    answers.cpus = CpuSet();
    CHECK(exec(answers, {"--cpus", "isolated", "--", "true"}).status == 125);
}

TEST_CASE("a real-time class arrives at the command, or the reason why not is told",
          "[cli][exec]") {
    Answers answers;
    const Printed printed = exec(
        answers, {"--realtime", "fifo:7", "--", "sh", "-c", "cut -d' ' -f40,41 /proc/$$/stat"});
    if (printed.status == 0) {
        CHECK(printed.out == "7 1\n");
    } else {
        CHECK(printed.status == 125);
        CHECK_THAT(printed.error, Contains("EPERM"));
    }
}

TEST_CASE("exec --lock-memory locks the command's memory, or the reason why not is told",
          "[cli][exec]") {
    Answers answers;
    const Printed printed =
        exec(answers, {"--lock-memory", "--", "grep", "VmLck", "/proc/self/status"});
    if (printed.status == 0) {
        CHECK_THAT(printed.out, !Contains("\t       0 kB"));
    } else {
        CHECK(printed.status == 125);
        CHECK_THAT(printed.error, Contains("mlockall"));
    }
}

TEST_CASE("timer slack arrives at the command", "[cli][exec]") {
    Answers answers;
    const Printed printed =
        exec(answers, {"--timer-slack", "7us", "--", "sh", "-c", "cat /proc/$$/timerslack_ns"});
    CHECK(printed.out == "7000\n");
    CHECK(exec(answers, {"--timer-slack", "0", "--", "true"}).status == 125);
    CHECK_THAT(exec(answers, {"--timer-slack", "long", "--", "true"}).error,
               Contains("--timer-slack long: expected a whole number of nanoseconds"));
}

TEST_CASE("real-time classes are written as policy and priority", "[cli][exec]") {
    CHECK(real_time_of("fifo:80")->policy == SCHED_FIFO);
    CHECK(real_time_of("fifo:80")->priority == 80);
    CHECK(real_time_of("rr:1")->policy == SCHED_RR);
    CHECK(real_time_of("other")->policy == SCHED_OTHER);
    const auto text = GENERATE(as<std::string>{}, "", "fifo", "fifo:", "fifo:0", "fifo:100",
                               "fifo:8x", "other:1", "deadline:5");
    CHECK_FALSE(real_time_of(text).has_value());
}

TEST_CASE("scripts are followed to their interpreter, other files are refused for preloading",
          "[cli][exec]") {
    CHECK(takes_preload("/bin/sh").has_value());
    const auto text_file = takes_preload("/etc/passwd");
    REQUIRE_FALSE(text_file.has_value());
    CHECK(text_file.error().code == ErrorCode::unsupported);
}

TEST_CASE("programs are searched as a shell does", "[cli][exec]") {
    CHECK(program_of("sh", "/nonexistent:/bin") == "/bin/sh");
    CHECK(program_of("/bin/sh", "") == "/bin/sh");
    CHECK_FALSE(program_of("sh", "/nonexistent").has_value());
}
