#!/usr/bin/env python3
"""Probes the whole fault lab with one webmon and tells which classes it found.

    PYTHONPATH=tests/lib python3 tests/e2e/lab.py [--only GLOBS] [--misses]

Used by test_lab as a library: probe() starts the lab, turns its map into a configuration, takes snapshots, and returns
what was found beside what was stated.
"""

import argparse
import base64
import collections
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import servers
from program import PATIENCE, WEBMON, environment, folder, write

LOG = "lab.log"

# What must reach no screen and no file, as characters: controls, bidi, zero-width, separators, tags, noncharacters.
HOSTILE = [(0x00, 0x09), (0x0b, 0x1f), (0x7f, 0x9f), (0x061c, 0x061c), (0x200b, 0x200f), (0x2028, 0x202e),
           (0x2060, 0x206f), (0xd800, 0xdfff), (0xfdd0, 0xfdef), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xfffe, 0xffff),
           (0xe0000, 0xe007f)]


class Probed:
    """One run over the lab: classes found, everything that webmon wrote, and what it took."""

    def __init__(self):
        self.found = collections.defaultdict(list)     # fault: the classes of consecutive probes
        self.documents = []
        self.outputs = {}                              # name: text
        self.faults = {}
        self.skipped = {}
        self.retried = []                              # missed at first
        self.rss_kib = 0
        self.seconds = 0.0
        self.statuses = []

    def right(self, name):
        fault = self.faults[name]
        wanted = fault.get("sequence") or [fault["expect"]]
        found = self.found[name]
        return len(found) == len(wanted) and all(
            one == want or one in fault.get("also", ()) for one, want in zip(found, wanted))

    def misses(self):
        return [name for name in self.faults if not self.right(name)]

    def secrets(self):
        """Every string that must not be shown, in the forms in which it could be."""
        plain = {s for fault in self.faults.values() for s in fault.get("secrets", ())}
        return plain | {urllib.parse.quote(s, safe="") for s in plain} | {
            base64.b64encode(s.encode()).decode().rstrip("=") for s in plain}


def target(name, fault, lab):
    """The section of the configuration that probes one fault."""
    probe = {**lab["probe"], **fault.get("probe", {})}
    lines = [f"[target {name}]", f"url = {fault['url']}", f"method = {probe['method']}",
             f"connect_timeout = {probe['connect_timeout_ms']}ms", f"timeout = {probe['timeout_ms']}ms",
             f"max_bytes = {probe['max_body']}", f"expect_status = {probe['accept_status']}",
             f"follow = {probe['follow']}"]
    if "expect_body" in probe:
        lines.append(f"expect_body = ~ {probe['expect_body']}")
    if probe.get("decode"):
        lines.append("compressed = yes")
    if "user" in probe:
        lines += [f"user = {probe['user']}", f"auth = {'digest' if probe.get('digest') else 'basic'}"]
    if probe.get("client_certificate"):
        lines += [f"cert = {lab['client_certificate']}", f"key = {lab['client_certificate']}"]
    lines += [f"header = {header}" for header in probe.get("headers", ())]
    if fault["group"].startswith("h2") or "/h2-" in fault["url"]:
        lines.append("http = 2")
    return "\n".join(lines) + "\n"


def configuration(faults, lab, log):
    head = (f"[webmon]\nlog = {log}\nlog_level = info\nconcurrency = 400\nper_host = 0\n"
            f"[defaults]\nca = {lab['ca']}\nexpect_cert_days = 14\nslow = 500ms\ndown_after = 1\n")
    return head + "".join(target(name, fault, lab) for name, fault in faults.items())


def with_resolver(lab):
    """The words before a command that let it see the lab's DNS server; None where this machine does not allow it."""
    if not lab.get("resolv_conf") or os.geteuid() != 0 or not shutil.which("unshare"):
        return None
    before = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', lab["resolv_conf"]]
    done = subprocess.run([*before, "true"], capture_output=True)
    return before if done.returncode == 0 else None


def snapshot(probed, before, config, form, limit_s):
    """One webmon over this configuration; what it printed. It must end by itself."""
    command = [*before, WEBMON, "snapshot", "-c", config, "-f", form, "--evidence"]
    where = folder()
    start = time.monotonic()
    with open(os.path.join(where, "out"), "w+b") as out, open(os.path.join(where, "err"), "w+b") as err:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(), cwd=where)
        pid, status, usage = 0, 0, None
        while not pid and time.monotonic() - start < limit_s * PATIENCE:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            time.sleep(0 if pid else 0.01)
        if not pid:
            child.kill()
            child.wait()
            raise AssertionError(f"webmon hung over the fault lab for {limit_s * PATIENCE} s")
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "surrogateescape"))
    probed.statuses.append(child.returncode)
    probed.rss_kib = max(probed.rss_kib, usage.ru_maxrss)
    probed.seconds = max(probed.seconds, time.monotonic() - start)
    probed.outputs[f"{form} {len(probed.statuses)}"] = texts[0]
    probed.outputs[f"stderr {len(probed.statuses)}"] = texts[1]
    if child.returncode not in (0, 1, 2):
        raise AssertionError(f"webmon ended with {child.returncode} over the fault lab: {texts[1][-3000:]}")
    return texts[0]


def probe_in_turns(probed, names, lab, before, home, limit_s):
    """These faults, each as many times in a row as its sequence is long."""
    faults = {name: probed.faults[name] for name in names}
    for turn in range(max((len(f.get("sequence") or [0]) for f in faults.values()), default=0)):
        due = {n: f for n, f in faults.items() if turn < len(f.get("sequence") or [0])}
        config = write(configuration(due, lab, os.path.join(home, LOG)), f"lab-{turn}.ini", home)
        document = json.loads(snapshot(probed, before, config, "json", limit_s))
        probed.documents.append(document)
        for one in document["targets"]:
            probed.found[one["name"]].append(one["class"] or "ok")


def again(probed, lab, before, home, limit_s):
    """A second chance, by themselves, for the faults that were missed: with all at once on a busy machine the lab itself
    may answer later than it wants to. What webmon takes for something else it will take so again."""
    probed.retried = probed.misses()
    for name in probed.retried:
        urllib.request.urlopen(urllib.request.Request(f"{lab['control']}reset/{name}", method="POST"), timeout=10).close()
        probed.found[name].clear()
    probe_in_turns(probed, probed.retried, lab, before, home, limit_s)


def probe(only="", limit_s=60):
    """Every fault of the lab; then once more as a table."""
    probed = Probed()
    dns = servers.own_dns() if os.geteuid() == 0 else []
    with servers.fault_lab(*dns, *(["--only", only] if only else [])) as lab:
        before = with_resolver(lab)
        probed.skipped = dict(lab.get("skipped") or {})
        for name, fault in lab["faults"].items():
            if before is None and ".fault.test" in fault["url"]:
                probed.skipped[name] = "no name server of our own here"
            else:
                probed.faults[name] = fault
        home = folder()
        log = os.path.join(home, LOG)
        probe_in_turns(probed, list(probed.faults), lab, before or [], home, limit_s)
        again(probed, lab, before or [], home, limit_s)
        config = write(configuration(probed.faults, lab, log), "lab-table.ini", home)
        snapshot(probed, before or [], config, "table", limit_s)
        if os.path.exists(log):
            with open(log, encoding="utf-8", errors="surrogateescape") as text:
                probed.outputs["log"] = text.read()
    return probed


def hostile_characters(text):
    return sorted({f"U+{ord(c):04X}" for c in text if any(low <= ord(c) <= high for low, high in HOSTILE)})


def texts_of(value):
    """All strings of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="GLOBS", help="only the faults that match one of these")
    parser.add_argument("--misses", action="store_true", help="print only the faults that got another class")
    options = parser.parse_args()
    probed = probe(options.only)
    for name, fault in probed.faults.items():
        if options.misses and probed.right(name):
            continue
        wanted = fault.get("sequence") or [fault["expect"]]
        print(f"{'hit ' if probed.right(name) else 'MISS'} {name:28} {' '.join(probed.found[name]):40} "
              f"{'' if probed.right(name) else 'wanted ' + ' '.join(wanted)}")
    for name, why in probed.skipped.items():
        print(f"skip {name:28} {why}")
    hits = len(probed.faults) - len(probed.misses())
    print(f"{hits} of {len(probed.faults)} classes right, {len(probed.skipped)} skipped; "
          f"slowest run {probed.seconds:.1f} s, {probed.rss_kib / 1024:.1f} MiB")
    return 0 if hits == len(probed.faults) else 1


if __name__ == "__main__":
    sys.exit(main())
