#include "variables.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/nearest.hpp>

#include "layer_reader.hpp"
#include "references.hpp"

namespace nanotune {
namespace {

// Variables made of variables could grow without end; no value of a setting is nearly this long.
constexpr std::size_t text_limit = 8192;
constexpr std::size_t list_limit = 1024;
constexpr std::size_t nesting_limit = 64;
constexpr std::string_view cpus_prefix = "cpus.";

bool is_cpu_set(std::string_view name) {
    return std::ranges::find(cpu_set_names, name) != std::end(cpu_set_names);
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    if (text.empty()) {
        return parts;
    }
    while (true) {
        const std::size_t comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(comma + 1);
    }
}

std::vector<std::string> texts_of(const Input& input) {
    std::vector<std::string> texts;
    if (const auto* list = std::get_if<InputList>(&input.content)) {
        for (const Input& element : *list) {
            texts.push_back(std::get<std::string>(element.content));
        }
    } else {
        texts.push_back(std::get<std::string>(input.content));
    }
    return texts;
}

void add(std::vector<Finding>& findings, const Origin& origin, std::string message) {
    findings.push_back({origin, {ErrorCode::invalid, std::move(message)}});
}

/// Each of the texts with each of the list's elements behind it; a list that a text was already
/// made of stays at the same element.
void multiply(std::vector<VariableElement>& made, const std::string& name,
              const std::vector<std::string>& list) {
    std::vector<VariableElement> multiplied;
    for (VariableElement& one : made) {
        if (const auto bound = one.bindings.find(name); bound != one.bindings.end()) {
            one.text += bound->second;
            multiplied.push_back(std::move(one));
            continue;
        }
        for (const std::string& element : list) {
            VariableElement longer = one;
            longer.text += element;
            longer.bindings.emplace(name, element);
            multiplied.push_back(std::move(longer));
        }
    }
    made = std::move(multiplied);
}

}  // namespace

Variables::Variables(const Profile& profile, std::vector<Finding>& findings)
    : is_whole_(profile.missing.empty()) {
    for (const Layer& layer : profile.layers) {
        for (const auto& [name, input] : layer.variables) {
            variables_[name] = {.texts = texts_of(input),
                                .is_list = std::holds_alternative<InputList>(input.content),
                                .origin = input.origin};
        }
        for (const auto& [name, input] : layer.cpus) {
            cpus_[name] = {std::get<std::string>(input.content), input.origin};
        }
    }
    take_overrides(profile, findings);
    expand_all(findings);
    expand_cpus(findings);
}

void Variables::take_overrides(const Profile& profile, std::vector<Finding>& findings) {
    for (const auto& [name, value] : profile.overrides) {
        const Origin origin{fmt::format("--set {}={}", name, value), 0, 0};
        if (name.starts_with(cpus_prefix)) {
            const std::string set = name.substr(cpus_prefix.size());
            if (is_cpu_set(set)) {
                cpus_[set] = {value, origin};
            } else {
                add(findings, origin, unknown(name));
            }
        } else if (const auto found = variables_.find(name); found != variables_.end()) {
            Variable& variable = found->second;
            variable.texts = variable.is_list ? split_list(value) : std::vector{value};
            variable.origin = origin;
        } else if (is_whole_) {
            add(findings, origin, unknown(name));
        }
    }
}

void Variables::expand_all(std::vector<Finding>& findings) {
    std::set<std::string, std::less<>> done;
    std::vector<std::string> chain;
    for (const auto& [name, variable] : variables_) {
        expand_one(name, chain, done, findings);
    }
}

void Variables::expand_one(const std::string& name, std::vector<std::string>& chain,
                           std::set<std::string, std::less<>>& done,
                           std::vector<Finding>& findings) {
    if (done.contains(name)) {
        return;
    }
    Variable& variable = variables_.at(name);
    if (const auto begin = std::ranges::find(chain, name); begin != chain.end()) {
        add(findings, variable.origin,
            fmt::format("vars.{} is made of itself: {} -> {}", name,
                        fmt::join(begin, chain.end(), " -> "), name));
        variable.texts.clear();
        variable.is_unknown = true;  // nobody else is to say what is wrong with it
        return;
    }
    if (chain.size() >= nesting_limit) {
        add(findings, variable.origin,
            fmt::format("vars.{} is made of variables more than {} deep", name, nesting_limit));
        variable.texts.clear();
        variable.is_unknown = true;
        done.insert(name);
        return;
    }
    chain.push_back(name);
    std::vector<std::string> expanded;
    for (const std::string& text : std::vector(variable.texts)) {
        for (const std::string_view used : references_in(text)) {
            if (variables_.contains(used)) {
                expand_one(std::string(used), chain, done, findings);
            }
        }
        const Expansion expansion = this->expansion(
            text, variable.is_list ? Joining::multiply : Joining::comma, CpuReference::kept);
        for (const std::string& error : expansion.errors) {
            add(findings, variable.origin, fmt::format("vars.{}: {}", name, error));
        }
        variable.is_unknown = variable.is_unknown || expansion.is_unknown;
        for (const VariableElement& element : expansion.elements) {
            expanded.push_back(element.text);
        }
    }
    chain.pop_back();
    done.insert(name);
    variable.texts = std::move(expanded);
}

void Variables::expand_cpus(std::vector<Finding>& findings) {
    for (auto& [name, request] : cpus_) {
        request.first = joined(request.first, request.second, CpuReference::as_word, findings)
                            .value_or(std::string("auto"));
    }
}

std::string Variables::unknown(std::string_view name) const {
    std::vector<std::string> known;
    known.reserve(variables_.size() + std::size(cpu_set_names));
    for (const auto& [variable, texts] : variables_) {
        known.push_back(variable);
    }
    for (const std::string_view set : cpu_set_names) {
        known.push_back(fmt::format("{}{}", cpus_prefix, set));
    }
    return fmt::format("there is no variable {}{}", name, did_you_mean(name, known));
}

Variables::Expansion Variables::expansion(std::string_view text, Joining joining,
                                          CpuReference cpus) const {
    Expansion out;
    const auto append_to_each = [&out](std::string_view more) {
        for (VariableElement& made : out.elements) {
            made.text += more;
        }
    };
    for (auto found = next_reference(text); found; found = next_reference(text)) {
        append_to_each(found->before);
        const std::string_view name = found->name;
        text.remove_prefix(found->end);
        if (!found->is_closed) {
            out.errors.push_back(fmt::format("{} has no closing brace", name));
        } else if (name.starts_with(cpus_prefix) && is_cpu_set(name.substr(cpus_prefix.size()))) {
            append_to_each(fmt::format("${{{}}}", name));
        } else if (const auto variable = variables_.find(name); variable == variables_.end()) {
            miss(name, out);
        } else if (variable->second.is_unknown) {
            out.is_unknown = true;  // told where it is made
        } else if (joining == Joining::comma || !variable->second.is_list) {
            append_to_each(fmt::format("{}", fmt::join(variable->second.texts, ",")));
        } else {
            multiply(out.elements, variable->first, variable->second.texts);
        }
        if (out.elements.size() > list_limit ||
            std::ranges::any_of(out.elements, [](const VariableElement& made) {
                return made.text.size() > text_limit;
            })) {
            out.errors.emplace_back("its variables make it longer than any setting can be");
            out.elements = {{}};
            return out;
        }
    }
    append_to_each(text);
    for (VariableElement& made : out.elements) {
        settle_cpus(made.text, cpus, out);
    }
    return out;
}

void Variables::miss(std::string_view name, Expansion& out) const {
    out.is_unknown = true;
    if (is_whole_) {
        out.errors.push_back(unknown(name));
    }
}

// A variable may hold ${cpus.irq} itself.
void Variables::settle_cpus(std::string& made, CpuReference cpus, Expansion& out) const {
    for (const std::string_view name : references_in(made)) {
        if (!name.starts_with(cpus_prefix) || !is_cpu_set(name.substr(cpus_prefix.size()))) {
            miss(name, out);
            return;
        }
        if (cpus == CpuReference::refused) {
            out.errors.push_back(
                fmt::format("${{{}}} cannot stand here: it is a set of CPUs", name));
            return;
        }
    }
    while (cpus == CpuReference::as_word) {
        const auto found = next_reference(made);
        if (!found || !found->is_closed) {
            return;
        }
        made = fmt::format("{}{}{}", found->before, found->name.substr(cpus_prefix.size()),
                           made.substr(found->end));
    }
}

std::optional<std::string> Variables::joined(std::string_view text, const Origin& origin,
                                             CpuReference cpus,
                                             std::vector<Finding>& findings) const {
    Expansion expansion = this->expansion(text, Joining::comma, cpus);
    for (std::string& error : expansion.errors) {
        add(findings, origin, std::move(error));
    }
    return expansion.is_good() ? std::optional(std::move(expansion.elements.front().text))
                               : std::nullopt;
}

Variables Variables::bound(const std::map<std::string, std::string, std::less<>>& bindings) const {
    Variables bound = *this;
    for (const auto& [name, text] : bindings) {
        if (const auto variable = bound.variables_.find(name); variable != bound.variables_.end()) {
            variable->second.texts = {text};
            variable->second.is_list = false;
        }
    }
    return bound;
}

std::vector<VariableElement> Variables::each(std::string_view text, const Origin& origin,
                                             CpuReference cpus,
                                             std::vector<Finding>& findings) const {
    Expansion expansion = this->expansion(text, Joining::multiply, cpus);
    for (std::string& error : expansion.errors) {
        add(findings, origin, std::move(error));
    }
    return expansion.is_good() ? std::move(expansion.elements) : std::vector<VariableElement>();
}

}  // namespace nanotune
