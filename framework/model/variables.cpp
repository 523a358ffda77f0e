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

constexpr std::size_t nesting_limit = 64;

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

}  // namespace

bool Variables::is_cpu_set(std::string_view name) {
    return std::ranges::find(cpu_set_names, name) != std::end(cpu_set_names);
}

void Variables::add(std::vector<Finding>& findings, const Origin& origin, std::string message) {
    findings.push_back({origin, {ErrorCode::invalid, std::move(message)}});
}

Variables::Variables(const Profile& profile, std::vector<Finding>& findings)
    : is_whole_(profile.missing.empty()) {
    for (const Layer& layer : profile.layers) {
        for (const auto& [name, input] : layer.variables) {
            (*variables_)[name] = {.texts = texts_of(input),
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
        } else if (const auto found = variables_->find(name); found != variables_->end()) {
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
    for (const auto& [name, variable] : *variables_) {
        expand_one(name, chain, done, findings);
    }
}

void Variables::expand_one(const std::string& name, std::vector<std::string>& chain,
                           std::set<std::string, std::less<>>& done,
                           std::vector<Finding>& findings) {
    if (done.contains(name)) {
        return;
    }
    Variable& variable = variables_->at(name);
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
            if (variables_->contains(used)) {
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
    if (expanded.size() > text_limit) {
        add(findings, variable.origin, fmt::format("vars.{}: {}", name, too_long));
        variable.is_unknown = true;
        expanded.clear();
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

const Variables::Variable* Variables::found(std::string_view name) const {
    if (const auto bound = bound_.find(name); bound != bound_.end()) {
        return &bound->second;
    }
    const auto variable = variables_->find(name);
    return variable == variables_->end() ? nullptr : &variable->second;
}

Variables Variables::bound(const std::map<std::string, std::string, std::less<>>& bindings) const {
    Variables bound = *this;
    for (const auto& [name, text] : bindings) {
        if (const Variable* const variable = found(name)) {
            bound.bound_[name] = {.texts = {text}, .origin = variable->origin};
        }
    }
    return bound;
}

}  // namespace nanotune
