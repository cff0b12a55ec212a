"""What the benches share: pinned processes, their CPU time, servers with many addresses, tables and goals."""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

import servers                                                              # noqa: E402
from program import WEBMON, environment, folder, wait_for, write                      # noqa: E402

PYTHON = servers.PYTHON
DELAYD = os.path.join(ROOT, os.environ.get("WEBMON_BUILD", "build"), "bench", "delayd")
SERVER_CORE, CLIENT_CORE = 0, (1 if len(os.sched_getaffinity(0)) > 1 else 0)
ADDRESSES = 1000 # loopback addresses, so that 10,000 targets are no single host with one range of ports

verdicts = []    # (goal, met or not, words) of the whole run


def pinned(core, command):
    if len(os.sched_getaffinity(0)) < 2 or not shutil.which("taskset"):
        return list(command)
    return ["taskset", "-c", str(core), *command]


def tool(name):
    """The path of a peer; None, and a word on the screen, where this machine has none."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if not path:
        print(f"  {name}: not on this machine, left out")
    return path


class Cost:
    """What a finished process took."""

    def __init__(self, cpu_s, wall_s, rss_kib, status, out):
        self.cpu_s, self.wall_s, self.rss_kib, self.status, self.out = cpu_s, wall_s, rss_kib, status, out


def cost(command, core=CLIENT_CORE, env=None, cwd=None):
    """Runs a command to its end on one core."""
    where = folder()
    with open(os.path.join(where, "out"), "w+b") as out:
        start = time.monotonic()
        child = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                 env=env or environment(), cwd=cwd or where)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    shutil.rmtree(where, ignore_errors=True)
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, child.returncode, text)


def cpu_of(pid):
    """CPU seconds of all threads of a process so far, to the nanosecond."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as stat:
            total += int(stat.read().split()[0])
    return total / 1e9


def rss_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


@contextlib.contextmanager
def background(command, core=CLIENT_CORE, env=None, number=None, out=subprocess.DEVNULL):
    """A process that runs meanwhile; waits until it listens, where it does."""
    child = subprocess.Popen(servers.bound(pinned(core, command)), stdin=subprocess.DEVNULL, stdout=out,
                             stderr=subprocess.DEVNULL, env=env or environment(), cwd=folder())
    try:
        if number:
            wait_for(lambda: child.poll() is not None or servers.listens(number), 30, f"{command[0]} that listens")
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def address(i):
    return f"127.0.{i // 250}.{1 + i % 250}"


def web_server(listen="", head="", addresses=ADDRESSES):
    """nginx on the server's core, on many loopback addresses, with a body of about 100 bytes."""
    number = servers.port()
    more = "".join(f"; listen {address(i)}:{number} {listen}" for i in range(1, addresses))
    body = "hello " * 16
    child = servers.nginx(f'location / {{ return 200 "{body}\\n"; }} location = /status {{ stub_status; }}',
                          f"backlog=16384 {listen}{more}", number, head)
    child.command = pinned(SERVER_CORE, child.command)
    child.addresses = addresses
    return child


def urls_of(server, count, scheme="http"):
    return [f"{scheme}://{address(i % server.addresses)}:{server.port}/{i}" for i in range(count)]


def requests_seen(server):
    """What nginx has answered so far, by its own count; this question is one of them."""
    text = servers.fetch(f"http://127.0.0.1:{server.port}/status").decode()
    return int(text.splitlines()[2].split()[2])


def wait_requests(server, count, seconds):
    """Until nginx has answered so many more."""
    start, asked = requests_seen(server), 0

    def have_come():
        nonlocal asked
        asked += 1
        return requests_seen(server) - start - asked >= count

    wait_for(have_come, seconds, f"{count} requests")


def delay_server(delay_ms):
    """The server whose truth is known: (Child, path of what it prints at its end)."""
    number = servers.port()
    child = servers.Child(pinned(SERVER_CORE, [DELAYD, str(number), str(delay_ms)]), number)
    return child, child.log


def truths(path):
    """Path: list of (arrival in s, processing in ms), in order."""
    found = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            words = line.split()
            if len(words) == 3 and words[0].startswith("/"):
                found.setdefault(words[0], []).append((float(words[1]), float(words[2])))
    return found


def fleet(urls, head="", defaults=""):
    """A configuration of these targets, named t0 t1 ...: the path of the file."""
    return write(f"[webmon]\nper_host = 0\n{head}\n[defaults]\n{defaults}\n" + "".join(
        f"[target t{i}]\nurl = {url}\n" for i, url in enumerate(urls)))


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p / 100 * len(values)))] if values else float("nan")


def median(values):
    return statistics.median(values) if values else float("nan")


def title(text):
    print(f"\n{text}\n{'-' * len(text)}")


def table(head, rows):
    """Rows of texts and numbers under a head; the first column to the left."""
    def cell(value):
        if isinstance(value, float):
            return "-" if value != value else f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
        return str(value)

    rows = [[cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print("  " + row[0].ljust(widths[0]) + "".join(f"  {value:>{w}}" for value, w in zip(row[1:], widths[1:])))
    sys.stdout.flush()


def goal(name, value, limit, words, unit=""):
    """Books whether a figure is within its limit; a figure that could not be had is no verdict."""
    if value != value:
        verdicts.append((name, None, f"{words}: not measured here"))
    else:
        verdicts.append((name, value <= limit, f"{words}: {value:.3g}{unit}, at most {limit:.3g}{unit}"))
    print(f"  {name} {'met' if verdicts[-1][1] else 'not measured' if verdicts[-1][1] is None else 'NOT MET'}: "
          f"{verdicts[-1][2]}")
