"""Manners towards the terminal: any size, any kind, and everything put back on every way out."""

import contextlib
import os
import signal
import termios
import time
import unittest

import servers
import tap
from program import PATIENCE, WEBMON, cpu_seconds, folder, wait_for, write
from screen import Screen

SIZES = [(1, 1), (2, 1), (1, 5), (5, 2), (19, 3), (20, 3), (39, 9), (40, 10), (59, 15), (80, 8), (80, 16), (80, 24), (99, 29),
         (120, 40), (200, 60), (500, 200)]

INSTRUMENTED = "build-" in WEBMON  # then the sanitizer's own handler of crashes comes first


def setUpModule():
    global SERVER, CONFIG
    SERVER = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
    base = f"http://127.0.0.1:{SERVER.port}"
    CONFIG = write("[defaults]\ninterval = 500ms\n" + "".join(
        f"[target well-{i}]\nurl = {base}/{i}\n" for i in range(5)) + f"[target sorry]\nurl = {base}/no\n", "few.ini")


def tearDownModule():
    SERVER.stop()


def webmon(*more, **options):
    return Screen(WEBMON, "-c", CONFIG, *more, **options)


class Restore(unittest.TestCase):
    """After every way out: main screen, cursor, modes and stty -g as before."""

    def check(self, leave, wanted, **options):
        with webmon(**options) as screen:
            screen.expect("1 DOWN")
            leave(screen)
            status = screen.wait_end(3)
            self.assertIn(status, wanted if isinstance(wanted, tuple) else (wanted,))
            self.assertEqual(screen.left_behind(), [])

    def test_q(self):
        self.check(lambda s: s.keys("q"), 0)

    def test_control_c(self):
        self.check(lambda s: s.keys("ctrl-c"), 0)

    def test_keys_raise_no_signals(self):
        # With ISIG a ^C made the kernel flush the input between poll() and read(), and the read waited for ever.
        with webmon() as screen:
            screen.expect("1 DOWN")
            self.assertFalse(termios.tcgetattr(screen.program.fd)[3] & (termios.ISIG | termios.ICANON | termios.ECHO))

    def test_quit_from_within_screens(self):
        for way in ("enter ctrl-c", "? ctrl-c", "e ctrl-c", "/ ctrl-c"):
            with self.subTest(way):
                self.check(lambda s, way=way: s.keys(way), 0)

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            with self.subTest(number.name):
                self.check(lambda s, n=number: s.signal(n), 0)

    def test_crashes(self):
        for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT):
            if INSTRUMENTED and number != signal.SIGABRT:
                continue
            with self.subTest(number.name):
                self.check(lambda s, n=number: s.signal(n), -number)

    def test_with_mouse_on(self):
        def leave(screen):
            screen.keys("m")
            screen.wait(lambda: 1000 in screen.terminal.modes, "the mouse was never asked for")
            screen.keys("q")
        self.check(leave, 0)


def child_of(pid):
    """The process that a shell runs, by its name."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{entry}/stat", encoding="ascii") as stat:
            name, fields = stat.read().split("(", 1)[1].rsplit(")", 1)
            if int(fields.split()[1]) == pid and name == "webmon":
                return int(entry)
    return None


class Suspend(unittest.TestCase):
    """Under a shell with job control: nobody else is woken when a program stops."""

    def test_suspend_gives_the_terminal_back_and_continue_takes_it(self):
        for how in ("key", "signal"):
            with self.subTest(how), Screen("bash", "--norc", "--noediting", "-i", env=("PS1=shell> ",)) as screen:
                screen.expect("shell>")
                screen.type(f"{WEBMON} -c {CONFIG}\n")
                screen.expect("1 DOWN")
                pid = wait_for(lambda: child_of(screen.pid), 5, "webmon under the shell")
                if how == "key":
                    screen.keys("ctrl-z")
                else:
                    os.kill(pid, signal.SIGTSTP)
                screen.expect("Stopped")
                self.assertFalse(screen.terminal.alternate)
                self.assertEqual(screen.terminal.left_behind(), [])
                screen.type("stty -a; echo line is $((6 * 7))\n")
                screen.expect("line is 42")
                self.assertRegex(screen.text(), r"[^-]icanon")
                self.assertRegex(screen.text(), r"[^-]echo\b")
                screen.type("fg\n")
                screen.wait(lambda: screen.terminal.alternate, "the screen never came back")
                screen.expect("1 DOWN")
                screen.keys("q")
                screen.gone("1 DOWN")
                screen.type("echo status $?\n")
                screen.expect("status 0")
                screen.type("exit\n")
                screen.wait_end()
                self.assertEqual(screen.left_behind(), [])


class HangUp(unittest.TestCase):
    def test_a_terminal_that_goes_away_ends_it(self):
        screen = webmon()
        try:
            screen.expect("1 DOWN")
            os.close(screen.program.fd)
            start = time.monotonic()
            wait_for(lambda: not screen.program.alive(), 3, "end after the terminal went away")
            tap.figure(f"ended {1000 * (time.monotonic() - start):.0f} ms after the terminal hung up")
            self.assertNotIn(os.WTERMSIG(screen.program.status) if os.WIFSIGNALED(screen.program.status) else 0,
                             (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS))
        finally:
            if screen.program.alive():
                os.kill(screen.pid, signal.SIGKILL)
                os.waitpid(screen.pid, 0)

    def test_sighup_with_a_terminal_that_stays_reopens_the_log(self):
        log = os.path.join(folder(), "w.log")
        with webmon("--log", log, "-o", "log_level=info") as screen:
            screen.expect("1 DOWN")
            wait_for(lambda: os.path.exists(log) and os.path.getsize(log), 5, "log")
            os.rename(log, log + ".1")
            screen.signal(signal.SIGHUP)
            wait_for(lambda: os.path.exists(log) and os.path.getsize(log), 5, "new log")
            self.assertTrue(screen.program.alive())


class Size(unittest.TestCase):
    def test_every_size_shows_something_true(self):
        with webmon() as screen:
            screen.expect("1 DOWN")
            for width, height in SIZES:
                with self.subTest(f"{width}x{height}"):
                    screen.resize(width, height)
                    screen.pump(0.15)
                    self.assertTrue(screen.program.alive(), screen.program.outcome())
                    self.assertEqual(len(screen.terminal.text()), height)
                    if width >= 40 and height >= 3:
                        screen.expect("sorry")
                    elif width >= 5:
                        screen.match(r"1")
            screen.resize(120, 40)
            screen.expect("errors")
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)

    def test_starts_at_every_size(self):
        for size in ((1, 1), (10, 2), (40, 10), (80, 24), (300, 100)):
            with self.subTest(size), webmon(size=size) as screen:
                screen.wait(lambda: screen.terminal.ink() > 0, "nothing was drawn")
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)
                self.assertEqual(screen.left_behind(), [])

    def test_screens_below_survive_small_sizes(self):
        with webmon() as screen:
            screen.expect("1 DOWN")
            for way in ("enter", "?", "e"):
                screen.keys(way)
                for width, height in SIZES:
                    screen.resize(width, height)
                    screen.pump(0.02)
                    self.assertTrue(screen.program.alive(), f"{way} {width}x{height}: {screen.program.outcome()}")
                screen.resize(120, 40)
                screen.keys("esc")
                screen.expect("1 DOWN")

    def test_what_a_terminal_makes_of_a_resize_does_not_stay(self):
        with webmon() as screen:
            screen.expect("1 DOWN")
            screen.resize(100, 30)
            screen.terminal.feed(b"\x1b[H" + b"%" * 2999)  # wrapped or cut, as terminals do
            screen.wait(lambda: not any("%%" in line for line in screen.terminal.text()), "rubbish stays")
            screen.expect("errors")

    def test_a_storm_of_resizes_ends_at_the_last_size(self):
        with webmon() as screen:
            screen.expect("1 DOWN")
            for turn in range(200):
                screen.resize(40 + turn % 120, 10 + turn % 40)
                if turn % 20 == 0:
                    screen.pump(0.005)
            screen.resize(100, 30)
            screen.expect("errors")
            screen.wait(lambda: any("q quit" in line for line in screen.terminal.text()[-1:]),
                        "the key line never stood in the last row")
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)


class Kinds(unittest.TestCase):
    """Terminals, locales and wishes."""

    def test_no_color_sends_none(self):
        with webmon(env=("NO_COLOR=1",)) as screen:
            screen.expect("1 DOWN")
            coloured = [c for row in screen.terminal.rows() for c in row if c.fg is not None or c.bg is not None]
            self.assertEqual(coloured, [])

    def test_ascii_where_the_locale_has_no_utf_8(self):
        for env, more in (("LANG=C",), ()), (("LANG=C.UTF-8",), ("--ascii",)):
            with self.subTest(env=env, more=more), webmon(*more, env=env) as screen:
                screen.expect("1 DOWN")
                screen.expect("sorry")
                self.assertEqual({c for c in screen.text() if ord(c) > 126}, set())
                self.assertTrue(all(byte < 127 for byte in screen.raw))

    def test_old_terminals(self):
        for term in ("vt100", "linux", "screen", "tmux-256color", "xterm", "ansi"):
            if not has_terminfo(term):
                continue
            with self.subTest(term), webmon(term=term, size=(80, 24)) as screen:
                screen.expect("1 DOWN")
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)
                self.assertNotIn("the alternate screen is still shown", screen.left_behind())

    def test_terminals_that_can_nothing_get_plain_lines(self):
        for term in ("dumb", None):
            env = ("TERM",) if term is None else ()
            with self.subTest(term), webmon(term=term or "dumb", env=env) as screen:
                screen.match(r"^webmon: \d+ targets? watched, a line an event")
                screen.match(r"^\d{4}-\d\d-\d\dT.* sorry ")
                self.assertNotIn(b"\x1b", screen.raw)
                screen.signal(signal.SIGTERM)
                self.assertEqual(screen.wait_end(), 0)

    def test_an_unknown_terminal_is_taken_for_one_that_is_known(self):
        for term, known in (("no-such-terminal", "vt100"), ("xterm-of-tomorrow", "xterm")):
            with self.subTest(term), webmon(term=term) as screen:
                screen.expect(f"TERM={term}: taken for {known}")
                screen.expect("1 DOWN")
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)
                self.assertIn(f"webmon: no terminfo entry for TERM={term}".encode(), screen.raw)

    def test_a_terminal_that_takes_nothing_does_not_stop_the_checks(self):
        log = os.path.join(folder(), "w.log")
        with webmon("--log", log, "-o", "log_level=info", "-i", "100ms") as screen:
            screen.expect("1 DOWN")
            size = os.path.getsize(log)
            # Nothing is read for a while, keys keep it drawing: the pty fills up.
            for _ in range(200):
                screen.program.write(b"T\x0c")
            wait_for(lambda: os.path.getsize(log) > size + 3000, 10, "going on of the checks")
            before = cpu_seconds(screen.pid)
            end = time.monotonic() + 1
            wait_for(lambda: time.monotonic() > end, 3, "passing of time")
            self.assertLess(cpu_seconds(screen.pid) - before, 0.9 * PATIENCE, "a busy loop at a stalled terminal")
            screen.pump(0.5)
            screen.keys("ctrl-l")
            screen.expect("1 DOWN")
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)


def has_terminfo(term):
    return any(os.path.exists(os.path.join(at, term[0], term)) for at in (
        "/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"))


class Hanging(unittest.TestCase):
    def test_q_is_obeyed_while_every_target_hangs(self):
        with servers.Hang() as hang, servers.BlackHole() as hole:
            config = write("[defaults]\ntimeout = 60s\nconnect_timeout = 60s\n" + "".join(
                f"[target h{i}]\nurl = http://127.0.0.1:{(hang, hole)[i % 2].port}/\n" for i in range(100)))
            with Screen(WEBMON, "-c", config) as screen:
                screen.expect("h10")
                for key in ("j", "k", "j", "k"):
                    seen = len(screen.raw)
                    start = time.monotonic()
                    screen.keys(key)
                    screen.wait(lambda seen=seen: len(screen.raw) > seen, "a key was not answered", 2)
                    tap.figure(f"key {key} answered in {1000 * (time.monotonic() - start):.1f} ms, all targets hanging")
                start = time.monotonic()
                screen.keys("q")
                self.assertEqual(screen.wait_end(2), 0)
                tap.figure(f"q obeyed in {1000 * (time.monotonic() - start):.0f} ms, all targets hanging")
                self.assertEqual(screen.left_behind(), [])


tap.main()
