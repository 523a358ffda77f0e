"""A real endpoint of TCP, with sessions."""

import ctypes
import socket
import struct
import subprocess
import threading
import time

from market_data import order, tick
from worker import Case, PATIENCE, Worker, received


class Tcp(Case):
    """Sessions of a real endpoint."""

    def start(self, *words, **more):
        return self.worker("--listen", "127.0.0.1:8080", "--protocol", "tcp", "--backend", "tcp", "--enabled", "1", *words, **more)

    def session(self):
        session = socket.create_connection(("127.0.0.1", 8080), PATIENCE)
        session.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(session.close)
        return session

    def until(self, worker, name, value):
        deadline = time.monotonic() + PATIENCE
        while worker.report()[name] != str(value) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual((name, worker.report()[name]), (name, str(value)))

    def test_messages_are_found_however_segments_cut_them(self):
        worker = self.start()
        self.assertEqual(worker.report()["backend"], "tcp")
        session = self.session()
        data = b"".join(tick(9000 + number, number) for number in range(40))
        expected = b"".join(order(9000 + number, number) for number in range(40))
        for cut in (1, 5, 23, 24, 25, 47, 61, 500, len(data)):  # each byte's segment leaves by itself
            for at in range(0, len(data), cut):
                session.send(data[at:at + cut])
            self.assertEqual(received(session, len(expected)), expected)
        report = worker.until_received(360)
        self.assert_adds_up(report, 360)
        self.assertEqual(report["answered"], "360")

    def test_the_kernel_asks_whether_the_other_side_of_a_session_lives(self):
        worker, session = self.start(), self.session()
        self.until(worker, "connections active", 1)
        shown = subprocess.run(["ss", "--numeric", "--options", "--tcp", "state", "established", "sport", "8080"], check=True,
                               capture_output=True, text=True).stdout
        self.assertRegex(shown, r"127\.0\.0\.1:%d\s+timer:\(keepalive,(10sec|\dsec|(\d\.)?\d\d\dms)" % session.getsockname()[1])

    def test_one_whose_power_fails_keeps_no_place_either_with_an_order_on_its_way(self):
        worker, session = self.start(), self.session()
        drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF_RET: 0 bytes
        filter_of_one = struct.pack("HL", 1, ctypes.addressof(drop_all))
        session.setsockopt(socket.SOL_SOCKET, 26, filter_of_one)  # SO_ATTACH_FILTER: it hears, and acknowledges, nothing more
        session.send(tick())
        self.assertEqual(worker.until("answered", 1), 1)
        deadline = time.monotonic() + 2 * PATIENCE
        while worker.count("connections closed") == 0 and time.monotonic() < deadline:
            time.sleep(0.25)
        self.assertEqual((worker.count("connections closed"), worker.count("connections active")), (1, 0))

    def test_urgent_bytes_stay_in_their_messages(self):
        worker, session = self.start(), self.session()
        for at in (1, 12, 24):
            session.send(tick(9000)[:at], socket.MSG_OOB)  # the last of them is urgent
            session.send(tick(9000)[at:] + tick(9001))
            self.assertEqual(received(session, 82), order(9000) + order(9001))
        self.assertEqual(worker.until_received(6)["answered"], "6")

    def test_each_of_many_sessions_gets_its_own_orders(self):
        worker = self.start("--cpus", "0-1")
        sessions = [self.session() for _ in range(20)]
        for turn in range(3):
            for number, session in enumerate(sessions):
                session.send(tick(number, turn))
            for number, session in enumerate(sessions):
                self.assertEqual(received(session, 41), order(number, turn))
        report = worker.until_received(60)
        self.assert_adds_up(report, 60)
        self.assert_workers_add_up(report, 2)
        self.assertEqual((report["connections active"], report["connections opened"]), ("20", "20"))
        for session in sessions:
            session.close()
        self.until(worker, "connections active", 0)
        self.assertEqual(worker.report()["connections closed"], "20")

    def test_ipv6_has_sessions_too(self):
        self.worker("--listen", "[::1]:8080", "--protocol", "tcp", "--backend", "tcp", "--enabled", "1")
        with socket.create_connection(("::1", 8080), PATIENCE) as session:
            session.send(tick())
            self.assertEqual(received(session, 41), order())

    def test_there_is_room_for_as_many_sessions_as_are_asked_for(self):
        worker = self.start("--connections", "1200", prefix=("prlimit", "--nofile=1024:"))
        sessions = [self.session() for _ in range(1200)]
        sessions[0].send(tick(1))
        sessions[-1].send(tick(2))
        self.assertEqual(received(sessions[0], 41), order(1))
        self.assertEqual(received(sessions[-1], 41), order(2))
        self.assertEqual(worker.report()["connections active"], "1200")

    def test_what_is_left_of_a_session_that_ends_within_a_message_is_counted(self):
        worker = self.start()
        session = self.session()
        session.send(tick() + tick()[:10])
        self.assertEqual(received(session, 41), order())
        session.shutdown(socket.SHUT_WR)
        self.assertEqual(worker.until_received(2)["short payload"], "1")

    def test_sessions_are_limited_expired_and_dropped_and_each_is_counted(self):
        worker = self.start("--connections", "3", "--idle-timeout", "3")
        kept = self.session()
        others = [self.session() for _ in range(2)]
        stop = threading.Event()

        def go_on():
            while not stop.wait(0.1):
                kept.send(tick())

        going_on = threading.Thread(target=go_on)
        going_on.start()
        self.addCleanup(going_on.join)
        self.addCleanup(stop.set)
        self.until(worker, "connections active", 3)
        self.assertEqual(received(self.session(), 1), b"")
        self.until(worker, "connections refused", 1)
        self.until(worker, "connections expired", 2)
        for session in others:
            self.assertEqual(received(session, 1), b"")
        self.until(worker, "connections active", 1)

    @staticmethod
    def offer(deaf):
        """As many ticks as there is room for, of 10000."""
        deaf.setblocking(False)
        for _ in range(200):
            try:
                deaf.send(tick() * 50)
            except BlockingIOError:
                break

    def fill(self, worker, deaf):
        """Until there is no room for its orders any more, none of which it reads. The first order that finds none says little:
        the kernel gives a socket more room later, and takes what has waited."""
        deadline = time.monotonic() + PATIENCE
        while worker.count("transmit full") == 0 and time.monotonic() < deadline:
            self.offer(deaf)
        def counted():
            report = worker.report()
            return int(report["received"]), int(report["answered"])

        before, now = (0, 0), counted()
        while not (now[0] > before[0] and now[1] == before[1]) and time.monotonic() < deadline:
            before = now
            self.offer(deaf)
            time.sleep(0.25)
            now = counted()
        self.assertLess(time.monotonic(), deadline, "there is room for orders that nobody reads")

    @staticmethod
    def drained(deaf, orders):
        """All that it reads in the end, which is so many orders, however long their sender gets no CPU."""
        deaf.setblocking(True)
        deaf.settimeout(0.5)
        stream = b""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                more = deaf.recv(1 << 20)
                if not more:
                    break
                stream += more
            except TimeoutError:
                if len(stream) == 41 * orders():
                    break
        return stream

    @staticmethod
    def until_unsent(worker, attempt):
        """Until orders were lost that waited. Full is what was full just now: what wakes the kernel then (a probe of the
        window) may have it take all that waits, before it comes to the attempt."""
        deadline = time.monotonic() + PATIENCE
        while worker.count("orders unsent") == 0 and time.monotonic() < deadline:
            attempt()
        return worker.count("orders unsent")

    def test_orders_that_wait_for_a_session_do_not_leave_once_it_is_disarmed(self):
        worker, deaf = self.start(), self.session()

        def disarm():
            worker.tell("arm")
            self.fill(worker, deaf)
            worker.tell("disarm")
            worker.until_it_has_looked()

        self.assertGreater(self.until_unsent(worker, disarm), 0)
        def orders():
            report = worker.report()
            return int(report["answered"]) - int(report["orders unsent"])
        stream = self.drained(deaf, orders)
        self.assertEqual(stream, order() * orders())

    def test_orders_that_wait_for_a_session_when_it_breaks_are_counted(self):
        worker = self.start()

        def reset():
            deaf = self.session()
            self.fill(worker, deaf)
            self.assertEqual(worker.count("orders unsent"), 0)
            deaf.close()  # with orders unread: a reset
            self.until(worker, "connections active", 0)

        self.assertIn(self.until_unsent(worker, reset), range(1, 401))  # 16 KB of them

    def test_a_session_that_takes_nothing_loses_whole_orders_and_the_others_none(self):
        worker = self.start()
        deaf, other = self.session(), self.session()
        self.fill(worker, deaf)
        other.send(tick(5))
        self.assertEqual(received(other, 41), order(5))
        self.assertGreater(int(worker.report()["transmit full"]), 0)
        stream = self.drained(deaf, lambda: worker.count("answered") - 1)
        self.assertEqual(len(stream) % 41, 0)
        self.assertEqual(stream, order() * (len(stream) // 41))

    def test_what_would_stall_connections_or_has_none_is_refused(self):
        for backend, why in (("af_xdp", "would take the segments away .* stall them"), ("udp", "the backend is tcp"),
                             ("packet", "orders need a receiver"), ("xdp", "orders need a receiver")):
            with self.assertRaisesRegex(RuntimeError, "protocol tcp.*" + why):
                self.start("--backend", backend, "--interface", "lo")

    def test_a_port_that_is_taken_is_an_error_and_one_that_lingers_is_not(self):
        worker = self.start()
        with self.assertRaisesRegex(RuntimeError, "the TCP socket: Address already in use"):
            Worker(self.folder.name, "--listen", "127.0.0.1:8080", "--protocol", "tcp", "--backend", "tcp")
        session = self.session()
        session.send(tick())
        received(session, 41)
        worker.stop()
        self.start()
        again = self.session()
        again.send(tick())
        self.assertEqual(received(again, 41), order())
