// The one place that knows which sdbus-c++ this is: 1 on Debian 12, 2 on Debian 13. What the two
// spell differently has one name here; everything else is the same in both.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

namespace nanotune::bus {

#if __has_include(<sdbus-c++/VTableItems.h>)

using sdbus::InterfaceName;
using sdbus::PropertyName;
using sdbus::ServiceName;
using ErrorName = sdbus::Error::Name;
/// How an answer that comes later says that it is an error, if it is.
using Fault = std::optional<sdbus::Error>;

[[nodiscard]] inline const sdbus::Error* error_in(const Fault& fault) {
    return fault ? &*fault : nullptr;
}
/// Handles a message that has come; false where none has.
inline bool process_one(sdbus::IConnection& connection) {
    return connection.processPendingEvent();
}
/// Hears what matches until the slot goes. Handler: of a sdbus::Message&.
template <typename Handler>
[[nodiscard]] auto listening(sdbus::IConnection& connection, const std::string& match,
                             const Handler& handler) {
    return connection.addMatch(
        match, [handler](sdbus::Message message) { handler(message); }, sdbus::return_slot);
}
/// Once all its signals are registered.
inline void begin_listening(sdbus::IProxy& /*proxy*/) {}
/// A call that is not made yet.
[[nodiscard]] inline sdbus::MethodCall call_to(sdbus::IProxy& proxy, const char* interface,
                                               const char* method) {
    return proxy.createMethodCall(InterfaceName(interface), sdbus::MethodName(method));
}
/// As D-Bus spells the type.
template <typename T>
[[nodiscard]] std::string signature_of() {
    constexpr auto letters = sdbus::signature_of_v<T>;
    return {letters.begin(), letters.end()};
}
/// The call that is being handled.
[[nodiscard]] inline sdbus::Message call_of(const sdbus::IObject& object) {
    return object.getCurrentlyProcessedMessage();
}

#else

using InterfaceName = std::string;
using PropertyName = std::string;
using ServiceName = std::string;
using ErrorName = std::string;
/// How an answer that comes later says that it is an error, if it is.
using Fault = const sdbus::Error*;

[[nodiscard]] inline const sdbus::Error* error_in(Fault fault) {
    return fault;
}
/// Handles a message that has come; false where none has.
inline bool process_one(sdbus::IConnection& connection) {
    return connection.processPendingRequest();
}
/// Hears what matches until the slot goes. Handler: of a sdbus::Message&.
template <typename Handler>
[[nodiscard]] auto listening(sdbus::IConnection& connection, const std::string& match,
                             const Handler& handler) {
    return connection.addMatch(match, [handler](sdbus::Message& message) { handler(message); });
}
/// Once all its signals are registered.
inline void begin_listening(sdbus::IProxy& proxy) {
    proxy.finishRegistration();
}
/// A call that is not made yet.
[[nodiscard]] inline sdbus::MethodCall call_to(sdbus::IProxy& proxy, const char* interface,
                                               const char* method) {
    return proxy.createMethodCall(interface, method);
}
/// As D-Bus spells the type.
template <typename T>
[[nodiscard]] std::string signature_of() {
    return sdbus::signature_of<T>::str();
}
/// The call that is being handled.
[[nodiscard]] inline const sdbus::Message& call_of(const sdbus::IObject& object) {
    return *object.getCurrentlyProcessedMessage();
}

#endif

/// What others offer on the bus.
[[nodiscard]] inline std::unique_ptr<sdbus::IProxy> proxy_of(sdbus::IConnection& connection,
                                                             const std::string& service,
                                                             const std::string& path) {
    return sdbus::createProxy(connection, ServiceName(service), sdbus::ObjectPath(path));
}

/// Says that properties have other values now. A connection that is lost is told by its next use.
inline void tell_changed(sdbus::IObject& object, const char* interface,
                         const std::vector<PropertyName>& changed) {
    try {
        object.emitPropertiesChangedSignal(InterfaceName(interface), changed);
    } catch (const sdbus::Error&) {
    }
}

/// One entry of what travels as a{sv}.
template <typename T>
[[nodiscard]] std::pair<const std::string, sdbus::Variant> told(const char* name, const T& value) {
    return {name, sdbus::Variant(value)};
}

}  // namespace nanotune::bus
