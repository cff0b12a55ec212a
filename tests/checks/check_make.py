"""The build as a person meets it: help, install and uninstall."""

import os
import shutil
import subprocess
import unittest

import tap
from program import ROOT, folder

TARGETS = ("all deps run demo check check-san unit golden tui e2e bench lint format install uninstall clean dist help").split()


def make(*arguments):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)


def files_below(path):
    return sorted(os.path.relpath(os.path.join(at, name), path) for at, _, names in os.walk(path) for name in names)


class Make(unittest.TestCase):
    def test_help_lists_every_target(self):
        done = make("help")
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
        self.assertEqual(set(TARGETS) - listed, set())

    def test_install_brings_what_uninstall_takes_away(self):
        destination = folder()
        done = make("install", f"DESTDIR={destination}")
        self.assertEqual(done.returncode, 0, done.stderr)
        there = files_below(destination)
        themes = [f"usr/local/share/webmon/themes/{name}" for name in os.listdir(os.path.join(ROOT, "themes"))
                  if name.endswith(".ini")]
        for path in ("usr/local/bin/webmon", "usr/local/share/doc/webmon/webmon.ini", *themes):
            self.assertIn(path, there)
        shown = subprocess.run([os.path.join(destination, "usr/local/bin/webmon"), "--version"], capture_output=True,
                               text=True, check=True)
        self.assertRegex(shown.stdout, r"^webmon \d+\.\d+\.\d+")
        self.assertEqual(make("uninstall", f"DESTDIR={destination}").returncode, 0)
        self.assertEqual(files_below(destination), [])

    @unittest.skipUnless(shutil.which("git") and os.path.exists(os.path.join(ROOT, ".git")), "no clone of the repository")
    def test_nothing_that_is_built_is_taken_for_source(self):
        done = subprocess.run(["git", "status", "--porcelain", "--ignored=no"], cwd=ROOT, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            self.skipTest("git does not trust this folder")
        built = [line for line in done.stdout.splitlines() if line[3:].startswith(("build", "tests/lab/__pycache__"))]
        self.assertEqual(built, [])


tap.main()
