"""The built-in demo application, as `make run` shows it: alone, without any network but the loopback."""

import re
import unittest

import tap
from program import WEBMON, run
from screen import Screen


class Demo(unittest.TestCase):
    def test_without_a_terminal_it_prints_a_picture_and_ends_well(self):
        done = run("demo")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^STATE +TARGET")
        self.assertGreaterEqual(len(re.findall(r"(?m)^(ok|SLOW|DOWN|\?|new)\b", done.stdout)), 8, done.stdout)

    def test_in_a_terminal_it_is_the_dashboard(self):
        with Screen(WEBMON, "demo") as screen:
            screen.expect("demo")
            screen.match(r"\d+ up")
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)
            self.assertEqual(screen.left_behind(), [])

    def test_a_url_is_a_mistake_and_not_what_it_watches(self):
        done = run("demo", "http://127.0.0.1:1/")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertEqual(done.stderr, "webmon: demo watches its own application and no other: 'webmon http://127.0.0.1:1/' "
                                      "watches that URL\n")

    def test_some_of_its_targets_can_be_chosen(self):
        whole = run("demo").stdout
        name = re.search(r"(?m)^\S+ +(\S+)", whole[whole.index("STATE"):].split("\n", 1)[1]).group(1)
        some = run("demo", name).stdout
        self.assertEqual(len(re.findall(r"(?m)^(ok|SLOW|DOWN|LOAD|\?|new)\b", some)), 1, some)


tap.main()
