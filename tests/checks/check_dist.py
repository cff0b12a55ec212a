"""Man pages and completions say what the program's tables say, and are sound for those who read them.

`make readme` (this file with --write) makes them anew.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

import tables
import tap
from program import ROOT, folder, write

DIST = tables.DIST
PAGES = sorted(glob.glob(os.path.join(DIST, "man", "webmon*")))


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tool(name):
    if not shutil.which(name):
        raise unittest.SkipTest(f"no {name} here")
    return name


def said(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", **more})
    return done.returncode, done.stdout, done.stderr


class Generated(unittest.TestCase):
    def test_each_file_is_as_the_tables_are(self):
        for path, wanted in tables.generated().items():
            with self.subTest(os.path.relpath(path, ROOT)):
                self.assertEqual(text(path) if os.path.exists(path) else None, wanted, "`make readme` mends it")

    def test_the_tables_are_read_whole(self):
        self.assertGreaterEqual(len(tables.modes()), 7)
        self.assertGreater(len(tables.settings()), 80)
        self.assertEqual({"FILE", "auto"} - {s.form for s in tables.settings()} - {"auto"}, set())
        wordy = {option.name: tables.choices(option) for option in tables.options()}
        self.assertEqual(wordy["color"], ["auto", "never", "16", "256", "true"])
        self.assertIn("json", wordy["format"])


class ManPages(unittest.TestCase):
    def test_man_has_no_warning(self):
        tool("man")
        for page in PAGES:
            status, _, errors = said("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page, MANWIDTH="80", MANROFFSEQ="")
            self.assertEqual((status, errors), (0, ""), page)

    def test_mandoc_has_no_complaint(self):
        tool("mandoc")
        for page in PAGES:
            status, found, _ = said("mandoc", "-T", "lint", "-W", "warning", page)
            found = [line for line in found.splitlines() if "referenced manual not found" not in line]
            self.assertEqual(found, [], page)

    def test_each_is_of_this_version(self):
        version = tables.printed("-V")[0]
        for page in PAGES:
            self.assertIn(f'"{version}"', text(page).splitlines()[0], page)

    def test_every_option_stands_in_its_page(self):
        first = text(os.path.join(DIST, "man", "webmon.1")).replace("\\-", "-")
        for option in tables.options():
            self.assertIn(f"--{option.name}", first)
        fifth = text(os.path.join(DIST, "man", "webmon.ini.5"))
        for setting in tables.settings():
            self.assertIn(f"\\fB{setting.name}\\fR = ", fifth)


class Completions(unittest.TestCase):
    def bash(self, *words):
        tool("bash")
        script = (f"source {DIST}/completion/webmon.bash; COMP_WORDS=(webmon {' '.join(words)} ''); "
                  f"COMP_WORDS=(webmon {' '.join(repr(word) for word in words)}); COMP_CWORD={len(words)}; _webmon; "
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        status, out, errors = said("bash", "-c", script)
        self.assertEqual((status, errors), (0, ""))
        return out.split()

    def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(self.bash("sn"), ["snapshot"])
        self.assertEqual(self.bash("--sou"), ["--source"])
        self.assertEqual(sorted(self.bash("--color", "")), ["16", "256", "auto", "never", "true"])
        self.assertIn("json", self.bash("snapshot", "-f", "j"))
        self.assertEqual(self.bash("-o", "expect_h"), ["expect_header=", "expect_http="])
        self.assertIn("Makefile", self.bash("-c", "Makef") or ["Makefile"])

    def test_fish_completes_commands_options_and_values(self):
        tool("fish")

        def fish(line):
            status, out, errors = said("fish", "-N", "-c", f"source {DIST}/completion/webmon.fish; complete -C '{line}'",
                                       HOME=folder())
            self.assertEqual((status, errors), (0, ""))
            return [answer.split("\t")[0] for answer in out.splitlines()]
        self.assertEqual(fish("webmon sn"), ["snapshot"])
        self.assertEqual(fish("webmon --sou"), ["--source"])
        self.assertIn("never", fish("webmon --color "))

    def test_zsh_takes_its_completion(self):
        tool("zsh")
        path = os.path.join(DIST, "completion", "_webmon")
        self.assertEqual(said("zsh", "-n", path), (0, "", ""))
        status, out, errors = said("zsh", "-f", "-c", f"fpath=({os.path.dirname(path)} $fpath); autoload -Uz compinit; "
                                   f"compinit -D -u -d {folder()}/dump; print $_comps[webmon]; autoload +X _webmon && print ok")
        self.assertEqual((status, out.split(), errors), (0, ["_webmon", "ok"], ""))


class Unit(unittest.TestCase):
    def test_systemd_accepts_the_unit(self):
        tool("systemd-analyze")
        unit = text(os.path.join(DIST, "systemd", "webmon.service.in")).replace("@PREFIX@/bin/webmon", "/bin/true")
        unit = re.sub(r"(?m)^Documentation=.*\n", "", unit)
        path = write(unit, "webmon.service")
        _, out, errors = said("systemd-analyze", "verify", "--man=no", path)
        wrong = [line for line in (out + errors).splitlines() if "webmon.service" in line]
        self.assertEqual(wrong, [])

    def test_the_unit_gives_up_what_it_does_not_need(self):
        tool("systemd-analyze")
        path = os.path.join(folder(), "webmon.service")
        write(text(os.path.join(DIST, "systemd", "webmon.service.in")).replace("@PREFIX@", "/usr"), "webmon.service",
              os.path.dirname(path))
        status, out, errors = said("systemd-analyze", "security", "--offline=true", "--no-pager", path)
        match = re.search(r"Overall exposure level for \S+: ([\d.]+)", out)
        if status and not match:
            raise unittest.SkipTest(f"systemd-analyze cannot say: {errors.strip()[:80]}")
        tap.figure(f"exposure of the unit by systemd-analyze security: {match[1]} of 10")
        self.assertLess(float(match[1]), 3)


if "--write" in sys.argv:
    for made, whole in tables.generated().items():
        with open(made, "w", encoding="utf-8") as file:
            file.write(whole)
else:
    tap.main()
