"""Every header compiles alone, with the flags of the build."""

import concurrent.futures
import os
import shlex
import subprocess
import unittest

import source
import tap
from program import ROOT

BUILD = os.environ.get("WEBMON_BUILD", "build")


def compile_alone(header):
    with open(os.path.join(ROOT, BUILD, ".flags"), encoding="utf-8") as flags:
        compiler, *options = shlex.split(flags.read())
    options = [o for o in options if not o.startswith(("-Wl,", "-pie", "-fsanitize"))]
    name = header.removeprefix("include/").removeprefix("src/")
    # A unit without a declaration is no C: an empty header would fail for the wrong reason.
    text = f'#include "{name}"\n#include "{name}"\nextern int webmon_header_check;\n'
    done = subprocess.run([compiler, "-Isrc", *options, "-fsyntax-only", "-x", "c", "-"], input=text, cwd=ROOT, text=True,
                          capture_output=True)
    return "" if done.returncode == 0 else f"{header}:\n{done.stderr}"


class Headers(unittest.TestCase):
    def test_each_compiles_alone_and_twice(self):
        headers = [path for path in source.files() if path.endswith(".h")]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.assertEqual("".join(pool.map(compile_alone, headers)), "")

    def test_each_is_guarded_by_its_own_name(self):
        wrong = []
        for path in source.files("include"):
            guard = "WEBMON_" + path.removeprefix("include/").replace("/", "_").replace(".", "_").upper()
            if not source.text(path).startswith(f"#ifndef {guard}\n#define {guard}\n"):
                wrong.append(f"{path}: wants the guard {guard}")
        self.assertEqual(wrong, [])


tap.main()
