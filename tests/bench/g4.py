"""G4: 1,000 targets every 10 s: CPU and memory beside Prometheus with blackbox_exporter, and Monit."""

import json
import os
import time

from common import (CLIENT_CORE, WEBMON, background, cpu_of, fleet, folder, goal, requests_seen, rss_of, servers, table, title,
                    tool, urls_of, wait_requests, web_server, write)

TARGETS = 1000
INTERVAL_S = 10
WINDOW_S = 20


def window(server, programs):
    """CPU in us a probe, % of a core and MiB of these processes together, over the window, after two rounds."""
    wait_requests(server, 2 * TARGETS, 12 * INTERVAL_S)
    cpu, asked, start = sum(map(cpu_of, programs)), requests_seen(server), time.monotonic()
    time.sleep(WINDOW_S)
    cpu, probes = sum(map(cpu_of, programs)) - cpu, requests_seen(server) - asked - 1
    wall = time.monotonic() - start
    return [1e6 * cpu / max(probes, 1), 100 * cpu / wall, sum(map(rss_of, programs)) / 1024,
            100 * probes * INTERVAL_S / (TARGETS * wall)]


def webmon_window(server, urls):
    config = fleet(urls, "", f"interval = {INTERVAL_S}s")
    with background([WEBMON, "watch", "--plain", "-c", config]) as child:
        return window(server, [child.pid])


def prometheus_window(server, urls):
    home = folder()
    exporter_port, port = servers.port(), servers.port()
    modules = write("modules: {http_2xx: {prober: http, http: {preferred_ip_protocol: ip4}}}\n", "blackbox.yml", home)
    config = write(json.dumps({
        "global": {"scrape_interval": f"{INTERVAL_S}s"},
        "scrape_configs": [{
            "job_name": "web", "metrics_path": "/probe", "params": {"module": ["http_2xx"]},
            "static_configs": [{"targets": urls}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": f"127.0.0.1:{exporter_port}"}]}]}), "prometheus.yml", home)
    with background(["prometheus-blackbox-exporter", f"--config.file={modules}",
                     f"--web.listen-address=127.0.0.1:{exporter_port}"], number=exporter_port) as exporter, \
            background(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={home}/data",
                        f"--web.listen-address=127.0.0.1:{port}"], number=port) as prometheus:
        return window(server, [exporter.pid, prometheus.pid])


def monit_window(server, urls):
    home = folder()
    checks = "".join(f'check host t{i} with address {url.split("/")[2].split(":")[0]}\n  if failed port {server.port} '
                     f'protocol http request "/{i}" then alert\n' for i, url in enumerate(urls))
    config = write(f"set daemon {INTERVAL_S}\nset log {home}/log\nset idfile {home}/id\nset statefile {home}/state\n"
                   f"set pidfile {home}/pid\n" + checks, "monitrc", home)
    os.chmod(config, 0o600)
    with background(["monit", "-I", "-c", config], CLIENT_CORE) as child:
        return window(server, [child.pid])


def run():
    title(f"G4  {TARGETS} targets every {INTERVAL_S} s, window of {WINDOW_S} s")
    rows = {}
    with web_server() as server:
        urls = urls_of(server, TARGETS)
        rows["webmon"] = webmon_window(server, urls)
        if tool("prometheus") and tool("prometheus-blackbox-exporter"):
            rows["Prometheus + blackbox"] = prometheus_window(server, urls)
        if tool("monit"):
            rows["Monit (one after the other)"] = monit_window(server, urls)
    own = rows["webmon"]
    nothing = [float("nan")] * 4
    table(["monitor", "us/probe", "% of a core", "RSS MiB", "% of the schedule kept", "webmon's CPU", "webmon's RSS"], [
        [name, *seen, f"{own[0] / seen[0]:.3f}x", f"{own[2] / seen[2]:.3f}x"] for name, seen in rows.items()])
    prometheus = rows.get("Prometheus + blackbox", nothing)
    monit = rows.get("Monit (one after the other)", nothing)
    goal("G4", own[0] / prometheus[0], 1 / 12, "CPU over Prometheus + blackbox's", "x")
    goal("G4", own[2] / prometheus[2], 1 / 10, "RSS over Prometheus + blackbox's", "x")
    goal("G4", own[0] / monit[0], 1.5, "CPU a probe over Monit's", "x")
