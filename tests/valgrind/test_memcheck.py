"""Short runs under valgrind: nothing read before it was written, nothing lost at the end."""

import os
import shutil
import unittest

import servers
import tap
from program import ROOT, WEBMON, folder, run, write
from screen import Screen

SUPPRESSIONS = os.path.join(ROOT, "tests", "supp", "valgrind.supp")
VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect", f"--suppressions={SUPPRESSIONS}"]


class Watched:
    """A command under valgrind, and what valgrind said of it."""

    def __init__(self):
        self.log = os.path.join(folder(), "valgrind")
        self.before = [*VALGRIND, f"--log-file={self.log}"]

    def said(self):
        """Its report without the complaints ("--PID--") of system calls that it does not know."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(line for line in file if line.startswith("=="))


@unittest.skipUnless(shutil.which("valgrind"), "no valgrind here")
class Memcheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        authority = servers.Authority()
        certificate, key = authority.certificate("good")
        cls.plain = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
        cls.tls = servers.nginx('location / { return 200 "hello\\n"; }', "ssl",
                                head=f"ssl_certificate {certificate}; ssl_certificate_key {key};").start()
        base = f"http://127.0.0.1:{cls.plain.port}"
        cls.hang = servers.Hang()
        cls.config = write(
            f"[defaults]\ntimeout = 2s\ninterval = 200ms\nca = {authority.ca}\n"
            f"[target good]\nurl = {base}/\nexpect_body = ~ h.llo\n[target sorry]\nurl = {base}/no\n"
            f"[target tls]\nurl = https://127.0.0.1:{cls.tls.port}/\n"
            f"[target untrusted]\nurl = https://127.0.0.1:{cls.tls.port}/\nca = /etc/ssl/certs\n"
            f"[target gone]\nurl = http://127.0.0.1:{servers.refused_port()}/\n"
            f"[target hang]\nurl = http://127.0.0.1:{cls.hang.port}/\n[target nowhere]\nurl = http://no-such-name.invalid/\n")

    @classmethod
    def tearDownClass(cls):
        cls.plain.stop()
        cls.tls.stop()
        cls.hang.socket.close()

    def clean(self, *arguments, status):
        watched = Watched()
        done = run(*arguments, before=watched.before, timeout=180)
        self.assertEqual((done.returncode, watched.said()), (status, ""), done.stderr[-2000:])

    def test_snapshot(self):
        for form in ("json", "table", "csv"):
            with self.subTest(form):
                self.clean("snapshot", "-f", form, "--evidence", "-n", "2", "-c", self.config, status=2)

    def test_check_and_lists(self):
        for arguments in (["check", "-c", self.config], ["--options"], ["--keys"], ["--classes"], ["--list-themes"], ["--help"]):
            with self.subTest(arguments[0]):
                self.clean(*arguments, status=0)

    def test_mistakes(self):
        bad = write("[target a]\nurl = http://a/\nintervall = 5s\n[webmon]\nlog = x\nlog = y\n[nothing]\n")
        self.clean("check", "-c", bad, status=3)

    def test_dashboard(self):
        watched = Watched()
        with Screen(*watched.before, WEBMON, "-c", self.config) as screen:
            screen.expect("sorry", 60)
            for keys in ("j", "k", "enter", "esc", "e", "esc", "?", "x", "/"):
                screen.keys(keys)
                screen.pump(0.3)
            screen.type("so")
            screen.keys("esc")
            screen.resize(60, 15)
            screen.pump(0.5)
            screen.keys("q")
            status = screen.wait_end(60)
        self.assertEqual((status, watched.said()), (0, ""))

    def test_demo(self):
        self.clean("demo", status=0)


tap.main()
