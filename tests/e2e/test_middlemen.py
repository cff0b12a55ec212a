"""What stands before applications and means well: caches, load balancers, firewalls, old proxies, and servers that take HTTP as a
suggestion. Each answer with the class that it must get, and the words, where libcurl has none that are true."""

import gzip
import ssl
import time
import unittest

import servers
import tap
from program import PATIENCE
from raw import Raw, answer, chunk, head, probe, reset, then_reset

LIMIT_S = 1.2 * PATIENCE
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = head("200 OK", "Transfer-Encoding: chunked")
BODY = b"Content-Length: 3\r\n\r\nok\n"
POST = "method = POST\nbody = x"


def silent(data=b""):
    """Says this, and listens on."""
    def say(client, _request):
        client.sendall(data)
        client.settimeout(4 * LIMIT_S)
        while client.recv(65536):
            pass
    return say


def dripping(data, piece):
    def say(client, _request):
        client.sendall(data)
        for _ in range(int(40 * LIMIT_S)):
            client.sendall(piece)
            time.sleep(0.05)
    return say


def endless(client, _request):
    """A chunk whose extension has no end: that is no header, and no body either."""
    client.sendall(CHUNKED + b"3;")
    while True:
        client.sendall(b"x" * 65536)


def half_closed(data):
    """Says this and half-closes, as a load balancer that drains does, then takes its time."""
    def say(client, _request):
        client.sendall(data)
        client.shutdown(1)
        client.settimeout(2)
        while client.recv(65536):
            pass
    return say


def deaf(data):
    """Reads no more, and answers all the same."""
    def say(client, _request):
        client.shutdown(0)
        time.sleep(0.05)
        client.sendall(data)
    return say


def date(form, ahead_s=120):
    return time.strftime(form, time.gmtime(time.time() + ahead_s))


# name: (page, classes that will do, words of the detail, lines of the target)
ANSWERS = {
    # status lines
    "no-reason-no-blank": (b"HTTP/1.1 200\r\n" + BODY, "ok"),
    "two-blanks": (b"HTTP/1.1  200 OK\r\n" + BODY, "ok"),
    "http-2.0": (b"HTTP/2.0 200 OK\r\n" + BODY, "protocol", "HTTP/1.1 was spoken"),
    "http-3": (b"HTTP/3 200 OK\r\n" + BODY, "protocol", "version"),
    "http-0.9": (b"HTTP/0.9 200 OK\r\n" + BODY, "protocol", "version"),
    "http-11": (b"HTTP/11 200 OK\r\n" + BODY, "protocol", "status line"),
    "blank-in-version": (b"HTTP/ 1.1 200 OK\r\n" + BODY, "protocol", "status line"),
    "status-99": (answer(b"ok\n", "99 Low"), "protocol", "response code"),
    "status-600-wanted": (answer(b"ok\n", "600 High"), "ok", "", "expect_status = 600"),
    "status-2e2": (b"HTTP/1.1 2e2 OK\r\n" + BODY, "protocol", "response code"),
    "status-plus": (b"HTTP/1.1 +200 OK\r\n" + BODY, "protocol", "response code"),
    "500-ok": (answer(b"ok\n", "500 OK"), "http_status", "500 OK"),
    "blank-line-first": (b"\r\n" + answer(), "protocol", "begins with an empty line"),
    "sip": (b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "protocol", "SIP/2.0"),
    "rtsp": (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "protocol", "RTSP/1.0"),
    "bare-lf-no-headers": (b"HTTP/1.1 200 OK\n\nok\n", "ok"),
    # bodies where none may be, and none where one is due
    "204-and-page": (head("204 No Content") + b"<html>not empty</html>", "ok"),
    "204-chunked-silent": (silent(head("204 No Content", "Transfer-Encoding: chunked")), "ok"),
    "205-and-body": (answer(b"ok\n", "205 Reset Content"), "ok"),
    "304-and-body": (answer(b"ok\n", "304 Not Modified"), "ok", "", "expect_status = 304"),
    "304-unasked": (head("304 Not Modified"), "http_status", "304"),
    "head-and-body": (answer(), "ok", "", "method = HEAD"),
    "head-silent": (silent(head("200 OK", "Content-Length: 3")), "ok", "", "method = HEAD"),
    "head-no-length-silent": (silent(head("200 OK")), "ok", "", "method = HEAD"),
    "head-405": (head("405 Method Not Allowed", "Allow: GET"), "http_status", "405", "method = HEAD"),
    "head-packed-twice": (head("200 OK", "Content-Encoding: gzip, gzip"), "ok", "", "method = HEAD\ncompressed = yes"),
    "garbage-behind": (answer() + b"\0\xff garbage" * 50, "ok"),
    "garbage-and-reset": (then_reset(answer() + b"garbage" * 50000), "ok"),
    "one-byte-short": (head("200 OK", "Content-Length: 100000") + b"x" * 99999, "truncated", "99999 of 100000 bytes"),
    # headers taken lightly
    "length-blank-colon": (OK + b"Content-Length : 3\r\n\r\nok\n", "ok"),
    "chunked-tab": (OK + b"Transfer-Encoding:\tchunked\r\n\r\n" + chunk(b"ok\n") + b"0\r\n\r\n", "ok"),
    "chunked-twice": (head("200 OK", *["Transfer-Encoding: chunked"] * 2) + chunk(b"ok\n") + b"0\r\n\r\n", "ok"),
    "transfer-identity": (OK + b"Transfer-Encoding: identity\r\n" + BODY, "ok"),
    "transfer-unknown": (OK + b"Transfer-Encoding: xchunked\r\n" + BODY, "decode protocol", "transfer coding"),
    "length-folded": (OK + b"Content-Length:\r\n 3\r\n\r\nok\n", "protocol", "Content-Length"),
    "folded-by-tab": (OK + b"X-A: b\r\n\tc\r\n" + BODY, "ok"),
    "nul-in-name": (OK + b"X\0A: b\r\n" + BODY, "protocol", "Nul"),
    "no-name": (OK + b": b\r\n" + BODY, "ok"),
    "latin-1-name": (OK + b"X-\xff: \xfe\r\n" + BODY, "ok"),
    "cr-alone": (b"HTTP/1.1 200 OK\rContent-Length: 3\r\rok\n", "truncated protocol", "closed inside the headers"),
    "chunks-bare-lf": (CHUNKED + b"3\nok\n\n0\n\n", "ok"),
    "chunk-size-blank": (CHUNKED + b"3 \r\nok\n\r\n0\r\n\r\n", "ok"),
    "chunk-blank-size": (CHUNKED + b" 3\r\nok\n\r\n0\r\n\r\n", "protocol", "hexadecimal"),
    "chunk-one-short": (CHUNKED + b"3\r\nok\n0\r\n\r\n", "protocol", "chunked"),
    "chunks-no-end": (CHUNKED + chunk(b"ok\n") + b"0\r\n", "truncated", "at 3 bytes"),
    # connections
    "close-and-stay": (silent(head("200 OK", "Connection: close", "Content-Length: 3") + b"ok\n"), "ok"),
    "close-and-stay-no-length": (silent(head("200 OK", "Connection: close") + b"ok\n"), "timeout_body", "3 bytes"),
    "keep-alive-and-close": (head("200 OK", "Connection: keep-alive") + b"ok\n", "ok"),
    "1.0-keep-alive-no-length": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nok\n", "ok"),
    "half-closed": (half_closed(answer()), "ok"),
    "half-closed-in-body": (half_closed(head("200 OK", "Content-Length: 10") + b"half"), "truncated", "4 bytes of 10 bytes"),
    "half-closed-in-headers": (half_closed(OK + b"X: "), "truncated", "headers"),
    "half-closed-at-once": (half_closed(b""), "empty_reply", "without an answer"),
    "deaf": (deaf(answer()), "ok"),
    "deaf-to-a-post": (deaf(answer(b"", "413 Content Too Large", "Connection: close")), "http_status", "413",
                       "method = POST\nbody = " + "\n  ".join(["y" * 150] * 60)),
    # interim answers
    "100-and-close": (head("100 Continue"), "truncated", "behind an interim 100"),
    "103-and-silent": (silent(head("103 Early Hints", "Link: </a>")), "timeout_headers", "only an interim 103 after"),
    "103-with-length": (head("103 Early Hints", "Content-Length: 10") + answer(), "ok"),
    "103-then-headers-cut": (silent(head("103 Early Hints") + OK), "timeout_headers", "headers not whole"),
    "102-then-500": (head("102 Processing") + answer(b"", "500 Broken"), "http_status", "500 Broken"),
    "expectation-refused": (answer(b"", "417 Expectation Failed"), "http_status", "417 Expectation Failed",
                            "header = Expect: 100-continue\n" + POST),
    "expectation-ignored": (silent(), "timeout_first_byte", "no answer", "header = Expect: 100-continue\n" + POST),
    "expectation-answered": (answer(b"", "413 Too Large", "Connection: close"), "http_status", "413",
                             "header = Expect: 100-continue\n" + POST),
    "upgrade-offered": (answer(b"ok\n", "200 OK", "Upgrade: h2,h2c", "Connection: Upgrade"), "ok"),
    "426": (answer(b"", "426 Upgrade Required", "Upgrade: h2c"), "http_status", "426"),
    # ranges, parts, streams
    "206-unasked": (answer(b"ok\n", "206 Partial Content", "Content-Range: bytes 0-2/3"), "http_status", "206", "expect_status = 200"),
    "416": (answer(b"", "416 Range Not Satisfiable", "Content-Range: bytes */3"), "http_status", "416", "header = Range: bytes=9-"),
    "events": (dripping(head("200 OK", "Content-Type: text/event-stream"), b"data: ok\n\n"), "timeout_body", "transfer not done"),
    "pictures": (dripping(head("200 OK", "Content-Type: multipart/x-mixed-replace; boundary=x"), b"--x\r\n\r\n\xff\xd8\r\n"),
                 "timeout_body", "transfer not done"),
    # Retry-After
    "wait-date": (answer(b"", "503 Busy", "Retry-After: " + date("%a, %d %b %Y %H:%M:%S GMT")), "http_status", "not asked for"),
    "wait-0": (answer(b"", "503 Busy", "Retry-After: 0"), "http_status", "wanted 200-299$"),
    "wait-1.5": (answer(b"", "503 Busy", "Retry-After: 1.5"), "http_status", "wanted 200-299$"),
    "wait-30s": (answer(b"", "429 Many", "Retry-After: 30s"), "http_status", "wanted 200-299$"),
    "wait-with-200": (answer(b"ok", "200 OK", "Retry-After: 100"), "ok"),
    # who answers in place of the application
    "firewall": (answer(b"<h1>Not Acceptable!</h1>", "406 Not Acceptable"), "http_status", "406 Not Acceptable"),
    "edge-520": (answer(b"error code: 520", "520 ", "Server: cloudflare"), "http_status", "^520, wanted"),
    "captive": (answer(b"", "511 Network Authentication Required"), "http_status", "511 Network"),
    "squid": (answer(b"ERR_CONNECT_FAIL", "503 Service Unavailable", "Via: 1.1 proxy (squid)"), "http_status", "503 Service"),
    "407-direct": (answer(b"", "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=x"), "http_status", "407"),
    "401-no-challenge": (answer(b"", "401 Unauthorized"), "http_status", "401", "user = a:secretly"),
    "digest-of-nothing": (answer(b"", "401 Unauthorized", "WWW-Authenticate: Digest"), "http_status", "401",
                          "user = a:secretly\nauth = digest"),
    "cookies-of-nonsense": (answer(b"ok\n", "200 OK", "Set-Cookie: =;;;=", "Set-Cookie: a=b; Domain=.com"), "ok"),
    "other-ways-in": (answer(b"ok\n", "200 OK", 'Alt-Svc: h3=":443"', "Strict-Transport-Security: max-age=9", "Refresh: 0"), "ok"),
    # redirects
    "two-locations": (answer(b"", "302 Found", "Location: /ok", "Location: /nowhere"), "ok"),
    "location-blanks": (answer(b"", "302 Found", "Location: \t /ok \t"), "ok"),
    "303-of-a-post": (answer(b"", "303 See Other", "Location: /ok"), "ok", "", POST),
    "wait-and-redirect": (answer(b"", "301 Moved", "Retry-After: 5", "Location: /ok"), "ok"),
    # packed
    "packed-unasked": (answer(gzip.compress(b"ok\n"), "200 OK", "Content-Encoding: gzip"), "body_mismatch", "compressed = yes",
                       "expect_body = ok"),
    "packed-as-asked": (answer(gzip.compress(b"ok\n"), "200 OK", "Content-Encoding: gzip"), "body_mismatch", '"never": "ok"$',
                        "compressed = yes\nexpect_body = never"),
    "packed-and-empty": (answer(b"", "200 OK", "Content-Encoding: gzip"), "ok", "", "compressed = yes"),
    "said-to-be-packed": (answer(b"plain text", "200 OK", "Content-Encoding: gzip"), "decode", "decoded", "compressed = yes"),
    "packed-by-no-name": (answer(b"ok\n", "200 OK", "Content-Encoding: "), "ok", "", "compressed = yes"),
}


class Busy(unittest.TestCase):
    def test_what_keeps_the_poller_busy_for_nothing_is_let_go(self):
        authority = servers.Authority()
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*authority.certificate("good"))
        with Raw({"/": endless}, lambda client: made.wrap_socket(client, server_side=True)) as server:
            found = probe({"t": f"url = {server.url()}"}, f"ca = {authority.ca}\ntimeout = 30s", {"t": "protocol"})["t"]
        self.assertEqual((found["class"], found["detail"]),
                         ("protocol", "no valid HTTP answer: what comes without end is no part of one"))


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rows = {name: (*row, "", "")[:4] for name, row in ANSWERS.items()}
        cls.wanted = {name: row[1] for name, row in rows.items()}
        cls.words = {name: row[2] for name, row in rows.items()}
        with Raw({"/" + name: row[0] for name, row in rows.items()} | {"/ok": answer()}) as server:
            cls.targets = probe({name: f"url = {server.url('/' + name)}\n{row[3]}" for name, row in rows.items()},
                                f"timeout = {LIMIT_S}s\nconnect_timeout = {LIMIT_S}s", cls.wanted)

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class']} ({self.targets[name]['detail']}), wanted {wanted}"
                 for name, wanted in self.wanted.items() if self.targets[name]["class"] not in wanted.split()]
        self.assertEqual(wrong, [])

    def test_each_is_told_in_words_that_are_true(self):
        for name, words in self.words.items():
            self.assertRegex(self.targets[name]["detail"], words or "^$", name)


tap.main()
