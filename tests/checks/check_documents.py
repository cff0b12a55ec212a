"""What the documents say is what the program's tables say.

README.md holds the program's own lists between markers, each a pair of lines:

    <!-- webmon --keys -->
    <!-- end -->

`make readme` (this file with --write) fills them in; the check compares. What README.md and the sample write of options
besides must exist.
"""

import os
import re
import subprocess
import sys
import unittest

import tap
from program import ROOT, run, write

README = os.path.join(ROOT, "README.md")
FAULTS = os.path.join(ROOT, "tests", "lab", "FAULTS.md")
LISTS = ("--help", "--options", "--keys", "--classes")
BLOCK = re.compile(r"(<!-- webmon (--[a-z-]+) -->\n)(.*?)(<!-- end -->)", re.S)


def listing(option):
    done = run(option)
    if done.returncode:
        raise AssertionError(f"webmon {option} ended with {done.returncode}: {done.stderr}")
    return f"```text\n{done.stdout.rstrip()}\n```\n"


def faults():
    """The fault lab's own list, as tests/lab/FAULTS.md has it."""
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "lab", "fault-server"), "--list"], capture_output=True,
                          text=True, check=True)
    return ("# The fault lab\n\nWhat `tests/lab/fault-server` serves, each with the class that a probe of it must get; one `webmon snapshot` "
            "over all of\nthem (`tests/run e2e/test_lab`) gets every one right. Further ones stand in `tests/e2e/test_faults.py`, "
            "`test_tls_faults.py`,\n`test_tls_names.py`, `test_http2_faults.py`, `test_peers.py`, `test_middlemen.py` and "
            "`test_odd_answers.py`. Written by\n`make readme`.\n\n"
            f"```text\n{done.stdout.rstrip()}\n```\n")


def readme():
    with open(README, encoding="utf-8") as file:
        return file.read()


def fill(text):
    return BLOCK.sub(lambda m: m[1] + listing(m[2]) + m[4], text)


class Documents(unittest.TestCase):
    def test_readme_has_the_lists_of_options_and_keys_as_they_are(self):
        text = readme()
        there = {m[2]: m[3] for m in BLOCK.finditer(text)}
        for option in LISTS:
            with self.subTest(option):
                self.assertIn(option, there, f"README.md wants the lines '<!-- webmon {option} -->' and '<!-- end -->'; "
                              "`make readme` fills in what stands between them")
                self.assertEqual(there[option], listing(option), "`make readme` mends it")

    def test_the_faults_of_the_lab_are_listed_as_they_are(self):
        with open(FAULTS, encoding="utf-8") as file:
            self.assertEqual(file.read(), faults(), "`make readme` mends it")

    def test_every_option_that_is_written_of_exists(self):
        known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run("--help").stdout))
        # Options of other programs stand in lines of their own: only those that call webmon count.
        said = {option for line in readme().splitlines() if re.search(r"\bwebmon\b", line)
                for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)}
        self.assertEqual(said - known, set())

    def test_every_configuration_in_the_readme_is_valid(self):
        for number, block in enumerate(re.findall(r"```ini\n(.*?)```", readme(), re.S)):
            with self.subTest(number):
                # Secrets of an example come from nowhere: any word will do for the check.
                text = re.sub(r"\$\{\w+\}|@[\w./~-]+", "example", block)
                if "[target" not in text:
                    text += "\n[target example]\nurl = http://localhost/\n"
                done = run("check", "-c", write(text))
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_make_target_in_the_readme_exists(self):
        with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
            targets = set(re.findall(r"(?m)^([a-z0-9-]+):", file.read())) | {"bench-"}
        said = {word for line in re.findall(r"(?m)^(?:sudo )?make ([a-z0-9 -]+)", readme()) for word in line.split()}
        said |= {word for line in re.findall(r"`(?:sudo )?make ([a-z0-9 -]+)`", readme()) for word in line.split()}
        self.assertEqual({word for word in said if word not in targets and not word.startswith("bench-")}, set())

    def test_every_file_that_the_readme_shows_is_there(self):
        shown = re.findall(r"\]\(((?!http)[^)#]+)\)", readme())
        self.assertEqual([path for path in shown if not os.path.exists(os.path.join(ROOT, path))], [])


if "--write" in sys.argv:
    with_lists = fill(readme())
    with open(README, "w", encoding="utf-8") as out:
        out.write(with_lists)
    with open(FAULTS, "w", encoding="utf-8") as out:
        out.write(faults())
else:
    tap.main()
