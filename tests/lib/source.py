"""The project's own C: its files, its includes, its code without comments and strings."""

import functools
import os
import re

from program import ROOT

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
NO_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


@functools.lru_cache
def files(*roots):
    """Paths from the top of the tree, of all C files under these folders."""
    found = []
    for root in roots or ("include", "src"):
        for at, _, names in os.walk(os.path.join(ROOT, root)):
            found += [os.path.relpath(os.path.join(at, name), ROOT) for name in names if name.endswith((".c", ".h"))]
    return sorted(found)


@functools.lru_cache
def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


@functools.lru_cache
def code(path):
    """The file with comments and literals blanked, so that its line numbers hold."""
    return NO_CODE.sub(lambda m: '""' if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text(path))


def includes(path):
    """(line, is one of the system's, name) of each include."""
    source = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), text(path), flags=re.S)
    return [(source.count("\n", 0, m.start(2)) + 1, m[1] == "<", m[2]) for m in INCLUDE.finditer(source)]


def module(path):
    """The room and name of a file: "store/ring" of src/store/ring.c and of include/store/ring.h."""
    return os.path.splitext(path.split(os.sep, 1)[1])[0]


def find(pattern, paths=None):
    """file:line of each place in the code that matches."""
    places = []
    for path in paths or files():
        for m in re.finditer(pattern, code(path)):
            places.append(f"{path}:{code(path).count(chr(10), 0, m.start()) + 1}: {m[0].strip()}")
    return places
