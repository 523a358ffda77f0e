#include "tap_program.hpp"

#include <utility>

#include <sys/random.h>

#include "object.hpp"

namespace nanotune::datapath {

Result<TapProgram> TapProgram::load(const nt_listen& listen, std::size_t count,
                                    const std::function<Status(std::size_t)>& before_each) {
    nt_tap_fixed fixed{.listen = listen, .rings = static_cast<nt_u32>(count), .secret = 0};
    if (count == 0 || count > nt_tap_most_rings) {
        return failure(ErrorCode::invalid, "the XDP program has rings for 1 to 32 workers");
    }
    if (::getrandom(&fixed.secret, sizeof fixed.secret, 0) !=
        static_cast<ssize_t>(sizeof fixed.secret)) {
        return kernel_failure("ask for random numbers", errno);
    }
    NT_TRY(BpfObject object, BpfObject::open(tap_object()));
    NT_CHECK(object.fix(&fixed, sizeof fixed));
    NT_TRY(const std::size_t cpus, object.have_one_a_cpu("nt_tapped", sizeof(nt_tapped)));
    NT_TRY(Descriptor program, object.load());
    NT_TRY(SharedWithKernel tapped, object.share("nt_tapped", sizeof(nt_tapped), cpus));
    std::vector<TapRing> rings;
    for (std::size_t number = 0; number < count; ++number) {
        NT_CHECK(before_each(number));
        NT_TRY(Descriptor ring,
               object.add_ring("nt_rings", static_cast<std::uint32_t>(number), TapRing::size));
        NT_TRY(TapRing mapped, TapRing::open(std::move(ring)));
        rings.push_back(std::move(mapped));
    }
    return TapProgram(std::move(program), std::move(rings), std::move(tapped), cpus);
}

std::uint64_t TapProgram::lost(std::size_t ring) const noexcept {
    std::uint64_t sum = 0;
    for (const nt_tapped& cpu : std::span(static_cast<const nt_tapped*>(tapped_.get()), cpus_)) {
        sum += __atomic_load_n(&cpu.lost[ring], __ATOMIC_RELAXED);
    }
    return sum;
}

}  // namespace nanotune::datapath
