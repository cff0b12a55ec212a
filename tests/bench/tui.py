"""The dashboard's bytes, keys and costs, 50 targets every 5 s in a 120x40 terminal, beside programs of the trade."""

import json
import os
import re
import subprocess

from common import PYTHON, ROOT, WEBMON, environment, fleet, goal, servers, table, title, urls_of, web_server

METER = os.path.join(ROOT, "tests", "lab", "tui-meter")
TARGETS = 50
MANY = 1000
SECONDS = 15
# As measured in the same terminal: htop, btop, mtr, httping -K, goaccess, tig; and the goal.
BEAT = {
    "idle, bytes/s": ("2610", "7170", "28", "1740", "463", "0", 640),
    "the same deflated": ("448", "418", "14", "246", "91", "0", 150),
    "bytes a cursor key": ("370", "13 100", "210", "-", "950", "342", 340),
    "first full screen, ms": ("171", "36", "133", "12", "532", "94", 20),
    "key to first byte p50, ms": ("1.1", "6.3", "0.3", "-", "0.8", "0.3", 0.5),
    "key to first byte p95, ms": ("17", "13", "2.5", "-", "4.6", "2.6", 3),
    "idle CPU, %": ("0.6", "0.4", "0.03", "0.06", "0.15", "0", 0.2),
    "idle wake-ups/s": ("0.7", "100", "2.9", "1.6", "12", "0", 15),
    "RSS, MiB": ("4.2", "5.9", "10.5", "7.7", "6.2", "4.8", 12),
}


def meter(config, seconds=SECONDS):
    # The first screen counts when it stands, not when the last of the first results has come.
    done = subprocess.run([PYTHON, METER, "--warmup", "0.25", "--seconds", str(seconds), "--setup", "wait:3", "--latency-keys", "j k",
                           "--repeat", "40", "--env", "LANG=C.UTF-8", "--", WEBMON, "-c", config],
                          capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise AssertionError(f"tui-meter: {done.stderr[-1000:]}")
    return json.loads(done.stdout)


def figures(report):
    idle, keys = report["idle"], report["latency"]
    return {
        "idle, bytes/s": idle["bytes_per_s"]["mean"],
        "the same deflated": idle["deflated_bytes_per_s_mean"],
        "bytes a cursor key": keys["bytes_per_key"]["p50"],
        "first full screen, ms": report["startup"]["full_screen_ms"],
        "key to first byte p50, ms": keys["first_byte_ms"]["p50"],
        "key to first byte p95, ms": keys["first_byte_ms"]["p95"],
        "idle CPU, %": idle["cpu_percent"],
        "idle wake-ups/s": idle["wakeups_per_s"],
        "RSS, MiB": report["memory"]["rss_kib"] / 1024,
    }


def hanging(targets):
    """The same keys while every target hangs."""
    with servers.Hang(backlog=1024) as hang, servers.BlackHole() as hole:
        urls = [f"http://127.0.0.1:{(hang, hole)[i % 2].port}/{i}" for i in range(targets)]
        return figures(meter(fleet(urls, "", "interval = 5s\ntimeout = 60s\nconnect_timeout = 60s"), 5))


def run():
    title(f"TUI  {TARGETS} targets every 5 s, 120x40; peers as measured before")
    with web_server() as server:
        own = figures(meter(fleet(urls_of(server, TARGETS), "", "interval = 5s")))
        many = figures(meter(fleet(urls_of(server, MANY), "", "interval = 5s"), 8))
    hung, many_hung = hanging(TARGETS), hanging(MANY // 2)
    table(["", "webmon", "hanging", f"{MANY}", f"{MANY // 2} hanging", "goal", "htop", "btop", "mtr", "httping -K", "goaccess", "tig"], [
        [name, *(float(one[name]) for one in (own, hung, many, many_hung)), str(beat[-1]), *beat[:-1]]
        for name, beat in BEAT.items()])
    for name, beat in BEAT.items():
        goal("TUI", float(own[name]), beat[-1], re.sub(", ", " ", name))
    for name in ("key to first byte p50, ms", "key to first byte p95, ms"):
        goal("TUI", float(hung[name]), BEAT[name][-1], "while every target hangs, " + name)
    goal("TUI", float(many["key to first byte p95, ms"]), 3, f"{MANY} targets, key to first byte p95 ms")
    goal("TUI", float(many_hung["key to first byte p95, ms"]), 15, f"{MANY // 2} targets, all hanging, key to first byte p95 ms")
