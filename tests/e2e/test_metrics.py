"""Metrics: names and values as promised, silent under promtool, scraped by a real Prometheus; who asks slowly delays nobody."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

import servers
import tap
from program import ROOT, WEBMON, end, environment, folder, run, running, wait_for, write
from screen import Screen

PROMTOOL = shutil.which("promtool")
OPEN = "application/openmetrics-text; version=1.0.0; q=0.8, text/plain; version=0.0.4; q=0.5, */*; q=0.1"
LINE = re.compile(r'^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def ask(number, path="/metrics", **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{number}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()
    except OSError:
        return None, None, ""


def logged(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def values(text):
    """{(name, labels without those of the target): value} of each target: {target: ...}; None: the program's."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = LINE.match(line).groups()
        labels = dict(LABEL.findall(labels or ""))
        own = tuple(sorted((k, v) for k, v in labels.items() if k not in ("target", "group", "instance")))
        found.setdefault(labels.get("target"), {})[(name, *own)] = float(value)
    return found


def promtool(test, *arguments, text=None):
    done = subprocess.run([PROMTOOL, *arguments], input=text, capture_output=True, text=True, timeout=60)
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
    return done.stdout + done.stderr


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
        cls.refused = servers.refused_port()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.port = servers.port()

    def config(self, more="", program=""):
        base = f"http://127.0.0.1:{self.server.port}"
        path = write(f'''
            [webmon]
            metrics = 127.0.0.1:{self.port}
            {program}
            [defaults]
            interval = 200ms
            [target hello "quoted" back\\slash]
            url = http://someone:pass-word-77@127.0.0.1:{self.server.port}/?token=query-secret-55
            header = X-Api-Key: ${{METRICS_TOKEN}}
            group = shop
            expect_body = hello
            [target broken]
            url = {base}/no
            [target refused]
            url = http://127.0.0.1:{self.refused}/
            {more}'''.replace("            ", ""))
        os.chmod(path, 0o600)
        return path

    def watch(self, *arguments, **more):
        env = environment(METRICS_TOKEN="hunter2-token")
        return running("watch", "--plain", "-c", self.config(**more), *arguments, env=env, stdout=subprocess.DEVNULL)

    def when(self, test, seconds=20):
        """The metrics once the test of them holds."""
        def look():
            found = values(ask(self.port)[2])
            return found if found and test(found) else None
        return wait_for(look, seconds, "metrics as wanted")

    def test_names_and_values(self):
        with self.watch():
            found = self.when(lambda m: m.get("refused", {}).get(("webmon_state",)) == 3 and
                              m["hello \\\"quoted\\\" back\\\\slash"].get(("webmon_latency_seconds_count",), 0) > 5)
        hello, broken, refused, own = (found['hello \\"quoted\\" back\\\\slash'], found["broken"], found["refused"], found[None])
        self.assertEqual(hello[("probe_success",)], 1)
        self.assertEqual(hello[("probe_http_status_code",)], 200)
        self.assertEqual(hello[("probe_http_version",)], 1.1)
        self.assertEqual(hello[("probe_failed_due_to_regex",)], 0)
        self.assertEqual(hello[("webmon_state",)], 1)
        self.assertGreater(hello[("probe_http_duration_seconds", ("phase", "processing"))], 0)
        self.assertNotIn(("probe_http_duration_seconds", ("phase", "tls")), hello, "no TLS: absent, not 0")
        self.assertNotIn(("probe_ssl_earliest_cert_expiry",), hello)
        self.assertEqual(hello[("webmon_probes_total", ("class", "ok"))], hello[("webmon_latency_seconds_count",)])
        self.assertEqual(hello[("webmon_latency_seconds_bucket", ("le", "+Inf"))], hello[("webmon_latency_seconds_count",)])
        self.assertEqual(broken[("probe_success",)], 0)
        self.assertEqual(broken[("probe_http_status_code",)], 503)
        self.assertGreater(broken[("webmon_probes_total", ("class", "http_status"))], 0)
        self.assertNotIn(("probe_http_status_code",), refused, "no answer has no status")
        self.assertEqual(refused[("webmon_probe_class", ("class", "refused"))], 1)
        self.assertEqual(own[("webmon_targets", ("state", "down"))], 2)
        self.assertEqual(own[("webmon_build_info", ("version", "1.0.0"))], 1)

    def test_no_secret_is_in_them(self):
        with self.watch():
            self.when(lambda m: ("probe_success",) in m.get("broken", {}))
            text = ask(self.port)[2]
        for secret in ("hunter2-token", "pass-word-77", "query-secret-55"):
            self.assertNotIn(secret, text)

    @unittest.skipUnless(PROMTOOL, "no promtool")
    def test_promtool_has_nothing_to_say(self):
        with self.watch():
            self.when(lambda m: m.get("refused", {}).get(("webmon_state",)) == 3)
            status, kind, text = ask(self.port)
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertEqual(promtool(self, "check", "metrics", text=text), "")

    def test_openmetrics_where_it_is_asked_for(self):
        with self.watch():
            self.when(lambda m: ("probe_success",) in m.get("broken", {}))
            _, kind, text = ask(self.port, Accept=OPEN)
            plain = ask(self.port, Accept="application/openmetrics-text;q=0.1, text/plain")[1]
        self.assertEqual(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.assertTrue(text.endswith("# EOF\n"))
        self.assertIn("# TYPE webmon_probes counter\n", text)
        self.assertIn("\nwebmon_probes_total{", text)
        self.assertTrue(plain.startswith("text/plain"), plain)

    def test_counters_only_grow_and_count_each_check_once(self):
        with self.watch() as webmon:
            before = {}

            def look():
                """How often it is known to have been checked."""
                now = self.when(lambda m: "broken" in m)
                for target, series in now.items():
                    for key, value in series.items():
                        if key[0].endswith(("_total", "_bucket", "_count", "_sum")):
                            self.assertGreaterEqual(value, before.get((target, *key), 0), (target, key))
                            before[(target, *key)] = value
                return sum(value for key, value in before.items() if key[:2] == ("broken", "webmon_probes_total"))
            wait_for(lambda: look() >= 5, 30, "five checks")
            end(webmon)
        served = [line for line in before if line[0] == "broken" and line[1] == "webmon_probes_total"]
        self.assertEqual({dict(key[2:])["class"] for key in served}, {"ok", "http_status"})

    def test_healthy_ready_and_what_is_not_there(self):
        with self.watch():
            wait_for(lambda: ask(self.port, "/-/healthy")[0] == 200, 20, "healthy")
            wait_for(lambda: ask(self.port, "/-/ready")[0] == 200, 20, "ready")
            self.assertEqual(ask(self.port, "/nothing")[0], 404)
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/metrics", data=b"x" * 100000, method="POST")
            with self.assertRaises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(request, timeout=10)
            self.assertEqual(refusal.exception.code, 405)
            refusal.exception.close()

    def test_who_reads_slowly_or_not_at_all_delays_nothing(self):
        more = "".join(f"[target t{i}]\nurl = http://127.0.0.1:{self.server.port}/{i}\n" for i in range(60))
        with self.watch(more=more):
            self.when(lambda m: ("probe_success",) in m.get("t59", {}))
            slow = []
            for i in range(20):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", self.port))
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" if i % 2 else b"GET /metr")
                slow.append(client)
            first = self.when(lambda m: "t0" in m)
            later = self.when(lambda m: m["t0"][("webmon_probes_total", ("class", "ok"))] >=
                              first["t0"][("webmon_probes_total", ("class", "ok"))] + 5)
            self.assertEqual(later[None][("webmon_targets", ("state", "down"))], 2)
            for client in slow:
                client.close()

    def test_who_says_nothing_gives_way_to_who_asks(self):
        number = servers.port()
        with running("record", "-i", "200ms", "--metrics", f"127.0.0.1:{number}", f"http://127.0.0.1:{self.server.port}/") as child:
            wait_for(lambda: ask(number)[0] == 200, 20, "page")
            silent = [socket.create_connection(("127.0.0.1", number), timeout=10) for _ in range(60)]
            for client in silent:
                client.sendall(b"GET /metrics HTTP/1.1\r\nX")
            wait_for(lambda: ask(number)[0] == 200, 60, "page among many that say nothing")
            still = 0
            for client in silent:
                client.setblocking(False)
                try:
                    client.recv(1)
                except BlockingIOError:
                    still += 1
                except OSError:
                    pass
                client.close()
            self.assertGreater(still, 15, "they were waited for until their time was up")
            self.assertEqual(end(child), 0)

    def test_a_file_for_the_textfile_collector(self):
        path = os.path.join(folder(), "webmon.prom")
        with self.watch("--metrics-file", path) as webmon:
            wait_for(lambda: os.path.exists(path), 20, "the file")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o644)
            self.assertEqual(os.listdir(os.path.dirname(path)), ["webmon.prom"])
            end(webmon)
        self.assertIn("webmon_build_info", text)
        if PROMTOOL:
            self.assertEqual(promtool(self, "check", "metrics", text=text), "")
        self.assertFalse(os.path.exists(path), "it would speak of the past")

    def test_a_file_that_cannot_be_written_is_a_line_of_the_log(self):
        place = folder()
        os.mkdir(os.path.join(place, "log"))
        log = os.path.join(place, "log", "webmon.log")

        def noted():
            with open(log, encoding="utf-8") as file:
                return [line for line in file if "metrics_file: Is a directory" in line]
        with running("record", "-c", self.config(), "--metrics-file", place, "--log", log,
                     env=environment(METRICS_TOKEN="x")) as webmon:
            wait_for(lambda: os.path.exists(log) and noted(), 20, "word of it")
            end(webmon)
        self.assertEqual(len(noted()), 1)

    def test_a_port_that_is_taken_and_a_wrong_one_are_told(self):
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections of the port do not matter
            holder.bind(("127.0.0.1", self.port))
            holder.listen()
            done = run("watch", "--plain", "-c", self.config(), env=environment(METRICS_TOKEN="hunter2-token"))
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"metrics: cannot listen on 127.0.0.1:{self.port}: Address already in use", done.stderr)
        done = run("watch", "--plain", "--metrics", "example.com:80", "http://127.0.0.1:1/")
        self.assertEqual(done.returncode, 3)
        self.assertIn("metrics must be ADDRESS:PORT", done.stderr)

    def test_counters_go_on_over_a_reload(self):
        config = self.config()
        env = environment(METRICS_TOKEN="hunter2-token")
        key = ("webmon_probes_total", ("class", "http_status"))
        with running("record", "-c", config, env=env, stdout=subprocess.DEVNULL) as webmon:
            before = self.when(lambda m: m.get("broken", {}).get(key, 0) > 5)["broken"][key]
            with open(config, "a", encoding="utf-8") as file:
                file.write(f"[target more]\nurl = http://127.0.0.1:{self.server.port}/\n")
            webmon.send_signal(signal.SIGHUP)
            after = self.when(lambda m: ("probe_success",) in m.get("more", {}))["broken"][key]
            self.assertGreaterEqual(after, before)
            end(webmon)

    def change(self, config, wanted):
        """The line "metrics = ..." of it."""
        with open(config, encoding="utf-8") as file:
            text = file.read()
        write(re.sub(r"(?m)^metrics\w* = .*$", wanted, text), os.path.basename(config), os.path.dirname(config))

    def test_a_reload_to_another_place_takes_the_counters_along(self):
        log, page, key = os.path.join(folder(), "log"), os.path.join(folder(), "page"), ("webmon_probes_total", ("class", "http_status"))
        config, old = self.config(program=f"log = {log}"), self.port
        with running("record", "-c", config, env=environment(METRICS_TOKEN="hunter2-token"), stdout=subprocess.DEVNULL) as webmon:
            before = self.when(lambda m: m.get("broken", {}).get(key, 0) > 5)["broken"][key]
            self.port = servers.port()
            # the last one takes the port away from itself, and the one before
            for place in (f"127.0.0.1:{self.port}", f"0.0.0.0:{self.port}", f"127.0.0.1:{self.port}"):
                self.change(config, f"metrics = {place}")
                count = logged(log).count("configuration reloaded")
                webmon.send_signal(signal.SIGHUP)
                wait_for(lambda count=count: logged(log).count("configuration reloaded") > count, 20, "reload")
                after = self.when(lambda m: key in m.get("broken", {}))["broken"][key]
                self.assertGreaterEqual(after, before)
                before = after
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", old), timeout=5)
            self.change(config, f"metrics_file = {page}")
            webmon.send_signal(signal.SIGHUP)
            wait_for(lambda: os.path.exists(page), 20, "page")
            with open(page, encoding="utf-8") as file:
                self.assertGreaterEqual(values(file.read())["broken"][key], before)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.assertNotIn("cannot listen", logged(log))
            end(webmon)

    def test_a_reload_to_a_place_that_is_taken_keeps_the_old_one_and_says_so(self):
        log = os.path.join(folder(), "log")
        config = self.config(program=f"log = {log}")
        told = f"metrics: cannot listen on 127.0.0.1:{{}}: Address already in use; still served on 127.0.0.1:{self.port}"
        with socket.create_server(("127.0.0.1", 0)) as other, \
                running("record", "-c", config, env=environment(METRICS_TOKEN="hunter2-token"), stdout=subprocess.DEVNULL) as webmon:
            taken = other.getsockname()[1]
            self.when(lambda m: "broken" in m)
            self.change(config, f"metrics = 127.0.0.1:{taken}")
            webmon.send_signal(signal.SIGHUP)
            wait_for(lambda: told.format(taken) in logged(log), 20, "word of it")
            self.when(lambda m: "broken" in m)
            other.close()
            webmon.send_signal(signal.SIGHUP)
            old, self.port = self.port, taken
            self.when(lambda m: "broken" in m)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", old), timeout=5)
            self.assertEqual(logged(log).count("cannot listen"), 1)
            end(webmon)

    def test_a_reload_that_first_asks_for_a_place_that_is_taken_says_so(self):
        log = os.path.join(folder(), "log")
        config = self.config(program=f"log = {log}")
        taken = self.port
        self.change(config, "")
        with socket.create_server(("127.0.0.1", taken)), \
                running("record", "-c", config, env=environment(METRICS_TOKEN="hunter2-token"), stdout=subprocess.DEVNULL) as webmon:
            wait_for(lambda: "ERROR broken" in logged(log), 20, "probes")
            with open(config, encoding="utf-8") as file:
                text = file.read()
            write(text.replace("[webmon]", f"[webmon]\nmetrics = 127.0.0.1:{taken}"), os.path.basename(config), os.path.dirname(config))
            webmon.send_signal(signal.SIGHUP)
            wait_for(lambda: f"metrics: cannot listen on 127.0.0.1:{taken}: Address already in use" in logged(log), 20, "word of it")
            end(webmon)

    def test_the_screen_says_that_the_old_place_is_kept(self):
        config = self.config()
        with socket.create_server(("127.0.0.1", 0)) as other, \
                Screen(WEBMON, "-c", config, env=["METRICS_TOKEN=hunter2-token"], size=(160, 40)) as screen:
            self.when(lambda m: "broken" in m)
            self.change(config, f"metrics = 127.0.0.1:{other.getsockname()[1]}")
            screen.keys("r")
            screen.expect("cannot listen on", 20)
            screen.expect("still served on")
            self.when(lambda m: "broken" in m)
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)

    def test_nobody_is_turned_away_during_a_reload(self):
        config = self.config("".join(f"[target t{i}]\nurl = http://127.0.0.1:{self.server.port}/\n" for i in range(300)))
        with running("record", "-c", config, env=environment(METRICS_TOKEN="hunter2-token"), stdout=subprocess.DEVNULL) as webmon:
            self.when(lambda m: ("probe_success",) in m.get("broken", {}))
            over, found = threading.Event(), set()

            def scrape():
                while not over.is_set():
                    found.add(ask(self.port)[0])
            scraper = threading.Thread(target=scrape)
            scraper.start()
            for i in range(8):
                with open(config, "a", encoding="utf-8") as file:
                    file.write(f"[target more{i}]\nurl = http://127.0.0.1:{self.server.port}/\n")
                webmon.send_signal(signal.SIGHUP)
                self.when(lambda m, i=i: f"more{i}" in m)
            over.set()
            scraper.join()
            end(webmon)
        self.assertEqual(found, {200})

    def test_readme_names_every_family(self):
        with self.watch():
            self.when(lambda m: ("probe_success",) in m.get("broken", {}))
            text = ask(self.port)[2]
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            readme = file.read()
        missing = [name for name in re.findall(r"^# TYPE (\S+)", text, re.M) if name not in readme]
        self.assertEqual(missing, [])


def dashboard():
    with open(os.path.join(ROOT, "src/dist/grafana/webmon.json"), encoding="utf-8") as file:
        return json.load(file)


def expressions():
    """All of the dashboard's, as Grafana would send them: (title, expression)."""
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "10s").replace("$target", ".*").replace("$group", ".*")


class Dist(unittest.TestCase):
    def test_the_dashboard_uses_metrics_that_there_are(self):
        with open(os.path.join(ROOT, "src/face/metrics_families.c"), encoding="utf-8") as file:
            known = set(re.findall(r'"((?:probe|webmon)_[a-z0-9_]+)"', file.read()))
        for title, expression in expressions():
            used = {re.sub("_bucket$", "", name) for name in re.findall(r"\b(?:probe|webmon)_[a-z0-9_]+", expression)}
            self.assertTrue(used and used <= known, f"{title}: {used - known}")

    def test_the_panels_of_the_dashboard_do_not_lie_over_one_another(self):
        taken = set()
        for panel in dashboard()["panels"]:
            at = panel["gridPos"]
            places = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(places & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= places
        self.assertEqual(len({panel["id"] for panel in dashboard()["panels"]}), len(dashboard()["panels"]))

    @unittest.skipUnless(PROMTOOL, "no promtool")
    def test_the_alert_rules_are_valid_and_do_what_their_stories_say(self):
        rules = os.path.join(ROOT, "src/dist/prometheus/webmon.rules.yml")
        self.assertIn("SUCCESS", promtool(self, "check", "rules", rules))
        with open(os.path.join(ROOT, "tests/e2e/rules_test.yml"), encoding="utf-8") as file:
            stories = write(file.read().replace("webmon.rules.yml", rules), "stories.yml")
        self.assertIn("SUCCESS", promtool(self, "test", "rules", stories))


EXPORTER = shutil.which("prometheus-blackbox-exporter")


@unittest.skipUnless(EXPORTER, "no blackbox exporter")
class Blackbox(unittest.TestCase):
    """Beside the exporter whose names these are: dashboards and rules made for it must work."""

    SAME = ("probe_success", "probe_http_status_code", "probe_http_version", "probe_http_ssl", "probe_ip_protocol",
            "probe_failed_due_to_regex", "probe_ssl_last_chain_expiry_timestamp_seconds", "probe_http_uncompressed_body_length")

    def test_names_types_and_values_are_its_own(self):
        authority = servers.Authority()
        cert, key = authority.certificate("site")
        tls, number, own = servers.port(), servers.port(), servers.port()
        module = write(f"modules: {{web: {{prober: http, http: {{preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: "
                       f"[hello], tls_config: {{ca_file: {authority.ca}}}}}}}}}\n", "blackbox.yml")
        config = write(f"[webmon]\nmetrics = 127.0.0.1:{own}\n[defaults]\ninterval = 200ms\n[target site]\n"
                       f"url = https://127.0.0.1:{tls}/\nca = {authority.ca}\nexpect_body = hello\n")
        server = servers.nginx('location / { return 200 "hello\\n"; }',
                               f"; listen 127.0.0.1:{tls} ssl; ssl_certificate {cert}; ssl_certificate_key {key}")
        command = [EXPORTER, f"--config.file={module}", f"--web.listen-address=127.0.0.1:{number}"]
        with server, servers.Child(command, number), running("watch", "--plain", "-c", config, stdout=subprocess.DEVNULL):
            wait_for(lambda: ("probe_success",) in values(ask(own)[2]).get("site", {}), 20, "webmon's metrics")
            ours = ask(own)[2]
            theirs = ask(number, f"/probe?module=web&target=https://127.0.0.1:{tls}/")[2]
        types = [dict(re.findall(r"^# TYPE (probe_\S+) (\S+)", text, re.M)) for text in (ours, theirs)]
        self.assertEqual({name: kind for name, kind in types[1].items() if name in types[0]}, types[0])
        mine, other = values(ours)["site"], values(theirs)[None]
        for name in self.SAME:
            self.assertEqual(mine[(name,)], other[(name,)], name)
        # it looks at what the server sent, webmon at the chain that was verified: the authority's own end is in it
        self.assertEqual(mine[("probe_ssl_earliest_cert_expiry",)],
                         min(other[("probe_ssl_earliest_cert_expiry",)],
                             other[("probe_ssl_last_chain_expiry_timestamp_seconds",)]))
        phases = [{key for key in found if key[0] == "probe_http_duration_seconds"} for found in (mine, other)]
        self.assertLessEqual(phases[0], phases[1])
        self.assertEqual(*[{key for key in found if key[0] == "probe_tls_version_info"} for found in (mine, other)])


@unittest.skipUnless(shutil.which("prometheus"), "no prometheus")
class Prometheus(unittest.TestCase):
    """A real one, with the rules that are shipped."""

    def query(self, number, expression):
        url = f"http://127.0.0.1:{number}/api/v1/query?query=" + urllib.request.quote(expression)
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                return json.load(reply)["data"]["result"]
        except OSError:
            return []

    def status(self, number, expression):
        url = f"http://127.0.0.1:{number}/api/v1/query?query=" + urllib.request.quote(expression)
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                return json.load(reply)["status"]
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def test_it_scrapes_and_alerts(self):
        server = servers.nginx('location / { return 200 "hello\\n"; }').start()
        own, number, home = servers.port(), servers.port(), folder()
        rules = os.path.join(ROOT, "src/dist/prometheus/webmon.rules.yml")
        config = write(f"[webmon]\nmetrics = 127.0.0.1:{own}\n[defaults]\ninterval = 200ms\n[target hello]\ngroup = shop\n"
                       f"url = http://127.0.0.1:{server.port}/\n[target gone]\nurl = http://127.0.0.1:{servers.refused_port()}/\n")
        scrape = write(f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: ['{rules}']\nscrape_configs:\n"
                       f"- job_name: webmon\n  honor_labels: true\n  static_configs: [{{targets: ['127.0.0.1:{own}']}}]\n",
                       "prometheus.yml")
        command = ["prometheus", f"--config.file={scrape}", f"--storage.tsdb.path={home}/data",
                   f"--web.listen-address=127.0.0.1:{number}"]
        try:
            with running("watch", "--plain", "-c", config, stdout=subprocess.DEVNULL), servers.Child(command, number):
                wait_for(lambda: self.query(number, 'webmon_state{target="gone"} == 3'), 60, "the state in Prometheus")
                up = wait_for(lambda: self.query(number, 'probe_success{target="hello"}'), 30, "the other one")
                self.assertEqual(up[0]["metric"]["instance"], f"http://127.0.0.1:{server.port}/")
                self.assertEqual(up[0]["metric"]["group"], "shop")
                self.assertEqual(up[0]["value"][1], "1")
                self.assertTrue(self.query(number, 'up{job="webmon"} == 1'))
                self.assertTrue(wait_for(lambda: self.query(number, 'rate(webmon_probes_total{target="gone"}[10s]) > 0'), 30,
                                         "a rate"))
                wait_for(lambda: self.query(number, 'ALERTS{alertname="WebmonTargetDown", target="gone"}'), 60, "an alert")
                for title, expression in expressions():
                    with self.subTest(title):
                        self.assertEqual(self.status(number, expression), "success", expression)
        finally:
            server.stop()


tap.main()
