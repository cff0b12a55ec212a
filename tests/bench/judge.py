"""Judge: what it costs to judge a sample, the load detector included."""

import os
import re
import subprocess

from common import ROOT, goal, title

SIMULATOR = os.path.join(ROOT, os.environ.get("WEBMON_BUILD", "build"), "bench", "load-sim")


def run():
    title("Judge: CPU a sample, the load detector included")
    text = subprocess.run([SIMULATOR, "--cost"], check=True, text=True, stdout=subprocess.PIPE).stdout
    print(text.rstrip())
    ns = int(re.search(r"the judge with it (\d+) ns", text)[1])
    goal("JUDGE", ns, 1000, "CPU a sample", " ns")
