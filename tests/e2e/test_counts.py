"""Two hundred targets once a second: nobody is late, and server, ring, log and screen agree on every single probe.

Twenty seconds here; `make bench-g8` holds it for a minute.
"""

import collections
import csv
import io
import os
import re
import time
import unittest

import servers
import tap
from program import WEBMON, end, folder, run, running, snapshot, wait_for, write
from screen import Screen

TARGETS = 200
SECONDS = int(os.environ.get("WEBMON_SOAK_S", "20"))


class Fleet:
    """nginx with an access log of moments and targets, and the configuration that watches it."""

    def __init__(self, more=""):
        self.home = folder()
        os.chmod(self.home, 0o755)
        self.access = os.path.join(self.home, "access.log")
        # A location of its own logs: nginx() switches the log off above it.
        self.server = servers.nginx(
            f'location / {{ access_log {self.access} moments; return 200 "hello\\n"; }}',
            head="log_format moments '$msec $uri';")
        self.log = os.path.join(self.home, "webmon.log")
        self.text = (f"[webmon]\nlog = {self.log}\nlog_level = info\n{more}\n[defaults]\ninterval = 1s\n" + "".join(
            f"[target t{i:03}]\nurl = http://127.0.0.1:{self.server.port}/t{i:03}\n" for i in range(TARGETS)))

    def served(self):
        """Target: moments of its requests."""
        moments = collections.defaultdict(list)
        with open(self.access, encoding="ascii") as file:
            for line in file:
                at, uri = line.split()
                moments[uri[1:]].append(float(at))
        return moments

    def logged(self):
        """Target: lines at level INFO."""
        with open(self.log, encoding="utf-8") as file:
            return collections.Counter(m[1] for m in re.finditer(r"(?m)^\S+ INFO (t\d+) ", file.read()))


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p / 100 * len(values)))]


class Counts(unittest.TestCase):
    def test_ring_log_and_server_agree_exactly(self):
        rounds = max(3, SECONDS // 4)
        fleet = Fleet()
        with fleet.server:
            done = run("snapshot", "-f", "csv", "-n", str(rounds), "-c", write(fleet.text), timeout=60 + 2 * SECONDS)
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = list(csv.DictReader(io.StringIO("\n".join(
                line for line in done.stdout.splitlines() if not line.startswith("#")))))
            ring = collections.Counter(row["target"] for row in rows)
            wanted = {f"t{i:03}": rounds for i in range(TARGETS)}
            self.assertEqual(dict(ring), wanted, "the ring")
            self.assertEqual(dict(fleet.logged()), wanted, "the log")
        # nginx writes its line after the answer has left: all are there once it has ended.
        self.assertEqual({k: len(v) for k, v in fleet.served().items()}, wanted, "the server")

    def test_window_statistics_count_the_same(self):
        fleet = Fleet()
        with fleet.server:
            document, status = snapshot(fleet.text, "-n", "3", "-i", "200ms")
        self.assertEqual(status, 0)
        self.assertEqual({t["window"]["samples"] for t in document["targets"]}, {3})
        self.assertEqual(set(fleet.logged().values()), {3})
        self.assertEqual({len(v) for v in fleet.served().values()}, {3})

    def test_the_screen_counts_the_same(self):
        fleet = Fleet()
        with fleet.server, Screen(WEBMON, "-i", "200ms", "-c", write(fleet.text), size=(120, 40)) as screen:
            wait_for(lambda: os.path.exists(fleet.log) and fleet.logged()["t007"] >= 5, 20, "five probes in the log")
            screen.keys("P")
            screen.expect(f"{TARGETS} paused")
            screen.keys("/")
            screen.type("t007")
            screen.gone("t008")
            screen.keys("enter enter")
            screen.match(r"http://\S+/t007")
            # Probes that were under way when all was paused still come in.
            wait_for(lambda: (screen.pump(0.05), fleet.logged()["t007"] == len(fleet.served()["t007"]))[1], 5, "last line")
            screen.match(rf"\b{fleet.logged()['t007']} checks in 1 h")
            screen.keys("ctrl-c")
            self.assertEqual(screen.wait_end(), 0)
            self.assertEqual({k: len(v) for k, v in fleet.served().items()}, dict(fleet.logged()))

    def test_starts_are_on_time_as_the_server_sees_them(self):
        fleet = Fleet()
        with fleet.server:
            with running("watch", "--plain", "-c", write(fleet.text)) as webmon:
                begin = time.monotonic()
                wait_for(lambda: time.monotonic() - begin > SECONDS, SECONDS + 5, "passing of time")
                self.assertEqual(end(webmon), 0)
            served, logged = fleet.served(), fleet.logged()
        self.assertEqual(len(served), TARGETS)
        late, gaps = [], 0
        for name, moments in served.items():
            # Whatever is later than the earliest start of this target on its grid of one second; the first round
            # is no part of the grid, so that a person sees results early.
            grid = [at - k for k, at in enumerate(moments)][1:]
            late += [(at - min(grid)) * 1000 for at in grid]
            gaps += sum(1 for a, b in zip(moments, moments[1:]) if b - a > 1.5)
            # A probe under way at the end was served and never logged.
            self.assertIn(len(moments) - logged[name], (0, 1), name)
        self.assertEqual(gaps, 0, "rounds left out")
        tap.figure(f"{TARGETS} targets at 1 s for {SECONDS} s: lateness at the server p50 {percentile(late, 50):.1f}, "
                   f"p99 {percentile(late, 99):.1f}, max {max(late):.1f} ms (wanted: p99 below 50)")


tap.main()
