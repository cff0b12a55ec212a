"""webmon snapshot: formats, exit statuses, and that a round takes as long as its slowest probe."""

import csv
import io
import json
import os
import re
import subprocess
import unittest

import servers
import tap
from program import LAB, WEBMON, by_name, environment, folder, run, snapshot, write

TARGET_KEYS = {"name", "group", "url", "state", "since", "class", "detail", "warnings", "status", "http_version", "ip",
               "port", "bytes", "ms", "window", "load", "budget", "cert", "evidence"}
WINDOW_KEYS = {"seconds", "samples", "failed", "tainted", "uptime", "min", "p50", "p90", "p95", "p99", "max", "apdex"}
TRACE_COLUMNS = ["t", "dns_ms", "connect_ms", "tls_ms", "first_ms", "recv_ms", "total_ms", "status", "error", "bytes",
                 "lag_ms"]


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
        cls.url = f"http://127.0.0.1:{cls.server.port}"
        cls.refused = servers.refused_port()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def fleet(self):
        return (f"[defaults]\ndown_after = 1\n[target good]\nurl = {self.url}/\ngroup = shop\n"
                f"[target sorry]\nurl = {self.url}/no\n[target gone]\nurl = http://127.0.0.1:{self.refused}/\n")

    def test_json_has_the_documented_shape(self):
        document, status = snapshot(self.fleet(), "-n", "3", "-i", "100ms")
        self.assertEqual(status, 2)
        self.assertEqual(document["schema"], 1)
        self.assertRegex(document["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual({k: document["summary"][k] for k in ("state", "targets", "up", "down")},
                         {"state": "down", "targets": 3, "up": 1, "down": 2})
        targets = by_name(document)
        self.assertEqual(set(targets), {"good", "sorry", "gone"})
        for name, target in targets.items():
            self.assertEqual(TARGET_KEYS - set(target), set(), name)
            self.assertEqual(WINDOW_KEYS - set(target["window"]), set(), name)
            self.assertEqual(target["window"]["samples"], 3, name)
            self.assertEqual(target["window"]["tainted"], 0, name)
        self.assertEqual(targets["good"]["group"], "shop")
        self.assertEqual(targets["good"]["window"]["uptime"], 1)
        self.assertEqual(targets["sorry"]["window"]["failed"], 3)
        self.assertEqual(targets["sorry"]["class"], "http_status")
        self.assertIn("503", targets["sorry"]["detail"])
        self.assertEqual(targets["gone"]["class"], "refused")
        self.assertIsNone(targets["gone"]["ms"]["wait"], "a phase that was not reached is absent")
        self.assertIsNone(targets["gone"]["status"])
        self.assertIsNone(targets["gone"]["window"]["p50"], "a failure has no latency")

    def test_json_has_the_budget_of_an_objective(self):
        config = self.fleet().replace("[target good]", "[target good]\nslo = 99.9% / 7d") \
                             .replace("[target gone]", "[target gone]\nslo = 99% / 30d")
        targets = by_name(snapshot(config, "-n", "3", "-i", "100ms")[0])
        self.assertIsNone(targets["sorry"]["budget"])
        good, gone = targets["good"]["budget"], targets["gone"]["budget"]
        self.assertEqual((good["objective"], good["window_seconds"], good["left"], good["burning"]),
                         (0.999, 7 * 86400, 1, False))
        self.assertEqual((good["burn_long"], good["burn_short"]), (0, 0))
        self.assertEqual((gone["objective"], gone["left"], gone["burn_long"]), (0.99, -99, 100))
        self.assertLess(gone["coverage"], 0.001, "hardly anything of the month is known")

    def test_table_names_every_target_and_has_no_escapes(self):
        done = run("snapshot", "-c", write(self.fleet()))
        self.assertEqual(done.returncode, 2)
        self.assertNotIn("\x1b", done.stdout)
        for pattern in (r"(?m)^STATE +TARGET +RESULT", r"(?m)^DOWN +sorry +503", r"(?m)^DOWN +gone +REFUSED",
                        r"(?m)^ok +good +200"):
            self.assertRegex(done.stdout, pattern)
        self.assertLess(done.stdout.index("sorry"), done.stdout.index("good"), "trouble stands first")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_csv_is_the_trace_format(self):
        done = run("snapshot", "-f", "csv", "-n", "3", "-i", "100ms", f"{self.url}/")
        first, *rest = done.stdout.splitlines()
        self.assertRegex(first, r"^#webmon-trace 1 interval_s=\S+ timeout_s=\S+ scheme=http$")
        rows = list(csv.DictReader(rest))
        self.assertEqual(list(rows[0]), TRACE_COLUMNS)
        self.assertEqual([row["status"] for row in rows], ["200"] * 3)
        self.assertEqual([row["error"] for row in rows], ["none"] * 3)
        times = [float(row["t"]) for row in rows]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1], 0.15)

    def test_csv_of_several_targets_begins_with_the_target(self):
        done = run("snapshot", "-f", "csv", "-n", "2", "-i", "100ms", "-c", write(self.fleet()))
        rows = list(csv.DictReader(io.StringIO("\n".join(
            line for line in done.stdout.splitlines() if not line.startswith("#")))))
        self.assertEqual(list(rows[0]), ["target"] + TRACE_COLUMNS)
        self.assertEqual(sorted(row["target"] for row in rows), ["gone"] * 2 + ["good"] * 2 + ["sorry"] * 2)
        self.assertEqual({row["error"] for row in rows if row["target"] == "gone"}, {"refused"})
        self.assertEqual({row["first_ms"] for row in rows if row["target"] == "gone"}, {""}, "not reached is empty")

    def test_evidence_holds_headers_and_body(self):
        document, _ = snapshot(self.fleet(), "--evidence")
        evidence = json.dumps(by_name(document)["sorry"]["evidence"])
        self.assertIn("503", evidence)
        self.assertIn("nginx", evidence.lower())
        self.assertIn("sorry", evidence)
        without, _ = snapshot(self.fleet())
        self.assertIsNone(by_name(without)["sorry"]["evidence"])

    def test_quiet_prints_nothing_and_tells_by_status(self):
        done = run("snapshot", "-q", "-c", write(self.fleet()))
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_without_a_terminal_watch_becomes_a_snapshot(self):
        done = run(f"{self.url}/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("200", done.stdout)

    def test_a_full_disk_under_stdout_is_told(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([WEBMON, "snapshot", f"{self.url}/"], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env=environment(), cwd=folder(), timeout=30)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, re.escape("webmon: ") + ".*")

    def test_a_check_that_nobody_could_read_is_none(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([WEBMON, "check", "-c", write(self.fleet())], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env=environment(), timeout=30)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot write", done.stderr)

    def test_words_that_found_no_room_are_told(self):
        trace = os.path.join(LAB, "traces", sorted(n for n in os.listdir(os.path.join(LAB, "traces")) if n.endswith(".csv"))[0])
        for arguments in (["--help"], ["--version"], ["--classes"], ["--keys"], ["replay", trace]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([WEBMON, *arguments], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=environment(), timeout=30)
            self.assertEqual(done.returncode, 3, arguments)
            self.assertIn("cannot write to standard output: No space left", done.stderr, arguments)

    def test_a_reader_that_has_enough_is_no_mistake(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([WEBMON, "snapshot", f"{self.url}/"], stdout=writer, stderr=subprocess.PIPE, text=True,
                              env=environment(), cwd=folder(), timeout=30)
        os.close(writer)
        self.assertEqual(done.stderr, "")

    def test_columns_widen_the_table(self):
        done = run("snapshot", "-c", write(self.fleet()), env=environment(COLUMNS="150"))
        self.assertGreater(max(map(len, done.stdout.splitlines())), 80)


class Statuses(unittest.TestCase):
    def test_0_where_all_is_up(self):
        with servers.nginx('location / { return 200 "x"; }') as server:
            self.assertEqual(run("snapshot", "-q", f"http://127.0.0.1:{server.port}/").returncode, 0)

    def test_1_where_one_is_slow(self):
        app = servers.flask_app()
        with app:
            # Nothing answers within a microsecond or so: whatever the machine, this is slow.
            config = f"[target slow]\nurl = http://127.0.0.1:{app.port}/\nslow = 0.001ms\n"
            for limit in ("0.001ms", "1us", "1ms"):
                done = run("snapshot", "-f", "json", "-c", write(config.replace("0.001ms", limit)))
                if done.returncode != 3:
                    break
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        target = json.loads(done.stdout)["targets"][0]
        self.assertEqual((target["state"], target["warnings"]), ("slow", ["slow"]))

    def test_2_where_one_is_down(self):
        self.assertEqual(run("snapshot", "-q", "-o", "down_after=1", f"http://127.0.0.1:{servers.refused_port()}/").returncode, 2)

    def test_3_where_webmon_cannot_work(self):
        for arguments in (["-c", "/no/such/file.ini"], ["--no-such-option"], ["-i", "soon", "http://127.0.0.1:1/"],
                          ["-f", "xml"], ["-n", "0"]):
            with self.subTest(arguments=arguments):
                done = run("snapshot", *arguments)
                self.assertEqual(done.returncode, 3, done.stdout)
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"\S")


class Bounded(unittest.TestCase):
    def test_a_round_is_no_sum_of_its_probes(self):
        """Forty servers that hang for the whole time limit end together: far below the sum, on any machine."""
        with servers.Hang() as hang:
            config = "[defaults]\ntimeout = 1s\ndown_after = 1\n" + "".join(
                f"[target t{i}]\nurl = http://127.0.0.1:{hang.port}/{i}\n" for i in range(40))
            document, status = snapshot(config, "-o", "per_host=0", timeout=20)
        self.assertEqual(status, 2)
        self.assertEqual({t["class"] for t in document["targets"]}, {"timeout_first_byte"})

    def test_a_name_server_that_is_silent_and_a_dead_host_end_with_their_limit(self):
        with servers.BlackHole() as hole:
            document, status = snapshot(f"[defaults]\ntimeout = 1s\nconnect_timeout = 500ms\ndown_after = 1\n"
                                        f"[target hole]\nurl = http://127.0.0.1:{hole.port}/\n", timeout=20)
        self.assertEqual(status, 2)
        target = by_name(document)["hole"]
        self.assertEqual(target["class"], "timeout_connect")
        self.assertIsNone(target["ms"]["connect"])


tap.main()
