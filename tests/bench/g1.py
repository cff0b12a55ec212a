"""G1: CPU of one fresh HTTP probe, 10,000 targets, back to back, beside wrk, curl -Z, blackbox_exporter and requests."""

import re

from common import (CLIENT_CORE, PYTHON, SERVER_CORE, WEBMON, background, cost, cpu_of, fleet, goal, median, servers, table, title, tool, urls_of, web_server, write)

TARGETS = 10000
TURNS = 5
BLACKBOX = "modules: {http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}}\n"


def webmon_us(config, targets=TARGETS, few=1, many=3, env=None):
    """CPU a probe in us: the difference of two runs, so that start and configuration are out of it."""
    seen = []
    for rounds in (few, many):
        done = cost([WEBMON, "snapshot", "-q", "-n", str(rounds), "-i", "0", "-o", "concurrency=50", "-c", config], env=env)
        if done.status != 0:
            raise AssertionError(f"webmon ended with {done.status}: {done.out[-1000:]}")
        seen.append(done)
    probes = targets * (many - few)
    return 1e6 * (seen[1].cpu_s - seen[0].cpu_s) / probes, probes / max(seen[1].wall_s - seen[0].wall_s, 1e-9), seen[1]


def wrk_us(url, seconds=1):
    done = cost(["wrk", "-t1", "-c50", f"-d{seconds}", "-H", "Connection: close", url])
    count = int(re.search(r"(\d+) requests in", done.out)[1])
    return 1e6 * done.cpu_s / count, count / done.wall_s


def curl_us(urls, *options):
    # A new connection each time, as the others make; without the header curl would keep them.
    config = write("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls)
                   + 'header = "Connection: close"\n', "curl.cfg")
    done = cost(["curl", "-q", "-s", "--no-progress-meter", "-Z", "--parallel-max", "50", *options, "-K", config])
    if done.status != 0:
        raise AssertionError(f"curl ended with {done.status}")
    return 1e6 * done.cpu_s / len(urls), len(urls) / done.wall_s


def requests_us(urls, verify=True):
    script = (f"import requests, sys\nfor line in open(sys.argv[1]): requests.get(line.strip(), verify={verify!r})"
              ".raise_for_status()\n")
    both = []
    for some in (urls[:1], urls):
        both.append(cost([PYTHON, "-c", script, write("\n".join(some) + "\n", "urls")]))
        if both[-1].status != 0:
            raise AssertionError(f"requests failed: {both[-1].out[-500:]}")
    return (1e6 * (both[1].cpu_s - both[0].cpu_s) / (len(urls) - 1),
            (len(urls) - 1) / max(both[1].wall_s - both[0].wall_s, 1e-9))


class Blackbox:
    """blackbox_exporter on the client's core; wrk on the other asks it for probes."""

    def __init__(self, env=None):
        self.port = servers.port()
        self.config = write(BLACKBOX, "blackbox.yml")
        self.program = background(["prometheus-blackbox-exporter", f"--config.file={self.config}",
                                   f"--web.listen-address=127.0.0.1:{self.port}"], CLIENT_CORE, env, self.port)

    def __enter__(self):
        self.pid = self.program.__enter__().pid
        return self

    def __exit__(self, *why):
        self.program.__exit__(*why)

    def probe_us(self, urls, seconds=1):
        script = write('local urls, i = {"' + '","'.join(urls) + '"}, 0\n'
                       'function request() i = i % #urls + 1\n'
                       'return wrk.format("GET", "/probe?module=http_2xx&target=" .. urls[i]) end\n', "probe.lua")
        before = cpu_of(self.pid)
        done = cost(["wrk", "-t1", "-c50", f"-d{seconds}", "-s", script, f"http://127.0.0.1:{self.port}/"], SERVER_CORE)
        count = int(re.search(r"(\d+) requests in", done.out)[1])
        return 1e6 * (cpu_of(self.pid) - before) / count, count / done.wall_s


def have_requests():
    return cost([PYTHON, "-c", "import requests"]).status == 0


def report(rows, names):
    """Medians of alternated runs beside webmon's."""
    own = median([us for us, _ in rows["webmon"]])
    table(["client", "us/probe", "probes/s", "webmon is"], [
        [names[key], median([us for us, _ in seen]), median([rate for _, rate in seen]),
         f"{own / median([us for us, _ in seen]):.3f}x" if key != "webmon" else ""] for key, seen in rows.items() if seen])
    return {key: own / median([us for us, _ in seen]) if seen else float("nan") for key, seen in rows.items()}


def run():
    title(f"G1  fresh HTTP, {TARGETS} targets, saturated: CPU of the client a probe")
    rows = {key: [] for key in ("webmon", "wrk", "curl", "blackbox", "requests")}
    wrk, curl = tool("wrk"), tool("curl")
    blackbox = tool("prometheus-blackbox-exporter") if wrk else None
    with_requests = have_requests()
    with web_server() as server:
        urls = urls_of(server, TARGETS)
        config = fleet(urls)
        for _ in range(TURNS):
            us, rate, last = webmon_us(config)
            rows["webmon"].append((us, rate))
            if wrk:
                rows["wrk"].append(wrk_us(urls[0]))
            if curl:
                rows["curl"].append(curl_us(urls[:1000]))
            if blackbox:
                with Blackbox() as running:
                    rows["blackbox"].append(running.probe_us(urls[:1000]))
            if with_requests and len(rows["requests"]) < 3:
                rows["requests"].append(requests_us(urls[:300]))
    ratios = report(rows, {"webmon": "webmon", "wrk": "wrk -H 'Connection: close'", "curl": "curl -s -Z --parallel-max 50",
                           "blackbox": "blackbox_exporter", "requests": "requests.get"})
    print(f"  webmon all in, {3 * TARGETS} probes with start and configuration: {1e6 * last.cpu_s / 3 / TARGETS:.1f} us/probe, "
          f"{last.rss_kib / 1024:.1f} MiB at most")
    goal("G1", ratios["wrk"], 1.8, "CPU a probe over wrk's", "x")
    goal("G1", ratios["curl"], 0.65, "CPU a probe over curl -Z's", "x")
    goal("G1", ratios["blackbox"], 1 / 12, "CPU a probe over blackbox_exporter's", "x")
    goal("G1", ratios["requests"], 1 / 18, "CPU a probe over requests'", "x")
