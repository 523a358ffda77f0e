// What a setting accepts, as a JSON schema. For profile_schema.cpp alone.
#pragma once

#include <initializer_list>

#include <nanotune/domain.hpp>

#include "../json_document.hpp"

namespace nanotune::cli::schema {

[[nodiscard]] Json any_of(std::initializer_list<Json> schemas);
[[nodiscard]] Json text_or_texts();

/// What nanotuned does about drift: a word.
[[nodiscard]] Json drift_policy();

/// A value of the domain, a text with a variable in it, or either as { value = ..., optional =
/// true, drift = ... }.
[[nodiscard]] Json optional_value(const Domain& domain);

/// What stands under names that only a host knows: values, and tables of them.
[[nodiscard]] Json values_of_the_host();

}  // namespace nanotune::cli::schema
