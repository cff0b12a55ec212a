"""The program under test: run to its end, or held in a pseudo-terminal."""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(ROOT, "tests", "lab")
WEBMON = os.environ.get("WEBMON") or os.path.join(ROOT, "build", "webmon")
# Sanitizers slow the program down; a deadline here is never a measure of speed.
PATIENCE = 3 if "build-" in WEBMON else 1

# Variables that would change what webmon does.
FOREIGN = ("WEBMON_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR", "COLUMNS", "LINES", "COLORTERM", "http_proxy", "https_proxy")


def wait_for(test, seconds, what):
    """The first true value of test() within seconds; else an AssertionError that says what was awaited."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"no {what} within {seconds * PATIENCE:g} s")
        time.sleep(0.01)


def folder():
    """A new folder; the runner removes all of them with its own."""
    return tempfile.mkdtemp()


def write(text, name="webmon.ini", where=None):
    """A file with this text; its path."""
    path = os.path.join(where or folder(), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def environment(**more):
    """Ours without what would change webmon's behaviour, and with `more`; None removes a variable."""
    env = {k: v for k, v in os.environ.items() if k not in FOREIGN and not k.startswith("LC_")}
    for name, value in more.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def run(*arguments, timeout=60, env=None, cwd=None, stdin=subprocess.DEVNULL, before=()):
    """webmon with these arguments, to its end: a CompletedProcess with texts. It must end by itself."""
    return subprocess.run([*before, WEBMON, *arguments], env=env or environment(), cwd=cwd or folder(), stdin=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout * PATIENCE, text=True,
                          encoding="utf-8", errors="surrogateescape")


def snapshot(config, *arguments, **options):
    """The JSON snapshot of a configuration text: (document, exit status)."""
    done = run("snapshot", "-f", "json", "-c", write(config), *arguments, **options)
    try:
        return json.loads(done.stdout), done.returncode
    except ValueError as error:
        raise AssertionError(f"no JSON from webmon (status {done.returncode}): {error}\n{done.stdout[:2000]}\n"
                             f"{done.stderr[:2000]}") from error


def by_name(document):
    return {target["name"]: target for target in document["targets"]}


@contextlib.contextmanager
def running(*arguments, env=None, cwd=None, stdout=subprocess.PIPE):
    """webmon in the background; ended by SIGTERM where it still runs."""
    child = subprocess.Popen([WEBMON, *arguments], env=env or environment(), cwd=cwd or folder(),
                             stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.STDOUT)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(5 * PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout:
            child.stdout.close()


def load_tool(name):
    """A tool of tests/lab as a module."""
    sys.dont_write_bytecode = True
    path = os.path.join(LAB, name)
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


shot = load_tool("tui-shot")


class Screen:
    """A command in a pseudo-terminal with an emulated screen: keys go in, expectations wait for what is seen.

    Use as a context manager: at its end the program is stopped and reaped.
    """

    def __init__(self, *command, size=(120, 40), term="xterm-256color", env=(), truecolor=False):
        self.terminal = shot.Terminal(*size)
        self.keyboard = shot.Keyboard(term)
        environ = shot.child_environment(term, env, truecolor)
        for name in FOREIGN:
            if not any(item.startswith(name + "=") for item in env):
                environ.pop(name, None)
        self.program = shot.Program(list(command), *size, environ)
        self.tty_before = self.tty()
        self.terminal.reply = self.program.write
        self.raw = bytearray()
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.stop()

    @property
    def pid(self):
        return self.program.pid

    def tty(self):
        """The line settings, as from stty -g."""
        return termios.tcgetattr(self.program.fd)

    def pump(self, seconds=0.0):
        """Takes in what the program writes during some time, at least once."""
        end = time.monotonic() + seconds
        while not self.ended:
            data = self.program.read(max(0.0, min(end - time.monotonic(), 0.05)))
            if data is None:
                self.ended = True
            elif data:
                self.raw += data
                self.terminal.feed(data)
            if not data and time.monotonic() >= end:
                break

    def text(self):
        return "\n".join(self.terminal.text())

    def wait(self, test, what, seconds=10):
        end = time.monotonic() + seconds * PATIENCE
        while True:
            self.pump(0.02)
            if test():
                return
            if self.ended or time.monotonic() > end:
                state = self.program.outcome() or "running"
                raise AssertionError(f"{what} within {seconds * PATIENCE:g} s; webmon: {state}; the screen:\n"
                                     + self.text())

    def expect(self, text, seconds=10):
        """Waits until the text stands on the screen."""
        self.wait(lambda: text in self.text(), f"{text!r} never stood on the screen", seconds)

    def gone(self, text, seconds=10):
        self.wait(lambda: text not in self.text(), f"{text!r} went on standing on the screen", seconds)

    def match(self, pattern, seconds=10):
        """Waits until a line matches; returns the match."""
        found = []

        def test():
            found[:] = filter(None, (re.search(pattern, line) for line in self.terminal.text()))
            return found

        self.wait(test, f"no line matched {pattern!r}", seconds)
        return found[0]

    def keys(self, words):
        """Presses keys by name, blanks between: "j j enter /"."""
        for word in words.split(" "):
            self.program.write(self.keyboard.encode(word, 1 in self.terminal.modes))
            self.pump()

    def type(self, text):
        self.program.write(text.encode())
        self.pump()

    def resize(self, width, height):
        self.terminal.resize(columns=width, lines=height)
        self.program.resize(width, height)

    def signal(self, number):
        self.program.signal(number)

    def wait_end(self, seconds=5):
        """Waits until the program has ended and its output is read; returns its exit status, -N for signal N."""
        self.wait(lambda: not self.program.alive(), "it did not end", seconds)
        self.pump(0.05)
        status = self.program.status
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def left_behind(self):
        """What the ended program did not put back, in words: screen and line settings."""
        left = self.terminal.left_behind()
        if self.tty() != self.tty_before:
            left.append("the line settings (stty -g) are not what they were")
        return left


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(child, number=signal.SIGTERM, seconds=5):
    """Sends a signal and takes the exit status."""
    child.send_signal(number)
    return child.wait(seconds * PATIENCE)
