"""Over the lines on which webmon is left open: a real sshd on loopback, and tmux."""

import os
import shutil
import subprocess
import unittest

import remote
import servers
import tap
from program import PATIENCE, WEBMON, environment, folder, wait_for, write
from screen import Screen


def setUpModule():
    global SERVER, CONFIG
    SERVER = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
    base = f"http://127.0.0.1:{SERVER.port}"
    CONFIG = write(f"[defaults]\ninterval = 500ms\n[target well]\nurl = {base}/\n[target sorry]\nurl = {base}/no\n")


def tearDownModule():
    SERVER.stop()


class Ssh(unittest.TestCase):
    """sshd from a temporary folder, with a host key and a user key that live as long as the test."""

    @classmethod
    def setUpClass(cls):
        cls.sshd = remote.Sshd()
        cls.home, cls.ssh = cls.sshd.home, cls.sshd.ssh

    @classmethod
    def tearDownClass(cls):
        cls.sshd.stop()

    def command(self, pid_file):
        return f"echo $$ > {pid_file}; exec {WEBMON} -c {CONFIG}"

    def test_keys_and_picture_go_through(self):
        pid_file = os.path.join(self.home, "pid-a")
        with Screen(*self.ssh, self.command(pid_file)) as screen:
            screen.expect("1 DOWN", 20)
            screen.keys("?")
            screen.expect("webmon help")
            screen.keys("esc q")
            self.assertEqual(screen.wait_end(), 0)
            self.assertEqual(screen.left_behind(), [])

    def test_moving_filtering_and_drilling_down_go_through(self):
        with Screen(*self.ssh, self.command(os.path.join(self.home, "pid-c"))) as screen:
            screen.expect("1 DOWN", 20)
            screen.keys("j k /")
            screen.type("well")
            screen.expect("/well")
            screen.keys("enter enter")
            screen.expect("webmon › well")
            screen.expect("a good answer")
            screen.keys("esc esc")
            screen.expect("result")
            screen.keys("g enter")
            screen.expect("webmon › sorry")
            screen.keys("right")
            screen.expect("webmon › well")
            screen.keys("left")
            screen.expect("webmon › sorry")
            screen.expect("503 Service Temporarily Unavailable")
            screen.keys("v")
            screen.expect("latency, heat map")
            screen.keys("v")
            screen.expect("latency, histogram")
            screen.keys("v c")
            screen.expect("bytes to the clipboard")
            screen.keys("esc")
            screen.gone("certificate")
            screen.keys("ctrl-c")
            self.assertEqual(screen.wait_end(), 0)
            self.assertEqual(screen.left_behind(), [])

    def test_a_line_that_breaks_ends_webmon(self):
        pid_file = os.path.join(self.home, "pid-b")
        with Screen(*self.ssh, self.command(pid_file)) as screen:
            screen.expect("1 DOWN", 20)
            with open(pid_file, encoding="ascii") as file:
                pid = int(file.read())
            self.assertTrue(os.path.exists(f"/proc/{pid}"))
            os.kill(screen.pid, 9)
            wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 5 * PATIENCE, "end of webmon after ssh was killed")


class Tmux(unittest.TestCase):
    def setUp(self):
        if not shutil.which("tmux"):
            self.skipTest("no tmux here")
        self.socket = os.path.join(folder(), "tmux")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", f"{WEBMON} -c {CONFIG}")
        self.addCleanup(self.tmux, "kill-server", check=False)

    def tmux(self, *arguments, check=True):
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, timeout=20,
                              env=environment(TMUX=None, LANG="C.UTF-8", TERM="xterm-256color"), check=False)
        if check and done.returncode:
            raise AssertionError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def test_picture_keys_and_resize(self):
        wait_for(lambda: "1 DOWN" in self.screen(), 20, "verdict in tmux")
        self.tmux("send-keys", "?")
        wait_for(lambda: "webmon help" in self.screen(), 10, "help in tmux")
        self.tmux("send-keys", "x")
        wait_for(lambda: "sorry" in self.screen(), 10, "table in tmux")
        self.tmux("resize-window", "-x", "60", "-y", "12")
        wait_for(lambda: max(map(len, self.screen().splitlines())) <= 60 and "sorry" in self.screen(), 10,
                 "picture of the new size")
        self.tmux("send-keys", "/", "sorry", "Enter", "Enter")
        wait_for(lambda: "last failure" in self.screen(), 10, "one target in tmux")
        self.tmux("send-keys", "Tab")
        wait_for(lambda: "latency" in self.screen() and "last failure" not in self.screen(), 10, "the chart alone")
        self.tmux("send-keys", "Tab")
        wait_for(lambda: "last failure" in self.screen() and "503" in self.screen(), 10, "the evidence alone")
        self.tmux("send-keys", "Escape")
        wait_for(lambda: "Esc back" not in self.screen() and "sorry" in self.screen(), 10, "table in tmux")
        # The shell that tmux runs us in ends with webmon, and with it the server.
        self.tmux("send-keys", "q")
        wait_for(lambda: subprocess.run(["tmux", "-S", self.socket, "has-session"], capture_output=True,
                                        check=False).returncode != 0, 10, "end of the session")


tap.main()
