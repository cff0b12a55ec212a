"""The program held in a pseudo-terminal whose screen is emulated."""

import importlib.machinery
import importlib.util
import os
import pty
import re
import sys
import termios
import time

from program import FOREIGN, LAB, PATIENCE


def load_tool(name):
    """A tool of tests/lab as a module."""
    sys.dont_write_bytecode = True
    path = os.path.join(LAB, name)
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


shot = load_tool("tui-shot")


def fresh_tty():
    """The line settings of a new pseudo-terminal, with which every program starts."""
    master, slave = pty.openpty()
    try:
        return termios.tcgetattr(slave)
    finally:
        os.close(master)
        os.close(slave)


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

    def take(self, timeout):
        """Takes in what the program writes next, within so much time; False where nothing came."""
        data = b"" if self.ended else self.program.read(timeout)
        if data is None:
            self.ended = True
        elif data:
            self.raw += data
            self.terminal.feed(data)
        return bool(data)

    def pump(self, seconds=0.0):
        """Takes in what the program writes during some time, at least what is there now."""
        end = time.monotonic() + seconds
        while not self.ended:
            left = end - time.monotonic()
            if not self.take(max(0.0, min(left, 0.05))) and left <= 0:
                break

    def text(self):
        return "\n".join(self.terminal.text())

    def wait(self, test, what, seconds=10):
        end = time.monotonic() + seconds * PATIENCE
        while True:
            while self.take(0):
                pass
            if test():
                return
            self.take(0.02)
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
        end = time.monotonic() + seconds * PATIENCE
        while self.program.alive():
            if time.monotonic() > end:
                raise AssertionError(f"it did not end within {seconds * PATIENCE:g} s; the screen:\n" + self.text())
            if not self.take(0.005) and self.ended:
                time.sleep(0.001)
        self.pump()
        status = self.program.status
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def left_behind(self):
        """What the ended program did not put back, in words: screen and line settings."""
        left = self.terminal.left_behind()
        if self.tty() != fresh_tty():
            left.append("the line settings (stty -g) are not what they were")
        return left
