#include <nanotune/witness.hpp>
#include <nanotune/words.hpp>

#include "pattern.hpp"

namespace nanotune {

Result<Inquiry> inquiry_of(const Witness& witness, const Target& target) {
    if (witness.command.empty()) {
        return failure(
            ErrorCode::unsupported,
            std::string(witness.none.empty() ? "its plugin names no program that tells it"
                                             : witness.none));
    }
    Inquiry inquiry{.command = {},
                    .heading = std::string(witness.heading),
                    .label = std::string(witness.label),
                    .until = std::string(witness.until),
                    .spelled = witness.spelled};
    for (const std::string_view word : split_words(witness.command)) {
        inquiry.command.push_back(filled(word, target.name));
    }
    return inquiry;
}

}  // namespace nanotune
