"""Our own network or theirs: many hosts that fail alike, witnesses, and what must not be taken for it."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import unittest

import servers
import tap
from program import WEBMON, environment, folder, running, wait_for, write
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

    def stop_all(self):
        stopping = [threading.Thread(target=server.stop) for server in self.servers]
        for one in stopping:
            one.start()
        for one in stopping:
            one.join()

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def wait_log(self, text, count=1):
        wait_for(lambda: self.log().count(text) >= count, 30, f"{text!r} in the log")


HOSTS = [f"127.0.0.{i}" for i in range(11, 16)]


class Network(unittest.TestCase):
    def test_hosts_that_fail_alike_are_one_line(self):
        with Fleet(HOSTS, more="pollers = 3", per_host=4) as fleet:
            fleet.stop_all()
            fleet.wait_log("this host lost its network at ")
            for server in fleet.servers:
                server.requests.clear()
                server.start()
            fleet.wait_log("this host had lost its network at ")
            wait_for(lambda: all(len(server.requests) > 4 for server in fleet.servers), 20, "probes of all")
            self.assertNotIn("; down", fleet.log())
            self.assertEqual(fleet.log().count("this host lost its network at "), 1)
            tap.figure(f"20 targets on 5 hosts that stop together: {fleet.log().count(' ERROR ')} lines before it is known")

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


# A network of our own: this end with webmon, the other end with five hosts; their cable is pulled when "off" is read.
CABLE = """
set -e
ip link set lo up
unshare -n sleep 120 & other=$!
trap 'kill $other $server $webmon 2>/dev/null' EXIT
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add near type veth peer name far netns $other
ip addr add 10.99.0.100/24 dev near
ip link set near up
nsenter -t $other -n sh -c '
    ip link set lo up
    for i in 1 2 3 4 5; do ip addr add 10.99.0.$i/24 dev far; done
    ip link set far up'
nsenter -t $other -n "$PYTHON" -c "
import sys; sys.path.insert(0, '$LIB')
import time
from scripted import Scripted
Scripted(lambda *_: (200, [], b'ok'), number=8080, host='0.0.0.0')
time.sleep(120)" & server=$!
"$@" >/dev/null & webmon=$!
while read -r word; do
    case $word in
    off) nsenter -t $other -n ip link set far down ;;
    on) nsenter -t $other -n ip link set far up ;;
    end) break ;;
    esac
    echo "$word"
done
"""


def cable_possible():
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "unshare", "nsenter")):
        return False
    return subprocess.run(["unshare", "-n", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"],
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(cable_possible(), "needs root and network namespaces")
class Cable(unittest.TestCase):
    def test_a_cable_that_is_pulled_is_one_line(self):
        log_path = write("", "webmon.log")
        config = write(
            f"[webmon]\nlog = {log_path}\nlog_level = info\n[defaults]\ninterval = 500ms\ntimeout = 2s\n"
            "connect_timeout = 1s\n" + "".join(f"[target t{i}-{k}]\nurl = http://10.99.0.{i}:8080/{k}\n"
                                                for i in range(1, 6) for k in range(10)))

        def log():
            with open(log_path, encoding="utf-8") as file:
                return file.read()
        env = environment(PYTHON=sys.executable, LIB=os.path.dirname(servers.__file__))
        child = subprocess.Popen(["unshare", "-n", "bash", "-c", CABLE, "cable", WEBMON, "watch", "--plain", "-c", config],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                 env=env, cwd=folder())

        def say(word):
            child.stdin.write(word + "\n")
            child.stdin.flush()
            self.assertEqual(child.stdout.readline().strip(), word)
        try:
            wait_for(lambda: log().count(" ok 200 ") > 200, 30, "good checks")
            begin = len(log())
            say("off")
            wait_for(lambda: "this host lost its network at " in log(), 30, "line of the lost network")
            before = log().count("tainted")
            wait_for(lambda: log().count("tainted") > before + 60, 30, "checks that count nowhere")
            say("on")
            wait_for(lambda: "this host had lost its network at " in log(), 30, "end of it")
            good = log().count(" ok 200 ")
            wait_for(lambda: log().count(" ok 200 ") > good + 300, 30, "good checks")
        finally:
            child.stdin.close()
            child.wait(20)
            child.stdout.close()
        told = [line for line in log()[begin:].splitlines() if " INFO " not in line]
        self.assertIn("this host lost its network at ", told[0])
        self.assertIn("this host had lost its network at ", told[1], "\n".join(told))
        # Connections that the other end still holds from before may be reset now, and that is told of the check that met it.
        self.assertTrue(all(" reset " in line for line in told[2:]) and len(told) <= 3, "\n".join(told))
        self.assertNotIn("; down", log())


if __name__ == "__main__":
    tap.main()
