"""What stands on the way: peers that speak first or never read, proxies that do not let through, Unix sockets, odd hosts; each with
its class, and with words that name who did it."""

import os
import socket
import threading
import time
import unittest

import tap
from program import PATIENCE, folder, run, snapshot, write
from raw import Raw, answer, chunk, head, probe, read_head, reset

LIMIT_S = 1.2 * PATIENCE
RUBBISH = b"-ERR what do you want\x1b[2J\r\n"


class Peer(Raw):
    """Speaks as soon as it is connected, without reading."""

    def __init__(self, data=b"", then=None):
        self.data, self.then = data, then
        super().__init__({})

    def hear(self, _client):
        pass

    def serve(self, client):
        try:
            self.hear(client)
            client.sendall(self.data)
            if self.then:
                self.then(client)
        except OSError:
            pass
        client.close()


class Proxy(Peer):
    """Reads one request and says this."""

    def hear(self, client):
        self.requests.append(read_head(client))


def hold(client):
    client.settimeout(30)
    while client.recv(65536):
        pass


def endless(client):
    while True:
        client.sendall(b"X: yy\r\n" * 10_000)


def wait(_client):
    time.sleep(2 * LIMIT_S)


def unix(path, data):
    """A server on a socket file."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)

    def serve():
        while True:
            client, _ = listener.accept()
            client.recv(65536)
            client.sendall(data)
            client.close()
    threading.Thread(target=serve, daemon=True).start()


class Peers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept, cls.sections, cls.wanted, cls.words = [], {}, {}, {}
        cls.add_first_speakers()
        cls.add_hosts()
        cls.add_sockets()
        cls.add_proxies()
        cls.targets = probe(cls.sections, f"timeout = {LIMIT_S}s\nconnect_timeout = {LIMIT_S}s", cls.wanted)

    @classmethod
    def tearDownClass(cls):
        for server in cls.kept:
            server.__exit__()

    @classmethod
    def add(cls, name, lines, wanted, words=""):
        cls.sections[name], cls.wanted[name], cls.words[name] = lines, wanted, words

    @classmethod
    def serve(cls, server):
        cls.kept.append(server)
        return server

    @classmethod
    def add_first_speakers(cls):
        def peer(name, server, wanted, words="", more=""):
            cls.add(name, f"url = {cls.serve(server).url()}\n{more}", wanted, words)

        # Whether the request was out when the reset came is chance: it must not make a difference.
        for i in range(12):
            peer(f"rubbish-reset-{i}", Peer(RUBBISH, reset), "protocol", 'begins with "-ERR what')
        peer("rubbish-late-reset", Peer(RUBBISH, lambda client: (time.sleep(0.05), reset(client))), "protocol", "-ERR")
        peer("rubbish-and-more", Peer(RUBBISH, wait), "protocol", "-ERR")
        peer("ssh", Peer(b"SSH-2.0-OpenSSH_9.2\r\n", wait), "protocol", "SSH-2.0-OpenSSH_9.2")
        peer("smtp", Peer(b"220 mx.test ESMTP\r\n", wait), "protocol", "220 mx.test")
        peer("tls-alert", Peer(b"\x15\x03\x01\0\2\2\x0a"), "protocol", "wants https")
        peer("early-answer", Peer(answer(), hold), "ok")
        peer("early-408", Peer(answer(b"", "408 Request Timeout"), hold), "http_status")
        peer("nothing-reset", Peer(b"", reset), "reset")
        body = write("x" * 8_000_000, "body")
        peer("never-reads", Peer(b"", wait), "timeout_first_byte", "no answer in")
        peer("never-takes", Peer(b"", wait), "timeout_first_byte", "not taken whole", f"method = POST\nbody_file = {body}")

    @classmethod
    def add_hosts(cls):
        good = cls.serve(Raw({"/": answer()}))
        for name, host, wanted in (("hexadecimal", "0x7f.1", "ok"), ("whole-number", "2130706433", "ok"), ("octal", "0177.0.0.1", "ok"),
                                   ("short", "127.1", "ok"), ("mapped", "[::ffff:127.0.0.1]", "ok"), ("dot", "localhost.", "ok"),
                                   ("too-large", "256.256.256.256", "dns"), ("label-63", "a" * 63 + ".invalid", "dns"),
                                   ("underscore", "a_b.invalid", "dns"), ("zone", "[fe80::1%25lo]", "unreachable refused timeout_connect")):
            cls.add(f"host-{name}", f"url = http://{host}:{good.port}/", wanted)

    @classmethod
    def add_sockets(cls):
        home = folder()
        unix(f"{home}/good", answer())
        unix(f"{home}/rubbish", RUBBISH)
        unix(f"{home}/empty", b"")
        open(f"{home}/file", "w").close()
        for name, wanted, words in (("good", "ok", ""), ("rubbish", "protocol", "-ERR"), ("empty", "empty_reply", "/empty closed"),
                                    ("none", "unreachable", "/none: No such file"), ("file", "refused", "/file")):
            cls.add(f"socket-{name}", f"url = http://app/\nunix_socket = {home}/{name}", wanted,
                    words if wanted in ("ok", "protocol") else "the socket " + home + " " + words)

    @classmethod
    def add_proxies(cls):
        def proxy(name, server, wanted, words="", url="https://127.0.0.1:9/", kind="http"):
            cls.add(f"proxy-{name}", f"url = {url}\nproxy = {kind}://127.0.0.1:{cls.serve(server).port}", wanted, "proxy " + words)

        plain = "http://127.0.0.1:9/"
        asks = head("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"', "Content-Length: 0")
        proxy("407", Proxy(asks), "unreachable", "407")
        proxy("502", Proxy(answer(b"<h1>\x1b[2J</h1>", "502 Bad Gateway")), "unreachable", "502")
        proxy("302", Proxy(head("302 Found", "Location: http://127.0.0.1/", "Content-Length: 0")), "unreachable", "302")
        proxy("silent", Proxy(b"", wait), "timeout_connect", "no way through")
        proxy("closes", Proxy(), "unreachable", "no way through")
        proxy("resets", Proxy(b"", reset), "reset")
        proxy("half", Proxy(b"HTTP/1.1 200 O"), "unreachable")
        proxy("rubbish", Proxy(RUBBISH), "unreachable")
        proxy("header-flood", Proxy(b"HTTP/1.1 200 OK\r\n", lambda client: client.sendall(b"X: y\r\n" * 200_000)), "unreachable")
        for name, first in (("headers", b"HTTP/1.1 200 OK\r\n"), ("page", asks.replace(b" 0\r", b" 999999999\r"))):
            proxy(f"endless-{name}", Proxy(first, endless), "unreachable", "what comes without end")
        proxy("plain-closes", Proxy(), "empty_reply", "closed", plain)
        proxy("socks-silent", Peer(b"", wait), "timeout_connect", "no way through", plain, "socks5")
        proxy("socks-rubbish", Peer(RUBBISH, hold), "unreachable", "", plain, "socks5")
        proxy("tls-rubbish", Peer(RUBBISH, hold), "tls_handshake", "no TLS", plain, "https")
        proxy("tcp-refused", Proxy(answer(b"", "403 Forbidden")), "unreachable", "403", "tcp://127.0.0.1:9")
        proxy("tcp-good", Proxy(head("200 OK"), wait), "ok", "", "tcp://127.0.0.1:9")
        # What follows the proxy's 200 is the target's own.
        cls.add("through-and-no-tls", f"url = https://127.0.0.1:9/\nproxy = http://127.0.0.1:"
                f"{cls.serve(Proxy(head('200 OK') + chunk(b'x') + RUBBISH, hold)).port}", "tls_handshake", "no TLS")
        cls.add("proxy-unknown", "url = http://127.0.0.1:9/\nproxy = http://proxy.invalid:3128", "dns", "proxy proxy.invalid")

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class']} ({self.targets[name]['detail']}), wanted {wanted}"
                 for name, wanted in self.wanted.items() if self.targets[name]["class"] not in wanted.split()]
        self.assertEqual(wrong, [])

    def test_each_names_who_did_it(self):
        for name, words in self.words.items():
            detail = self.targets[name]["detail"]
            for word in words.split(" ") if detail else ():
                self.assertIn(word, detail, name)

    def test_before_the_proxy_lets_through_nothing_is_measured_as_the_targets(self):
        for name in ("proxy-silent", "proxy-closes", "proxy-rubbish", "proxy-socks-silent", "proxy-tcp-refused"):
            ms = self.targets[name]["ms"]
            self.assertEqual([ms[phase] for phase in ("connect", "tls", "send", "wait", "transfer")], [None] * 5, name)
        self.assertIsNotNone(self.targets["proxy-tcp-good"]["ms"]["connect"])

    def test_what_came_is_among_the_evidence(self):
        for name in ("ssh", "smtp", "socket-rubbish", "rubbish-reset-0"):
            self.assertTrue(self.targets[name]["evidence"]["body"], name)

    def test_a_socket_path_that_is_too_long_is_refused(self):
        done = run("check", "-c", write(f"[target t]\nurl = http://app/\nunix_socket = {os.path.join('/tmp', 'a' * 110)}\n"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("webmon.ini:3: unix_socket: the path has", done.stderr)


class Neighbours(unittest.TestCase):
    def test_one_targets_reset_is_not_another_ones(self):
        """All of them through one handle, one after the other."""
        with Peer(b"", reset) as resets, Proxy() as closes, Proxy(head("200 OK", "Transfer-Encoding: chunked") + b"zz\r\n") as broken:
            document, _ = snapshot("[webmon]\nconcurrency = 1\npollers = 1\n[defaults]\ndown_after = 1\n" + "".join(
                f"[target {name}-{i}]\nurl = {server.url()}\n"
                for i in range(8) for name, server in (("reset", resets), ("empty_reply", closes), ("protocol", broken))))
        for target in document["targets"]:
            self.assertEqual(target["class"], target["name"].rsplit("-", 1)[0], target["detail"])


class Phases(unittest.TestCase):
    def test_what_a_proxy_takes_is_part_of_getting_connected(self):
        """A SOCKS proxy that is in no hurry, and a server that answers at once."""
        pause_s = 0.3

        def socks(client):
            client.recv(3)
            client.sendall(b"\5\0")
            client.recv(10)
            time.sleep(pause_s)
            client.sendall(b"\5\0\0\1" + bytes(6))
            read_head(client)
            client.sendall(answer())
        with Peer(b"", socks) as proxy:
            found = probe({"t": f"url = http://127.0.0.1:9/\nproxy = socks5://127.0.0.1:{proxy.port}"}, "timeout = 9s", {"t": "ok"})
        ms = found["t"]["ms"]
        tap.figure(f"a SOCKS proxy of {pause_s:.1f} s: connect {ms['connect']:.0f} ms, wait {ms['wait']:.1f} ms")
        self.assertGreater(ms["connect"], 1000 * pause_s - 1)
        self.assertLess(ms["wait"] + ms["send"], ms["connect"])


tap.main()
