"""G7: how true the reported latency is, against a server that knows when the kernel had the request and when it answered."""

import contextlib
import csv
import io
import json
import re
import time
import urllib.parse

from common import (CLIENT_CORE, PYTHON, WEBMON, background, cost, delay_server, fleet, folder, goal, percentile, servers,
                    table, title, tool, truths, write)

DELAY_MS = 50
TARGETS = 1000      # at one a second: 1,000 probes/s
SECONDS = 8
HOG = "while True: pass"


def errors(reported, known):
    """Reported latency less the true one, in ms: path by path, in order."""
    found = []
    for path, values in reported.items():
        found += [value - truth for value, (_, truth) in zip(values, known.get(path, []))]
    return found


def logged_totals(log):
    """Path: total ms of each probe, out of the JSON log at level info."""
    reported = {}
    with open(log, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            if entry.get("event") == "check":
                reported.setdefault("/" + entry["target"][1:], []).append(entry["ms"]["total"])
    return reported


def webmon_scheduled():
    """1,000 probes/s spread over each second, as the dashboard makes them."""
    server, out = delay_server(DELAY_MS)
    log = f"{folder()}/webmon.log"
    with server:
        urls = [f"http://127.0.0.1:{server.port}/{i}" for i in range(TARGETS)]
        config = fleet(urls, f"log = {log}\nlog_level = info\nlog_format = json\nconcurrency = 1000", "interval = 1s")
        with background([WEBMON, "watch", "--plain", "-c", config]) as child:
            time.sleep(SECONDS)
            child.terminate()
            child.wait(10)
    return errors(logged_totals(log), truths(out))


def webmon_at_once(count=10000):
    """All at once, in a single tick: the naive monitor's schedule."""
    server, out = delay_server(DELAY_MS)
    with server:
        urls = [f"http://127.0.0.1:{server.port}/{i}" for i in range(count)]
        config = fleet(urls, f"concurrency = {count}", "interval = 10s")
        done = cost([WEBMON, "snapshot", "-f", "csv", "-c", config])
    rows = csv.DictReader(io.StringIO("\n".join(line for line in done.out.splitlines() if not line.startswith("#"))))
    reported = {}
    for row in rows:
        if row["error"] == "none":
            reported.setdefault("/" + row["target"][1:], []).append(float(row["total_ms"]))
    return errors(reported, truths(out))


def curl_parallel(at_once=50, count=1000):
    """Its time to the first byte: its total is up to 50 ms more where many end together."""
    server, out = delay_server(DELAY_MS)
    with server:
        config = write("".join(f'url = "http://127.0.0.1:{server.port}/{i}"\noutput = "/dev/null"\n' for i in range(count))
                       + 'header = "Connection: close"\nwrite-out = "%{url} %{time_starttransfer}\\n"\n', "curl.cfg")
        done = cost(["curl", "-q", "-s", "--no-progress-meter", "-Z", "--parallel-max", str(at_once), "-K", config])
    reported = {urllib.parse.urlparse(url).path: [1000 * float(total)] for url, total in
                re.findall(r"(?m)^(http\S+) ([\d.]+)$", done.out)}
    return errors(reported, truths(out))


def blackbox(rate=100, seconds=4):
    """probe_duration_seconds, asked at a fixed rate."""
    asked = servers.port()
    config = write("modules: {http_2xx: {prober: http, http: {preferred_ip_protocol: ip4}}}\n", "blackbox.yml")
    asker = write(ASKER, "asker.py")
    server, out = delay_server(DELAY_MS)
    with server, background(["prometheus-blackbox-exporter", f"--config.file={config}",
                             f"--web.listen-address=127.0.0.1:{asked}"], number=asked):
        done = cost([PYTHON, asker, str(asked), str(server.port), str(rate), str(seconds)], core=0)
    reported = {path: [1000 * float(seconds)] for path, seconds in re.findall(r"(?m)^(/\d+) (\S+)$", done.out)}
    return errors(reported, truths(out))


ASKER = '''
import concurrent.futures, re, sys, time, urllib.request
asked, port, rate, seconds = map(int, sys.argv[1:])
def ask(i):
    text = urllib.request.urlopen(f"http://127.0.0.1:{asked}/probe?module=http_2xx&target=http://127.0.0.1:{port}/{i}",
                                  timeout=10).read().decode()
    return i, re.search(r"(?m)^probe_duration_seconds (\\S+)", text)[1]
start, pending = time.monotonic(), []
with concurrent.futures.ThreadPoolExecutor(30) as pool:
    for i in range(rate * seconds):
        time.sleep(max(0, start + i / rate - time.monotonic()))
        pending.append(pool.submit(ask, i))
    for one in pending:
        print("/%d %s" % one.result())
'''


@contextlib.contextmanager
def hogs(count=2):
    """Programs that want the client's core for themselves."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(background([PYTHON, "-c", HOG], CLIENT_CORE))
        yield


def measure(rows, loaded):
    where = ", two CPU hogs beside" if loaded else ""
    with hogs() if loaded else contextlib.nullcontext():
        rows[f"webmon, {TARGETS}/s{where}"] = webmon_scheduled()
        if not loaded:
            rows["webmon, 10,000 at once"] = webmon_at_once()
        if tool("curl"):
            rows[f"curl -Z, 50 at a time{where}"] = curl_parallel()
        if tool("prometheus-blackbox-exporter"):
            rows[f"blackbox_exporter, 100/s{where}"] = blackbox()


def p99(rows, name):
    return next((percentile([abs(e) for e in seen], 99) for key, seen in rows.items() if key.startswith(name) and seen),
                float("nan"))


def run():
    title(f"G7  error of the reported latency in ms (server's truth: {DELAY_MS} ms after the kernel had the request)")
    quiet, loaded = {}, {}
    measure(quiet, False)
    measure(loaded, True)
    table(["client", "probes", "p50", "p90", "p99", "max"], [
        [name, str(len(seen)), *(percentile([abs(e) for e in seen], p) for p in (50, 90, 99, 100))]
        for name, seen in (*quiet.items(), *loaded.items())])
    own, busy = p99(quiet, f"webmon, {TARGETS}"), p99(loaded, f"webmon, {TARGETS}")
    goal("G7", own, 0.15, "p99 error at 1,000 probes/s", " ms")
    goal("G7", busy, 0.3, "p99 error with two hogs on the core", " ms")
    goal("G7", busy / p99(loaded, "blackbox"), 1 / 30, "the same over blackbox_exporter's", "x")
    goal("G7", busy / p99(loaded, "curl"), 1 / 30, "the same over curl -Z's", "x")
    goal("G7", p99(quiet, "webmon, 10,000"), 0.5, "p99 error of 10,000 started at once", " ms")
