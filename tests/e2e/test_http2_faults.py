"""HTTP/2 servers that misbehave, frame by frame; each fault with the class it must get."""

import ssl
import struct
import time
import unittest

import servers
import tap
from program import PATIENCE
from raw import Raw, probe, reset

LIMIT_S = 1.5 * PATIENCE
DATA, HEADERS, PRIORITY, RST, SETTINGS, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4
OK, NOT_FOUND = b"\x88", b"\x8d"  # :status, of HPACK's static table


def frame(kind, payload=b"", flags=0, stream=0):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def goaway(code, last=0):
    return frame(GOAWAY, struct.pack(">II", last, code))


def rst(code):
    return frame(RST, struct.pack(">I", code), 0, 1)


def literal(name, value):
    """A header field without indexing, lengths below 127."""
    return b"\0" + bytes((len(name),)) + name + bytes((len(value),)) + value


GREETING = frame(SETTINGS)
START = frame(HEADERS, OK, END_HEADERS, 1)
PART = frame(DATA, b"half", 0, 1)
END = frame(DATA, b"ok\n", END_STREAM, 1)


def say(*frames, then=None, pause_s=0.0):
    """Greets, waits for the request, says the frames, and then does something or listens on."""
    def serve(client, _request):
        client.sendall(GREETING)
        client.settimeout(30)
        client.recv(65536)
        for one in frames:
            client.sendall(one)
            time.sleep(pause_s)
        if then:
            then(client)
            return
        while client.recv(65536):
            pass
    return serve


def flood(piece):
    def serve(client, _request):
        client.sendall(GREETING)
        client.recv(65536)
        while True:
            client.sendall(piece)
    return serve


def close(client):
    client.close()


FAULTS = {
    "ok": (say(START, END), "ok"),
    "ok-no-body": (say(frame(HEADERS, OK, END_HEADERS | END_STREAM, 1)), "ok"),
    "ok-pings": (say(*[frame(PING, b"12345678")] * 20, START, END), "ok"),
    "ok-then-goaway": (say(START, END, goaway(0, 1)), "ok"),
    "not-found": (say(frame(HEADERS, NOT_FOUND, END_HEADERS | END_STREAM, 1)), "http_status"),
    "interim": (say(frame(HEADERS, b"\x08\x03103", END_HEADERS, 1), START, END), "ok"),
    "trailers": (say(START, frame(DATA, b"ok\n", 0, 1), frame(HEADERS, literal(b"x-sum", b"1"), END_HEADERS | END_STREAM, 1)), "ok"),
    "goaway-at-once": (say(goaway(0), then=close), "protocol empty_reply reset"),
    "goaway-calm": (say(goaway(11), then=close), "protocol empty_reply reset"),
    "goaway-inside": (say(START, PART, goaway(2, 1), then=close), "protocol truncated reset"),
    "rst-refused": (say(rst(7)), "protocol reset empty_reply"),
    "rst-internal": (say(rst(2)), "protocol reset"),
    "rst-http-1.1": (say(rst(13)), "empty_reply protocol reset"),
    "rst-inside": (say(START, PART, rst(2)), "truncated protocol reset"),
    "closed-inside": (say(START, PART, then=close), "truncated protocol reset"),
    "connection-reset-inside": (say(START, PART, then=reset), "reset truncated"),
    "silent": (say(), "timeout_first_byte"),
    "stalled": (say(START, PART), "timeout_body"),
    "headers-unfinished": (say(frame(HEADERS, OK, 0, 1)), "timeout_first_byte timeout_headers"),
    "dripped": (say(START, *[frame(DATA, b"x", 0, 1)] * 200, pause_s=0.1), "timeout_body"),
    "continuations": (flood(frame(HEADERS, OK, 0, 1) + frame(CONTINUATION, literal(b"a", b"b") * 100, 0, 1) * 50),
                      "protocol too_large timeout_headers timeout_first_byte"),
    "headers-many": (say(frame(HEADERS, OK + literal(b"x-long", b"v" * 100) * 140, 0, 1),
                         *[frame(CONTINUATION, literal(b"x-long", b"v" * 100) * 140, 0, 1)] * 30,
                         frame(CONTINUATION, b"", END_HEADERS, 1), END), "too_large"),
    "data-without-headers": (say(END), "protocol"),
    "data-flood": (say(START, then=lambda client: flood(frame(DATA, b"x" * 16000, 0, 1))(client, None)),
                   "too_large protocol timeout_body"),
    "settings-flood": (flood(frame(SETTINGS) * 100), "protocol timeout_first_byte empty_reply reset"),
    "ping-flood": (flood(frame(PING, b"12345678") * 100), "protocol timeout_first_byte empty_reply reset"),
    "frame-too-long": (say(frame(HEADERS, b"\0" * 100000, END_HEADERS, 1)), "protocol"),
    "hpack-rubbish": (say(frame(HEADERS, b"\xff\xff\xff\xff\xff\xff", END_HEADERS, 1)), "protocol"),
    "no-frames": (lambda client, _: client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "protocol reset empty_reply"),
    "interim-101": (say(frame(HEADERS, b"\x08\x03101", END_HEADERS | END_STREAM, 1)), "protocol"),
    "interim-flood": (flood(frame(HEADERS, b"\x08\x03100", END_HEADERS, 1)), "too_large protocol timeout_headers"),
    "upper-case": (say(frame(HEADERS, OK + literal(b"X-Up", b"a"), END_HEADERS, 1), END), "protocol"),
    "line-end-in-header": (say(frame(HEADERS, OK + literal(b"x", b"a\r\nb: 1"), END_HEADERS, 1), END), "protocol"),
    "nul-in-header": (say(frame(HEADERS, OK + literal(b"x", b"a\0b"), END_HEADERS, 1), END), "protocol"),
    "length-too-small": (say(frame(HEADERS, OK + literal(b"content-length", b"1"), END_HEADERS, 1), END), "protocol"),
    "chunked": (say(frame(HEADERS, OK + literal(b"transfer-encoding", b"chunked"), END_HEADERS, 1), END), "protocol"),
    "two-statuses": (say(frame(HEADERS, OK + NOT_FOUND, END_HEADERS, 1), END), "protocol"),
    "status-in-trailers": (say(START, PART, frame(HEADERS, OK, END_HEADERS | END_STREAM, 1)), "protocol"),
    "other-stream": (say(frame(HEADERS, OK, END_HEADERS, 7), END), "protocol"),
    "window-overflow": (say(frame(WINDOW, struct.pack(">I", 0x7fffffff)) * 2, START, END), "protocol"),
    "settings-of-3-bytes": (say(frame(SETTINGS, b"abc"), START, END), "protocol"),
    "ping-of-1-byte": (say(frame(PING, b"1"), START, END), "protocol"),
    "unknown-frame": (say(frame(0xbb, b"x" * 100, 0, 1), START, END), "ok"),
    "padded": (say(START, frame(DATA, b"\2ok\0\0", END_STREAM | 8, 1)), "ok"),
    "no-status": (say(frame(HEADERS, literal(b"x", b"y"), END_HEADERS | END_STREAM, 1)), "protocol"),
}


# What libcurl reads on and on, inside one call, because it is no part of an answer.
FLOODS = {
    "data": (START, frame(DATA, b"", 0, 1)),
    "window": (START, frame(WINDOW, struct.pack(">I", 1))),
    "ping-acknowledged": (b"", frame(PING, b"12345678", 1)),
    "unknown": (b"", frame(0xbb)),
    "priority": (b"", frame(PRIORITY, struct.pack(">IB", 0, 1), 0, 1)),
    "goaway": (b"", goaway(0, 1)),
}


def server(authority, page):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.certificate("good"))
    made.set_alpn_protocols(["h2"])
    return Raw({"*": page}, lambda client: made.wrap_socket(client, server_side=True))


class Floods(unittest.TestCase):
    def test_whoever_sends_without_end_what_is_no_part_of_an_answer_is_let_go(self):
        authority = servers.Authority()
        for name, (first, piece) in FLOODS.items():
            with server(authority, say(first, then=lambda client, piece=piece: flood(piece * 20000)(client, None))) as one:
                found = probe({name: f"url = {one.url()}"}, f"ca = {authority.ca}\ntimeout = 10s\nhttp = 2", {name: "protocol"})[name]
            with self.subTest(name):
                self.assertEqual(found["class"], "protocol", found["detail"])
                self.assertIn("what comes without end is no part of one", found["detail"])

    def test_an_answer_that_was_whole_before_is_one(self):
        authority = servers.Authority()
        pings = frame(PING, b"12345678", 1) * 20000
        with server(authority, say(START + END, then=lambda client: flood(pings)(client, None))) as one:
            found = probe({"t": f"url = {one.url()}"}, f"ca = {authority.ca}\ntimeout = 10s\nhttp = 2", {"t": "ok"})["t"]
        self.assertEqual(found["class"], "ok", found["detail"])


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = servers.Authority()
        cls.servers = {name: server(cls.authority, page)
                       for name, (page, _) in FAULTS.items()}
        cls.targets = probe({name: f"url = {server.url()}" for name, server in cls.servers.items()},
                            f"ca = {cls.authority.ca}\ntimeout = {LIMIT_S}s\nconnect_timeout = {LIMIT_S}s\nhttp = 2",
                            {name: wanted for name, (_, wanted) in FAULTS.items()})

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers.values():
            server.__exit__()

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class'] or 'ok'} ({self.targets[name]['detail']}), wanted {wanted}"
                 for name, (_, wanted) in FAULTS.items()
                 if (self.targets[name]["class"] or "ok") not in wanted.split()]
        self.assertEqual(wrong, [])

    def test_the_version_is_told(self):
        self.assertEqual(self.targets["ok"]["http_version"], "2")

    def test_words_do_not_speak_of_an_empty_reply(self):
        for name in ("window-overflow", "ping-of-1-byte", "other-stream"):
            self.assertIn("what came is no HTTP/2", self.targets[name]["detail"])

    def test_a_stream_refused_again_and_again_is_no_secret(self):
        self.assertTrue(self.targets["rst-refused"]["retried"])


tap.main()
