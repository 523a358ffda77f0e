"""Packet sockets."""

from market_data import order, tick
from past_the_stack import PastTheStack
from veth import OverVeth


class PacketBackend(PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "packet", (), True

    def traces(self):
        with open("/proc/net/packet") as file:
            return len(file.readlines())

    def test_several_workers_share_a_device(self):
        worker = self.start("--enabled", "1", "--cpus", "0-1")
        for _ in range(20):
            client = self.client()
            for _ in range(2):
                client.sendto(tick(), ("10.9.0.1", 8080))
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(40)
        self.assert_adds_up(report, 40)
        self.assert_workers_add_up(report, 2)
