// A parameter's value is typed by an attribute beside it; a flag is true by being there.
#include "system/devlink.hpp"

#include <fmt/format.h>
#include <linux/devlink.h>
#include <linux/genetlink.h>

#include <nanotune/numbers.hpp>

namespace nanotune {

namespace {

constexpr std::uint8_t type_text = 5;
constexpr std::uint8_t type_flag = 6;

std::string text_of(std::uint8_t type, const std::optional<Attribute>& data) {
    if (type == type_flag) {
        return data ? "1" : "0";
    }
    if (!data) {
        return {};
    }
    return type == type_text ? std::string(data->text())
                             : fmt::format("{}", data->number().value_or(0));
}

std::uint8_t width_of(std::uint8_t type) {
    return static_cast<std::uint8_t>(1U << (type - 1U));  // 1, 2, 4 and 8 bytes for types 1 to 4
}

Result<std::uint64_t> number_of(std::uint8_t type, std::string_view text,
                                std::string_view operation) {
    const auto number = whole_number<std::uint64_t>(text);
    const unsigned bits = 8U * width_of(type);
    if (!number || (bits < 64 && *number >> bits != 0)) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: the device takes a number of {} bits", operation, bits));
    }
    return *number;
}

}  // namespace

Result<DevlinkParameter> devlink_parameter_of(Bytes body) {
    NT_TRY(const Attributes message, Attributes::of(after_header(body, sizeof(genlmsghdr))));
    NT_TRY(const Attributes about, message.nested(DEVLINK_ATTR_PARAM));
    const auto name = about.find(DEVLINK_ATTR_PARAM_NAME);
    const auto type = about.number(DEVLINK_ATTR_PARAM_TYPE, 0);
    if (!name || type == 0 || type > type_flag) {
        return failure(ErrorCode::invalid, "a parameter of the reply has no name or type");
    }
    DevlinkParameter parameter{.name = std::string(name->text()),
                               .type = static_cast<std::uint8_t>(type)};
    NT_TRY(const Attributes values, about.nested(DEVLINK_ATTR_PARAM_VALUES_LIST));
    for (const Attribute each : values) {
        NT_TRY(const Attributes value, Attributes::of(each.payload()));
        const auto mode =
            static_cast<std::uint8_t>(value.number(DEVLINK_ATTR_PARAM_VALUE_CMODE, 0));
        parameter.values[mode] = text_of(parameter.type, value.find(DEVLINK_ATTR_PARAM_VALUE_DATA));
    }
    return parameter;
}

Result<std::vector<DevlinkParameter>> KernelDevlink::parameters(const std::string& bus,
                                                                const std::string& device) {
    const std::string operation = "devlink parameters (DEVLINK_CMD_PARAM_GET)";
    NT_CHECK(family_.prepare(DEVLINK_CMD_PARAM_GET, operation));
    GenericRequest request(family_.number(), DEVLINK_CMD_PARAM_GET, NLM_F_DUMP);
    request.put_text(DEVLINK_ATTR_BUS_NAME, bus);
    request.put_text(DEVLINK_ATTR_DEV_NAME, device);
    NT_TRY(const Bodies bodies, family_.exchange(request, operation));
    std::vector<DevlinkParameter> parameters;
    for (const auto& body : bodies) {
        // Kernels before 6.3 list those of every device.
        NT_TRY(const Attributes message, Attributes::of(after_header(body, sizeof(genlmsghdr))));
        const auto its_bus = message.find(DEVLINK_ATTR_BUS_NAME);
        const auto its_name = message.find(DEVLINK_ATTR_DEV_NAME);
        if (!its_bus || its_bus->text() != bus || !its_name || its_name->text() != device) {
            continue;
        }
        NT_TRY(DevlinkParameter parameter, devlink_parameter_of(body));
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

Status KernelDevlink::set(const std::string& bus, const std::string& device,
                          const DevlinkParameter& parameter) {
    if (parameter.values.size() != 1) {
        return failure(ErrorCode::invalid,
                       "devlink parameter (DEVLINK_CMD_PARAM_SET): one value at a time");
    }
    const auto& [mode, text] = *parameter.values.begin();
    const std::string operation =
        fmt::format("devlink parameter {} {} (DEVLINK_CMD_PARAM_SET)", parameter.name, text);
    NT_CHECK(family_.prepare(DEVLINK_CMD_PARAM_SET, operation));
    GenericRequest request(family_.number(), DEVLINK_CMD_PARAM_SET);
    request.put_text(DEVLINK_ATTR_BUS_NAME, bus);
    request.put_text(DEVLINK_ATTR_DEV_NAME, device);
    request.put_text(DEVLINK_ATTR_PARAM_NAME, parameter.name);
    request.put_number(DEVLINK_ATTR_PARAM_TYPE, parameter.type, 1);
    request.put_number(DEVLINK_ATTR_PARAM_VALUE_CMODE, mode, 1);
    if (parameter.type == type_flag && text == "1") {
        request.put_flag(DEVLINK_ATTR_PARAM_VALUE_DATA);
    } else if (parameter.type == type_text) {
        request.put_text(DEVLINK_ATTR_PARAM_VALUE_DATA, text);
    } else if (parameter.type != type_flag) {
        NT_TRY(const std::uint64_t number, number_of(parameter.type, text, operation));
        request.put_number(DEVLINK_ATTR_PARAM_VALUE_DATA, number, width_of(parameter.type));
    }
    NT_CHECK(family_.exchange(request, operation));
    return {};
}

}  // namespace nanotune
