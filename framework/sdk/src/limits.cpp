// The numbers stand in the setting's own unit, as an author would write them.
#include "limits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/offered.hpp>
#include <nanotune/words.hpp>

namespace nanotune {
namespace {

std::unexpected<Error> beyond(const Domain& domain, const Value& wanted, std::string_view limit,
                              std::uint64_t number) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{} is {} of {}", printed(domain, wanted), limit,
                               printed(domain, static_cast<std::int64_t>(number))));
}

}  // namespace

std::unexpected<Error> above(const Domain& domain, const Value& wanted, std::uint64_t most) {
    return beyond(domain, wanted, "above its maximum", most);
}

std::unexpected<Error> below(const Domain& domain, const Value& wanted, std::uint64_t least) {
    return beyond(domain, wanted, "below its minimum", least);
}

std::unexpected<Error> not_offered(std::string_view wanted, std::string_view offered,
                                   std::string_view why) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{} is not among what this host offers: {}{}{}", wanted,
                               fmt::join(split_words(offered), " "), why.empty() ? "" : "; ", why));
}

}  // namespace nanotune
