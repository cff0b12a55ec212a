"""One target over two ways in turn: IPv4 and IPv6, cold and kept connections; retries are told, never hidden."""

import json
import os
import socket
import threading
import unittest

import servers
import tap
from program import by_name, folder, run, snapshot, write


def six():
    """Whether this machine has an IPv6 loopback."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


def both(number):
    """The configuration's line that gives the name both loopbacks."""
    return f"url = http://both.test:{number}/\nresolve = both.test:{number}:127.0.0.1,[::1]\n"


def checks(config, rounds, *arguments):
    """Each check as the log has it, and the document."""
    log = os.path.join(folder(), "log")
    config = f"[webmon]\nlog = {log}\nlog_level = info\nlog_format = json\n" + config
    done = run("snapshot", "-f", "json", "-n", str(rounds), "-i", "100ms", "-c", write(config), *arguments)
    with open(log, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [line for line in lines if line["event"] == "check"], by_name(json.loads(done.stdout)), lines


class OneShot:
    """Answers one request a connection as if it were kept, then closes it at once, or when it is used again."""

    def __init__(self, when_used):
        self.when_used, self.connections = when_used, 0
        self.listener = socket.create_server((servers.LOOPBACK, servers.port()))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.answer, args=(client,), daemon=True).start()

    def answer(self, client):
        with client:
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            if self.when_used:
                client.recv(4096)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


@unittest.skipUnless(six(), "no IPv6 on this machine")
class Families(unittest.TestCase):
    def test_both_are_probed_in_turn(self):
        number = servers.port()
        with servers.nginx('location / { return 200 "ok"; }', number=number, head="",
                           listen=f"; listen [::1]:{number}"):
            told, targets, _ = checks("[target t]\nip = both\n" + both(number), 4)
        self.assertEqual([c["ipv6"] for c in told], [False, True, False, True])
        self.assertEqual({c["class"] for c in told}, {"ok"})
        self.assertEqual(targets["t"]["ip"], "::1")
        self.assertEqual(targets["t"]["state"], "up")

    def test_a_failure_of_one_is_told_by_its_name_and_not_made_good_by_the_other(self):
        with servers.nginx('location / { return 200 "ok"; }') as server:
            told, targets, lines = checks("[target t]\nip = both\ndown_after = 2\n" + both(server.port), 6)
        self.assertEqual([c["class"] for c in told], ["ok", "refused"] * 3)
        self.assertEqual(targets["t"]["state"], "down")
        failures = [line for line in lines if line["event"] in ("failed", "down")]
        self.assertTrue(all(line["detail"].startswith("IPv6: connection refused by [::1]:") for line in failures), failures)
        self.assertEqual([line["event"] for line in lines if line["event"] in ("failed", "down", "up")], ["failed", "down"])

    def test_a_name_without_the_family_says_so(self):
        with servers.nginx('location / { return 200 "ok"; }') as server:
            config = (f"[target t]\nip = both\ndown_after = 1\nurl = http://four.test:{server.port}/\n"
                      f"resolve = four.test:{server.port}:127.0.0.1\n")
            told, targets, _ = checks(config, 2)
        self.assertEqual([(c["class"], c["ipv6"]) for c in told], [("ok", False), ("dns", True)])
        self.assertEqual(targets["t"]["detail"], "IPv6: four.test has no IPv6 address")

    def test_one_round_is_one_of_each(self):
        with servers.nginx('location / { return 200 "ok"; }') as server:
            told, targets, _ = checks("[target t]\nip = both\n" + both(server.port), 1)
        self.assertEqual([(c["class"], c["ipv6"]) for c in told], [("ok", False), ("refused", True)])
        self.assertEqual(targets["t"]["state"], "down")

    def test_an_address_has_no_choice(self):
        with servers.nginx('location / { return 200 "ok"; }') as server:
            told, _, _ = checks(f"[target t]\nip = both\nurl = http://127.0.0.1:{server.port}/\n", 4)
        self.assertEqual({(c["class"], c["ipv6"]) for c in told}, {("ok", False)})


class Kept(unittest.TestCase):
    def test_cold_and_warm_take_turns(self):
        with servers.nginx('location / { return 200 "ok"; }') as server:
            told, _, _ = checks(f"[target t]\nkeepalive = both\nurl = http://127.0.0.1:{server.port}/\n", 8)
        # The first warm one has nothing to go over yet.
        self.assertEqual([c["kept"] for c in told], [False, False, False, True, False, True, False, True])
        for check in told:
            self.assertEqual(check["ms"]["connect"] is None, check["kept"], "a kept connection has no phase of connecting")

    @unittest.skipUnless(six(), "no IPv6 on this machine")
    def test_families_and_connections_make_four_ways(self):
        number = servers.port()
        with servers.nginx('location / { return 200 "ok"; }', number=number, listen=f"; listen [::1]:{number}"):
            told, _, _ = checks("[target t]\nip = both\nkeepalive = both\n" + both(number), 12)
        self.assertEqual([(c["ipv6"], c["kept"]) for c in told[4:]],
                         [(False, False), (True, False), (False, True), (True, True)] * 2)

    def test_a_connection_closed_meanwhile_is_dialled_anew_without_a_fault(self):
        with OneShot(when_used=False) as server:
            told, targets, _ = checks(f"[target t]\nkeepalive = yes\nurl = http://127.0.0.1:{server.port}/\n", 4)
        self.assertEqual({c["class"] for c in told}, {"ok"})

    def test_a_connection_that_dies_when_used_is_retried_and_told(self):
        with OneShot(when_used=True) as server:
            told, targets, _ = checks(f"[target t]\nkeepalive = yes\nurl = http://127.0.0.1:{server.port}/\n", 4,
                                      "--evidence")
            self.assertEqual(server.connections, 4)
        self.assertEqual({c["class"] for c in told}, {"ok"})
        self.assertEqual([c["retried"] for c in told], [False, True, True, True])
        self.assertEqual({c["kept"] for c in told}, {False})
        self.assertEqual(targets["t"]["window"]["retried"], 3)
        self.assertTrue(targets["t"]["retried"])


tap.main()
