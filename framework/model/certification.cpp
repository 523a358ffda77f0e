#include "certification.hpp"

#include <algorithm>

namespace nanotune {

std::string_view name_of(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::certified:
            return "certified";
        case Verdict::clamped:
            return "clamped";
        case Verdict::pending:
            return "pending";
        case Verdict::kept:
            return "kept";
        case Verdict::unsupported:
            return "unsupported";
        case Verdict::refused:
            return "refused";
        case Verdict::contradicted:
            return "contradicted";
        case Verdict::not_restored:
            return "not restored";
        case Verdict::not_tried:
            return "not tried";
    }
    return "";
}

bool is_success(Verdict verdict) noexcept {
    return verdict == Verdict::certified || verdict == Verdict::clamped ||
           verdict == Verdict::pending || verdict == Verdict::kept;
}

std::size_t Certification::count(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::count(trials, verdict, &Trial::verdict));
}

std::size_t Certification::supported() const {
    return trials.size() - count(Verdict::unsupported);
}

std::size_t Certification::succeeded() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(trials, [](const Trial& one) { return is_success(one.verdict); }));
}

}  // namespace nanotune
