// What a rule's section says, by name.
#include <algorithm>
#include <utility>

#include <nanotune/rule.hpp>

namespace nanotune {

const Setting* Settings::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        entries, [name](const Setting& setting) { return setting.parameter->name == name; });
    return found == entries.end() ? nullptr : &*found;
}

std::unexpected<std::vector<Error>> misfit(ErrorCode code, const Origin& origin,
                                           std::string_view message) {
    return std::unexpected(
        std::vector{Error{.code = code, .message = std::string(message)}.within(origin.text())});
}

std::vector<Error> with_places(std::vector<Misfit> misfits) {
    std::vector<Error> errors;
    errors.reserve(misfits.size());
    for (Misfit& misfit : misfits) {
        errors.push_back(std::move(misfit.error).within(misfit.origin.text()));
    }
    return errors;
}

std::vector<Misfit> Rule::misfits(const Settings& /*said*/) const {
    return {};
}

}  // namespace nanotune
