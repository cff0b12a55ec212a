"""The history file: its size and memory as foretold, a viewer's first full screen and its idle cost, snapshots out of it."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))

from common import ROOT, WEBMON, cost, cpu_of, environment, folder, goal, median, table, title, write  # noqa: E402
from screen import Screen                                                   # noqa: E402

TURNS = 9


def fill(targets, where):
    """A file as it is after a day of checks each 10 s: (its path, bytes, resident kB of the process that wrote it)."""
    build = os.environ.get("WEBMON_BUILD", "build")
    subprocess.run(["make", "-s", f"{build}/unit/test_history"], cwd=ROOT, check=True)
    path = os.path.join(where, f"day-{targets}")
    done = subprocess.run([os.path.join(ROOT, build, "unit", "test_history")], capture_output=True, text=True, check=True,
                          env=environment(WEBMON_FILL=f"{targets} 10000 {path}"))
    return path, os.path.getsize(path), int(re.search(r"resident (\d+) kB", done.stdout)[1])


def foretold(targets):
    """What `webmon check` says of the same: (MB of the file, MB in use after a day)."""
    config = write("[webmon]\nhistory = h\nkeep = 24h\n[defaults]\ninterval = 10s\n" + "".join(
        f"[target service-{i:04}]\nurl = https://service-{i:04}.example.com/health\ngroup = team-{i // 20}\n"
        for i in range(targets)))
    told = cost([WEBMON, "check", "-c", config]).out
    return float(re.search(r"takes ([\d.]+) MB", told)[1]), float(re.search(r"about ([\d.]+) MB after", told)[1])


def first_screen(path):
    """Milliseconds from the start to a whole picture."""
    start = time.monotonic()
    with Screen(WEBMON, "view", path) as screen:
        while "quit" not in screen.text():
            screen.take(0.05)
        return 1000 * (time.monotonic() - start)


def run():
    where = folder()
    title("H  history: 24 h of checks each 10 s")
    rows = []
    for targets in (500, 1000):
        path, size, resident = fill(targets, where)
        file_mb, day_mb = foretold(targets)
        rows.append([f"{targets} targets", file_mb, size / 1e6, day_mb, resident * 1.024 / 1e3])
        if targets == 500:
            viewed = path
        else:
            os.unlink(path)
    table(["", "file MB: foretold", "is", "in use MB: foretold", "is"], rows)
    first = median([first_screen(viewed) for _ in range(TURNS)])
    done = [cost([WEBMON, "snapshot", "--from", viewed, "-f", "json"]) for _ in range(TURNS)]
    with Screen(WEBMON, "view", viewed) as screen:
        screen.expect("quit", 20)
        before = cpu_of(screen.pid)
        screen.pump(5)
        idle = (cpu_of(screen.pid) - before) / 5 * 100
    table(["500 targets", "ms"], [["snapshot --from, wall", 1000 * median([d.wall_s for d in done])],
                                  ["snapshot --from, CPU", 1000 * median([d.cpu_s for d in done])]])
    print(f"  a viewer without news takes {idle:.2f} % of a core")
    goal("H", first, 100, "viewer's first full screen of 500 targets over 24 h, its start included", " ms")
