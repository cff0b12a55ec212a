"""Figures of a fleet: what a recorder, its metrics and a dashboard over an engine cost, for webmon-fleet(7)."""

import json
import os
import re
import time
import urllib.request

import engines
import servers
from common import WEBMON, background, cost, cpu_of, fleet, rss_of, table, title, urls_of, wait_for, wait_requests, web_server
from program import folder

TARGETS = 1000
SECONDS = 15


def metrics_page(number):
    """(bytes, series, seconds) of one scrape."""
    start = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{number}/metrics", timeout=30) as reply:
        page = reply.read()
    return len(page), len(re.findall(rb"(?m)^[a-z]", page)), time.monotonic() - start


def recorder(server):
    """A recorder at 1,000 probes a second, scraped once a second."""
    number, history = servers.port(), os.path.join(folder(), "history")
    config = fleet(urls_of(server, TARGETS), f"keep = 24h\nmetrics = 127.0.0.1:{number}", "interval = 1s")
    with background([WEBMON, "record", "-c", config, "--history", history], number=number) as child:
        wait_requests(server, 5 * TARGETS, 30)  # the first rounds, with their look-ups and evidence
        page = metrics_page(number)
        before, start = cpu_of(child.pid), time.monotonic()
        time.sleep(SECONDS)
        spent, passed = cpu_of(child.pid) - before, time.monotonic() - start
        before, start = cpu_of(child.pid), time.monotonic()
        for _ in range(5):
            page = metrics_page(number)
            time.sleep(1)
        probing = spent / passed * (time.monotonic() - start)
        scrape = (cpu_of(child.pid) - before - probing) / 5
        rss = rss_of(child.pid)
    probe_us = 1e6 * spent / (TARGETS * passed)
    table(["recorder of 1,000 targets at 1 s", "figure"], [
        ["CPU a probe, us, plain HTTP, fresh connections", probe_us], ["probes/s that a core carries", 1e6 / probe_us],
        ["series a target", page[1] / TARGETS], ["bytes of a scrape, kB", page[0] / 1000], ["CPU of a scrape, ms", 1000 * scrape],
        ["memory, MiB", rss / 1024], ["history file, 24 h raw at 1 s kept, MB", os.path.getsize(history) / 1e6]])


def size(server, interval):
    config = fleet(urls_of(server, TARGETS), "keep = 24h\nhistory = h", f"interval = {interval}")
    done = cost([WEBMON, "check", "-c", config])
    return re.search(r"history: \S+ takes ([\d.,]+ \w+)", done.out)


def dashboard(server):
    """A dashboard over Prometheus that scrapes a recorder of these targets."""
    number = servers.port()
    config = fleet(urls_of(server, TARGETS), f"metrics = 127.0.0.1:{number}", "interval = 5s")
    with background([WEBMON, "record", "-c", config], number=number), \
            engines.prometheus(engines.scraping("webmon", number), interval="5s") as engine:
        engine.wait_series("count_over_time(probe_success[5m]) >= 8", TARGETS, 120)
        stored = engine.query("prometheus_tsdb_head_series")
        looked = cost([WEBMON, "snapshot", "-q", "--source", f"prometheus={engine.url}"])
        with background([WEBMON, "--plain", "--source", f"prometheus={engine.url}"]) as child:
            wait_for(lambda: cpu_of(child.pid) > looked.cpu_s / 2, 30, "first look")
            before, start = cpu_of(child.pid), time.monotonic()
            time.sleep(SECONDS)
            spent, passed = cpu_of(child.pid) - before, time.monotonic() - start
            rss = rss_of(child.pid)
        status = json.loads(servers.fetch(engine.url + "/api/v1/status/tsdb"))["data"]["headStats"]
        engine_rss = rss_of(engine.process.pid)
    table(["dashboard over Prometheus, 1,000 targets", "figure"], [
        ["from exec to the whole picture with history, s", looked.wall_s], ["of it own CPU, s", looked.cpu_s],
        ["CPU of a look each 5 s, ms", 5000 * spent / passed], ["queries a look", 3], ["memory, MiB", rss / 1024],
        ["series in Prometheus", status["numSeries"]], ["memory of Prometheus, MiB", engine_rss / 1024]])
    return stored


def run():
    title("Fleet  what recorders, metrics and a dashboard over an engine cost")
    with web_server() as server:
        recorder(server)
        for interval in ("5s", "10s", "60s"):
            found = size(server, interval)
            print(f"  history file of 1,000 targets, 24 h raw at {interval}: {found[1] if found else 'unknown'}")
        if engines.PROMETHEUS:
            dashboard(server)
