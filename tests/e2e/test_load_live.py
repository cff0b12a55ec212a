"""Load, live: Flask applications under gunicorn, probed every second, while wrk asks too much of them: seen before the
first time-out, by its name, and over soon after. Then a full listen queue, a slow resolver, and webmon itself without CPU.

All of them first have a quiet minute without an alarm (WEBMON_QUIET_MINUTES=10 for more of them), in which webmon learns
what is usual.
"""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

import nameserver
import servers
import tap
from program import PATIENCE, WEBMON, by_name, environment, folder, run, running, wait_for, write

QUIET_S = 60 * float(os.environ.get("WEBMON_QUIET_MINUTES", "1"))
STEPS = (1, 2, 4, 8, 24)  # connections of wrk, one step after the other
STEP_S = 4

APP = '''
import time
from flask import Flask

app = Flask(__name__)


@app.route("/")
def work():
    time.sleep(0.03)
    return "done"
'''


def application(workers, backlog):
    """A Flask application under gunicorn, on every address of this machine."""
    number, home = servers.port(), folder()
    write(APP, "work.py", home)
    command = [servers.PYTHON, "-m", "gunicorn", "--chdir", home, "-w", str(workers), "-k", "sync", "--backlog", str(backlog),
               "-b", f"0.0.0.0:{number}", "work:app"]
    return servers.Child(command, number)


def wrk(connections, seconds, number):
    return subprocess.Popen(servers.bound(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
                                           f"http://127.0.0.1:{number}/"]),
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Resolver:
    """A name server that knows every name, and takes its time when told to."""

    def __init__(self):
        number = servers.port()
        self.address = f"127.1.{number >> 8}.{number & 255}"
        self.delay_s = 0.0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, client = self.socket.recvfrom(512)
            except OSError:
                return
            threading.Timer(self.delay_s, self.answer, (query, client)).start()

    def answer(self, query, client):
        end = query.index(b"\0", 12) + 5
        is_a = query[end - 4:end - 2] == b"\0\1"
        head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if is_a else 0, 0, 0)
        record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton("127.0.0.3") if is_a else b""
        try:
            self.socket.sendto(head + query[12:end] + record, client)
        except OSError:
            pass


class Told:
    """What a program prints, line by line."""

    def __init__(self, stream):
        self.lines = []
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            self.lines.append(line.decode(errors="replace").rstrip())

    def find(self, pattern, after=0):
        return next((line for line in self.lines[after:] if re.search(pattern, line)), None)

    def is_calm(self):
        """No target's last word is of a load."""
        found = [match.groups() for match in map(re.compile(r" (LOAD|CALM) (\S+) ").search, self.lines) if match]
        return "LOAD" not in {name: word for word, name in found}.values()

    def wait(self, pattern, seconds, after=0):
        return wait_for(lambda: self.find(pattern, after), seconds, lambda: f"{pattern!r} after line {after} of {self.lines}")


def quiet(*several):
    """Nobody is told of anything while there is nothing to tell. Where other programs keep this machine busy there may be."""
    begin, busy = time.monotonic(), 0.0
    while time.monotonic() < begin + QUIET_S:
        busy = max(busy, os.getloadavg()[0] / len(os.sched_getaffinity(0)))
        time.sleep(0.1)
    lines = [line for told in several for line in told.lines if "this host" not in line]
    if busy > 1:
        tap.figure(f"in {QUIET_S:.0f} s of calm on a machine that was busy ({busy:.1f} a processor): {len(lines)} lines")
    else:
        assert not lines, lines


@unittest.skipUnless(shutil.which("wrk") and shutil.which("gunicorn"), "no wrk, or no gunicorn")
class Live(unittest.TestCase):
    def calm(self, told, name, after):
        """The end of a load: its line, and how long after the end of wrk it came, as a figure."""
        begin = time.monotonic()
        line = told.wait(rf" CALM {name} ", 40, after)
        tap.figure(f"{name} calm {time.monotonic() - begin:.1f} s after the end of its load")
        self.assertRegex(line, r"checks under load: (elevated|saturated), ")

    def begin(self, told):
        """Where a load's lines begin. None may be open: that a target is loaded is told once."""
        wait_for(told.is_calm, 120, lambda: f"calm in {told.lines}")
        return len(told.lines)

    def busy(self, told, app):
        after = self.begin(told)
        for connections in STEPS:
            load = wrk(connections, STEP_S, app.port)
            load.wait()
        self.assertTrue(told.find(" LOAD busy ", after) or told.wait(" LOAD busy ", 10 * PATIENCE, after))
        self.assertRegex(told.find(" LOAD busy ", after),
                         r"(elevated|saturated): server busy: server time [\d.]+ m?s, usual [\d.]+ ms, [\d.]+×")
        self.calm(told, "busy", after)
        self.assertIsNone(told.find(r" (FAILED|DOWN) ", after))

    def full_queue(self, told, app, history):
        """Its onset is told when answers are late, where no request to connect need have been lost yet."""
        after, seen = self.begin(told), []

        def is_named():
            seen.append(by_name(json.loads(run("snapshot", "-f", "json", "--from", history).stdout))["queue"]["load"]["evidence"])
            return "listen queue full" in seen[-1]

        load = wrk(60, 60, app.port)
        try:
            wait_for(is_named, 50, lambda: f"full listen queue in {seen} of {told.lines}")
            told.wait(" LOAD queue ", 10, after)
        finally:
            load.terminate()
            load.wait()
        told.wait(" CALM queue .*, server", 60, after)

    def slow_resolver(self, told, resolver):
        after = self.begin(told)
        resolver.delay_s = 0.4
        # An answer is kept for up to 30 s: until then nobody has asked.
        line = told.wait(r" LOAD named ", 75, after)
        self.assertRegex(line, r"(elevated|saturated): resolver: look-up [\d.]+ m?s, usual ")
        resolver.delay_s = 0
        self.calm(told, "named", after)

    def starved(self, told, child):
        """As a quota does it: runs for a moment, and stands still for a longer one."""
        after = len(told.lines)
        end = time.monotonic() + 40 * PATIENCE
        while not told.find(r"this host is short of CPU", after):
            self.assertLess(time.monotonic(), end, told.lines[after:])
            child.send_signal(signal.SIGSTOP)
            time.sleep(0.12)
            child.send_signal(signal.SIGCONT)
            time.sleep(0.02)
        self.assertIsNone(told.find(" LOAD ", after))

    def test_is_seen_before_the_first_time_out_and_called_by_its_name(self):
        resolver = Resolver() if nameserver.possible() else None
        before = []
        if resolver:
            before = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"',
                      write(f"nameserver {resolver.address}\n", "resolv.conf")]
        with application(2, 2048) as app, application(1, 2) as narrow, application(2, 2048) as other:
            config = write(f'''
                [defaults]
                interval = 1s
                timeout = 5s
                [target busy]
                url = http://127.0.0.1:{app.port}/
                [target queue]
                url = http://127.0.0.2:{narrow.port}/
                [target named]
                url = http://app.webmon.test:{other.port}/
                '''.replace("    ", "") if resolver else f'''
                [defaults]
                interval = 1s
                timeout = 5s
                [target busy]
                url = http://127.0.0.1:{app.port}/
                [target queue]
                url = http://127.0.0.2:{narrow.port}/
                '''.replace("    ", ""))
            history = os.path.join(folder(), "history")
            child = subprocess.Popen([*before, WEBMON, "watch", "--plain", "-c", config, "--history", history], env=environment(), cwd=folder(),
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                told = Told(child.stdout)
                with running("watch", "--plain", "-i", "1", f"http://127.0.0.4:{other.port}/") as starved:
                    told_too = Told(starved.stdout)
                    quiet(told, told_too)
                    self.busy(told, app)
                    self.full_queue(told, narrow, history)
                    if resolver:
                        self.slow_resolver(told, resolver)
                    self.starved(told_too, starved)
            finally:
                child.terminate()
                child.wait(10 * PATIENCE)
                child.stdout.close()


tap.main()
