#include "engine/witnesses.hpp"

#include <map>
#include <thread>

#include "model/testimony.hpp"

namespace nanotune {

bool says_the_same(const Result<std::string>& now, const Result<std::string>& before) {
    return !before || (now && *now == *before);
}

bool contradicts(const Result<std::string>& now, const Result<std::string>& before) {
    return now && before && *now != *before;
}

Said Witnesses::ask(const TrialSubject& subject) const {
    std::map<std::vector<std::string>, Result<std::string>> printed;
    Said said;
    for (const TrialTarget& target : subject.targets) {
        if (!target.inquiry) {
            said.emplace_back(std::unexpected(target.inquiry.error()));
            continue;
        }
        const Inquiry& inquiry = *target.inquiry;
        auto known = printed.find(inquiry.command);
        if (known == printed.end()) {
            known = printed.emplace(inquiry.command, programs_(inquiry.command)).first;
        }
        said.push_back(known->second ? testimony(inquiry, *known->second)
                                     : std::unexpected(known->second.error()));
    }
    return said;
}

Said Witnesses::ask_until(const TrialSubject& subject,
                          const std::function<bool(const Said&)>& is_enough) const {
    using namespace std::chrono_literals;
    const auto end = std::chrono::steady_clock::now() + patience_;
    Said said = ask(subject);
    while (!is_enough(said) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(100ms);
        said = ask(subject);
    }
    return said;
}

}  // namespace nanotune
