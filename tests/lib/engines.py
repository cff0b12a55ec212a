"""What stores and takes metrics: Prometheus, VictoriaMetrics, the blackbox exporter; pages of metrics as they are, and engines that
say what they are told to."""

import contextlib
import http.server
import json
import os
import shutil
import textwrap
import threading
import unittest
import urllib.parse

import servers
from program import folder, wait_for, write

PROMETHEUS = shutil.which("prometheus")
VICTORIA = shutil.which("victoria-metrics")
BLACKBOX = shutil.which("prometheus-blackbox-exporter") or shutil.which("blackbox_exporter")


def need(program, name):
    if not program:
        raise unittest.SkipTest(f"no {name} here")


def blackbox(modules=None):
    """A blackbox exporter with a module http_2xx that waits 2 s at most."""
    need(BLACKBOX, "blackbox exporter")
    number = servers.port()
    config = write(modules or "modules:\n  http_2xx:\n    prober: http\n    timeout: 2s\n"
                   "    http: {preferred_ip_protocol: ip4, tls_config: {insecure_skip_verify: true}}\n", "blackbox.yml")
    return servers.Child([BLACKBOX, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{number}"], number)


def probing(job, exporter, urls):
    """A job that lets the exporter probe each of these, as its manual has it."""
    return textwrap.indent(textwrap.dedent(f'''
        - job_name: {job}
          metrics_path: /probe
          params: {{module: [http_2xx]}}
          static_configs: [{{targets: {json.dumps(urls)}}}]
          relabel_configs:
          - {{source_labels: [__address__], target_label: __param_target}}
          - {{source_labels: [__param_target], target_label: instance}}
          - {{target_label: __address__, replacement: "127.0.0.1:{exporter.port}"}}
        '''), "  ")


def scraping(job, *ports, labels=None, more=""):
    """A job that asks these ports of loopback for /metrics."""
    targets = json.dumps([f"127.0.0.1:{number}" for number in ports])
    return f"  - job_name: {job}\n    static_configs: [{{targets: {targets}, labels: {json.dumps(labels or {})}}}]\n{more}"


class Engine(servers.Child):
    """One that scrapes; its configuration can be written anew."""

    def __init__(self, program, flags, jobs, interval):
        self.config = os.path.join(folder(), "scrape.yml")
        self.interval = interval
        self.write(jobs)
        number = servers.port()
        super().__init__([program, *(flag.format(config=self.config, port=number, data=folder()) for flag in flags)], number)
        self.url = f"http://127.0.0.1:{number}"

    def write(self, jobs):
        write(f"global: {{scrape_interval: {self.interval}, scrape_timeout: {self.interval}}}\nscrape_configs:\n" + "".join(jobs),
              "scrape.yml", os.path.dirname(self.config))

    def query(self, query):
        url = f"{self.url}/api/v1/query?query={urllib.parse.quote(query)}"
        return json.loads(servers.fetch(url))["data"]["result"]

    def wait_series(self, query, count=1, seconds=60):
        """Until the query has so many series."""
        def there():
            with contextlib.suppress(OSError):
                return len(self.query(query)) >= count
        wait_for(there, seconds, f"{count} series of {query}")
        return self


def prometheus(*jobs, interval="1s"):
    need(PROMETHEUS, "Prometheus")
    return Engine(PROMETHEUS, ["--config.file={config}", "--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.path={data}",
                               "--web.enable-lifecycle"], jobs, interval)


def victoria(*jobs, interval="1s"):
    need(VICTORIA, "VictoriaMetrics")
    return Engine(VICTORIA, ["-promscrape.config={config}", "-httpListenAddr=127.0.0.1:{port}", "-storageDataPath={data}",
                             "-memory.allowedPercent=10"], jobs, interval)


class Web:
    """A web server in a thread whose answers are a function of path and query: (status, body, type) or a generator of chunks."""

    def __init__(self, answer, number=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 (the library's name)
                parts = urllib.parse.urlsplit(self.path)
                answer(self, parts.path, dict(urllib.parse.parse_qsl(parts.query)))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", number or servers.port()), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    __enter__ = start

    def __exit__(self, *_):
        self.stop()


def reply(handler, body, status=200, kind="application/json"):
    body = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    with contextlib.suppress(OSError):  # whoever asked may have had enough
        handler.wfile.write(body)


class Page(Web):
    """Metrics as they stand in `text`, which may be changed at any time."""

    def __init__(self, text):
        self.text = text
        super().__init__(lambda handler, _path, _query: reply(handler, self.text, kind="text/plain; version=0.0.4"))
