"""How true each phase is, against a server whose delays are known: look-up, TCP handshake, TLS handshake, first byte, and a
body in pieces; the error of `curl -w` beside it.

The server writes down by the clock that client and server share when it got and gave what. With root's rights it all runs in
a network of its own, where look-ups go to a name server that waits and connections through a wire that delays each packet
by 10 ms; without them look-up and connect are left out.
"""

import contextlib
import fcntl
import heapq
import json
import os
import re
import select
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

from common import WEBMON, cost, folder, goal, percentile, servers, table, title, tool, write

ROUNDS = 40
ACCEPT_S, TLS_S, FIRST_S, DRIP_S, PIECES, LOOKUP_S, WIRE_S = 0.010, 0.020, 0.030, 0.005, 5, 0.025, 0.010
INSIDE = "WEBMON_PHASES_INSIDE"
LOCAL, REMOTE = "10.9.0.1", "10.9.0.2"
PHASES = ("dns", "connect", "tls", "wait", "transfer")


def wait_until(moment):
    """A sleep that ends on time: the last of it is spun."""
    time.sleep(max(0, moment - time.monotonic() - 0.0005))
    while time.monotonic() < moment:
        pass


class Known:
    """Serves one connection after the other with its delays, and keeps what each phase really took, in ms."""

    def __init__(self, address="127.0.0.1", context=None):
        self.context, self.truths = context, []
        self.listener = socket.create_server((address, servers.port()), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                select.select([self.listener], [], [])
                self.answer(time.monotonic())
            except (OSError, ValueError):
                if self.listener.fileno() < 0:
                    return

    def answer(self, came):
        wait_until(came + ACCEPT_S)
        client, _ = self.listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        truth, ready = {}, came
        if self.context:
            wait_until(came + ACCEPT_S + TLS_S)
            client = self.context.wrap_socket(client, server_side=True)
            ready = time.monotonic()
            truth["tls"] = ready - came
        with client:
            while b"\r\n\r\n" not in client.recv(65536):
                pass
            wait_until(time.monotonic() + FIRST_S)
            first = time.monotonic()
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % PIECES)
            for i in range(PIECES):
                wait_until(first + (i + 1) * DRIP_S)
                last = time.monotonic()
                client.sendall(b"x")
        truth |= {"wait": first - ready, "transfer": last - first}
        self.truths.append({phase: 1000 * seconds for phase, seconds in truth.items()})

    def close(self):
        self.listener.close()


class NameServer:
    """Any name is LOCAL's, LOOKUP_S later; keeps what each look-up took from its first question to its last answer."""

    def __init__(self):
        self.asked, self.answered = {}, {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        owed = []
        while True:
            wait = max(0, owed[0][0] - time.monotonic() - 0.0005) if owed else 1
            if select.select([self.socket], [], [], wait)[0]:
                data, client = self.socket.recvfrom(2048)
                now = time.monotonic()
                name = data[13:13 + data[12]].decode()
                self.asked.setdefault(name, now)
                heapq.heappush(owed, (now + LOOKUP_S, len(self.asked), data, client, name))
            while owed and owed[0][0] - time.monotonic() < 0.0005:
                due, _, data, client, name = heapq.heappop(owed)
                wait_until(due)
                self.answered[name] = time.monotonic()
                self.socket.sendto(self.reply(data), client)

    @staticmethod
    def reply(data):
        end = data.index(b"\0", 12) + 5
        is_a = data[end - 4:end - 2] == b"\0\1"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton("127.0.0.1") if is_a else b""
        return data[:2] + b"\x85\x80\0\1" + struct.pack(">HHH", 1 if is_a else 0, 0, 0) + data[12:end] + record

    def took(self, name):
        return 1000 * (self.answered[name] - self.asked[name])


class Wire:
    """Packets to REMOTE come back to LOCAL as from there, WIRE_S later; keeps what each TCP handshake took. Sums of a header
    do not change when its addresses change places."""

    def __init__(self):
        self.descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.descriptor, 0x400454ca, struct.pack("16sH22x", b"delay0", 0x1001))
        subprocess.run(f"ip link set lo up && ip addr add {LOCAL}/24 dev delay0 && ip link set delay0 up && "
                       "sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.delay0.rp_filter=0 "
                       "net.ipv4.conf.delay0.accept_local=1", shell=True, check=True)
        self.began, self.took = {}, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        owed, number = [], 0
        while True:
            wait = max(0, owed[0][0] - time.monotonic() - 0.0005) if owed else 1
            if select.select([self.descriptor], [], [], wait)[0]:
                packet, now = os.read(self.descriptor, 65536), time.monotonic()
                if packet[0] >> 4 == 4 and packet[9] == 6:
                    number += 1
                    heapq.heappush(owed, (now + WIRE_S, number, packet))
                    if packet[33] & 0x12 == 2:
                        self.began[packet[20:22]] = now
            while owed and owed[0][0] - time.monotonic() < 0.0005:
                due, _, packet = heapq.heappop(owed)
                wait_until(due)
                if packet[33] & 0x12 == 0x12 and packet[22:24] in self.began:
                    self.took.append(1000 * (time.monotonic() - self.began.pop(packet[22:24])))
                os.write(self.descriptor, packet[:12] + packet[16:20] + packet[12:16] + packet[20:])


def webmon(url, rounds, more=""):
    """The phases of so many checks, one after the other, as the log has them."""
    log = f"{folder()}/log"
    config = write(f"[webmon]\nlog = {log}\nlog_level = info\nlog_format = json\n[defaults]\nverify = no\n{more}\n"
                   f"[target t]\nurl = {url}\n")
    cost([WEBMON, "snapshot", "-n", str(rounds), "-i", "200ms", "-c", config])
    with open(log, encoding="utf-8") as file:
        return [entry["ms"] for entry in map(json.loads, file) if entry["event"] == "check" and entry["class"] == "ok"]


def curl(url, rounds):
    form = "%{time_namelookup} %{time_connect} %{time_appconnect} %{time_pretransfer} %{time_starttransfer} %{time_total}"
    found = []
    for _ in range(rounds):
        done = cost(["curl", "-q", "-sk", "--http1.1", "-o", "/dev/null", "-w", form, url])
        name, connect, tls, ready, first, total = (1000 * float(value) for value in done.out.split())
        found.append({"dns": name, "connect": connect - name, "tls": tls - connect if tls else None, "wait": first - ready,
                      "transfer": total - first})
    return found


class Figures:
    """Errors by client and phase, in ms."""

    def __init__(self):
        self.truth, self.errors = {}, {}

    def take(self, client, truths, found):
        for truth, ms in zip(truths, found):
            for phase, known in truth.items():
                if ms.get(phase) is not None:
                    self.truth.setdefault(phase, []).append(known)
                    self.errors.setdefault((client, phase), []).append(abs(ms[phase] - known))

    def median(self, client, phase):
        seen = self.errors.get((client, phase))
        return percentile(seen, 50) if seen else float("nan")


def measure_server(figures, context):
    for client, ask in (("webmon", webmon), ("curl", curl)):
        if client == "curl" and not tool("curl"):
            continue
        server = Known(context=context)
        found = ask(f"http{'s' if context else ''}://127.0.0.1:{server.port}/", ROUNDS)
        figures.take(client, server.truths, found)
        server.close()


def measure_lookups(figures):
    """A name for each: answers are kept for a while."""
    names = NameServer()
    server = Known()
    for client, ask in (("webmon", webmon), ("curl", curl)):
        for i in range(ROUNDS // 4):
            name = f"{client}{i}"
            found = ask(f"http://{name}.test:{server.port}/", 1)
            figures.take(client, [{"dns": names.took(name)}], found)
    server.close()


def measure_wire(figures):
    wire, server = Wire(), Known(LOCAL)
    for client, ask in (("webmon", webmon), ("curl", curl)):
        wire.took.clear()
        found = ask(f"http://{REMOTE}:{server.port}/", ROUNDS // 2)
        figures.take(client, [{"connect": took} for took in wire.took], found)
    server.close()


def inside():
    """All of it, where the network is our own."""
    figures = Figures()
    path, key = servers.Authority().certificate("phases")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    if os.environ.get(INSIDE):
        measure_wire(figures)
        measure_lookups(figures)
    measure_server(figures, None)
    measure_server(figures, context)
    return figures


def own_network():
    """The words before a command that give it a network and a resolver of its own; None without the right to."""
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        return None
    resolver, order = write("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n", "resolv.conf"), write("hosts: files dns\n", "nsswitch")
    script = ('mount --bind "$0" /etc/resolv.conf && mount --bind "$1" /etc/nsswitch.conf && ip link set lo up && shift && '
              'exec "$@"')
    before = ["unshare", "-nm", "sh", "-c", script, resolver, order]
    with contextlib.suppress(OSError):
        if subprocess.run([*before, "true"], capture_output=True).returncode == 0:
            return before
    return None


def run():
    title("Phases  error against known delays in ms, each check by itself")
    before = own_network()
    if before and not os.environ.get(INSIDE):
        done = subprocess.run([*before, sys.executable, __file__], env={**os.environ, INSIDE: "1"}, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(done.stderr[-800:])
        rows = json.loads(done.stdout.splitlines()[-1])
    else:
        print("  without root's rights: look-up and connect are left out")
        rows = rows_of(inside())
    table(["phase", "truth", "webmon p50", "p90", "curl -w p50", "p90", "checks"], rows)
    goal("P5", max((row[2] for row in rows if row[2] == row[2]), default=float("nan")), 1.0,
         "median error of the worst phase", " ms")


def rows_of(figures):
    rows = []
    for phase in PHASES:
        seen = {client: figures.errors.get((client, phase), []) for client in ("webmon", "curl")}
        rows.append([phase, percentile(figures.truth[phase], 50) if phase in figures.truth else float("nan"),
                     *(percentile(seen[client], p) if seen[client] else float("nan") for client in seen for p in (50, 90)),
                     str(len(seen["webmon"]))])
    return rows


if __name__ == "__main__":
    print(json.dumps(rows_of(inside())))
