#include "answer_program.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <sys/mman.h>

#include "object.hpp"

namespace nanotune::datapath {

namespace {

struct Close {
    void operator()(bpf_object* object) const noexcept { ::bpf_object__close(object); }
};
using Object = std::unique_ptr<bpf_object, Close>;

/// The verifier says at its end what it did not like, and then how much it has looked at.
std::string end_of(std::string_view log) {
    log = log.substr(0, log.find('\0'));
    const std::size_t counts = log.rfind("processed ");
    log = log.substr(0, counts == std::string_view::npos ? log.size() : counts);
    while (log.ends_with('\n')) {
        log.remove_suffix(1);
    }
    const std::size_t line = log.rfind('\n');
    return std::string(log.substr(line == std::string_view::npos ? 0 : line + 1));
}

std::unexpected<Error> misbuilt(std::string_view what) {
    return failure(ErrorCode::damaged, "the XDP program of this build has no " + std::string(what) +
                                           " as it should be");
}

/// The map, whose values are as large as this build takes them to be.
Result<bpf_map*> map_of(const Object& object, const char* name, std::size_t size) {
    bpf_map* const map = ::bpf_object__find_map_by_name(object.get(), name);
    if (map == nullptr || ::bpf_map__value_size(map) != size) {
        return misbuilt(name);
    }
    return map;
}

Result<Object> opened() {
    ::libbpf_set_print(nullptr);  // what it has to say is in the errors
    const auto bytes = answer_object();
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "nanotune");
    Object object(::bpf_object__open_mem(bytes.data(), bytes.size(), &options));
    if (!object) {
        return kernel_failure("read the XDP program", errno);
    }
    return object;
}

Result<Descriptor> own(int number) {
    Descriptor copy(::fcntl(number, F_DUPFD_CLOEXEC, 0));
    if (!copy.is_open()) {
        return kernel_failure("keep the XDP program", errno);
    }
    return copy;
}

}  // namespace

void AnswerProgram::Unmap::operator()(void* memory) const noexcept {
    ::munmap(memory, size);
}

Result<AnswerProgram::Mapped> AnswerProgram::mapped(int map, std::size_t size) {
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (memory == MAP_FAILED) {
        return kernel_failure("map what is shared with the XDP program", errno);
    }
    return Mapped(memory, Unmap{size});
}

Result<AnswerProgram> AnswerProgram::load(const nt_xdp_fixed& fixed) {
    NT_TRY(const Object object, opened());
    NT_TRY(bpf_map * constants, map_of(object, ".rodata", sizeof fixed));
    NT_TRY(bpf_map * told, map_of(object, ".bss", sizeof(nt_xdp_told)));
    NT_TRY(bpf_map * counted, map_of(object, "nt_counted", sizeof(nt_xdp_counted)));
    bpf_program* const program = ::bpf_object__find_program_by_name(object.get(), "nanotune");
    const int cpus = ::libbpf_num_possible_cpus();
    if (program == nullptr || cpus <= 0) {
        return misbuilt("program for these CPUs");
    }
    std::vector<char> log(1 << 20);
    if (::bpf_map__set_initial_value(constants, &fixed, sizeof fixed) != 0 ||
        ::bpf_map__set_max_entries(counted, static_cast<std::uint32_t>(cpus)) != 0 ||
        ::bpf_program__set_log_buf(program, log.data(), log.size()) != 0) {
        return kernel_failure("prepare the XDP program", errno);
    }
    if (const int error = ::bpf_object__load(object.get()); error != 0) {
        return kernel_failure("load the XDP program", -error, end_of({log.data(), log.size()}));
    }
    NT_TRY(Descriptor kept, own(::bpf_program__fd(program)));
    NT_TRY(Mapped told_memory, mapped(::bpf_map__fd(told), sizeof(nt_xdp_told)));
    const auto count = static_cast<std::size_t>(cpus);
    NT_TRY(Mapped counted_memory, mapped(::bpf_map__fd(counted), count * sizeof(nt_xdp_counted)));
    return AnswerProgram(std::move(kept), std::move(told_memory), std::move(counted_memory), count);
}

Result<Descriptor> AnswerProgram::attach(unsigned device, Mode mode) const {
    const bool is_native = mode == Mode::native;
    LIBBPF_OPTS(bpf_link_create_opts, options,
                .flags = static_cast<__u32>(is_native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE));
    const int link =
        ::bpf_link_create(program_.number(), static_cast<int>(device), BPF_XDP, &options);
    if (link < 0) {
        return kernel_failure(is_native ? "attach the XDP program to the driver"
                                        : "attach the XDP program to the stack",
                              -link);
    }
    return Descriptor(link);
}

}  // namespace nanotune::datapath
