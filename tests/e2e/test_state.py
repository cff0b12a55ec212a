"""What a failure is worth: confirmed by another path, explained by a parent or a window, left alone where asked to."""

import json
import unittest

import tap
from program import end, running, snapshot, by_name, wait_for, write
from scripted import Scripted

GOOD = (200, [], b"ok\n")
BAD = (500, [], b"broken\n")


def log_of(text):
    """A configuration that logs to a file of its own: (path of the configuration, a reader of the log)."""
    log = write("", "webmon.log")
    config = write(f"[webmon]\nlog = {log}\n" + text)

    def read():
        with open(log, encoding="utf-8") as file:
            return file.read()
    return config, read


class Confirm(unittest.TestCase):
    def test_a_hiccup_that_another_path_does_not_confirm_is_no_downtime(self):
        with Scripted(lambda path, number, _: BAD if number == 3 else GOOD) as server:
            document, status = snapshot(
                f"[target shop]\nurl = http://127.0.0.1:{server.port}/\nconfirm = yes\ndown_after = 1\n",
                "-n", "6", "-i", "200ms")
            target = by_name(document)["shop"]
            self.assertEqual((target["state"], status), ("up", 0))
            self.assertEqual(target["window"]["failed"], 0)
            self.assertEqual(target["window"]["uptime"], 1)
            self.assertEqual(target["window"]["samples"], 6)  # the confirmation counts in the failure's place
            self.assertEqual(len(server.requests), 7)

    def test_a_failure_that_another_path_confirms_counts_once(self):
        with Scripted(lambda path, number, _: GOOD if number < 2 else BAD) as server:
            document, status = snapshot(
                f"[target shop]\nurl = http://127.0.0.1:{server.port}/\nconfirm = yes\ndown_after = 1\n",
                "-n", "3", "-i", "200ms")
            target = by_name(document)["shop"]
            self.assertEqual((target["state"], status), ("down", 2))
            self.assertEqual(target["window"]["failed"], 1)
            self.assertEqual(len(server.requests), 4)

    def test_the_log_has_the_failure_and_that_it_was_not_confirmed(self):
        with Scripted(lambda path, number, _: BAD if number == 2 else GOOD) as server:
            config, log = log_of(f"[target shop]\nurl = http://127.0.0.1:{server.port}/\nconfirm = yes\n"
                                 "interval = 300ms\n")
            with running("watch", "--plain", "-c", config) as webmon:
                wait_for(lambda: "not confirmed by another path" in log(), 15, "line that it was not confirmed")
                end(webmon)
            self.assertIn("http_status 500", log())


class RetryAfter(unittest.TestCase):
    def test_a_server_that_asks_to_be_left_alone_is(self):
        def answer(_, number, __):
            return (503, [("Retry-After", "2")], b"later\n") if number == 1 else GOOD
        with Scripted(answer) as server:
            config = write(f"[target shop]\nurl = http://127.0.0.1:{server.port}/\ninterval = 200ms\nconfirm = yes\n"
                           "retry_interval = 100ms\ndown_after = 1\n")
            with running("watch", "--plain", "-c", config) as webmon:
                wait_for(lambda: len(server.requests) >= 5, 20, "probes after the pause")
                end(webmon)
        gaps = [later - earlier for (earlier, _), (later, _) in zip(server.requests, server.requests[1:])]
        self.assertGreaterEqual(gaps[1], 2.0)
        tap.figure(f"asked to wait 2 s, probed again after {gaps[1]:.2f} s")

    def test_rounds_do_not_wait_for_hours(self):
        with Scripted(lambda *_: (429, [("Retry-After", "3600")], b"slow down\n")) as server:
            document, _ = snapshot(f"[target shop]\nurl = http://127.0.0.1:{server.port}/\n", "-n", "5", "-i", "100ms",
                                   timeout=20)
        self.assertEqual(len(server.requests), 1)
        self.assertIn("429 Too Many Requests, wanted 200-299; Retry-After: not asked for 1 h",
                      by_name(document)["shop"]["detail"])


class Depends(unittest.TestCase):
    def test_children_of_a_failed_parent_are_unknown_and_quiet(self):
        """The parent is probed at once when a child fails: its own interval is an hour."""
        broken = []

        def answer(path, number, _):
            if path == "/child" and number == 3:
                broken.append(True)
            return BAD if broken else GOOD
        with Scripted(answer) as server:
            url = f"http://127.0.0.1:{server.port}"
            config, log = log_of(
                f"pollers = 3\nper_host = 0\n[defaults]\ninterval = 200ms\n[target gw]\nurl = {url}/gw\ninterval = 1h\n"
                f"[target child]\nurl = {url}/child\ndepends = gw\ndown_after = 1\n"
                f"[target grandchild]\nurl = {url}/grandchild\ndepends = child\ndown_after = 3\n")
            with running("watch", "--plain", "-c", config) as webmon:
                wait_for(lambda: "gw http_status 500 Internal Server Error, wanted 200-299" in log() and
                         "down, 2 checks failed" in log(), 20, "parent that is down")
                seen = len(server.requests)
                wait_for(lambda: len(server.requests) > seen + 20, 20, "more checks of the children")
                broken.clear()
                broken_at = len(server.requests)
                wait_for(lambda: len(server.requests) > broken_at + 10, 20, "good checks")
                end(webmon)
        down = [line for line in log().splitlines() if "; down" in line]
        self.assertEqual(len(down), 1, log())
        self.assertIn(" gw ", down[0])

    def test_a_snapshot_says_whose_fault_it_is(self):
        with Scripted(lambda path, number, _: BAD if number > 2 else GOOD) as server:
            url = f"http://127.0.0.1:{server.port}"
            document, status = snapshot(
                f"[target gw]\nurl = {url}/gw\n[target child]\nurl = {url}/child\ndepends = gw\n"
                f"[target other]\nurl = {url}/other\n", "-n", "9", "-i", "300ms")
        targets = by_name(document)
        self.assertEqual({name: target["state"] for name, target in targets.items()},
                         {"gw": "down", "child": "unknown", "other": "down"})
        self.assertEqual(targets["child"]["detail"],
                         "parent down: gw; 500 Internal Server Error, wanted 200-299")
        self.assertEqual(targets["child"]["window"]["failed"], 0)  # not even the first, before anybody knew
        self.assertEqual(targets["child"]["window"]["uptime"], 1)
        self.assertEqual(status, 2)

    def test_one_round_is_enough_to_know(self):
        with Scripted(lambda *_: BAD) as server:
            url = f"http://127.0.0.1:{server.port}"
            for order in (0, 1):
                sections = [f"[target gw]\nurl = {url}/gw\n", f"[target child]\nurl = {url}/child\ndepends = gw\n"]
                document, status = snapshot("".join(sections[::-1] if order else sections))
                states = {name: target["state"] for name, target in by_name(document).items()}
                self.assertEqual((states, status), ({"gw": "down", "child": "unknown"}, 2))
        with Scripted(lambda path, *_: BAD if path == "/child" else GOOD) as server:
            url = f"http://127.0.0.1:{server.port}"
            document, status = snapshot(
                f"[target gw]\nurl = {url}/gw\n[target child]\nurl = {url}/child\ndepends = gw\n")
            states = {name: target["state"] for name, target in by_name(document).items()}
            self.assertEqual((states, status), ({"gw": "up", "child": "down"}, 2))

    def test_a_child_that_fails_alone_is_down(self):
        with Scripted(lambda path, number, _: BAD if path == "/child" and number > 2 else GOOD) as server:
            url = f"http://127.0.0.1:{server.port}"
            document, _ = snapshot(
                f"[target gw]\nurl = {url}/gw\n[target child]\nurl = {url}/child\ndepends = gw\n",
                "-n", "9", "-i", "300ms")
        targets = by_name(document)
        self.assertEqual(targets["gw"]["state"], "up")
        self.assertEqual(targets["child"]["state"], "down")
        self.assertEqual(targets["child"]["detail"], "500 Internal Server Error, wanted 200-299")


class Maintenance(unittest.TestCase):
    def test_a_window_that_is_open_alarms_nobody(self):
        with Scripted(lambda path, number, _: BAD if number > 2 else GOOD) as server:
            document, status = snapshot(
                f"[target shop]\nurl = http://127.0.0.1:{server.port}/\n"
                "maintenance = Mon 03:00-03:01 Asia/Seoul\nmaintenance = daily 00:00-24:00 America/St_Johns\n",
                "-n", "6", "-i", "200ms")
        target = by_name(document)["shop"]
        self.assertEqual((target["state"], status), ("unknown", 1))
        self.assertIn("maintenance until 24:00 America/St_Johns; 500 Internal Server Error", target["detail"])
        self.assertEqual(target["window"]["failed"], 0)
        self.assertEqual(len(server.requests), 6)


if __name__ == "__main__":
    tap.main()
