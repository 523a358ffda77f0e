// What clients say that makes no sense: any method with any arguments.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include "service/bus/proxy.hpp"
#include "support/catch.hpp"

namespace nanotune::test {

/// Says something random, mostly nearly right.
class Nonsense {
  public:
    explicit Nonsense(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::string word() {
        static const std::array<std::string, 14> words = {
            "",    "quick", "../quick", "/etc/passwd", "quick.toml", "a/b",      "allow",
            "all", "drops", "timeout",  "confirm",     "%s%n",       "\xc3\xa9", "rows"};
        const std::size_t which = below(words.size() + 1);
        return which < words.size() ? words[which] : std::string(below(70'000), 'x');
    }
    sdbus::Variant variant() {
        switch (below(6)) {
            case 0:
                return sdbus::Variant(word());
            case 1:
                return sdbus::Variant(random_() % 2 == 0);
            case 2:
                return sdbus::Variant(static_cast<std::uint32_t>(random_()));
            case 3:
                return sdbus::Variant(static_cast<std::int64_t>(random_()));
            case 4:
                return sdbus::Variant(std::vector<std::string>{word(), word()});
            default:
                return sdbus::Variant(sdbus::Variant(word()));
        }
    }
    bus::Facts options() {
        bus::Facts facts;
        for (std::size_t i = below(4); i > 0; --i) {
            facts.emplace(word(), variant());
        }
        return facts;
    }
    std::vector<bus::WirePair> pairs() {
        std::vector<bus::WirePair> pairs;
        for (std::size_t i = below(400) < 390 ? below(3) : 300; i > 0; --i) {
            pairs.emplace_back(word(), word());
        }
        return pairs;
    }
    std::vector<bus::WireFile> files() {
        std::vector<bus::WireFile> files;
        for (std::size_t i = below(3); i > 0; --i) {
            std::array<int, 2> ends{};
            REQUIRE(::pipe(ends.data()) == 0);
            ::close(ends[1]);
            files.emplace_back(word(), word(), sdbus::UnixFd(ends[0], sdbus::adopt_fd));
        }
        return files;
    }

  private:
    std::mt19937 random_;
};

/// One call of any method with any arguments; only looking and refusing can come of it.
inline void say_nonsense(sdbus::IProxy& object, Nonsense& random) {
    static const std::array<const char*, 6> methods = {
        "Plan", "Verify", "ShowProfile", "CheckProfile", "PlanRollback", "Rows"};
    const char* interface = random.below(8) == 0 ? bus::job_interface : bus::manager_interface;
    const char* method = methods.at(random.below(methods.size()));
    const auto call = [&](const auto&... words) {
        object.callMethod(method).onInterface(interface).withArguments(words...);
    };
    try {
        switch (random.below(5)) {
            case 0:
                call(random.word());
                break;
            case 1:
                call(random.options());
                break;
            case 2:
                call(random.word(), random.files(), random.pairs());
                break;
            default:
                call(random.word(), random.files(), random.pairs(), random.options());
        }
    } catch (const sdbus::Error& error) {
        CHECK_THAT(error.getName(), !Contains("NoReply") && !Contains("Disconnected"));
    }
}

}  // namespace nanotune::test
