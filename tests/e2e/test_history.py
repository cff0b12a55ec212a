"""The history file and its recorder: kept over restarts and kills, refused in words, reloaded, watched by systemd."""

import contextlib
import json
import mmap
import os
import random
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import time
import unittest

import servers
import tap
import wallclock
from program import PATIENCE, WEBMON, end, folder, run, running, wait_for, write

KILLS = int(os.environ.get("WEBMON_KILLS", "5"))
HELLO = "hello\n"
ROW_HEADS = 4  # include/store/block.h: directory, cards, texts, life, heads


def setUpModule():
    global SERVER
    SERVER = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()


def tearDownModule():
    SERVER.stop()


class Witness:
    """Reads the heads of all rings out of the file, without any help of webmon."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        assert self.map[:8] == b"WEBMON01"
        self.targets = struct.unpack_from("<Q", self.map, 32)[0]
        self.offset = struct.unpack_from("<Q", self.map, 48 + ROW_HEADS * 24)[0]

    def heads(self):
        return struct.unpack_from(f"<{self.targets}Q", self.map, self.offset)


class Case(unittest.TestCase):
    def setUp(self):
        self.home = folder()
        self.history = os.path.join(self.home, "history")
        self.log = os.path.join(self.home, "log")

    def config(self, targets, program="", defaults="interval = 200ms"):
        """targets: name to path on the server."""
        text = (f"[webmon]\nhistory = {self.history}\nkeep = 10m\nlog = {self.log}\n{program}\n[defaults]\n{defaults}\n"
                + "".join(f"[target {name}]\nurl = http://127.0.0.1:{SERVER.port}{path}\n"
                          for name, path in targets.items()))
        self.ini = write(text, "webmon.ini", self.home)
        return self.ini

    def record(self, *more, **options):
        return running("record", "-c", self.ini, *more, **options)

    def seen(self, path=None):
        """The snapshot out of the file, by name; {} while there is none."""
        done = run("snapshot", "--from", path or self.history, "-f", "json")
        return {t["name"]: t for t in json.loads(done.stdout)["targets"]} if done.stdout else {}

    def wait_samples(self, name, count):
        return wait_for(lambda: self.seen().get(name, {}).get("window", {}).get("samples", 0) >= count and self.seen(),
                        30, f"{count} samples of {name}")

    def logged(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8") as file:
            return file.read()


class Keeping(Case):
    def test_state_and_samples_go_on_after_a_restart(self):
        self.config({"well": "/", "sorry": "/no"})
        with self.record() as child:
            before = self.wait_samples("sorry", 5)
            self.assertEqual(end(child), 0)
        kept = self.seen()
        with self.record():
            after = self.wait_samples("sorry", kept["sorry"]["window"]["samples"] + 3)
        self.assertEqual(after["sorry"]["state"], "down")
        self.assertEqual(after["sorry"]["since"], before["sorry"]["since"])
        self.assertEqual(self.logged().count("ERROR sorry"), 2, "the incident goes on and is not told again: "
                         + self.logged())

    def test_the_file_is_private_and_as_large_as_foretold(self):
        self.config({"well": "/"})
        told = run("check", "-c", self.ini).stdout
        with self.record():
            self.wait_samples("well", 1)
        status = os.stat(self.history)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        self.assertGreaterEqual(status.st_blocks * 512, status.st_size, "all of it is taken from the start")
        megabytes = re.search(r"history: .* takes ([0-9.]+) MB", told)
        self.assertIsNotNone(megabytes, told)
        self.assertAlmostEqual(float(megabytes[1]), status.st_size / 1e6, delta=0.1)

    def test_no_secret_is_in_it(self):
        self.config({"well": "/?token=s3cr3t-token"}, defaults="interval = 200ms\nuser = joe:s3cr3t-password")
        with self.record():
            self.wait_samples("well", 3)
        with open(self.history, "rb") as file:
            content = file.read()
        self.assertNotIn(b"s3cr3t", content)
        self.assertNotIn(b"am9lOnMzY3IzdC", content, "in base64")

    def test_a_second_writer_is_refused(self):
        self.config({"well": "/"})
        with self.record() as child:
            self.wait_samples("well", 1)
            done = run("record", "-c", self.ini)
            self.assertEqual(done.returncode, 3)
            self.assertIn(f"being written by process {child.pid}", done.stderr)
            self.assertIsNone(child.poll())

    def test_a_file_of_another_kind_is_left_alone(self):
        self.config({"well": "/"})
        write("my holiday pictures\n" * 1000, "history", self.home)
        done = run("record", "-c", self.ini)
        self.assertEqual(done.returncode, 3)
        self.assertIn("history: is no history of webmon", done.stderr)
        with open(self.history, encoding="utf-8") as file:
            self.assertEqual(file.read(), "my holiday pictures\n" * 1000)

    @unittest.skipUnless(shutil.which("prlimit"), "no prlimit here")
    def test_without_room_it_goes_on_in_memory_and_says_so(self):
        self.config({"sorry": "/no"})
        with self.record_limited() as child:
            wait_for(lambda: "kept in memory alone" in self.logged(), 20, "word of the full disk in the log")
            wait_for(lambda: "ERROR sorry" in self.logged(), 20, "probing that goes on")
            self.assertFalse(os.path.exists(self.history))
            self.assertEqual(end(child), 0)

    def record_limited(self):
        return running_after(["prlimit", "--fsize=200000"], "record", "-c", self.ini)

    def test_a_snapshot_out_of_it_has_all_targets_at_once(self):
        self.config({f"t{i}": "/" for i in range(50)})
        with self.record():
            wait_for(lambda: sum(target["window"]["samples"] > 0 for target in self.seen().values()) == 50, 30, "a sample of each")
            begin = time.monotonic()
            done = run("snapshot", "--from", self.history)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("50 targets: 50 up", done.stdout)
            tap.figure(f"snapshot --from of 50 targets: {(time.monotonic() - begin) * 1000:.0f} ms with its process")


    def test_of_it_as_much_is_shown_and_judged_as_is_asked_for(self):
        self.config({"well": "/", "sorry": "/no", "other": "/"})
        with self.record():
            self.wait_samples("sorry", 3)
            self.wait_samples("other", 1)
            for arguments, status, names in (([], 2, ["well", "sorry", "other"]), (["well"], 0, ["well"]),
                                             (["sorry", "well"], 2, ["sorry", "well"]),
                                             (["--skip", "sorry"], 0, ["well", "other"]),
                                             ([f"127.0.0.1:{SERVER.port}/no"], 2, ["sorry"])):
                done = run("snapshot", "--from", self.history, "-f", "json", *arguments)
                self.assertEqual((done.returncode, done.stderr), (status, ""), arguments)
                self.assertEqual([target["name"] for target in json.loads(done.stdout)["targets"]], names)
            for mode in (["snapshot", "--from", self.history], ["view", self.history]):
                for word, told in (("sory", "webmon: there is no target 'sory', did you mean 'sorry'?\n"),
                                   ("http://example.com/", "webmon: no target of the history has the name or the address "
                                    "'http://example.com/'; what its recorder did not probe is not in it\n")):
                    done = run(*mode, word)
                    self.assertEqual((done.returncode, done.stdout, done.stderr), (3, "", told))
            self.assertRegex(run("view", self.history, "well").stdout, r"(?s)1 target: 1 up\n.*\nok +well ")


    def test_of_a_recorder_that_is_gone_nothing_is_claimed(self):
        clock = wallclock.Wallclock(self)

        def told(form, *more):
            return run("snapshot", "--from", self.history, "-f", form, *more, env=clock.environment)

        self.config({"well": "/", "sorry": "/no"})
        with self.record() as child:
            self.wait_samples("sorry", 3)
            self.wait_samples("well", 1)
            clock.put_wrong(3600)
            self.assertEqual(told("json", "well").returncode, 0, "it goes on, and its clock is its own")
            clock.put_wrong(0)
            child.kill()
            child.wait()
        self.assertEqual((told("nagios", "well").returncode, told("nagios").returncode), (0, 2), "a restart is no news")
        clock.put_wrong(3600)
        done = told("nagios", "well")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, r"^WEBMON UNKNOWN - recorder \(process \d+\) is gone; it wrote last at [-0-9]{10} [:0-9]{8}; "
                                      r"0 of 1 up: well unknown \| up=0;.* 'well'=U;.*\n$")
        self.assertNotIn("could not do its work", done.stdout)
        done = told("json")
        self.assertEqual(done.returncode, 3)
        document = json.loads(done.stdout)
        self.assertEqual((document["summary"]["state"], document["summary"]["unknown"]), ("unknown", 2))
        self.assertEqual({target["state"] for target in document["targets"]}, {"unknown"})
        self.assertRegex(document["targets"][0]["detail"], "is gone; it wrote last at")
        self.assertTrue(document["targets"][0]["since"])
        self.assertIn("exit status 3: nobody checks any more", told("table").stdout)
        self.assertNotIn("\nprobe_success{", told("openmetrics").stdout)
        with self.record():
            wait_for(lambda: run("snapshot", "--from", self.history, "well").returncode == 0, 20, "the next recorder's word")


def running_after(before, *arguments):
    """As running(), behind another command."""
    class Limited:
        def __enter__(self):
            self.child = subprocess.Popen([*before, WEBMON, *arguments], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return self.child

        def __exit__(self, *_):
            if self.child.poll() is None:
                self.child.kill()
                self.child.wait()
    return Limited()


class Cut(Case):
    def test_a_file_that_is_cut_under_its_recorder_stops_no_probe(self):
        self.config({"well": "/"}, program="log_level = info")
        with self.record() as child:
            self.wait_samples("well", 2)
            os.truncate(self.history, 8192)
            wait_for(lambda: "the file was cut or its disk failed" in self.logged(), 20, "word of it in the log")
            count = self.logged().count("INFO well")
            wait_for(lambda: self.logged().count("INFO well") > count + 3, 20, "more samples")
            self.assertEqual(self.logged().count("the file was cut"), 1, self.logged())
            self.config({"well": "/"}, program="log_level = info")
            child.send_signal(signal.SIGHUP)
            wait_for(lambda: "configuration reloaded" in self.logged(), 20, "reload")
            self.wait_samples("well", 2)
            self.assertEqual(end(child), 0)


class Kill(Case):
    TARGETS = 100

    def test_kill_9_loses_no_published_sample(self):
        """A recorder at 1 000 samples a second, killed at random moments."""
        self.config({f"t{i:03}": "/" for i in range(self.TARGETS)}, defaults="interval = 100ms")
        lost = 0
        for _ in range(KILLS):
            self.kill_once()
            lost += self.count_lost()
        self.assertEqual(lost, 0)
        tap.figure(f"{KILLS} kills of a recorder at 1 000 samples/s: every file opened, {sum(self.heads)} samples "
                   f"published, {lost} lost, none shown that was not written")

    def kill_once(self):
        published = sum(Witness(self.history).heads()) if os.path.exists(self.history) else 0
        with self.record(stdout=subprocess.DEVNULL) as child:
            wait_for(lambda: os.path.exists(self.history) and sum(Witness(self.history).heads()) > published + 100, 20,
                     "samples")
            witness = Witness(self.history)
            moment = time.monotonic() + random.uniform(0, 0.2)
            while time.monotonic() < moment:
                self.heads = witness.heads()
            self.heads = witness.heads()
            child.kill()
            child.wait()

    def count_lost(self):
        """How many of those that the witness has seen are gone. Whatever is shown must be an answer of the server."""
        after = Witness(self.history).heads()
        done = run("snapshot", "--from", self.history, "-f", "csv")
        shown = {}
        for line in done.stdout.splitlines()[2:]:
            fields = line.split(",")
            shown[fields[0]] = shown.get(fields[0], 0) + 1
            self.assertEqual((fields[8], fields[9]), ("200", "none"), line)
            self.assertEqual(fields[10], str(len(HELLO)), line)
        lost = 0
        for i, (seen, now) in enumerate(zip(self.heads, after)):
            self.assertGreaterEqual(now, seen)
            lost += max(0, min(now, 6000) - shown.get(f"t{i:03}", 0))
        return lost


class Reload(Case):
    def test_targets_come_and_go_and_the_others_keep_their_series(self):
        self.config({"old": "/", "stays": "/no"})
        with self.record() as child:
            before = self.wait_samples("stays", 5)
            self.config({"new": "/", "stays": "/no"})
            child.send_signal(signal.SIGHUP)
            self.wait_samples("new", 2)
            after = self.wait_samples("stays", 8)
        self.assertEqual(sorted(after), ["new", "stays"])
        self.assertEqual(after["stays"]["since"], before["stays"]["since"])
        self.assertIn("configuration reloaded: 2 targets, 1 new, 1 gone; probing paused", self.logged())

    def test_a_plain_view_follows_the_recorder_to_its_new_file_and_tells_its_end_and_another_ones_beginning(self):
        out = os.path.join(self.home, "out")
        self.config({"well": "/"})
        with self.record() as child, open(out, "wb") as file:
            self.wait_samples("well", 2)
            with running("view", "--plain", self.history, stdout=file):
                self.config({"well": "/", "sorry": "/no"})
                child.send_signal(signal.SIGHUP)
                wait_for(lambda: " DOWN sorry " in open(out, encoding="utf-8").read(), 20, "an event of the new target")
                end(child)
                wait_for(lambda: "webmon: recorder ended at" in open(out, encoding="utf-8").read(), 20, "word of the end")
                with self.record():
                    wait_for(lambda: "webmon: a recorder writes the history again" in open(out, encoding="utf-8").read(), 20,
                             "word of the next one")

    def test_a_plain_view_that_cannot_follow_says_so_once(self):
        out = os.path.join(self.home, "out")
        own = write("[webmon]\nutc = yes\n", "viewer.ini", self.home)
        self.config({"sorry": "/no"})

        def told():
            with open(out, encoding="utf-8") as file:
                return file.read()

        with self.record() as child, open(out, "wb") as file:
            self.wait_samples("sorry", 2)
            with running("view", "--plain", "-c", own, self.history, stdout=file):
                wait_for(lambda: " DOWN sorry " in told(), 20, "an event")
                write("[webmon]\nutcc = yes\n", "viewer.ini", self.home)
                self.config({"well": "/", "sorry": "/no"})
                child.send_signal(signal.SIGHUP)
                wait_for(lambda: "viewer.ini:2" in told(), 20, "word of what is wrong")
                self.wait_samples("well", 20)  # 4 s: it looks once a second
                write("[webmon]\nutc = yes\n", "viewer.ini", self.home)
                wait_for(lambda: "reads another configuration now" in told(), 20, "the new file")
                self.assertEqual(told().count("cannot follow the recorder to its new file"), 1, told())

    def test_a_bad_file_changes_nothing_and_says_so(self):
        self.config({"well": "/"})
        with self.record() as child:
            self.wait_samples("well", 2)
            write("[target well]\nurl = http://127.0.0.1/\nintervall = 5s\n", "webmon.ini", self.home)
            child.send_signal(signal.SIGHUP)
            wait_for(lambda: "not reloaded" in self.logged(), 20, "word of the bad file")
            self.assertIn("webmon.ini:3", self.logged())
            count = self.seen()["well"]["window"]["samples"]
            self.wait_samples("well", count + 3)
            self.assertIsNone(child.poll())

    def test_a_log_that_cannot_be_opened_changes_nothing_and_says_so(self):
        self.config({"well": "/"})
        with self.record() as child:
            self.wait_samples("well", 2)
            with open(self.ini, encoding="utf-8") as file:
                text = file.read()
            write(text.replace(f"log = {self.log}", f"log = {self.home}/no-such-folder/log"), "webmon.ini", self.home)
            child.send_signal(signal.SIGHUP)
            wait_for(lambda: "not reloaded: cannot open the log" in self.logged(), 20, "word of the log")
            count = self.seen()["well"]["window"]["samples"]
            self.wait_samples("well", count + 3)
            self.assertEqual(end(child), 0)

    def test_a_check_under_way_is_begun_again_at_once_and_counts_for_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(10 * PATIENCE)  # its interval is two minutes
            self.ini = write(f"[webmon]\nhistory = {self.history}\nkeep = 10m\nlog = {self.log}\n[defaults]\ninterval = 2m\n"
                             f"timeout = 1m\ndown_after = 1\n[target hangs]\nurl = http://127.0.0.1:{server.getsockname()[1]}/\n",
                             "webmon.ini", self.home)
            with self.record() as child, contextlib.ExitStack() as kept:
                kept.enter_context(server.accept()[0])
                for more in ("", "[target more]\nurl = http://127.0.0.1:1/\n"):
                    with open(self.ini, "a", encoding="utf-8") as file:
                        file.write(more)
                    child.send_signal(signal.SIGHUP)
                    again = kept.enter_context(server.accept()[0])
                    again.settimeout(10 * PATIENCE)
                    self.assertIn(b"GET / HTTP/1.1", again.recv(1000))
                    seen = self.seen()["hangs"]
                    self.assertEqual((seen["window"]["samples"], seen["window"]["tainted"], seen["state"]), (0, 0, "unknown"))
                end(child)
        self.assertNotIn("hangs", self.logged())

    def test_it_may_come_again_and_again(self):
        self.config({"well": "/"})
        with self.record() as child:
            self.wait_samples("well", 1)
            for i in range(5):
                self.config({"well": "/", f"other{i % 3}": "/"})
                child.send_signal(signal.SIGHUP)
                wait_for(lambda: self.logged().count("configuration reloaded") == i + 1, 20, "reload")
            self.assertIn("well", self.seen())
            self.assertLess(len(os.listdir(f"/proc/{child.pid}/fd")), 60)

    def test_many_at_once_are_obeyed_together_and_none_is_forgotten(self):
        self.config({"well": "/"})
        with self.record() as child:
            self.wait_samples("well", 1)
            for i in range(20):
                self.config({"well": "/", f"other{i}": "/"})
                child.send_signal(signal.SIGHUP)
                time.sleep(0.02)
            wait_for(lambda: "other19" in self.seen(), 20, "the last of the configurations")
            self.assertLess(self.logged().count("configuration reloaded"), 5 * PATIENCE)


class Service(Case):
    def test_systemd_is_told_of_readiness_reload_life_and_end(self):
        self.config({"well": "/"})
        path = os.path.join(self.home, "notify")
        told = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(20 * PATIENCE)

            def hear(word):
                while not any(word in text for text in told):
                    told.append(manager.recv(1000).decode())

            env = {**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "600000"}
            with self.record(env=env) as child:
                hear("READY=1")
                self.assertIn("STATUS=1 target", told[0])
                hear("WATCHDOG=1")
                child.send_signal(signal.SIGHUP)
                hear("RELOADING=1\nMONOTONIC_USEC=")
                told.clear()
                hear("READY=1")
                with open(self.ini, "a", encoding="utf-8") as file:
                    file.write("no_such_key = 1\n")
                child.send_signal(signal.SIGHUP)
                hear(f"STATUS=not reloaded: {self.ini}:")
                child.send_signal(signal.SIGTERM)
                hear("STOPPING=1")
                self.assertEqual(child.wait(10 * PATIENCE), 0)

    def test_without_a_log_it_speaks_on_stdout(self):
        self.ini = write(f"[defaults]\ninterval = 200ms\n[target sorry]\nurl = http://127.0.0.1:{SERVER.port}/no\n")
        out = os.path.join(self.home, "out")
        with open(out, "wb") as file, self.record(stdout=file):
            wait_for(lambda: b"ERROR sorry http_status" in open(out, "rb").read(), 20, "line on stdout")

    def test_a_trace_that_cannot_be_written_is_told_once(self):
        self.config({"well": "/"})
        traces = folder()
        write("of somebody else\n", "well.csv", traces)
        with self.record("--trace", traces):
            wait_for(lambda: "no trace of webmon record" in self.logged(), 20, "word of the trace")
            self.wait_samples("well", 15)
        self.assertEqual(self.logged().count("no trace of webmon record"), 1, self.logged())

    def test_traces_can_be_replayed_and_go_on(self):
        self.config({"well": "/", "a/b": "/no"})
        traces = os.path.join(self.home, "traces")
        for wanted in (3, 9):
            with self.record("--trace", traces) as child:
                self.wait_samples("well", wanted)
                self.assertEqual(end(child), 0)
        names = sorted(os.listdir(traces))
        self.assertEqual(len(names), 2)
        self.assertRegex(names[0], r"^a_b-[0-9a-f]{8}\.csv$")
        done = run("replay", os.path.join(traces, "well.csv"), "-f", "csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        times = [float(line.split(",")[0]) for line in done.stdout.splitlines()[1:]]
        self.assertGreaterEqual(len(times), 9)
        self.assertEqual(times, sorted(times))

    def test_traces_miss_nothing_over_reloads(self):
        targets = {f"t{i}": "/" for i in range(60)}
        self.config(targets, defaults="interval = 100ms")
        traces = os.path.join(self.home, "traces")
        with self.record("--trace", traces) as child:
            self.wait_samples("t0", 3)
            for i in range(4):
                # Of many new ones some are probed before the trace is open again.
                targets |= {f"new{i}-{j}": "/" for j in range(20)}
                self.config(targets, defaults="interval = 100ms")
                child.send_signal(signal.SIGHUP)
                self.wait_samples(f"new{i}-19", 3)
            self.assertEqual(end(child), 0)
        for name, target in self.seen().items():
            with open(os.path.join(traces, name + ".csv"), encoding="ascii") as file:
                rows = len(file.readlines()) - 2
            self.assertEqual(rows, target["window"]["samples"], name)


class Damaged(Case):
    def test_a_cut_file_is_shown_as_far_as_it_goes_and_never_written(self):
        self.config({"well": "/", "sorry": "/no"})
        with self.record() as child:
            self.wait_samples("well", 3)
            end(child)
        os.truncate(self.history, os.path.getsize(self.history) - 4096)
        done = run("snapshot", "--from", self.history)
        self.assertIn("is cut", done.stderr)
        self.assertIn("sorry", done.stdout)
        self.assertIn(f"  {os.path.basename(self.history)}  ", done.stdout.splitlines()[0], "and no configuration's name")
        done = run("record", "-c", self.ini)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"history: is cut: \d+ bytes, \d+ were expected")


tap.main()
