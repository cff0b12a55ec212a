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


if __name__ == "__main__":
    tap.main()
