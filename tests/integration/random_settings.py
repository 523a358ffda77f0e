"""What random_profiles.py draws profiles from.

Most can be had alone and beside all others. What cannot (offloads that need each other, threads of a
veth without GRO) has to be refused before anything is written.
"""

HOST = {
    '"net.ipv4.tcp_sack"': ["0", "1"],
    '"net.ipv4.tcp_fastopen"': ["0", "1", "3"],
    '"net.ipv4.tcp_rmem"': ['"4096 87380 6291456"', '"4096 65536 1048576"'],
    '"net.ipv4.tcp_wmem"': ['"4096 16384 4194304"', '"4096 8192 1048576"'],
    '"net.ipv4.ip_local_port_range"': ['"20000 30000"', '"32768 61000"'],
    '"net.ipv4.ip_local_reserved_ports"': ['"20001"', '"20001-20010"', '""'],
    '"net.ipv4.conf.default.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.conf.default.arp_ignore"': ["0", "1"],
    '"net.ipv4.conf.default.log_martians"': ["0", "1"],
    '"net.ipv4.conf.default.forwarding"': ["0", "1"],
    '"net.ipv4.conf.all.rp_filter"': ["0", "1"],
    '"net.ipv4.conf.order0.arp_ignore"': ["0", "1", "2"],
    '"net.ipv4.conf.order1.log_martians"': ["0", "1"],
    '"net.ipv4.conf.feed0.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.conf.order0.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.conf.feed0.forwarding"': ["0", "1"],
    '"net.ipv4.neigh.feed0.app_solicit"': ["0", "3", "7"],
    '"net.ipv4.neigh.order0.unres_qlen_bytes"': ["100000", "212992"],
    '"net.ipv6.conf.feed0.mtu"': ["1280", "1290"],
    '"net.ipv6.conf.order0.mtu"': ["1280", "1300"],
    '"net.ipv6.conf.default.hop_limit"': ["32", "64"],
    '"net.ipv6.conf.feed0.hop_limit"': ["32", "64"],
    '"net.core.somaxconn"': ["128", "4096"],
    '"net.core.rps_default_mask"': ['"0"', '"1"', '"3"'],
}
NIC = {
    "mtu": ["1300", "1400", "1500", "9000"],
    "txqueuelen": ["100", "500", "1000"],
    "channels.rx": ["1", "2"],
    "channels.tx": ["1", "2"],
    "features.gro": ["false", "true"],
    "features.gso": ["false", "true"],
    "features.tso": ["false", "true"],
    "features.tx": ["false", "true"],
    "features.rx": ["false", "true"],
    "features.sg": ["false", "true"],
    "features.rxvlan": ["false", "true"],
    "napi.defer_hard_irqs": ["0", "2", "10"],
    "napi.gro_flush_timeout": ["0", '"20us"'],
    "napi.threaded": ["false", "true"],
    "gso_max_size": ["20000", "65536"],
    "gso_max_segs": ["1000", "65535"],
    "gro_max_size": ["30000", "65536"],
    "gso_ipv4_max_size": ["25000", "65536"],
    "gro_ipv4_max_size": ["26000", "65536"],
    "rps.cpus": ['"0"', '"1"', '"0-1"', '"none"'],
    "rps.flow_cnt": ["0", "64", "256"],
    "xps.cpus": ['"0"', '"1"', '"0-1"'],
}
QUEUE = {
    "rps.cpus": ['"0"', '"1"', '"none"'],
    "rps.flow_cnt": ["0", "128"],
    "xps.cpus": ['"0"', '"1"'],
}


def section(draw, title, settings, share):
    lines = [
        f"{name} = {draw.choice(values)}"
        for name, values in settings.items()
        if draw.random() < share
    ]
    return "\n".join([title, *lines, ""]) if lines else ""


def profile(draw):
    text = section(draw, "[sysctl]", HOST, draw.choice([0.05, 0.2, 0.5]))
    for nic in ("feed0", "order0"):
        text += section(draw, f"[nic.{nic}]", NIC, draw.choice([0, 0.1, 0.3]))
        queues = draw.choice(["0", "1", "0-1"])
        text += section(draw, f'[nic.{nic}.queue."{queues}"]', QUEUE, draw.choice([0, 0, 0.4]))
    return text or '[sysctl]\n"net.ipv4.tcp_sack" = 0\n'


# Settings that somebody else changes, only where the profile in force has them otherwise than they
# were: the words of its line, those of a line that changes nothing, and what is run.
STRAYS = [
    ("txqueuelen", "txqueuelen = 1000", "ip link set {} txqueuelen 777"),
    ("mtu =", "mtu = 1500", "ip link set {} mtu 1444"),
    ("features.gso", "features.gso = true", "ethtool --features {} gso on"),
    (
        "napi.defer_hard_irqs",
        "napi.defer_hard_irqs = 0",
        "echo 3 >/sys/class/net/{}/napi_defer_hard_irqs",
    ),
]
