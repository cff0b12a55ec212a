"""G10: from exec to the first result: the whole process, wall time, over HTTP and over verified HTTPS."""

from common import PYTHON, WEBMON, cost, goal, median, table, title, tool, urls_of, web_server
from g1 import have_requests
from g3 import HEAD, authority

TURNS = 15


def once(commands, env=None):
    """Medians of alternated runs: name: (wall ms, CPU ms)."""
    seen = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, command in commands.items():
            done = cost(command, env=env)
            if done.status != 0:
                raise AssertionError(f"{name} ended with {done.status}: {done.out[-500:]}")
            seen[name].append((1000 * done.wall_s, 1000 * done.cpu_s))
    return {name: (median([w for w, _ in runs]), median([c for _, c in runs])) for name, runs in seen.items()}


def show(seen):
    own = seen["webmon snapshot -q"][0]
    table(["command", "wall ms", "CPU ms", "webmon is"], [
        [name, wall, cpu, f"{own / wall:.2f}x" if "webmon" not in name else ""] for name, (wall, cpu) in seen.items()])


def over(seen, name):
    return seen["webmon snapshot -q"][0] / seen[name][0] if name in seen else float("nan")


def run():
    title(f"G10  exec to the first result, median of {TURNS}")
    request = "import sys, requests; requests.get(sys.argv[1], verify=sys.argv[2]).raise_for_status()"
    with_requests = have_requests()
    with web_server(addresses=1) as server:
        url = urls_of(server, 1)[0]
        commands = {"webmon snapshot -q": [WEBMON, "snapshot", "-q", url]}
        if tool("curl"):
            commands["curl"] = ["curl", "-q", "-s", "-o", "/dev/null", url]
        if with_requests:
            commands["requests"] = [PYTHON, "-c", request, url, ""]
        plain = once(commands)
        show(plain)
    trust, certificate = authority()
    with web_server("ssl", HEAD.format(*certificate), 1) as server:
        url = urls_of(server, 1, "https")[0]
        commands = {"webmon snapshot -q": [WEBMON, "snapshot", "-q", url]}
        if tool("curl"):
            commands["curl --cacert bundle"] = ["curl", "-q", "-s", "-o", "/dev/null", "--cacert", trust.bundle, url]
        if with_requests:
            commands["requests"] = [PYTHON, "-c", request, url, trust.bundle]
        print("  HTTPS, verified:")
        secure = once(commands, trust.env)
        show(secure)
    goal("G10", over(plain, "curl"), 1.3, "HTTP, wall over curl's", "x")
    goal("G10", over(secure, "curl --cacert bundle"), 0.4, "HTTPS verified, wall over curl's with the bundle", "x")
    goal("G10", over(secure, "requests"), 0.1, "HTTPS verified, wall over requests'", "x")
