"""webmon beside the hello world of a Flask tutorial: live phases, an outage from beginning to end, an exception as evidence."""

import json
import os
import time
import unittest

import servers
import tap
from program import WEBMON, by_name, folder, run, snapshot, wait_for, write
from screen import Screen

PHASES = ["dns", "connect", "tls", "send", "wait", "transfer"]


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


class HelloWorld(unittest.TestCase):
    def test_snapshot_of_a_url_has_live_phases_that_add_up(self):
        with servers.flask_app() as app:
            done = run("snapshot", "-f", "json", f"http://localhost:{app.port}/")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["summary"]["state"], "up")
        target = document["targets"][0]
        self.assertEqual((target["state"], target["status"], target["port"]), ("up", 200, app.port))
        self.assertEqual(target["bytes"], len("<p>Hello, World!</p>"))
        ms = target["ms"]
        self.assertEqual(sorted(ms), sorted(PHASES + ["total"]))
        self.assertIsNone(ms["tls"], "plain http has no TLS phase")
        for phase in ("connect", "wait", "total"):
            self.assertGreater(ms[phase], 0, f"{phase} of {ms}")
        reached = [ms[phase] for phase in PHASES if ms[phase] is not None]
        self.assertTrue(all(value >= 0 for value in reached), ms)
        self.assertAlmostEqual(sum(reached), ms["total"], delta=max(1.0, 0.2 * ms["total"]), msg=str(ms))

    def test_a_route_that_raises_shows_the_exception(self):
        with servers.flask_app() as app:
            config = f"[target broken]\nurl = http://127.0.0.1:{app.port}/raise\n"
            document, status = snapshot(config, "--evidence", "-n", "2", "-i", "200ms")
            self.assertEqual(status, 2)
            target = by_name(document)["broken"]
            self.assertEqual((target["state"], target["class"], target["status"]), ("down", "http_status", 500))
            self.assertIn("the cache at 10.0.0.7 is gone", json.dumps(target["evidence"]))
            with Screen(WEBMON, "-i", "1s", "-c", write(config)) as screen:
                screen.expect("broken")
                screen.match(r"broken +500")
                screen.keys("enter")
                screen.expect("the cache at 10.0.0.7 is gone")


class Outage(unittest.TestCase):
    """The application stops and comes back while the dashboard stands open."""

    def test_is_seen_in_pane_log_and_snapshot_and_its_end_with_its_length(self):
        home = folder()
        log = os.path.join(home, "webmon.log")
        app = servers.flask_app()
        config = write(f"[webmon]\nlog = {log}\n[defaults]\ninterval = 1s\n[target hello]\n"
                       f"url = http://127.0.0.1:{app.port}/\n")
        app.start()
        try:
            with Screen(WEBMON, "-c", config, size=(120, 40)) as screen:
                screen.match(r"hello +200")
                app.stop()
                stopped = time.monotonic()
                screen.match(r"\d\d:\d\d:\d\d . hello +REFUSED")
                pane_s = time.monotonic() - stopped
                wait_for(lambda: "hello refused" in read(log), 5, "refusal in the log")
                tap.figure(f"refused in the error pane {pane_s:.2f} s after the application stopped, interval 1 s")
                done = run("snapshot", "-f", "json", "-c", config, "-o", f"log={home}/other.log")
                target = json.loads(done.stdout)["targets"][0]
                self.assertEqual(target["class"], "refused")
                screen.expect("1 DOWN")
                app.start()
                found = screen.match(r"hello +up again +after (\d+) s")
                screen.gone("1 DOWN")
                length = int(found[1])
                self.assertLessEqual(1, length)
                self.assertLessEqual(length, time.monotonic() - stopped + 2)
                wait_for(lambda: "hello up again" in read(log), 5, "recovery in the log")
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)
        finally:
            app.stop()
        lines = [line for line in read(log).splitlines() if " hello " in line]
        self.assertTrue(any("ERROR" in line for line in lines), lines)
        self.assertLessEqual(len([line for line in lines if "ERROR" in line]), 2,
                             "one incident is one line, not one a failure")


tap.main()
