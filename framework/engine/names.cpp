// What a record is called today: another plugin may have the setting.
#include "engine/names.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace nanotune {
namespace {

std::optional<Renamed> renamed(const Renaming& renaming, const Touched& one) {
    auto renamed = renaming.of(one.key.setting, one.also, one.before);
    return renamed ? renamed : renaming.of(one.key.setting, one.also, one.wanted);
}

std::optional<Renamed> renamed(const Renaming& renaming, const Key& key, const HeldValue& held) {
    auto renamed = renaming.of(key.setting, held.also, held.wanted);
    return renamed ? renamed : renaming.of(key.setting, held.also, held.got);
}

std::string other_name(const Key& key, const std::string& also, const Renamed& renamed) {
    return renamed.setting == key.setting ? also : key.setting;
}

void rename_in(Applied& applied, const Renaming& renaming) {
    const auto named = [&](const Touched& one) {
        Touched touched = one;
        if (const auto now = renamed(renaming, one)) {
            touched.also = other_name(one.key, one.also, *now);
            touched.key.setting = now->setting;
            touched.before = now->value(one.before);
            touched.wanted = now->value(one.wanted);
            touched.got = one.got ? std::optional(now->value(*one.got)) : std::nullopt;
            touched.held = one.held ? std::optional(now->value(*one.held)) : std::nullopt;
            for (PutBack& put_back : touched.put_back) {
                put_back.value = now->value(put_back.value);
            }
        }
        return touched;
    };
    Applied again;
    for (const Touched& one : applied.touched) {
        again.touch(named(one));
    }
    for (const auto& [key, held] : applied.held) {
        const auto now = renamed(renaming, key, held);
        again.hold(now ? Key{now->setting, key.target, key.device} : key,
                   now ? HeldValue{.wanted = now->value(held.wanted),
                                   .got = now->value(held.got),
                                   .origin = held.origin,
                                   .also = other_name(key, held.also, *now),
                                   .bearer = held.bearer,
                                   .drift = held.drift}
                       : held);
    }
    applied.be_about(std::move(again));
}

bool all_stay(const Applied& applied, const Renaming& renaming) {
    return std::ranges::all_of(applied.names, [&](const auto& name) {
        const auto& [setting, recorded] = name;
        return std::ranges::all_of(recorded.others, [&](const std::string& also) {
            return renaming.stays(setting, also, recorded.has_texts);
        });
    });
}

bool has_new_name(const Applied& applied, const Renaming& renaming) {
    return !all_stay(applied, renaming) &&
           (std::ranges::any_of(
                applied.touched,
                [&](const Touched& one) { return renamed(renaming, one).has_value(); }) ||
            std::ranges::any_of(applied.held, [&](const auto& one) {
                return renamed(renaming, one.first, one.second).has_value();
            }));
}

/// As the kernel has it, where nobody is left who knows the setting.
std::string bare(const Value& value) {
    struct Text {
        std::string operator()(bool is_on) const { return is_on ? "1" : "0"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const CpuSet& cpus) const { return cpus.list(); }
    };
    return std::visit(Text{}, value);
}

/// As the setting's values are spelled today: an older version knew it by its name alone, and took
/// what the kernel said for a text.
Value read_again(const Domain& domain, const Value& recorded) {
    const auto* const text = std::get_if<std::string>(&recorded);
    if (text == nullptr) {
        return recorded;
    }
    if (domain.normal != nullptr) {
        const auto normal = domain.normal(*text);
        return normal ? Value(*normal) : recorded;
    }
    return from_kernel(domain, *text).value_or(recorded);
}

/// Whether any text is a value as it is.
bool takes_any_text(const Domain& domain) {
    switch (domain.kind) {
        case Domain::Kind::cpus:
        case Domain::Kind::flag:
            return false;
        case Domain::Kind::integer:
            return !domain.words.empty();
        case Domain::Kind::text:
            return domain.normal == nullptr;
        default:
            return true;
    }
}

Renamed renamed_to(const SettingRef& setting, std::optional<SettingRef> former) {
    return {.setting = setting.full_name(), .value = [setting, former](const Value& value) {
                const std::string text =
                    former ? to_kernel(former->tunable->domain, value) : bare(value);
                return from_kernel(setting.tunable->domain, text).value_or(value);
            }};
}

/// What has become of a name.
struct NameToday {
    std::optional<Renamed> other = {};
    const Domain* domain = nullptr;  ///< where it stays: what its texts are read again by
};

class Names {
  public:
    explicit Names(const Catalog& catalog) : catalog_(catalog) {}

    bool stays(const std::string& setting, const std::string& also, bool has_texts) {
        const NameToday& today = of(setting, also);
        return !today.other && (!has_texts || today.domain == nullptr);
    }
    std::optional<Renamed> renamed(const std::string& setting, const std::string& also,
                                   const Value& recorded) {
        const NameToday& today = of(setting, also);
        const Domain* const domain = today.domain;
        if (today.other || domain == nullptr || !std::holds_alternative<std::string>(recorded) ||
            read_again(*domain, recorded) == recorded) {
            return today.other;
        }
        return Renamed{.setting = setting, .value = [domain](const Value& value) {
                           return read_again(*domain, value);
                       }};
    }

  private:
    /// Each apply of a journal says the same names again.
    const NameToday& of(const std::string& setting, const std::string& also) {
        std::map<std::string, NameToday>& known = known_[setting];
        const auto found = known.find(also);
        return found != known.end() ? found->second
                                    : known.emplace(also, looked_up(setting, also)).first->second;
    }
    [[nodiscard]] NameToday looked_up(const std::string& name, const std::string& also) const {
        const auto setting = catalog_.setting(name);
        if (const auto owner = catalog_.owner_of_alias(name)) {
            return {.other = renamed_to(*owner, setting ? std::optional(*setting) : std::nullopt)};
        }
        if (setting) {
            const Domain& domain = setting->tunable->domain;
            return {.domain = takes_any_text(domain) ? nullptr : &domain};
        }
        const auto other = also.empty() ? std::nullopt : std::optional(catalog_.setting(also));
        return {.other = other && *other ? std::optional(renamed_to(**other, std::nullopt))
                                         : std::nullopt};
    }

    const Catalog& catalog_;
    std::unordered_map<std::string, std::map<std::string, NameToday>> known_;
};

}  // namespace

void Ledger::rename(const Renaming& renaming) {
    change_each([&](const Applied& applied) { return has_new_name(applied, renaming); },
                [&](Applied& applied) { rename_in(applied, renaming); });
}

Renaming names_of(const Catalog& catalog) {
    const auto names = std::make_shared<Names>(catalog);
    return {
        .of = [names](const std::string& setting, const std::string& also,
                      const Value& recorded) { return names->renamed(setting, also, recorded); },
        .stays = [names](const std::string& setting, const std::string& also,
                         bool has_texts) { return names->stays(setting, also, has_texts); }};
}

}  // namespace nanotune
