#include "datapath_look.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../interruption.hpp"
#include "../redrawn.hpp"
#include "../text.hpp"
#include "datapath_text.hpp"
#include "nearest_datapath.hpp"

namespace nanotune::cli {

namespace {

Result<std::vector<Datapath>> looked_at(const Context& context, DatapathService& service,
                                        bool counts) {
    const std::string name = context.arguments().operand(1);
    NT_TRY(auto datapaths, service.datapaths(counts));
    if (name.empty()) {
        return datapaths;
    }
    const std::vector<std::string> known = names_of(datapaths);
    std::erase_if(datapaths, [&name](const Datapath& datapath) { return datapath.name != name; });
    if (datapaths.empty()) {
        return std::unexpected(with_nearest(
            Error{.code = ErrorCode::not_found, .message = "there is no worker " + name}, name,
            known));
    }
    return datapaths;
}

/// On the whole of the terminal, as large as it is now.
void draw_stats(const Context& context, const std::vector<Datapath>& datapaths,
                const CountedBefore& before) {
    const TerminalSize size = context.surroundings().terminal_size();
    std::string text;
    const auto gather = [&text](std::string_view more) { text += more; };
    Look look = context.look();
    look.width = size.width;
    print_stats(Screen(gather, gather).with(look), datapaths, before, StatsView::brief);
    context.screen().raw(redrawn(text, size.height));
}

}  // namespace

Ended list_datapaths(const Context& context, DatapathService& service) {
    NT_TRY(const auto datapaths, looked_at(context, service, false));
    if (context.look().json) {
        context.screen().raw(json_of(datapaths));
    } else {
        print_list(context.screen(), datapaths);
    }
    return 0;
}

Ended datapath_stats(const Context& context, DatapathService& service) {
    using Clock = std::chrono::steady_clock;
    const bool is_watched = context.arguments().has("watch");
    const Interruption interruption;
    CountedBefore before;
    auto then = Clock::now();
    while (true) {
        NT_TRY(auto datapaths, looked_at(context, service, true));
        const auto now = Clock::now();
        before.seconds = std::chrono::duration<double>(now - then).count();
        if (context.look().json) {
            context.screen().raw(json_of(datapaths));
        } else if (is_watched && context.surroundings().out_is_terminal) {
            draw_stats(context, datapaths, before);
        } else {
            print_stats(context.screen(), datapaths, before, StatsView::whole);
        }
        before.datapaths = std::move(datapaths);
        then = now;
        for (int part = 0; is_watched && part < 20 && !*Interruption::flag(); ++part) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        if (!is_watched || *Interruption::flag()) {
            return 0;
        }
    }
}

}  // namespace nanotune::cli
