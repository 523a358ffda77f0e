// The packet header in C: what it says there must be what it says in C++.
#include "datapath/packet/packet.h"

int nt_test_ipv4(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end);
int nt_test_ipv4(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end) {
    struct nt_datagram datagram;
    return (int)nt_classify_ipv4(listen, 0, frame, end, &datagram);
}

int nt_test_ipv6(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end);
int nt_test_ipv6(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end) {
    struct nt_datagram datagram;
    return (int)nt_classify_ipv6(listen, 0, frame, end, &datagram);
}

int nt_test_tcp_ipv4(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end);
int nt_test_tcp_ipv4(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end) {
    struct nt_segment segment;
    return (int)nt_classify_tcp_ipv4(listen, 0, frame, end, &segment);
}

int nt_test_tcp_ipv6(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end);
int nt_test_tcp_ipv6(const struct nt_listen* listen, const nt_u8* frame, const nt_u8* end) {
    struct nt_segment segment;
    return (int)nt_classify_tcp_ipv6(listen, 0, frame, end, &segment);
}

int nt_test_order(const struct nt_settings* settings, const nt_u8* data, nt_u8* order);
int nt_test_order(const struct nt_settings* settings, const nt_u8* data, nt_u8* order) {
    struct nt_order_id id = {0, 0, 0, 0, 0};
    nt_store_order(nt_order_for(settings, data, &id), order);
    return nt_is_below_threshold(settings, data);
}
