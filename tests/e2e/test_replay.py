"""Replay: recorded samples through the judge, line by line; the score of the load detector on the recorded traces."""

import csv
import glob
import io
import json
import os
import subprocess
import sys
import unittest

import tap
from program import LAB, PATIENCE, WEBMON, environment, run, write

TRACES = os.path.join(LAB, "traces")
LEVELS = {"calm", "elevated", "saturated"}
CAUSES = {"none", "server", "network", "dns", "client"}
STATES = {"up", "slow", "down", "unknown"}


def trace(name):
    return os.path.join(TRACES, name + ".csv")


def starts(path):
    with open(path, encoding="ascii") as file:
        return [float(row["t"]) for row in csv.DictReader(line for line in file if not line.startswith("#"))]


class Replay(unittest.TestCase):
    def test_a_line_a_sample_in_order(self):
        for name in ("step-io", "net-loss", "rate-limit-429"):
            done = run("replay", trace(name))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.splitlines()[0], "t,level,cause,ratio,state,evidence")
            rows = list(csv.DictReader(io.StringIO(done.stdout)))
            self.assertEqual([float(row["t"]) for row in rows], starts(trace(name)))
            for row in rows:
                self.assertIn(row["level"], LEVELS)
                self.assertIn(row["cause"], CAUSES)
                self.assertIn(row["state"], STATES)
                self.assertEqual(row["level"] == "calm", row["cause"] == "none")
            self.assertIn("saturated", {row["level"] for row in rows})

    def test_json_says_the_same(self):
        as_csv = list(csv.DictReader(io.StringIO(run("replay", trace("step-cpu"), "-f", "csv").stdout)))
        document = json.loads(run("replay", trace("step-cpu"), "-f", "json").stdout)
        self.assertEqual(len(document), len(as_csv))
        for a, b in zip(document, as_csv):
            self.assertEqual(a["t"], float(b["t"]))
            self.assertEqual((a["level"], a["cause"] or "none", a["state"], a["evidence"]),
                             (b["level"], b["cause"], b["state"], b["evidence"]))
            self.assertAlmostEqual(a["ratio"] or 0, float(b["ratio"] or 0), delta=0.006)

    def test_mistakes_are_told_with_file_and_line(self):
        path = write("#webmon-trace 1 interval_s=1 timeout_s=5\nt,total_ms\n", "bad.csv")
        done = run("replay", path)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn(f"{path}:2: no column 'dns_ms'", done.stderr)
        self.assertEqual(run("replay").returncode, 3)
        self.assertEqual(run("replay", "/no/such/file.csv").returncode, 3)

    def test_recorded_traces_score_as_they_should(self):
        done = subprocess.run([sys.executable, os.path.join(LAB, "score-load"), "--traces", TRACES, "--json", "--cmd",
                               f"{WEBMON} replay {{trace}} -f csv"], env=environment(), text=True, timeout=120 * PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        figures = json.loads(done.stdout)
        self.assertEqual(figures["traces"], len(glob.glob(os.path.join(TRACES, "*.labels.csv"))))
        self.assertGreaterEqual(figures["score"], 96)
        self.assertEqual((figures["recall"], figures["false_alarms"], figures["spike_alarms"]), (1, 0, 0))
        self.assertGreaterEqual(figures["cause_accuracy"], 0.95)
        self.assertLessEqual(figures["median_delay_s"], 6)


tap.main()
