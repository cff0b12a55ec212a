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


tap.main()
