// How a plugin hands its banks and rules to the host. A plugin is one shared object with one
// NANOTUNE_PLUGIN line, built by nanotune_add_plugin; tests/outside-plugin is a whole one.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nanotune/bank.hpp>
#include <nanotune/rule.hpp>
#include <nanotune/seal.hpp>

namespace nanotune {

/// What the words after the plugin's name in a profile's table header select.
enum class Selector {
    none,    ///< [sysctl]
    ids,     ///< [cpu], [cpu."2-3"]: CPU or node numbers
    device,  ///< [nic.eth0], [nic."enp*"], [nic.feeds] with `match`
    label,   ///< [process.feed] with `match`; nothing matching yet is pending, not an error
    given,   ///< [datapath.orders]: the word names what the section itself brings about; its
             ///< target's kind is the plugin's name
};

/// Collects what a plugin's define() adds.
class PluginBuilder {
  public:
    /// Constructs a bank in place: add<FileBank>(rows, BankPlace{...}).
    template <std::derived_from<Bank> B, typename... Arguments>
    void add(Arguments&&... arguments) {
        banks_.push_back(std::make_unique<B>(std::forward<Arguments>(arguments)...));
    }
    template <std::derived_from<Rule> R, typename... Arguments>
    void add(Arguments&&... arguments) {
        rules_.push_back(std::make_unique<R>(std::forward<Arguments>(arguments)...));
    }
    /// How sections are addressed. Default: Selector::none.
    void sections_select(Selector selector) { selector_ = selector; }

    /// Says why the plugin cannot be used after all.
    void refuse(std::string why) { refusal_ = std::move(why); }

    [[nodiscard]] Selector selector() const { return selector_; }
    [[nodiscard]] const std::string& refusal() const { return refusal_; }  ///< "" for none
    [[nodiscard]] std::vector<std::unique_ptr<Bank>> take_banks() { return std::move(banks_); }
    [[nodiscard]] std::vector<std::unique_ptr<Rule>> take_rules() { return std::move(rules_); }

  private:
    Selector selector_ = Selector::none;
    std::string refusal_;
    std::vector<std::unique_ptr<Bank>> banks_;
    std::vector<std::unique_ptr<Rule>> rules_;
};

/// What a plugin throws is caught in the plugin: its C++ runtime may be another one than the
/// host's.
template <auto define>
void define_or_refuse(PluginBuilder& builder) noexcept {
    try {
        define(builder);
    } catch (const std::exception& thrown) {
        builder.refuse(std::string("its define() threw: ") + thrown.what());
    } catch (...) {
        builder.refuse("its define() threw something that is no std::exception");
    }
}

/// Raised when a class above changes its layout or meaning.
inline constexpr std::uint32_t plugin_abi = 18;

}  // namespace nanotune

#define NANOTUNE_STRING_INNER(text) #text
#define NANOTUNE_STRING(text) NANOTUNE_STRING_INNER(text)
#if defined(__SANITIZE_ADDRESS__)
#define NANOTUNE_BUILD_FLAVOUR "address"
#elif defined(__SANITIZE_THREAD__)
#define NANOTUNE_BUILD_FLAVOUR "thread"
#else
#define NANOTUNE_BUILD_FLAVOUR "plain"
#endif

/// What must agree between host and plugin before any C++ of the plugin runs.
#define NANOTUNE_BUILD "gcc" NANOTUNE_STRING(__GNUC__) " " NANOTUNE_BUILD_FLAVOUR

extern "C" {
/// The one symbol that a plugin exports, `nanotune_plugin`. Plain data: readable whatever the rest
/// is.
struct nanotune_plugin_record {
    std::uint32_t abi;
    const char* build;
    const char* name;
    const char* summary;
    void (*define)(nanotune::PluginBuilder&);
};
}

/// Exports the plugin: NANOTUNE_PLUGIN("cpu", "Core frequency and idle states.",
/// nanotune::cpu::define)
#define NANOTUNE_PLUGIN(plugin_name, plugin_summary, plugin_define)                             \
    extern "C" {                                                                                \
    extern __attribute__((visibility("default"))) const nanotune_plugin_record nanotune_plugin; \
    __attribute__((used)) const nanotune_plugin_record nanotune_plugin = {                      \
        nanotune::plugin_abi, NANOTUNE_BUILD, plugin_name, plugin_summary,                      \
        nanotune::define_or_refuse<plugin_define>};                                             \
    }                                                                                           \
    NANOTUNE_SEAL_NOTE
