"""The program under test: run to its end, or in the background."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(ROOT, "tests", "lab")
WEBMON = os.environ.get("WEBMON") or os.path.join(ROOT, "build", "webmon")
# Sanitizers slow the program down; a deadline here is never a measure of speed.
PATIENCE = 3 if "build-" in WEBMON else 1

# Variables that would change what webmon does.
FOREIGN = ("WEBMON_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR", "COLUMNS", "LINES", "COLORTERM", "http_proxy", "https_proxy",
           "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")


def wait_for(test, seconds, what):
    """The first true value of test() within seconds; else an AssertionError that says what was awaited: a text, or a function
    that makes it then."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"no {what() if callable(what) else what} within {seconds * PATIENCE:g} s")
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


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(child, number=signal.SIGTERM, seconds=5):
    """Sends a signal and takes the exit status."""
    child.send_signal(number)
    return child.wait(seconds * PATIENCE)
