#include "plan_file.hpp"

#include <filesystem>

#include <fmt/core.h>

#include "json.hpp"
#include "text_file.hpp"
#include "words.hpp"

namespace nanotune::cli {

bool is_plan(const std::string& name) {
    // A pipe could be read only once.
    std::error_code error;
    if (name.ends_with(".json") || !is_path(name) ||
        !std::filesystem::is_regular_file(name, error)) {
        return name.ends_with(".json");
    }
    return first_character(name) == '{';
}

Status is_no_plan(const std::string& name, std::string_view verb) {
    if (!is_plan(name)) {
        return {};
    }
    NT_TRY(const std::string text, read_text_file(name, plan_size_limit));
    const auto plan = saved_plan_of(text);
    if (!plan && plan.error().code == ErrorCode::invalid) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: neither a profile nor {}", name, plan.error().message));
    }
    return failure(ErrorCode::invalid,
                   fmt::format("{}: a saved plan, which apply takes; {} takes a profile{}", name,
                               verb, plan ? ": this is a plan of " + plan->request.name : ""));
}

}  // namespace nanotune::cli
