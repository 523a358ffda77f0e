// Names of kernel objects as people say them.
#include <algorithm>

#include <nanotune/target.hpp>

namespace nanotune {

std::string Target::text() const {
    if (kind == "host" || name.empty()) {
        return kind;
    }
    if (kind == "cpu" || kind == "policy") {
        return kind + name;
    }
    if (kind == "nic" || kind == "rx_queue" || kind == "tx_queue") {
        return name;
    }
    // "1234:567890" is a process number and its start time, which tells it from a later namesake.
    return kind + " " + name.substr(0, name.find(':'));
}

std::string_view Target::device() const {
    const bool is_of_nic = kind == "nic" || kind == "rx_queue" || kind == "tx_queue";
    return is_of_nic ? std::string_view(name).substr(0, name.find('/')) : std::string_view();
}

bool Candidate::has_fact(std::string_view key, std::string_view value) const {
    return std::ranges::any_of(
        facts, [=](const auto& known) { return known.first == key && known.second == value; });
}

std::string_view Candidate::fact(std::string_view key) const {
    const auto known = std::ranges::find(
        facts, key, [](const auto& pair) -> std::string_view { return pair.first; });
    return known == facts.end() ? std::string_view{} : std::string_view(known->second);
}

bool Candidate::is_virtual() const {
    const std::string_view kind = fact("kind");
    return !kind.empty() && kind != "physical" && kind != "vf";
}

}  // namespace nanotune
