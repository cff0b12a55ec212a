"""Rubbish from outside: changed at random and yet the same in each run, it ends nothing, hangs nothing and is told in words.

WEBMON_FUZZ is how many there are of each kind, WEBMON_SEED another course of them.
"""

import glob
import json
import os
import random
import re
import signal
import socket
import time
import unittest

import engines
import servers
import tap
from program import LAB, PATIENCE, ROOT, end, folder, run, running, wait_for

ROUNDS = int(os.environ.get("WEBMON_FUZZ", "40"))
SEED = int(os.environ.get("WEBMON_SEED", "1"))
SECONDS = 20 * PATIENCE
NUMBERS = [b"0", b"-1", b"1e999", b"nan", b"99999999999999999999", b"-9223372036854775808", b"4294967296", b"0x10", b"1.5.5"]
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

# Every kind of section and of value.
RICH = """[webmon]
log = here.log
keep = 1h
witness = 127.0.0.1:1, https://witness.example.com
[defaults]
interval = 5s
header = X-Common: ${HOME}
maintenance = Sun 02:00-04:00 Asia/Seoul
maintenance = 2026-12-24 22:00 .. 2026-12-25 06:00
[target a]
url = http://user:word@127.0.0.1:1/path?token=1
header = X-Own: $${HOME}
body = {"a": 1,
	"b": 2}
expect_status = 200-299, 304
expect_body = ~ "ok|well"
expect_header = Content-Type: ~ ^text/
expect_json = .nodes[0].role = "primary"
expect_json = len(.items) > 3
expect_ip = 127.0.0.0/8, ::1
resolve = 127.0.0.1:1:127.0.0.2
down_after = 3/5
slo = 99.9% / 30d
[target b]
url = tls://xn--bcher-kva.example:443
depends = a
tags = one, two
max_bytes = 64k
[view.1]
filter = :down group:shop
sort = -p95
columns = result, p95, history, for
[keys]
quit = F10
[alert pager]
on = down, up
webhook = http://127.0.0.1:1/
"""


def changed(data, random_, words=NUMBERS):
    """The same bytes with one to four changes."""
    data = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        lines = data.split(b"\n")
        place, line = random_.randrange(len(data) + 1), random_.randrange(len(lines))
        kind = random_.randrange(7)
        if kind == 0 and data:
            data[place % len(data)] ^= 1 << random_.randrange(8)
        elif kind == 1:
            data[place:place] = random_.randbytes(random_.randint(1, 8))
        elif kind == 2:
            del data[place:place + random_.randint(1, 200)]
        elif kind == 3:
            data[place:place] = data[place:place + 300] * random_.randint(1, 20)
        elif kind == 4:
            word = random_.choice(words)
            lines[line] = re.sub(rb"\b[\w.]{1,40}$", lambda _: word, bytes(lines[line]))
            data = bytearray(b"\n".join(lines))
        elif kind == 5:
            lines.insert(random_.randrange(len(lines)), lines[line])
            data = bytearray(b"\n".join(lines))
        else:
            lines[line] = lines[line][:len(lines[line]) // 2]
            data = bytearray(b"\n".join(lines))
    return bytes(data)


class Case(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(f"{SEED} {self.id()}")
        self.home = folder()

    def file(self, data, name):
        path = os.path.join(self.home, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def told(self, done, data, statuses):
        """It came to an end of its own, and what is wrong stands there in words that a terminal bears."""
        self.assertIn(done.returncode, statuses, (data[:3000], done.stderr[-3000:]))
        self.assertNotRegex(done.stderr, CONTROL, data[:3000])
        if done.returncode == 3:
            self.assertTrue(done.stderr.strip(), data[:3000])


class Files(Case):
    def test_configurations(self):
        seeds = [*contents(ROOT, "webmon.ini"), RICH.encode()]
        for _ in range(ROUNDS):
            data = changed(self.random.choice(seeds), self.random)
            self.told(run("check", "-c", self.file(data, "webmon.ini"), timeout=SECONDS), data, (0, 3))

    def test_themes(self):
        seeds = contents(ROOT, "themes", "*.ini")
        for _ in range(ROUNDS // 2):
            data = changed(self.random.choice(seeds), self.random)
            theme = self.file(data, "theme.ini")
            self.told(run("check", "-o", f"theme={theme}", "http://127.0.0.1:1/", timeout=SECONDS), data, (0, 3))

    def test_traces(self):
        seeds = contents(LAB, "traces", "*.csv")
        for _ in range(ROUNDS):
            data = changed(self.random.choice(seeds), self.random)
            done = run("replay", self.file(data, "trace.csv"), "-f", self.random.choice(["csv", "json"]), timeout=SECONDS)
            self.told(done, data, (0, 3))

    def test_earlier_snapshots(self):
        number = servers.refused_port()
        seed = run("snapshot", "-f", "json", "--evidence", f"http://127.0.0.1:{number}/").stdout.encode()
        for _ in range(ROUNDS // 2):
            data = changed(seed, self.random)
            done = run("snapshot", "--diff", self.file(data, "earlier.json"), f"http://127.0.0.1:{number}/", timeout=SECONDS)
            self.told(done, data, (2, 3))

    def test_what_is_no_file_has_an_end(self):
        fifo = os.path.join(self.home, "fifo")
        os.mkfifo(fifo)
        for path in ("/dev/zero", "/dev/full", "/dev/null", self.home):
            for arguments in (["check", "-c", path], ["replay", path], ["snapshot", "--from", path],
                              ["check", "-o", f"bearer=@{path}", "http://127.0.0.1:1/"],
                              ["record", "--history", path, "http://127.0.0.1:1/"],
                              ["snapshot", "--diff", path, "http://127.0.0.1:1/"]):
                with self.subTest(arguments):
                    self.told(run(*arguments, timeout=SECONDS), b"", (3,))
        self.told(run("snapshot", "-c", fifo, timeout=SECONDS), b"", (3,))
        for mode in (["check", "-c", fifo], ["replay", fifo]):
            with running(*mode) as child:
                writer = wait_for(lambda: opened(fifo), 10, "reader of the pipe")
                self.assertEqual(end(child), -signal.SIGTERM)
                os.close(writer)


def contents(*pattern):
    """The beginnings of these files."""
    found = []
    for path in sorted(glob.glob(os.path.join(*pattern))):
        with open(path, "rb") as file:
            found.append(file.read(20000))
    return found


def opened(fifo):
    """A pipe's other end once somebody reads it."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


class Histories(Case):
    """One that was recorded, damaged at random: what is left of it is shown or refused, and a recorder writes or says why not."""

    def setUp(self):
        super().setUp()
        self.bad = servers.refused_port()
        self.recorded = os.path.join(self.home, "recorded")
        self.ini = self.file(f"[defaults]\ninterval = 200ms\n[target a]\nurl = http://127.0.0.1:{self.bad}/\n"
                             f"slo = 99% / 1d\n[target b]\nurl = http://127.0.0.1:{self.bad}/b\n"
                             f"[alert x]\nwebhook = http://127.0.0.1:{self.bad}/\ngather = 0\ngap = 0\n".encode(), "webmon.ini")
        with running("record", "-c", self.ini, "--history", self.recorded) as child:
            wait_for(lambda: os.path.exists(self.recorded + ".alerts"), 20, "memory of what was told")
            wait_for(lambda: b'"samples": 5' in run("snapshot", "-f", "json", "--from", self.recorded).stdout.encode(), 20, "5 samples")
            self.assertEqual(end(child), 0)

    def damaged(self):
        with open(self.recorded, "rb") as file:
            data = bytearray(file.read())
        used = [i for i in range(0, len(data), 64) if any(data[i:i + 64])]
        for _ in range(self.random.choice([1, 10, 1000])):
            place = self.random.choice(used) if self.random.random() < 0.9 else self.random.randrange(len(data) - 64)
            if self.random.random() < 0.3:
                place = self.random.choice(used[:64])
            place += self.random.randrange(64)
            data[place] = self.random.choice([0, 1, 0x7f, 0x80, 0xff, data[place] ^ 1 << self.random.randrange(8)])
        if self.random.random() < 0.1:
            del data[self.random.randrange(len(data)):]
        return self.file(data, "damaged")

    def test_they_are_read_or_refused(self):
        for _ in range(ROUNDS):
            path = self.damaged()
            for form in ("json", "table", "openmetrics"):
                done = run("snapshot", "--evidence", "--from", path, "-f", form, timeout=SECONDS)
                self.told(done, b"", (0, 1, 2, 3))
                self.assertNotRegex(done.stdout, CONTROL)
                if form == "json" and done.stdout:
                    json.loads(done.stdout)

    def test_they_are_gone_on_with_or_refused(self):
        for _ in range(max(1, ROUNDS // 8)):
            path = self.damaged()
            with open(self.recorded + ".alerts", "rb") as file:
                told = self.file(changed(file.read(), self.random), "damaged.alerts")
            with running("record", "-c", self.ini, "--history", path) as child:
                wait_for(lambda: child.poll() is not None or os.path.exists(path + ".sock"), 20, "start or refusal")
                status = child.poll() if child.poll() is not None else end(child)
                self.assertIn(status, (0, 3), child.stdout.read())
            os.remove(told)


class Served(Case):
    """What a recorder serves: rubbish does not end it, does not stop it, and does not keep others waiting."""

    def setUp(self):
        super().setUp()
        self.history = os.path.join(self.home, "history")
        self.metrics = servers.port()
        self.recorder = running("record", "-i", "200ms", "--history", self.history, "--metrics", f"127.0.0.1:{self.metrics}",
                                f"http://127.0.0.1:{servers.refused_port()}/")
        self.child = self.recorder.__enter__()
        self.addCleanup(self.recorder.__exit__, None, None, None)
        wait_for(lambda: os.path.exists(self.history + ".sock") and b"200 OK" in self.page(), 20, "recorder that serves")

    def page(self, request=b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", seconds=SECONDS):
        """The answer; nothing where the server had enough and broke off, or waits for more for longer than we do."""
        try:
            with socket.create_connection(("127.0.0.1", self.metrics), timeout=seconds) as client:
                client.sendall(request)
                client.shutdown(socket.SHUT_WR)
                return all_of(client)
        except OSError:
            return b""

    def asked(self, request):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(self.history + ".sock")
            try:
                client.sendall(request)
                client.shutdown(socket.SHUT_WR)
                return all_of(client)
            except ConnectionError:
                return b""

    def test_requests_to_the_control_socket(self):
        seeds = [b"check *\n", b"pause 0123456789abcdef\n", b"ack 0123456789abcdef some words\n", b"resume *\n", b"\n", b" \n", b"*" * 300]
        for _ in range(ROUNDS):
            self.assertRegex(self.asked(changed(self.random.choice(seeds), self.random)), rb"\A(|(ok|no) [ -~]+\n)\Z")
        self.assertEqual(self.asked(b"check *\n"), b"ok checking all targets now\n")
        self.assertIsNone(self.child.poll())

    def test_requests_to_the_metrics(self):
        seeds = [b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n",
                 b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
                 b"GET /-/ready HTTP/1.0\r\nX: " + b"y" * 20000 + b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00"]
        for _ in range(ROUNDS // 2):
            answer = self.page(changed(self.random.choice(seeds), self.random), 0.3)
            self.assertRegex(answer, rb"\A(\Z|HTTP/1\.[01] [2-5]\d\d )")
        wait_for(lambda: b"200 OK" in self.page(), 90, "page once those that say nothing are gone")
        self.assertIsNone(self.child.poll())

    def test_who_says_half_of_it_keeps_nobody_else_waiting(self):
        held = []
        try:
            for _ in range(36):
                client = socket.create_connection(("127.0.0.1", self.metrics), timeout=SECONDS)
                held.append(client)
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX")
            slow = [socket.socket(socket.AF_UNIX) for _ in range(8)]
            held += slow
            for client in slow:
                client.connect(self.history + ".sock")
                client.sendall(b"che")
            before = self.probes()
            wait_for(lambda: self.probes() > before + 3, 30, "checks that go on")
            wait_for(lambda: self.asked(b"check *\n") == b"ok checking all targets now\n", 30, "answer once those that say nothing are gone")
            wait_for(lambda: b"200 OK" in self.page(), 90, "page once those that say nothing are gone")
        finally:
            for client in held:
                client.close()

    def probes(self):
        document = json.loads(run("snapshot", "--from", self.history, "-f", "json").stdout)
        return document["targets"][0]["window"]["samples"]


def all_of(client):
    data = b""
    while part := client.recv(65536):
        data += part
    return data


class Engines(Case):
    def test_answers_of_a_source(self):
        now = int(time.time())

        def series(name, *values, **labels):
            return {"metric": {"__name__": name, "target": "shop", "instance": "http://shop/", "job": "webmon", **labels},
                    "values": [[now - 10 + 2 * i, value] for i, value in enumerate(values)]}
        seed = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [
            series("probe_success", "1", "0", "1"), series("probe_duration_seconds", "0.1", "NaN", "0.2"),
            series("probe_http_status_code", "200", "503", "200"), series("webmon_state", "1", "3", "2"),
            series("probe_http_duration_seconds", "0.1", "0.1", "0.1", phase="processing"),
            series("webmon_load_level", "0", "1", "2"), series("webmon_load_cause", "1", "1", "1", cause="server"),
            series("probe_success", "1", target="", instance="http://other/", job="blackbox")]}}).encode()
        words = [*NUMBERS, b'"+Inf"', b"null", b"[]", b"{}", b'"\\u0000"']

        def answer(handler, _path, query):
            if query.get("query") == "time()":
                text = f'{{"status":"success","data":{{"resultType":"scalar","result":[{now},"1"]}}}}'
                engines.reply(handler, text if self.random.random() < 0.9 else changed(text.encode(), self.random, words))
            else:
                self.said = self.twisted(seed, words)
                engines.reply(handler, self.said)
        with engines.Web(answer) as engine:
            for _ in range(ROUNDS):
                done = run("snapshot", "--source", f"prometheus={engine.url}", "-f", "json", timeout=SECONDS)
                self.told(done, self.said, (0, 1, 2, 3))
                if done.stdout:
                    json.loads(done.stdout)

    def twisted(self, seed, words):
        """Half of them are still JSON: other values, which get further."""
        if self.random.random() < 0.5:
            return changed(seed, self.random, words)
        places = list(re.finditer(rb'"[^"]*"|\d+', seed))
        for match in sorted(self.random.sample(places, self.random.randint(1, 4)), key=lambda m: -m.start()):
            seed = seed[:match.start()] + self.random.choice([*words, b'"x"', b'"1e308"', b'"-1"', b"1e18"]) + seed[match.end():]
        return seed


tap.main()
