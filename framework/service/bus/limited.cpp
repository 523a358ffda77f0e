// Arrays as they are read from the bus: so far, and no further.
#include <fmt/core.h>

#include "service/bus/wire.hpp"

namespace sdbus {

namespace {

constexpr std::size_t most_files = 16;  // as many descriptors as a message of a bus carries
constexpr std::size_t most_pairs = 4096;
constexpr std::size_t most_facts = 256;

[[noreturn]] void refuse(std::size_t most, std::string_view what) {
    throw nanotune::bus::fault_of({.code = nanotune::ErrorCode::exhausted,
                                   .message = fmt::format("more than {} {}", most, what)});
}

template <typename T>
void read(Message& message, std::vector<T>& items, std::size_t most, std::string_view what) {
    // NOLINTNEXTLINE(readability-redundant-string-cstr): sdbus-c++ 2 takes no other
    if (!message.enterContainer(nanotune::bus::signature_of<T>().c_str())) {
        return;
    }
    for (T item; message >> item; item = T()) {
        if (items.size() == most) {
            refuse(most, what);
        }
        items.push_back(std::move(item));
    }
    message.clearFlags();
    message.exitContainer();
}

}  // namespace

Message& operator>>(Message& message, std::vector<nanotune::bus::WireFile>& files) {
    read(message, files, most_files, "files");
    return message;
}

Message& operator>>(Message& message, std::vector<nanotune::bus::WirePair>& pairs) {
    read(message, pairs, most_pairs, "pairs");
    return message;
}

Message& operator>>(Message& message, nanotune::bus::Facts& facts) {
    if (!message.enterContainer("{sv}")) {
        return message;
    }
    for (std::size_t count = 0; message.enterDictEntry("sv"); ++count) {
        if (count == most_facts) {
            refuse(most_facts, "options");
        }
        std::string name;
        Variant value;
        message >> name >> value;
        facts.emplace(std::move(name), std::move(value));
        message.exitDictEntry();
    }
    message.clearFlags();
    message.exitContainer();
    return message;
}

}  // namespace sdbus
