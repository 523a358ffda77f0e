// What texts come to with their variables put in: as much as any setting can be, and in all no more
// than any profile needs.
#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/nearest.hpp>

#include "layer_reader.hpp"
#include "references.hpp"
#include "variables.hpp"

namespace nanotune {

namespace {

constexpr std::size_t list_limit = 1024;
constexpr std::size_t lists_limit = 16;  // whose elements each of the texts keeps
constexpr std::string_view too_much = "variables make all of it larger than any profile can be";

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

std::size_t longest(const std::vector<std::string>& texts) {
    return texts.empty() ? 0 : std::ranges::max(texts, {}, &std::string::size).size();
}

std::size_t size_of(const std::vector<std::string>& texts) {
    return std::accumulate(
        texts.begin(), texts.end(), texts.size(),
        [](std::size_t size, const std::string& text) { return size + text.size(); });
}

}  // namespace

std::string Variables::unknown(std::string_view name) const {
    if (room_->suggestions == 0) {
        return fmt::format("there is no variable {}", name);
    }
    --room_->suggestions;
    std::vector<std::string> known;
    known.reserve(variables_->size() + std::size(cpu_set_names));
    for (const auto& [variable, texts] : *variables_) {
        known.push_back(variable);
    }
    for (const std::string_view set : cpu_set_names) {
        known.push_back(fmt::format("{}{}", cpus_prefix, set));
    }
    return fmt::format("there is no variable {}{}", name, did_you_mean(name, known));
}

/// What texts come to beyond what the profile says itself.
bool Variables::has_room_for(const std::vector<VariableElement>& made, std::size_t said) const {
    std::size_t size = 0;
    for (const VariableElement& each : made) {
        size += each.text.size() + (made.size() > 1 ? sizeof each : 0);
    }
    const std::size_t more = size - std::min(size, said);
    const bool has_room = more <= room_->bytes;
    room_->bytes = has_room ? room_->bytes - more : 0;
    return has_room;
}

Variables::Expansion Variables::expansion(std::string_view text, Joining joining,
                                          CpuReference cpus) const {
    Expansion out;
    const std::size_t size = text.size();
    // What was made until then has taken its time, and costs its room.
    const auto failed = [this, &out, size](std::string_view why = too_long) {
        static_cast<void>(has_room_for(out.elements, size));
        Expansion none;
        none.errors.emplace_back(why);
        return none;
    };
    const auto fits = [&out](std::size_t more) {
        return std::ranges::all_of(out.elements, [more](const VariableElement& made) {
            return made.text.size() + more <= text_limit;
        });
    };
    const auto append_to_each = [&out, &fits](std::string_view more) {
        if (!fits(more.size())) {
            return false;
        }
        for (VariableElement& made : out.elements) {
            made.text += more;
        }
        return true;
    };
    if (!next_reference(text)) {
        out.elements.front().text = text;
        text = {};
    }
    for (auto found = next_reference(text); found; found = next_reference(text)) {
        if (room_->bytes == 0) {
            return failed(too_much);
        }
        bool is_short = append_to_each(found->before);
        const std::string_view name = found->name;
        text.remove_prefix(found->end);
        if (!found->is_closed) {
            out.errors.push_back(fmt::format("{} has no closing brace", name));
        } else if (name.starts_with(cpus_prefix) && is_cpu_set(name.substr(cpus_prefix.size()))) {
            is_short = is_short && append_to_each(fmt::format("${{{}}}", name));
        } else if (const Variable* const variable = this->found(name); variable == nullptr) {
            miss(name, out);
        } else if (variable->is_unknown) {
            out.is_unknown = true;  // told where it is made
        } else if (joining == Joining::comma || !variable->is_list) {
            is_short = is_short && variable->texts.size() <= text_limit &&
                       size_of(variable->texts) <= text_limit &&
                       append_to_each(fmt::format("{}", fmt::join(variable->texts, ",")));
        } else if (!out.elements.empty()) {
            const bool is_another = !out.elements.front().bindings.contains(name);
            if (is_another && out.elements.front().bindings.size() == lists_limit) {
                return failed(fmt::format("more than {} lists multiply it", lists_limit));
            }
            is_short =
                is_short &&
                (is_another
                     ? out.elements.size() * variable->texts.size() <= list_limit &&
                           fits(longest(variable->texts))
                     : std::ranges::all_of(out.elements, [name](const VariableElement& made) {
                           return made.text.size() + made.bindings.find(name)->second.size() <=
                                  text_limit;
                       }));
            if (is_short) {
                multiply(out.elements, std::string(name), variable->texts);
            }
        }
        if (!is_short) {
            return failed();
        }
        if (out.elements.size() > 1) {  // each takes its time, whatever is put in
            room_->bytes -= std::min(room_->bytes, out.elements.size());
        }
    }
    if (!text.empty() && !append_to_each(text)) {
        return failed();
    }
    if (!has_room_for(out.elements, size)) {
        return failed(too_much);
    }
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
