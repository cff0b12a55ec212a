"""The log file: one line an event, each sample at level info, reopened on SIGHUP without losing a line."""

import json
import os
import re
import signal
import stat
import unittest

import servers
import tap
from program import PATIENCE, end, folder, run, running, wait_for, write

LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) \S+ .+$")


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def config(self, more="", path="/", interval="100ms"):
        log = os.path.join(folder(), "webmon.log")
        return log, write(f"[webmon]\nlog = {log}\n{more}\n[target hello]\n"
                          f"url = http://127.0.0.1:{self.server.port}{path}\ninterval = {interval}\n")

    def test_text_has_a_line_a_sample_at_level_info(self):
        log, config = self.config("log_level = info")
        self.assertEqual(run("snapshot", "-q", "-n", "7", "-c", config).returncode, 0)
        found = lines(log)
        for line in found:
            self.assertRegex(line, LINE)
        self.assertEqual(len([line for line in found if " INFO hello " in line]), 7, found)

    def test_a_failure_is_an_error_with_its_class_and_words(self):
        log, config = self.config(path="/no")
        self.assertEqual(run("snapshot", "-q", "-n", "4", "-c", config).returncode, 2)
        errors = [line for line in lines(log) if " ERROR hello http_status 503" in line]
        self.assertTrue(errors, lines(log))
        self.assertLessEqual(len(errors), 2, "one incident is not a line a failure")

    def test_json_has_an_object_a_line(self):
        log, config = self.config("log_format = json\nlog_level = info", path="/no")
        run("snapshot", "-q", "-n", "3", "-c", config)
        found = [json.loads(line) for line in lines(log)]
        self.assertTrue(found)
        for entry in found:
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT")
            self.assertEqual(entry["target"], "hello")
        self.assertIn("http_status", {entry.get("class") for entry in found})

    def test_it_is_for_its_owner_alone(self):
        log, config = self.config("log_level = info")
        run("snapshot", "-q", "-c", config)
        self.assertEqual(stat.S_IMODE(os.stat(log).st_mode), 0o600)

    def test_a_symbolic_link_is_not_followed(self):
        log, config = self.config("log_level = info")
        os.symlink(os.path.join(folder(), "victim"), log)
        done = run("snapshot", "-q", "-c", config)
        self.assertEqual(done.returncode, 3)
        self.assertIn(os.path.basename(log), done.stderr)

    def test_sighup_reopens_and_no_line_is_lost(self):
        log, config = self.config("log_level = info", interval="100ms")
        with running("watch", "--plain", "-c", config) as webmon:
            wait_for(lambda: len(lines(log)) > 20, 10, "twenty lines")
            for turn in range(1, 4):
                os.rename(log, f"{log}.{turn}")
                webmon.send_signal(signal.SIGHUP)
                wait_for(lambda: len(lines(log)) > 20, 10, "lines in the new file")
            self.assertEqual(end(webmon, signal.SIGTERM), 0)
        whole = [line for turn in (1, 2, 3) for line in lines(f"{log}.{turn}")] + lines(log)
        for line in whole:
            self.assertRegex(line, LINE, "torn")
        # The samples have no numbers of their own; nginx knows how many requests it answered.
        self.assertGreater(len(whole), 80)

    def test_a_full_disk_stops_no_probe(self):
        _, config = self.config("log_level = info")
        with open(config, encoding="utf-8") as file:
            text = re.sub(r"log = .*", "log = /dev/full", file.read())
        done = run("snapshot", "-f", "json", "-n", "5", "-c", write(text), timeout=20 * PATIENCE)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        if done.returncode == 0:
            self.assertEqual(json.loads(done.stdout)["targets"][0]["window"]["samples"], 5)


tap.main()
