"""webmon's own trouble is nobody's outage: stopped, no descriptors, no name server, a clock that is set.

In each of these no target may be called down.
"""

import json
import os
import resource
import signal
import subprocess
import time
import unittest

import nameserver
import tap
import wallclock
from program import PATIENCE, WEBMON, by_name, environment, folder, wait_for, write
from scripted import Scripted

STOPPED_S = float(os.environ.get("WEBMON_STOPPED_S", "2.5"))


def good(*_):
    return 200, [], b"ok\n"


class Watched:
    """webmon over a configuration with a log of its own."""

    def __init__(self, text, before=(), env=None, program=""):
        self.log_path = write("", "webmon.log")
        config = write(f"[webmon]\nlog = {self.log_path}\nlog_level = info\n{program}\n" + text)
        self.child = subprocess.Popen([*before, WEBMON, "watch", "--plain", "-c", config], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env or environment(),
                                      cwd=folder())

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def wait_log(self, text, count=1, seconds=30):
        wait_for(lambda: self.log().count(text) >= count, seconds, f"{text!r} in the log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGCONT)
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class OwnTrouble(unittest.TestCase):
    def assert_nobody_failed(self, log):
        for line in log.splitlines():
            if " ERROR " in line:
                self.fail(line + "\nin\n" + "\n".join(other for other in log.splitlines() if " ok " not in other))

    def test_a_stopped_process_calls_nobody_down(self):
        def slow(*_):
            time.sleep(0.2)  # so that some are under way when it is stopped
            return good()
        with Scripted(slow) as server:
            fleet = "[defaults]\ninterval = 300ms\ntimeout = 1s\ndown_after = 1\n" + "".join(
                f"[target t{i}]\nurl = http://127.0.0.1:{server.port}/{i}\n" for i in range(20))
            with Watched(fleet) as webmon:
                for _ in range(2):
                    before = len(server.requests)
                    wait_for(lambda: len(server.requests) > before + 40, 30, "probes")
                    webmon.child.send_signal(signal.SIGSTOP)
                    time.sleep(STOPPED_S)  # the stop itself is what is tested
                    webmon.child.send_signal(signal.SIGCONT)
                before = len(server.requests)
                wait_for(lambda: len(server.requests) > before + 100, 30, "probes")
                webmon.wait_log("webmon was stopped, or this machine asleep or starved")
                self.assert_nobody_failed(webmon.log())
                # who had the trouble is no more: nobody else would end it
                webmon.child.send_signal(signal.SIGHUP)
                webmon.wait_log("configuration reloaded")
                webmon.wait_log("own trouble over")

    def test_few_descriptors_call_nobody_down(self):
        with Scripted(good) as server:
            fleet = "[defaults]\ninterval = 1s\ntimeout = 5s\ndown_after = 1\n" + "".join(
                f"[target t{i}]\nurl = http://127.0.0.1:{server.port}/{i}\n" for i in range(200))

            def limit():
                resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            log_path = write("", "webmon.log")
            config = write(f"[webmon]\nlog = {log_path}\n" + fleet)
            done = subprocess.run([WEBMON, "snapshot", "-f", "json", "-n", "3", "-c", config], env=environment(),
                                  cwd=folder(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, preexec_fn=limit, timeout=120 * PATIENCE, check=False)
            document = json.loads(done.stdout)
        states = [target["state"] for target in document["targets"]]
        self.assertEqual(len(states), 200)
        self.assertNotIn("down", states)
        self.assertNotEqual(done.returncode, 2)
        tap.figure(f"64 descriptors, 200 targets: {states.count('up')} up, {states.count('unknown')} unknown, 0 down")

    @unittest.skipUnless(nameserver.possible(), "a name server of our own needs root and a mount namespace")
    def test_a_name_server_that_dies_calls_nobody_down(self):
        with Scripted(good) as server, nameserver.NameServer() as names:
            fleet = "[defaults]\ninterval = 500ms\ntimeout = 3s\nconnect_timeout = 2s\ndown_after = 1\n" + "".join(
                f"[target t{i}]\nurl = http://host{i}.fault.test:{server.port}/{i}\nconfirm = yes\n" for i in range(8))
            with Watched(fleet, before=names.before) as webmon:
                wait_for(lambda: len(server.requests) > 30, 30, "probes")
                names.stop()
                # kept answers hold for half a minute; then everybody asks again, and is refused
                webmon.wait_log("no name server answers", seconds=60)
                asked, names.silent = names.asked, True
                names.start()
                wait_for(lambda: names.asked > asked + 10, 60, "questions that are not answered")
                names.silent = False
                seen = len(server.requests)
                wait_for(lambda: len(server.requests) > seen + 50, 60, "probes with the name server back")
                webmon.wait_log("own trouble over", seconds=60)
                self.assert_nobody_failed(webmon.log())

    @unittest.skipUnless(nameserver.possible(), "a name server of our own needs root and a mount namespace")
    def test_a_dead_name_server_from_the_start_is_unknown(self):
        with Scripted(good) as server, nameserver.NameServer() as names:
            names.stop()
            config = write(f"[target a]\nurl = http://host.fault.test:{server.port}/\n"
                           f"[target b]\nurl = http://127.0.0.1:{server.port}/\n")
            done = subprocess.run([*names.before, WEBMON, "snapshot", "-f", "json", "-c", config], env=environment(),
                                  cwd=folder(), stdout=subprocess.PIPE, timeout=60 * PATIENCE, check=False)
        targets = by_name(json.loads(done.stdout))
        self.assertEqual((targets["a"]["state"], targets["a"]["class"]), ("unknown", "dns"))
        self.assertEqual(targets["a"]["detail"], "no name server answers: host.fault.test")
        self.assertEqual(targets["b"]["state"], "up")
        self.assertEqual(done.returncode, 1)

    def test_a_wall_clock_that_is_set_calls_nobody_down(self):
        clock = wallclock.Wallclock(self)
        broken = []
        with Scripted(lambda path, *_: (500, [], b"x") if path == "/bad" and broken else good()) as server:
            url = f"http://127.0.0.1:{server.port}"
            with Watched("[defaults]\ninterval = 300ms\ntimeout = 2s\ndown_after = 1\n"
                         f"[target good]\nurl = {url}/good\n[target bad]\nurl = {url}/bad\n",
                         env=clock.environment) as webmon:
                wait_for(lambda: len(server.requests) > 10, 30, "probes")
                broken.append(True)
                began = time.monotonic()
                webmon.wait_log("down")
                for by in (7200, -86400, 0):
                    clock.put_wrong(by)
                    before = len(server.requests)
                    wait_for(lambda: len(server.requests) > before + 10, 30, "probes")
                broken.clear()
                webmon.wait_log("bad up again after ")
                lasted = time.monotonic() - began
                log = webmon.log()
        words = [line for line in log.splitlines() if "bad up again after " in line][0]
        told = words.split("up again after ")[1].split(",")[0]
        self.assertRegex(told, r"^(\d+ ms|\d+ s)$")
        seconds = float(told.split()[0]) / (1000 if "ms" in told else 1)
        self.assertLessEqual(seconds, lasted + 2)
        self.assertNotIn("ERROR good", log)
        self.assertIn("the wall clock was set forward by 2 h", log)
        tap.figure(f"an outage of {lasted:.1f} s over three settings of the clock is told as {told}")


if __name__ == "__main__":
    tap.main()
