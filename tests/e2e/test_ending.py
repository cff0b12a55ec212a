"""webmon ends when told to, whatever its targets and resolvers do meanwhile."""

import os
import signal
import socket
import subprocess
import time
import unittest

import servers
import tap
from lab import with_resolver
from program import PATIENCE, WEBMON, cpu_seconds, end, environment, folder, running, wait_for, write
from screen import Screen


def hanging_fleet(hang, hole, names=()):
    return write("[webmon]\nper_host = 0\n[defaults]\ntimeout = 60s\nconnect_timeout = 60s\ninterval = 1s\n" + "".join(
        f"[target {kind}{i}]\nurl = http://{address}/\n" for i in range(20) for kind, address in (
            ("hang", f"127.0.0.1:{hang.port}"), ("hole", f"127.0.0.1:{hole.port}"))) + "".join(
        f"[target name{i}]\nurl = http://{name}/\n" for i, name in enumerate(names)))


def reached(hang):
    """Whether all its twenty targets are connected to the server that hangs, as the kernel's table of sockets has it."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return sum(1 for row in rows if row[2].endswith(f":{hang.port:04X}") and row[3] == "01") >= 20


class Ending(unittest.TestCase):
    def test_signals_end_it_while_every_target_hangs(self):
        with servers.Hang() as hang, servers.BlackHole() as hole:
            config = hanging_fleet(hang, hole)
            for mode in (["watch", "--plain"], ["snapshot"]):
                for number in (signal.SIGTERM, signal.SIGINT):
                    with self.subTest(mode=mode[0], signal=number), running(*mode, "-c", config) as webmon:
                        wait_for(lambda: reached(hang), 10, "hanging connections")
                        start = time.monotonic()
                        webmon.send_signal(number)
                        webmon.wait(1.0 * PATIENCE)
                        tap.figure(f"{mode[0]} ended {1000 * (time.monotonic() - start):.0f} ms after {number.name}")

    def interrupted(self, number, *arguments):
        """Status, stdout and stderr of a snapshot of one server that hangs, ended by a signal once it is connected."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(20 * PATIENCE)
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            webmon = subprocess.Popen([WEBMON, "snapshot", *(word.replace("URL", url) for word in arguments)], cwd=folder(),
                                      env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True)
            self.addCleanup(webmon.kill)
            with server.accept()[0]:
                webmon.send_signal(number)
                out, err = webmon.communicate(timeout=20 * PATIENCE)
        return webmon.returncode, out, err

    def test_an_interrupted_snapshot_says_so_and_how_far_it_came(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            self.assertEqual(self.interrupted(number, "URL/"),
                             (128 + number, "", f"webmon: interrupted by {number.name}: 0 of 1 target had been checked\n"))
        self.assertEqual(self.interrupted(signal.SIGTERM, "-n", "3", "URL/"),
                         (143, "", "webmon: interrupted by SIGTERM: 0 of 1 target had been checked in all rounds, "
                                   "0 of 3 checks were done\n"))
        self.assertEqual(self.interrupted(signal.SIGTERM, "-f", "nagios", "URL/")[:2],
                         (143, "WEBMON UNKNOWN - webmon could not do its work: stderr says why\n"))
        self.assertEqual(self.interrupted(signal.SIGINT, "--source", "prometheus=URL"),
                         (130, "", "webmon: interrupted before the source had answered\n"))

    def test_a_silent_name_server_does_not_hold_it(self):
        if os.geteuid() != 0:
            self.skipTest("a name server of our own needs port 53")
        with servers.fault_lab(*servers.own_dns(), "--only", "dns-silent,dns-ok") as lab:
            before = with_resolver(lab)
            if before is None:
                self.skipTest("no mount namespace of our own here")
            names = [f"x{i}.dns-silent.fault.test" for i in range(30)] + ["dns-silent.fault.test"]
            with servers.Hang() as hang, servers.BlackHole() as hole:
                config = hanging_fleet(hang, hole, names)
                with Screen(*before, WEBMON, "-c", config) as screen:
                    screen.expect("hang0")
                    wait_for(lambda: reached(hang), 10, "hanging connections")
                    start = time.monotonic()
                    screen.keys("q")
                    self.assertEqual(screen.wait_end(2), 0)
                    tap.figure(f"q obeyed in {1000 * (time.monotonic() - start):.0f} ms with 31 names unresolved, "
                               "40 targets hanging")
                    self.assertEqual(screen.left_behind(), [])

    def test_a_closed_pipe_ends_it_quietly(self):
        with servers.nginx('location / { return 200 "x"; }') as server:
            config = write(f"[target a]\nurl = http://127.0.0.1:{server.port}/\n")
            first = subprocess.Popen([WEBMON, "snapshot", "-f", "json", "-n", "3", "-i", "100ms", "-c", config],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=folder())
            first.stdout.close()
            self.assertIn(first.wait(10 * PATIENCE), (0, 3))
            first.stderr.close()

    def test_idle_costs_next_to_nothing(self):
        """No figure to pass: but a busy loop would burn seconds here."""
        with servers.Hang() as hang, servers.BlackHole() as hole:
            with running("watch", "--plain", "-c", hanging_fleet(hang, hole)) as webmon:
                wait_for(lambda: reached(hang), 10, "hanging connections")
                before, begin = cpu_seconds(webmon.pid), time.monotonic()
                wait_for(lambda: time.monotonic() - begin > 2, 5, "passing of time")
                self.assertLess(cpu_seconds(webmon.pid) - before, 1.0)
                end(webmon)


tap.main()
