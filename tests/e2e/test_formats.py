"""Snapshots for other programs and people: a plugin's line, a Markdown table, OpenMetrics, and what changed since."""

import json
import os
import pty
import re
import subprocess
import unittest

import servers
import tap
from program import PATIENCE, WEBMON, environment, run, snapshot, wait_for, write

PERFDATA = re.compile(r"""('(?:[^'=|]|'')+'|[^\s'=|]+)=(U|-?[\d.]+)(s|)(;[\d.]*){0,4}(?= |$)""")


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = servers.Authority()
        cert, key = cls.authority.certificate("site")
        cls.tls_port = servers.port()
        cls.server = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; } '
                                   'location /slow { limit_rate 100; return 200 "' + "x" * 200 + '"; }',
                                   f"; listen 127.0.0.1:{cls.tls_port} ssl; ssl_certificate {cert}; ssl_certificate_key {key}"
                                   ).start()
        cls.good = f"[target good]\nurl = http://127.0.0.1:{cls.server.port}/\nslow = 5s\n"
        cls.bad = f"[target bad|=it's]\nurl = http://127.0.0.1:{cls.server.port}/no\n"
        cls.tls = f"[target tls]\nurl = https://127.0.0.1:{cls.tls_port}/\nca = {cls.authority.ca}\n"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def nagios(self, config):
        done = run("snapshot", "-f", "nagios", "-c", write(config))
        self.assertEqual(done.stdout.count("\n"), 1, done.stdout)
        words, _, data = done.stdout.rstrip("\n").partition(" | ")
        return done.returncode, words, data

    def test_nagios_all_up(self):
        status, words, data = self.nagios(self.good)
        self.assertEqual((status, words), (0, "WEBMON OK - 1 of 1 up"))
        self.assertRegex(data, r"^up=1;;;0;1 slow=0;;;0;1 down=0;;;0;1 'good'=0\.\d{6}s;5\.000;;0;10\.000$")

    def test_nagios_down(self):
        status, words, data = self.nagios(self.good + self.bad)
        self.assertEqual(status, 2)
        self.assertTrue(words.startswith("WEBMON CRITICAL - 1 of 2 up: bad/=it's DOWN 503"), words)
        self.assertNotIn("|", words + data)
        self.assertEqual(PERFDATA.sub("", data).strip(), "", data)
        self.assertIn("'bad__it''s'=U;;;0;10.000", data)

    def test_nagios_many(self):
        status, words, _ = self.nagios("".join(self.bad.replace("bad", f"b{i}") for i in range(9)))
        self.assertEqual(status, 2)
        self.assertTrue(words.endswith("; and 4 more"), words)

    def test_nagios_of_a_broken_configuration_is_unknown(self):
        status, words, _ = self.nagios("[target x]\nurl = nonsense://\n")
        self.assertEqual(status, 3)
        self.assertTrue(words.startswith("WEBMON UNKNOWN"), words)

    def test_markdown_is_a_table_that_nothing_breaks_out_of(self):
        done = run("snapshot", "-f", "markdown", "--evidence", "-c", write(self.good + self.bad))
        self.assertEqual(done.returncode, 2)
        table = [line for line in done.stdout.splitlines() if line.startswith("|")]
        self.assertEqual(len(table), 4)
        for line in table:
            self.assertEqual(len(re.findall(r"(?<!\\)\|", line)), 9, line)
        self.assertIn("| **DOWN** | bad\\|=it's | 503 |", done.stdout)
        self.assertIn("\n    HTTP/1.1 503 ", done.stdout)

    def test_openmetrics_is_the_page_of_the_metrics(self):
        done = run("snapshot", "-f", "openmetrics", "-n", "3", "-c", write(self.good + "interval = 100ms\n" + self.tls))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('class="ok"} 3\n', done.stdout)
        self.assertRegex(done.stdout, r'\nprobe_ssl_earliest_cert_expiry\{target="tls",[^\n]+\} 1\d{9}\n')
        self.assertTrue(done.stdout.endswith("# EOF\n"))

    def earlier(self, config):
        document, _ = snapshot(config)
        return document

    def diff(self, before, config, *more):
        path = write(json.dumps(before), "before.json")
        return run("snapshot", "--diff", path, "-c", write(config), *more)

    def test_diff_of_the_same_is_nothing(self):
        config = self.good + self.bad + self.tls
        done = self.diff(self.earlier(config), config)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stdout, r"^webmon 1\.0\.0  0 changes in 3 targets since \d{4}-")

    def test_diff_tells_states_times_certificates_and_targets(self):
        config = self.good + self.bad + self.tls
        before = self.earlier(config)
        good, bad, tls = before["targets"]
        good["window"].update(p50=2000.0, p95=2100.0)
        bad["state"], bad["class"] = "up", "ok"
        tls["cert"]["not_after"] = "2001-01-01T00:00:00Z"
        before["targets"].append({**good, "name": "left"})
        done = self.diff(before, config + self.good.replace("good", "came"), "-f", "json")
        self.assertEqual(done.returncode, 2, done.stderr)
        changes = {(c["target"], c["kind"]): (c["from"], c["to"]) for c in json.loads(done.stdout)["changes"]}
        self.assertEqual(changes.pop(("good", "latency"))[0], "2000.0 ms")
        self.assertEqual(changes, {("bad|=it's", "state"): ("up", "down"), ("left", "target"): ("up", None),
                                   ("tls", "certificate"): ("2001-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
                                   ("came", "target"): (None, "up")})
        text = self.diff(before, config).stdout
        self.assertRegex(text, r"\nbad\|=it's +state +up → down  503")
        self.assertRegex(text, r"\ngood +latency +2000.0 ms → [\d.]+ ms  median, [\d.]+ times as fast")

    def test_diff_with_something_else_is_refused_before_any_probe(self):
        for text in ("", "{}", "[1, 2", '{"schema": 1}'):
            done = run("snapshot", "--diff", write(text, "x.json"), "-c", write(self.good))
            self.assertEqual(done.returncode, 3)
            self.assertIn("no snapshot to compare with", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_escapes_in_an_earlier_snapshot_reach_no_terminal(self):
        before = self.earlier(self.good)
        before["targets"].append({"name": "a\x1b]0;owned\x07", "state": "\x1b[31mup"})
        out = self.diff(before, self.good).stdout
        self.assertNotIn("\x1b", out)
        self.assertIn("gone", out)

    def test_a_long_snapshot_tells_a_terminal_how_far_it_is(self):
        config = write(f"[target slow]\nurl = http://127.0.0.1:{self.server.port}/slow\ntimeout = 20s\n")
        master, slave = pty.openpty()
        child = subprocess.Popen([WEBMON, "snapshot", "-f", "json", "-n", "2", "-c", config], env=environment(), stderr=slave,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        os.close(slave)
        said = b""
        def read():
            nonlocal said
            try:
                said += os.read(master, 4096)
            except OSError:
                return True
            return b" of 1 targets done, " in said
        wait_for(read, 20, "progress")
        out, _ = child.communicate(timeout=60 * PATIENCE)
        os.close(master)
        self.assertEqual(len(json.loads(out)["targets"]), 1)
        self.assertIn(b"0 of 1 targets done, ", said)


tap.main()
