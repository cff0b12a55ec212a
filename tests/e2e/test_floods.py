"""Two hundred targets that flood at once: endless bodies, headers, trailers, interim answers and bombs of gzip. Memory stays
bounded, each gets its class, and keys are answered meanwhile."""

import collections
import gzip
import json
import os
import subprocess
import time
import unittest

import tap
from program import WEBMON, environment, folder, write
from raw import Raw, answer, chunk, head
from screen import Screen

TARGETS = 200
# Program, targets, and for each probe in flight the largest body and 64 KiB.
LIMIT_KIB = 12 * 1024 + TARGETS * (24 + 1024 + 64)


def endless(first, piece):
    def say(client, _request):
        client.settimeout(10)
        client.sendall(first)
        while True:
            client.sendall(piece)
    return say


CHUNKED = head("200 OK", "Transfer-Encoding: chunked")
BOMB = gzip.compress(b"\0" * (64 << 20), 9)
FLOODS = {
    "/body": endless(head("200 OK"), b"x" * 65536),
    "/chunks": endless(CHUNKED, chunk(b"x" * 65536)),
    "/headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-Flood: " + b"y" * 1000 + b"\r\n"),
    "/line": endless(b"HTTP/1.1 200 OK\r\nX-Flood: ", b"y" * 65536),
    "/interim": endless(b"", head("103 Early Hints", "Link: <a>") * 50),
    "/trailers": endless(CHUNKED + chunk(b"ok") + b"0\r\n", b"X-Flood: y\r\n" * 1000),
    "/bomb": answer(BOMB, "200 OK", "Content-Encoding: gzip"),
    "/bomb-twice": answer(gzip.compress(BOMB, 9), "200 OK", "Content-Encoding: gzip, gzip"),
    "/error": endless(head("500 Broken"), b"Traceback\n" * 5000),
    "/json": answer(b"[" + b"{}," * 300000 + b"1]"),
}


WANTED = {"error": "http_status too_large timeout_body", "json": "body_mismatch"}


def fleet(server, more=""):
    """Twenty targets of each flood. The whole body is wanted: nothing may be let go early."""
    lines = ["[webmon]\nper_host = 0\nconcurrency = 400\n[defaults]\ntimeout = 8s\ninterval = 1s\ndown_after = 1\ncompressed = yes\n"
             f"max_bytes = 1m\nexpect_body = ~ never\n{more}"]
    for i in range(TARGETS):
        path = list(FLOODS)[i % len(FLOODS)]
        rule = "expect_json = .a = 1" if path == "/json" else ""
        lines.append(f"[target {path[1:]}-{i}]\nurl = {server.url(path)}\n{rule}")
    return write("\n".join(lines) + "\n")


class Floods(unittest.TestCase):
    def test_memory_stays_bounded_and_each_has_its_class(self):
        with Raw(FLOODS) as server:
            config, where = fleet(server), folder()
            start = time.monotonic()
            with open(os.path.join(where, "out"), "w+b") as out:
                child = subprocess.Popen([WEBMON, "snapshot", "-f", "json", "-c", config], stdin=subprocess.DEVNULL, stdout=out,
                                         stderr=subprocess.STDOUT, env=environment(), cwd=where)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                out.seek(0)
                text = out.read().decode()
            seconds = time.monotonic() - start
        self.assertEqual(child.returncode, 2, text[-500:])
        rows = json.loads(text)["targets"]
        found = collections.Counter((row["name"].rsplit("-", 1)[0], row["class"]) for row in rows)
        self.assertEqual(len(rows), TARGETS)
        tap.figure(f"{TARGETS} floods at once: {usage.ru_maxrss / 1024:.0f} MiB at most, {seconds:.1f} s, "
                   f"{', '.join(sorted({cls for _, cls in found}))}")
        for (flood, cls), _ in found.items():
            self.assertIn(cls, WANTED.get(flood, "too_large timeout_body timeout_headers").split(), flood)
        if "build-" not in WEBMON:
            self.assertLess(usage.ru_maxrss, LIMIT_KIB)

    def test_keys_are_answered_meanwhile(self):
        with Raw(FLOODS) as server, Screen(WEBMON, "-c", fleet(server), size=(120, 40)) as screen:
            screen.match(r"DOWN +\S+-\d+|\d+ DOWN")
            slowest = 0.0
            for _ in range(5):
                start = time.monotonic()
                screen.keys("?")
                screen.expect("any key closes")
                slowest = max(slowest, time.monotonic() - start)
                screen.keys("esc")
                screen.gone("any key closes")
            with open(f"/proc/{screen.pid}/status", encoding="ascii") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
            tap.figure(f"keys answered within {1000 * slowest:.0f} ms under {TARGETS} floods, the dashboard took {peak / 1024:.0f} MiB")
            if "build-" not in WEBMON:
                self.assertLess(peak, LIMIT_KIB)
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)


tap.main()
