"""Further misbehaviours than those of the fault lab, each with the class it must get."""

import gzip
import json
import os
import socket
import time
import unittest
import zlib

import tap
from program import PATIENCE
from raw import Raw, answer, chunk, head, probe, reset, then_reset

LIMIT_S = 1.2 * PATIENCE


def each(pieces, pause_s):
    """Says the pieces one by one, until nobody listens any more."""
    def say(client, _request):
        for piece in pieces:
            client.sendall(piece)
            time.sleep(pause_s)
    return say


def endless(first, piece):
    def say(client, _request):
        client.sendall(first)
        while True:
            client.sendall(piece)
    return say


def then_silent(data):
    def say(client, _request):
        client.sendall(data)
        client.settimeout(30)
        while client.recv(4096):
            pass
    return say


def half_closed(data):
    """The answer, then FIN, while the other direction stays open."""
    def say(client, _request):
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        client.settimeout(5)
        while client.recv(4096):
            pass
    return say


def location(text, status="302 Found"):
    return head(status, f"Location: {text}", "Content-Length: 0")


def coded(body, *codings):
    return answer(body, "200 OK", f"Content-Encoding: {', '.join(codings)}")


def cut_gzip(data):
    return gzip.compress(data)[:-12]


def nested_bomb():
    return gzip.compress(gzip.compress(b"\0" * (64 << 20), 9), 9)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def refuse_early(client, _request):
    """413 before the body was taken, and no more reading."""
    client.sendall(head("413 Content Too Large", "Content-Length: 0", "Connection: close"))
    time.sleep(0.2)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = head("200 OK", "Transfer-Encoding: chunked")
BIG = "\n    ".join(["x" * 150] * 30)

# path: (page, classes that will do, further lines of the target)
FAULTS = {
    # what a server may do
    "hints-50": (b"".join([head("103 Early Hints", "Link: </a.css>; rel=preload")] * 50) + answer(), "ok"),
    "length-twice-same": (OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nok\n", "ok"),
    "length-list": (OK + b"Content-Length: 3, 3\r\n\r\nok\n", "ok"),
    "length-zero-and-more": (OK + b"Content-Length: 0\r\n\r\nok\n", "ok"),
    "chunk-upper-hex": (head("200 OK", "Transfer-Encoding: chunked") + b"0A\r\n0123456789\r\n000\r\n\r\n", "ok"),
    "chunk-extension-long": (head("200 OK", "Transfer-Encoding: chunked") + b"3;" + b"a" * 300 + b"\r\nok\n\r\n0\r\n\r\n",
                             "ok protocol too_large"),
    "chunk-trailers": (head("200 OK", "Transfer-Encoding: chunked", "Trailer: X") + chunk(b"ok\n") + b"0\r\nX: 1\r\nY: 2\r\n\r\n",
                       "ok"),
    "bare-lf": (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nok\n", "ok"),
    "head-with-length": (head("200 OK", "Content-Length: 100000000"), "ok", "method = HEAD"),
    "no-content-with-length": (head("204 No Content", "Content-Length: 5"), "ok"),
    "half-closed": (half_closed(answer()), "ok"),
    "half-closed-until-close": (half_closed(head("200 OK") + b"ok\n"), "ok"),
    "cookies-40": (answer(b"ok\n", "200 OK", *[f"Set-Cookie: c{i}={'v' * 100}" for i in range(40)]), "ok"),
    "gzip-twice": (coded(gzip.compress(gzip.compress(b"ok\n")), "gzip", "gzip"), "ok", "compressed = yes"),
    "deflate-zlib": (coded(zlib.compress(b"ok\n"), "deflate"), "ok", "compressed = yes"),
    "deflate-raw": (coded(raw_deflate(b"ok\n"), "deflate"), "ok", "compressed = yes"),
    "unknown-coding-unasked": (coded(b"ok\n", "snappy"), "ok"),
    "refused-early": (refuse_early, "http_status", "method = POST\nbody = " + BIG),
    "length-and-chunks": (head("200 OK", "Content-Length: 3", "Transfer-Encoding: chunked") + chunk(b"hello") + b"0\r\n\r\n", "ok"),
    "chunked-1.0": (head("200 OK", "Transfer-Encoding: chunked", version="1.0") + chunk(b"ok\n") + b"0\r\n\r\n", "ok"),
    "chunk-end-and-more": (CHUNKED + chunk(b"ok\n") + b"0\r\n\r\nmore", "ok"),
    "no-content-chunked": (head("204 No Content", "Transfer-Encoding: chunked") + chunk(b"ok\n"), "ok"),
    "not-modified-silent": (then_silent(head("304 Not Modified", "Content-Length: 5")), "ok", "expect_status = 304"),
    "head-chunked": (head("200 OK", "Transfer-Encoding: chunked") + chunk(b"ok\n"), "ok", "method = HEAD"),
    "interim-199": (head("199 Odd") + answer(), "ok"),
    "interim-10000": (head("100 Continue") * 10000 + answer(), "ok"),
    "two-replies": (answer() + answer(b"no\n", "500 Broken"), "ok"),
    "two-replies-first-bad": (answer(b"no\n", "500 Broken") + answer(), "http_status"),
    "reset-after-all": (then_reset(answer()), "ok"),
    "dripped": (each([bytes((c,)) for c in answer()], 0.005), "ok"),
    "upgrade-wanted": (then_silent(head("101 Switching Protocols", "Upgrade: websocket")), "ok", "expect_status = 101"),
    "upgrade-silent": (then_silent(head("101 Switching Protocols", "Upgrade: h2c")), "http_status"),
    "upgrade-and-frames": (head("101 Switching Protocols", "Upgrade: websocket") + b"\x81\x02ok", "http_status"),
    "nonce-stale-for-ever": (answer(b"", "401 Unauthorized", 'WWW-Authenticate: Digest realm="a", nonce="b", stale=true, qop="auth"'),
                             "http_status", "user = a:secretly\nauth = digest"),
    # slow
    "loris-lines": (each([OK] + [b"X-Line: %d\r\n" % i for i in range(200)], 0.1), "timeout_headers"),
    "loris-interim": (each([head("102 Processing")] * 200, 0.1), "timeout_headers"),
    "trailer-stall": (then_silent(head("200 OK", "Transfer-Encoding: chunked") + chunk(b"ok\n") + b"0\r\nX: 1\r\n"),
                      "timeout_body"),
    "chunk-size-stall": (then_silent(head("200 OK", "Transfer-Encoding: chunked") + b"ff"), "timeout_body"),
    "line-without-end": (then_silent(OK + b"X-Open: abc"), "timeout_headers"),
    "first-letter": (then_silent(b"H"), "timeout_headers"),
    # cut off
    "chunk-size-cut": (head("200 OK", "Transfer-Encoding: chunked") + b"ff", "truncated protocol"),
    "trailer-cut": (head("200 OK", "Transfer-Encoding: chunked") + chunk(b"ok\n") + b"0\r\nX: 1\r\n", "truncated"),
    "length-closed": (head("200 OK", "Content-Length: 100", "Connection: close") + b"ok\n", "truncated"),
    "interim-closed": (head("100 Continue"), "empty_reply truncated"),
    "status-line-closed": (b"HTTP/1.1 200 OK\r\n", "truncated"),
    "headers-reset": (then_reset(OK + b"X-Open: "), "reset"),
    "body-reset": (then_reset(head("200 OK", "Content-Length: 100") + b"ok"), "reset"),
    "chunk-reset": (then_reset(head("200 OK", "Transfer-Encoding: chunked") + b"ff\r\nabc"), "reset"),
    "status-line-cut": (b"HTTP/1.1 20", "truncated"),
    "two-letters": (b"HT", "truncated"),
    "chunk-end-cut": (CHUNKED + chunk(b"ok\n") + b"0\r\n", "truncated"),
    "chunk-largest": (CHUNKED + b"7fffffffffffffff\r\nabc", "truncated"),
    "until-close-reset": (then_reset(head("200 OK") + b"ok\n"), "reset"),
    # too much
    "headers-10000": (OK + b"".join(b"X-%d: %s\r\n" % (i, b"v" * 40) for i in range(10000)) + b"\r\n", "too_large"),
    "cookie-bomb": (OK + b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"v" * 4000) for i in range(100)) + b"\r\nok", "too_large"),
    "trailer-flood": (endless(head("200 OK", "Transfer-Encoding: chunked") + chunk(b"ok\n") + b"0\r\n", b"X: y\r\n" * 1000),
                      "too_large"),
    "interim-flood": (endless(b"", head("103 Early Hints", "Link: <a>") * 100), "too_large"),
    "chunk-extension-endless": (endless(head("200 OK", "Transfer-Encoding: chunked") + b"3;", b"a" * 4096),
                                "too_large protocol timeout_body"),
    "header-name-endless": (endless(OK, b"X" * 4096), "too_large"),
    "folded-endless": (endless(OK + b"X: y\r\n", b" and on\r\n" * 100), "too_large"),
    "gzip-bomb-nested": (coded(nested_bomb(), "gzip", "gzip"), "too_large", "compressed = yes"),
    "gzip-bomb-chunked": (endless(head("200 OK", "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
                                  chunk(gzip.compress(b"\0" * (1 << 20)))), "too_large decode", "compressed = yes"),
    "redirect-body-endless": (endless(head("302 Found", "Location: /ok"), b"x" * 4096), "ok"),
    "status-401-endless": (endless(head("401 Unauthorized", 'WWW-Authenticate: Digest realm="a", nonce="b"'), b"x" * 4096),
                           "too_large", "user = a:secretly\nauth = digest"),
    # not HTTP, not decodable
    "length-differs": (OK + b"Content-Length: 3\r\nContent-Length: 7\r\n\r\nok\n", "protocol"),
    "length-plus": (OK + b"Content-Length: +3\r\n\r\nok\n", "protocol"),
    "length-hex": (OK + b"Content-Length: 0x3\r\n\r\nok\n", "protocol"),
    "coding-unknown": (head("200 OK", "Transfer-Encoding: nonsense") + b"ok\n", "decode protocol"),
    "header-folded-first": (OK + b" X: y\r\n\r\n", "protocol ok"),
    "header-space-name": (OK + b"X Y: z\r\nContent-Length: 3\r\n\r\nok\n", "protocol ok"),
    "header-cr": (OK + b"X: a\rb\r\nContent-Length: 3\r\n\r\nok\n", "protocol ok"),
    "status-nul": (b"HTTP/1.1 200 O\0K\r\nContent-Length: 3\r\n\r\nok\n", "protocol"),
    "status-000": (answer(b"ok\n", "000 Nothing"), "protocol http_status"),
    "status-999": (answer(b"ok\n", "999 Much"), "http_status"),
    "blank-lines-first": (b"\r\n\r\n\r\n" + answer(), "protocol ok"),
    "gzip-and-rubbish": (coded(gzip.compress(b"ok\n") + b"rubbish" * 10, "gzip"), "decode ok", "compressed = yes"),
    "brotli-rubbish": (coded(b"rubbish" * 10, "br"), "decode", "compressed = yes"),
    "gzip-cut-chunked": (head("200 OK", "Transfer-Encoding: chunked", "Content-Encoding: gzip")
                         + chunk(cut_gzip(os.urandom(2000))) + b"0\r\n\r\n", "ok decode truncated", "compressed = yes"),
    "http2-preface": (b"\0\0\x12\x04\0\0\0\0\0" + b"\0" * 18, "protocol"),
    "chunk-negative": (CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n", "protocol"),
    "chunk-0x": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", "protocol"),
    "chunk-too-long": (CHUNKED + b"3\r\nabcX\r\n0\r\n\r\n", "protocol"),
    "chunk-without-size": (CHUNKED + b"\r\nabc\r\n0\r\n\r\n", "protocol"),
    "chunk-bad-then-reset": (then_reset(CHUNKED + b"zz\r\nabc"), "protocol"),
    "trailer-nul": (CHUNKED + chunk(b"ok\n") + b"0\r\nX: a\0b\r\n\r\n", "protocol"),
    "trailer-status": (CHUNKED + b"0\r\nHTTP/1.1 500 Evil\r\n\r\n", "protocol"),
    "length-list-differs": (OK + b"Content-Length: 3, 4\r\n\r\nok\n", "protocol"),
    "length-empty": (OK + b"Content-Length:\r\n\r\nok\n", "protocol"),
    "length-of-two-words": (OK + b"Content-Length: 3 4\r\n\r\nok\n", "protocol"),
    "length-bad-then-reset": (then_reset(OK + b"Content-Length: x\r\n\r\nabc"), "protocol"),
    "status-tabs": (b"HTTP/1.1\t200\tOK\r\n\r\n", "protocol"),
    "status-lower-case": (b"http/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", "protocol"),
    "status-1.2": (b"HTTP/1.2 200 OK\r\nContent-Length: 3\r\n\r\nok\n", "protocol"),
    "status-of-2": (b"HTTP/2 200 OK\r\nContent-Length: 3\r\n\r\nok\n", "protocol"),
    "status-behind-bom": (b"\xef\xbb\xbf" + answer(), "protocol"),
    "page-alone": (b"<html>\x1b[2JBad Gateway</html>", "protocol"),
    "rubbish-then-reset": (then_reset(b"rubbish \x1b[2J\r\n" * 20), "protocol"),
    # where redirects must not lead
    "to-file": (location("file:///etc/passwd"), "redirect"),
    "to-port-0": (location("http://127.0.0.1:0/"), "redirect"),
    "to-port-65536": (location("http://127.0.0.1:65536/"), "redirect"),
    "to-nul": (location("/a%00b"), "empty_reply"),
    "to-nul-host": (location("http://127.0.0.1%00.evil.test/"), "redirect"),
    "to-data": (location("data:text/plain,ok"), "redirect"),
    "to-nowhere": (location("http:///"), "redirect"),
    "to-two-ats": (location("http://a@b@127.0.0.1:1/"), "redirect"),
    "to-fragment": (location("#top"), "redirect"),
    "to-blank": (location("http://127.0.0.1/ b"), "redirect"),
    "to-long": (location("/" + "a" * 70000), "too_large"),
    "to-loop-of-three": (location("/loop-2"), "redirect"),
    "to-unix": (location("unix:///var/run/docker.sock"), "redirect"),
    "to-bidi": (location("http://\xe2\x80\xaetest.invalid/"), "redirect dns"),
    "to-zone": (location("http://[fe80::1%25nowhere]:1/"), "unreachable"),
    "to-mail": (location("mailto:a@b.test"), "redirect"),
    "to-web-socket": (location("ws://127.0.0.1:1/"), "redirect"),
    "to-control": (b"HTTP/1.1 302 Found\r\nLocation: /a\x01\x1b[2J\r\nContent-Length: 0\r\n\r\n", "redirect"),
    "to-negative-port": (location("http://127.0.0.1:-1/"), "redirect"),
    "to-itself-by-fragment": (location("/to-itself-by-fragment#x"), "redirect"),
    "to-long-host": (location("http://" + ".".join(["a" * 60] * 6) + "/"), "dns"),
    "to-use-proxy": (location("/ok", "305 Use Proxy"), "http_status"),
    "to-bad-body": (head("302 Found", "Location: /ok", "Transfer-Encoding: chunked") + b"zz\r\n", "ok"),
    "to-multiple": (head("300 Multiple Choices", "Location: /ok", "Content-Length: 0"), "http_status"),
}

EXTRA = {"/ok": answer(), "/loop-2": location("/loop-3"), "/loop-3": location("/to-loop-of-three")}


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pages = {"/" + name: fault[0] for name, fault in FAULTS.items()} | EXTRA
        with Raw(pages) as server:
            start = time.monotonic()
            cls.targets = probe({name: f"url = {server.url('/' + name)}\n" + "\n".join(more)
                                 for name, (_, _, *more) in FAULTS.items()},
                                f"timeout = {LIMIT_S}s\nconnect_timeout = 1s\nmax_bytes = 1m",
                                {name: fault[1] for name, fault in FAULTS.items()})
            cls.seconds = time.monotonic() - start

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class'] or 'ok'} ({self.targets[name]['detail']}), wanted {fault[1]}"
                 for name, fault in FAULTS.items()
                 if (self.targets[name]["class"] or "ok") not in fault[1].split()]
        self.assertEqual(wrong, [])

    def test_what_came_instead_of_an_answer_is_told(self):
        for name, words in {"page-alone": 'begins with "<html>', "rubbish-then-reset": 'begins with "rubbish', "http2-preface": "a frame of HTTP/2",
                            "status-lower-case": 'begins with "http/1.1 200 OK"', "two-letters": "inside the status line"}.items():
            self.assertIn(words, self.targets[name]["detail"])
        self.assertIn("Bad Gateway", self.targets["page-alone"]["evidence"]["body"])
        self.assertNotIn("\x1b", json.dumps(self.targets, ensure_ascii=False))

    def test_none_is_our_own_trouble(self):
        self.assertEqual([name for name, target in self.targets.items() if target["class"] == "local"], [])

    def test_each_failure_says_something(self):
        for target in self.targets.values():
            if target["state"] == "down":
                self.assertTrue(target["detail"], target["name"])
                self.assertTrue(target["evidence"]["command"].startswith("curl "), target["name"])

    def test_they_take_no_longer_than_the_longest_time_out(self):
        tap.figure(f"{len(FAULTS)} further faults in {self.seconds:.1f} s, time-out {LIMIT_S} s")
        self.assertLess(self.seconds, 30 * PATIENCE)


tap.main()
