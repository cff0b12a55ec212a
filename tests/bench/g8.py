"""G8: how late probes start, by the server's own kernel time stamps; and 200 targets at 1 s for a minute."""

import os
import subprocess
import sys
import time

from common import ROOT, WEBMON, background, delay_server, fleet, goal, percentile, table, title, truths

TARGETS, INTERVAL_S, ROUNDS = 10000, 10, 3


def lateness_ms(known, interval_s):
    """Start of each probe after its place on the target's own grid, whose origin is its earliest start; the first round
    is no part of the grid."""
    late = []
    for seen in known.values():
        starts = [arrival - k * interval_s for k, (arrival, _) in enumerate(seen)][1:]
        late += [1000 * (start - min(starts)) for start in starts]
    return late


def scheduled(targets, interval_s, seconds, precise):
    server, out = delay_server(1)
    with server:
        urls = [f"http://127.0.0.1:{server.port}/{i}" for i in range(targets)]
        config = fleet(urls, f"precise = {'yes' if precise else 'no'}", f"interval = {interval_s}s")
        with background([WEBMON, "watch", "--plain", "-c", config]):
            time.sleep(seconds)
    known = truths(out)
    asked = sum(map(len, known.values()))
    return lateness_ms(known, interval_s), len(known), asked


def minute():
    """The end-to-end test of the counts, held for a minute."""
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "e2e", "test_counts.py"), "agree", "on_time"], text=True,
                          env={**os.environ, "WEBMON_SOAK_S": "60", "WEBMON": WEBMON,
                               "PYTHONPATH": os.path.join(ROOT, "tests", "lib")}, capture_output=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith(("ok", "not ok", "# figure")):
            print("  " + line)
    if done.returncode:
        print(done.stdout[-3000:] + done.stderr[-1000:])


def run():
    title(f"G8  lateness of starts in ms, {TARGETS} targets every {INTERVAL_S} s, by the server's time stamps")
    rows, found = [], {}
    for precise in (True, False):
        late, reached, asked = scheduled(TARGETS, INTERVAL_S, ROUNDS * INTERVAL_S + 2, precise)
        found[precise] = percentile(late, 99)
        rows.append(["precise" if precise else "coalesced", str(reached), str(asked),
                     *(percentile(late, p) for p in (50, 99, 100))])
    table(["schedule", "targets", "probes", "p50", "p99", "max"], rows)
    tick_ms = min(INTERVAL_S * 1000 / 40, 250)
    goal("G8", found[True], 1, "p99 lateness, precise", " ms")
    goal("G8", found[False], tick_ms + 5, "p99 lateness, coalesced", " ms")
    title("    200 targets at 1 s for a minute: counts of server, ring and log, and lateness")
    minute()
