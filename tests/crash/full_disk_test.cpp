// A state folder on a file system that is full, or cannot be written, mounted for real in a mount
// namespace of a child.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

/// What `work` says in a child whose `folder` is a tmpfs with these options.
std::string said_on(const std::string& folder, const std::string& options, unsigned long flags,
                    const std::function<std::string()>& work) {
    const ScratchFolder answers;
    const std::string answer = answers.path() + "/said";
    const pid_t child = ::fork();
    if (child == 0) {
        const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
        const bool is_ready =
            ::unshare(spaces) == 0 &&
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("tmpfs", folder.c_str(), "tmpfs", flags, (options + ",mode=0700").c_str()) == 0;
        std::ofstream(answer) << (is_ready ? work() : "this test cannot mount a tmpfs");
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    std::ifstream file(answer);
    return {std::istreambuf_iterator<char>(file), {}};
}

FakeHost plain_host() {
    return given::host().with_sysctl("vm.swappiness", "60");
}

/// The report and, behind it, what happened to the host.
std::string applied(const std::string& profile, FakeHost host, const std::string& folder) {
    const FakeHost before = host;
    EngineOn engine(host, folder);
    const Report report = engine.apply(profile);
    return text_of(report) + std::to_string(engine.system().writes().size()) + " writes\n" +
           difference(before, host);
}

/// Until not a byte more fits.
void fill(const std::string& folder) {
    std::ofstream file(folder + "/filler");
    while (file << std::string(4096, 'x') && file.flush()) {
    }
}

/// Takes the journal's last record away, as if the process had died before it.
void cut_off(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".journal") {
            continue;
        }
        std::ifstream file(entry.path());
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        record::Parsed parsed = record::parsed(bytes);
        std::string shorter;
        for (record::Record& one : parsed.records) {
            if (auto* header = std::get_if<record::Header>(&one)) {
                header->synced = 0;
            }
            if (!std::holds_alternative<record::End>(one)) {
                shorter += record::framed(one);
            }
        }
        std::ofstream(entry.path()) << shorter;
    }
}

}  // namespace

TEST_CASE("apply refuses to start on a disk that is full", "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "size=16k", 0, [&] {
        return applied(low_swap, plain_host(), folder.path());
    });
    INFO(said);
    CHECK(said.contains("exit 1, clean\n"));
    CHECK(said.contains("No space left on device"));
    CHECK(said.ends_with("0 writes\n"));
}

TEST_CASE("apply refuses to start in a state folder that cannot be written", "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "", MS_RDONLY, [&] {
        return applied(low_swap, plain_host(), folder.path());
    });
    INFO(said);
    CHECK(said.contains("exit 1, clean\n"));
    CHECK(said.contains("Read-only file system"));
    CHECK(said.ends_with("0 writes\n"));
}

TEST_CASE("a disk that fills up while the intents are written leaves the host as it was",
          "[crash][disk]") {
    FakeHost host = given::host();
    std::string profile = "[sysctl]\n";
    for (unsigned i = 0; i < 2000; ++i) {
        const std::string name = "net.ipv4.conf.port" + std::to_string(i) + ".rp_filter";
        host.with_sysctl(name, "0");
        profile += "\"" + name + "\" = 1\n";
    }
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "size=128k", 0,
                                     [&] { return applied(profile, host, folder.path()); });
    INFO(said.substr(0, 500));
    CHECK_FALSE(said.contains("exit 0"));
    CHECK(said.contains("No space left on device"));
    CHECK(said.ends_with("0 writes\n"));
}

TEST_CASE("a full disk keeps no rollback from restoring the host", "[crash][disk]") {
    const ScratchFolder folder;
    const bool is_interrupted = GENERATE(false, true);
    const std::string said = said_on(folder.path(), "size=128k", 0, [&] {
        FakeHost host = plain_host();
        const FakeHost before = host;
        {
            EngineOn engine(host, folder.path());
            static_cast<void>(engine.apply(low_swap));
            if (is_interrupted) {
                cut_off(folder.path());
            }
        }
        fill(folder.path());
        EngineOn engine(host, folder.path());
        const Report report = engine.rollback();
        return text_of(report) + difference(before, host) + "\nend";
    });
    INFO(said);
    CHECK_FALSE(said.contains("exit 1"));
    CHECK_FALSE(said.contains("exit 5"));
    CHECK(said.ends_with("\n\nend"));  // no difference
}

TEST_CASE("a state folder that has become read-only keeps no rollback from restoring the host",
          "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "", 0, [&] {
        FakeHost host = plain_host();
        const FakeHost before = host;
        EngineOn engine(host, folder.path());
        std::string text = text_of(engine.apply(low_swap));
        if (::mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                    nullptr) != 0) {
            return std::string("cannot be mounted read-only");
        }
        text = text_of(engine.rollback());
        const Report again = engine.apply(low_swap);
        return text + difference(before, host) + text_of(again);
    });
    INFO(said);
    CHECK(said.contains("rollback: exit 4"));
    CHECK(said.contains("the host is rolled back"));
    CHECK(said.contains("Read-only file system"));
    CHECK(said.contains("apply: exit 1"));
}

TEST_CASE("an apply that cannot record its end is undone", "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "size=128k", 0, [&] {
        FakeHost host = plain_host();
        const FakeHost before = host;
        EngineOn engine(host, folder.path());
        engine.system().before_write([&](unsigned number) {
            if (number == 1) {
                fill(folder.path());
            }
        });
        std::string profile = low_swap;
        profile += "[sysctl]\n";
        for (unsigned i = 0; i < 200; ++i) {  // `held` records that fit no page that is there
            const std::string name = "net.ipv4.conf.port" + std::to_string(i) + ".rp_filter";
            host.with_sysctl(name, "0");
            profile += "\"" + name + "\" = 1\n";
        }
        const FakeHost start = host;
        const Report report = engine.apply(profile);
        return text_of(report).substr(0, 200) + difference(start, host) + "\nend";
    });
    INFO(said);
    CHECK(said.contains("exit 4"));
    CHECK(said.ends_with("\nend"));
    CHECK_FALSE(said.contains("swappiness: "));
}
