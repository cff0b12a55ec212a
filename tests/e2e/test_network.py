"""Our own network or theirs: many hosts that fail alike, witnesses, and what must not be taken for it."""

import contextlib
import unittest

import servers
import tap
from program import running, wait_for, write
from scripted import Scripted


def good(*_):
    return 200, [], b"ok\n"


class Fleet:
    """Servers on loopback addresses of their own, one target each; webmon over them with a log."""

    def __init__(self, hosts, more="", per_host=1, interval="300ms"):
        self.stack = contextlib.ExitStack()
        number = servers.port()
        self.servers = [self.stack.enter_context(Scripted(good, host=host, number=number)) for host in hosts]
        self.log_path = write("", "webmon.log")
        self.config = write(
            f"[webmon]\nlog = {self.log_path}\n{more}\n[defaults]\ninterval = {interval}\n" + "".join(
                f"[target t{i}-{k}]\nurl = http://{host}:{number}/{k}\n"
                for i, host in enumerate(hosts) for k in range(per_host)))

    def __enter__(self):
        self.stack.enter_context(running("watch", "--plain", "-c", self.config))
        wait_for(lambda: all(len(server.requests) > 2 for server in self.servers), 20, "probes of all")
        return self

    def __exit__(self, *_):
        self.stack.close()

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def wait_log(self, text, count=1):
        wait_for(lambda: self.log().count(text) >= count, 30, f"{text!r} in the log")


HOSTS = [f"127.0.0.{i}" for i in range(11, 16)]


class Network(unittest.TestCase):
    def test_hosts_that_fail_alike_are_one_line(self):
        with Fleet(HOSTS, per_host=4) as fleet:
            for server in fleet.servers:
                server.stop()
            fleet.wait_log("this host lost its network at ")
            for server in fleet.servers:
                server.requests.clear()
                server.start()
            fleet.wait_log("this host had lost its network at ")
            wait_for(lambda: all(len(server.requests) > 4 for server in fleet.servers), 20, "probes of all")
            self.assertNotIn("; down", fleet.log())
            self.assertEqual(fleet.log().count("this host lost its network at "), 1)
            # Twenty targets: at most those whose connection broke in the middle of an answer have a line of their own.
            self.assertLess(fleet.log().count(" ERROR "), 10)

    def test_targets_of_one_host_are_their_own(self):
        with Fleet(HOSTS[:4], per_host=3) as fleet:
            fleet.servers[1].stop()
            fleet.wait_log("; down", 3)
            self.assertNotIn("lost its network", fleet.log())

    def test_a_single_host_is_not_the_network(self):
        with Fleet(HOSTS[:1], per_host=5) as fleet:
            fleet.servers[0].stop()
            fleet.wait_log("; down", 5)
            self.assertNotIn("lost its network", fleet.log())

    def test_witnesses_that_fail_too_tell_whose_fault_it_is(self):
        with Scripted(good) as one, Scripted(good) as two:
            witness = f"witness = http://127.0.0.1:{one.port}/, 127.0.0.1:{two.port}"
            with Fleet(HOSTS[:1], more=witness, per_host=2) as fleet:
                one.stop()
                two.stop()
                fleet.servers[0].stop()
                fleet.wait_log("this host lost its network at ")
                two.start()
                fleet.wait_log("this host had lost its network at ")
                fleet.wait_log("; down", 2)  # ours stands again: now it is theirs

    def test_a_witness_that_fails_alone_says_nothing(self):
        with Scripted(good) as one:
            with Fleet(HOSTS[:3], more=f"witness = http://127.0.0.1:{one.port}/") as fleet:
                one.stop()
                fleet.servers[0].stop()
                fleet.wait_log("; down")
                self.assertNotIn("lost its network", fleet.log())
                self.assertEqual(fleet.log().count("; down"), 1)


if __name__ == "__main__":
    tap.main()
