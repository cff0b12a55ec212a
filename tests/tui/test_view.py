"""webmon view: the dashboard over a file that another process writes, also through a real sshd."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

import remote
import servers
import tap
from program import PATIENCE, WEBMON, cpu_seconds, environment, folder, run, running, wait_for, write
from screen import Screen


def setUpModule():
    global SERVER
    SERVER = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()


def tearDownModule():
    SERVER.stop()


def config(home, more=""):
    base = f"http://127.0.0.1:{SERVER.port}"
    return write(f"[webmon]\nhistory = {home}/history\nkeep = 10m\n[defaults]\ninterval = 500ms\n"
                 f"[target well]\nurl = {base}/\n[target sorry]\nurl = {base}/no\n{more}", "webmon.ini", home)


def probes(history):
    """What a snapshot of the file knows, by name."""
    done = run("snapshot", "--from", history, "-f", "json")
    return {t["name"]: t["window"]["samples"] for t in json.loads(done.stdout)["targets"]} if done.stdout else {}


def key_of(name):
    """What a request on the control socket calls a target: the hash of its name."""
    word, mask = 0xcbf29ce484222325, (1 << 64) - 1
    for byte in name.encode():
        word = (word ^ byte) * 0x100000001b3 & mask
    for factor in (0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53):
        word = (word ^ word >> 33) * factor & mask
    return f"{word ^ word >> 33:016x}"


class View(unittest.TestCase):
    def setUp(self):
        self.home = folder()
        self.history = os.path.join(self.home, "history")
        self.config = config(self.home)

    def recorder(self):
        return running("record", "-c", self.config, stdout=subprocess.DEVNULL)

    def wait_for_file(self):
        wait_for(lambda: os.path.exists(self.history) and probes(self.history).get("well"), 20, "history")

    def test_a_terminal_that_can_nothing_follows_line_by_line(self):
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history, term="dumb") as screen:
                screen.match(r"^webmon: 2 targets watched, a line an event")
                child.send_signal(signal.SIGTERM)
                self.assertEqual(child.wait(10 * PATIENCE), 0)
                screen.expect("recorder ended at", 20)
                self.assertNotIn(b"\x1b", screen.raw)
                screen.signal(signal.SIGTERM)
                self.assertEqual(screen.wait_end(), 0)

    def ask(self, verb, name):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.history + ".sock")
            client.sendall(f"{verb} {key_of(name)}\n".encode())
            self.assertIn(b"ok", client.recv(200))

    def test_events_of_others_are_none_that_were_lost(self):
        """The journal keeps 4096: the others' come to more while the one that is shown has none."""
        others = [f"other{i}" for i in range(20)]
        more = "".join(f"[target {name}]\nurl = http://127.0.0.1:{SERVER.port}/\ninterval = 1h\n" for name in others)
        config(self.home, more)
        with self.recorder():
            self.wait_for_file()
            with running("view", "--plain", self.history, "well", stdout=subprocess.PIPE) as viewer:
                self.ask("pause", "well")
                self.assertIn(b"PAUSED well", viewer.stdout.readline())
                for i in range(210):
                    for name in others:
                        self.ask("resume" if i % 2 else "pause", name)
                    time.sleep(0.02)
                time.sleep(2)
                self.ask("resume", "well")
                self.assertIn(b"RESUMED well", viewer.stdout.readline())

    def test_it_lives_with_its_recorder_and_outlives_it(self):
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                screen.expect("sorry")
                child.send_signal(signal.SIGTERM)
                self.assertEqual(child.wait(10 * PATIENCE), 0)
                screen.expect("recorder ended at", 20)
                screen.expect("sorry")
                with self.recorder():
                    screen.gone("recorder ended at", 20)
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)

    def test_it_shows_the_targets_that_are_asked_for_and_asks_the_recorder_for_those(self):
        with self.recorder():
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history, "sorry") as screen:
                screen.expect("1 DOWN", 20)
                self.assertNotIn("well", screen.text())
                screen.keys("P")
                screen.expect("not only those shown here", 20)
                screen.keys("p")
                screen.expect("1 paused", 20)
            states = {t["name"]: t["state"] for t in json.loads(run("snapshot", "--from", self.history, "-f", "json").stdout)["targets"]}
            self.assertEqual(states, {"well": "up", "sorry": "paused"})

    def test_a_killed_recorder_is_told_as_gone_and_the_next_one_as_there(self):
        """Several times: at which part of a second the last one wrote has once made the difference."""
        with self.recorder() as child:
            self.wait_for_file()
            child.kill()
            child.wait()
        with Screen(WEBMON, "view", self.history) as screen:
            for _ in range(5):
                screen.expect("is gone; it wrote last at", 20)
                with self.recorder() as child:
                    screen.gone("is gone; it wrote last at", 20)
                    child.kill()
                    child.wait()

    def test_a_reload_of_the_recorder_is_followed(self):
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                config(self.home, f"[target third]\nurl = http://127.0.0.1:{SERVER.port}/\n")
                child.send_signal(signal.SIGHUP)
                screen.expect("third", 20)
                screen.expect("2 up", 20)

    def test_of_chosen_targets_one_may_go_and_come_back(self):
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history, "sorry", "well") as screen:
                screen.expect("1 DOWN", 20)
                base = f"http://127.0.0.1:{SERVER.port}"
                write(f"[webmon]\nhistory = {self.history}\nkeep = 10m\n[defaults]\ninterval = 500ms\n"
                      f"[target sorry]\nurl = {base}/no\n[target third]\nurl = {base}/\n", "webmon.ini", self.home)
                child.send_signal(signal.SIGHUP)
                screen.expect("not all that was asked for is in it", 20)
                screen.expect("1 DOWN", 20)
                screen.gone("well")
                self.assertNotIn("cannot follow", screen.text())
                self.assertNotIn("third", screen.text())
                write(f"[webmon]\nhistory = {self.history}\nkeep = 10m\n[defaults]\ninterval = 500ms\n"
                      f"[target third]\nurl = {base}/\n", "webmon.ini", self.home)
                child.send_signal(signal.SIGHUP)
                screen.expect("cannot follow the recorder to its new file: there is no target 'sorry'", 20)
                config(self.home)
                child.send_signal(signal.SIGHUP)
                screen.expect("1 up", 20)
                screen.expect("1 DOWN")
                self.assertNotIn("cannot follow", screen.text())

    def test_a_reload_that_cannot_be_followed_is_told_and_followed_once_it_can(self):
        own = write("[webmon]\nutc = yes\n", "viewer.ini", self.home)
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", "-c", own, self.history) as screen:
                screen.expect("1 DOWN", 20)
                write("[webmon]\nutcc = yes\n", "viewer.ini", self.home)
                config(self.home, f"[target third]\nurl = http://127.0.0.1:{SERVER.port}/\n")
                child.send_signal(signal.SIGHUP)
                screen.expect("cannot follow the recorder", 20)
                screen.expect("1 DOWN")
                # Some tries more: it looks once a second, and probes come twice.
                wait_for(lambda: (screen.pump(), probes(self.history).get("third", 0) >= 7)[1], 20, "probes")
                self.assertIn("cannot follow the recorder", screen.text())
                write("[webmon]\nutc = yes\n", "viewer.ini", self.home)
                screen.expect("third", 20)
                self.assertNotIn("cannot follow the recorder", screen.text())
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)
                self.assertNotIn("viewer.ini", screen.text(), "stderr was held back until the end")

    def test_its_own_user_may_ask_the_recorder(self):
        with self.recorder():
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                screen.keys("p")
                screen.expect("1 paused", 20)
            self.assertEqual(os.stat(self.history + ".sock").st_mode & 0o777, 0o600)

    def test_an_acknowledgement_goes_through_and_survives_a_kill(self):
        with self.recorder() as child:
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                screen.keys("a")
                screen.expect("a note:", 20)
                screen.type("known to ops")
                screen.keys("enter")
                screen.expect("ack: known to ops", 20)
                child.kill()
                child.wait()
                screen.expect("is gone; it wrote last at", 20)
                with self.recorder():
                    screen.gone("is gone; it wrote last at", 20)
                    screen.expect("ack: known to ops", 20)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root to be somebody else")
    def test_others_only_look(self):
        with self.recorder():
            self.wait_for_file()
            os.chmod(self.home, 0o755)
            os.chmod(self.history, 0o644)
            for path in (os.path.dirname(self.home), self.home):
                os.chmod(path, os.stat(path).st_mode | 0o011)
            other = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
            program = os.path.join(self.home, "webmon")
            shutil.copy(WEBMON, program)
            if subprocess.run([*other, program, "--version"], capture_output=True, check=False,
                              cwd="/", env=environment()).returncode:
                self.skipTest("nobody else can start the program from here")
            with Screen(*other, program, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                screen.keys("p")
                screen.expect("only the recorder's own user", 20)

    def test_a_viewer_without_news_costs_little(self):
        with self.recorder():
            self.wait_for_file()
            with Screen(WEBMON, "view", self.history) as screen:
                screen.expect("1 DOWN", 20)
                before = cpu_seconds(screen.pid)
                screen.pump(4)
                tap.figure(f"a viewer of two targets at two probes a second each took "
                           f"{(cpu_seconds(screen.pid) - before) / 4 * 100:.1f} % of a core")

    def test_three_viewers_over_ssh_come_and_go(self):
        sshd = remote.Sshd()
        self.addCleanup(sshd.stop)
        with self.recorder() as child:
            self.wait_for_file()
            command = f"exec {WEBMON} view {self.history}"
            with Screen(*sshd.ssh, command) as one, Screen(*sshd.ssh, command) as two, \
                    Screen(*sshd.ssh, command) as three:
                for screen in (one, two, three):
                    screen.expect("1 DOWN", 20)
                for i, screen in enumerate((one, two, three)):
                    before = probes(self.history)["well"]
                    os.kill(screen.pid, signal.SIGKILL)
                    wait_for(lambda: probes(self.history)["well"] > before, 20, "probing that goes on")
                    for other in (one, two, three)[i + 1:]:
                        other.keys("?")
                        other.expect("webmon help", 20)
                        other.keys("esc")
                        other.expect("sorry", 20)
                self.assertIsNone(child.poll())


class Reload(unittest.TestCase):
    """By key in the dashboard that probes itself."""

    def setUp(self):
        self.home = folder()
        self.config = config(self.home)

    def test_targets_come_and_one_stays_where_it_was(self):
        with Screen(WEBMON, "-c", self.config) as screen:
            screen.expect("1 DOWN", 20)
            screen.keys("/ w e l l enter enter")
            screen.expect("200 OK", 20)
            config(self.home, f"[target third]\nurl = http://127.0.0.1:{SERVER.port}/\n")
            screen.keys("r")
            screen.expect("configuration reloaded: 3 targets, 1 new, 0 gone", 20)
            screen.expect("200 OK", 20)
            screen.keys("esc")
            screen.expect("/well", 20)
            screen.keys("esc")
            screen.expect("third", 20)
            screen.expect("2 up", 20)

    def test_a_mistake_changes_nothing_and_is_told(self):
        with Screen(WEBMON, "-c", self.config) as screen:
            screen.expect("1 DOWN", 20)
            config(self.home, "[target]\n")
            screen.keys("r")
            screen.expect("not reloaded:", 20)
            screen.expect("webmon.ini:", 20)
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)


tap.main()
