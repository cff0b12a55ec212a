"""Answers that come through and are odd in what they hold: character sets, encodings, JSON, patterns that take long, echoes of
secrets; each with what must be made of it."""

import contextlib
import gzip
import json
import os
import signal
import time
import unittest

import tap
from program import PATIENCE, by_name, end, run, running, snapshot, wait_for, write
from raw import Raw, answer, chunk, head, probe

SECRET = "hunter2-very-secret"


def typed(body, kind):
    return answer(body, "200 OK", f"Content-Type: {kind}")


def coded(body, coding):
    return answer(body, "200 OK", f"Content-Encoding: {coding}")


# name: (page, class, lines of the target)
ANSWERS = {
    # character sets
    "latin-1": (typed("café".encode("latin-1"), "text/plain; charset=ISO-8859-1"), "ok", "expect_body = café"),
    "latin-1-not": (typed("défaut".encode("latin-1"), "text/plain; charset=latin1"), "body_mismatch", "expect_body = ! défaut"),
    "latin-1-undeclared": (typed("café".encode("latin-1"), "text/plain"), "body_mismatch", "expect_body = café"),
    "utf-16": (typed("hello".encode("utf-16"), "text/plain"), "ok", "expect_body = hello"),
    "utf-16-json": (typed('{"a": 1}'.encode("utf-16"), "application/json"), "ok", "expect_json = .a = 1"),
    "utf-8-mark": (typed(b"\xef\xbb\xbfok", "text/plain"), "ok", "expect_body = = ok"),
    "utf-7": (typed(b"+AGgAaQ-", "text/plain; charset=utf-7"), "body_mismatch", "expect_body = hi"),
    "charset-escape": (typed(b"ok", 'text/plain; charset="\x1b[2J"'), "ok", "expect_body = ok"),
    "nul": (answer(b"a\0b ok"), "ok", "expect_body = ~ b ok$"),
    # encodings
    "two-codings-in-capitals": (coded(gzip.compress(gzip.compress(b"ok")), "GZIP, X-GZIP"), "ok", "compressed = yes\nexpect_body = ok"),
    "two-codings-unannounced": (head("200 OK", "Content-Encoding: gzip", "Content-Encoding: gzip")
                                + gzip.compress(gzip.compress(b"ok")), "decode", "compressed = yes"),
    "two-codings-one-brotli": (coded(b"ok", "br, gzip"), "decode", "compressed = yes"),
    "two-codings-unasked": (coded(gzip.compress(gzip.compress(b"ok")), "br, gzip"), "ok", ""),
    # Five bytes say nothing; a thousandth of them stands for all.
    "nothing-over-and-over": (coded(gzip.compress(b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\0\0\0\xff\xff" * (6 << 20), 9), "gzip, gzip"),
                              "decode", "compressed = yes"),
    "coded-and-chunked": (head("200 OK", "Content-Encoding: gzip", "Transfer-Encoding: chunked") + chunk(gzip.compress(b"ok"))
                          + b"0\r\n\r\n", "ok", "compressed = yes\nexpect_body = = ok"),
    "transfer-gzip": (head("200 OK", "Transfer-Encoding: gzip, chunked") + chunk(gzip.compress(b"ok")) + b"0\r\n\r\n", "decode", ""),
    "six-codings": (coded(b"ok", ", ".join(["gzip"] * 6)), "decode", "compressed = yes"),
    "rubbish-behind-gzip": (coded(gzip.compress(b"ok") + b"\0" * 100, "gzip"), "decode", "compressed = yes"),
    "identity": (coded(b"ok", "identity"), "ok", "compressed = yes\nexpect_body = ok"),
    "no-content-gzip": (b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", "ok", "compressed = yes"),
    # JSON
    "deep": (answer(b"[" * 100000 + b"]" * 100000), "body_mismatch", "expect_json = .a = 1"),
    "doubled-key": (answer(b'{"a": 1, "a": 2}'), "ok", "expect_json = .a = 2"),
    "20-digits": (answer(b'{"a": 99999999999999999999}'), "ok", "expect_json = .a > 1"),
    "1e999": (answer(b'{"a": 1e999}'), "body_mismatch", "expect_json = .a > 1"),
    "not-utf-8": (answer(b'{"a": "\xff"}'), "body_mismatch", "expect_json = .a = 1"),
    "lone-surrogate": (answer(b'{"a": "\\ud800"}'), "body_mismatch", "expect_json = .a = 1"),
    "two-values": (answer(b'{"a": 1} {"a": 1}'), "body_mismatch", "expect_json = .a = 1"),
    "not-a-number": (answer(b'{"a": NaN}'), "body_mismatch", "expect_json = .a = 1"),
    "beyond-the-end": (answer(b'{"a": [1, 2]}'), "body_mismatch", "expect_json = .a[9] = 2"),
    "escape-in-json": (answer(b'{"a": "\\u001b[2J\\u202e"}'), "body_mismatch", 'expect_json = .a = "x"'),
    # patterns
    "nearly-everywhere": (answer(b"a" * 900000), "local", "expect_body = ~ [a-z]+=="),
    "nearly-everywhere-in-json": (answer(b'{"t": "' + b"a" * 900000 + b'"}'), "local", "expect_json = .t ~ [a-z]+=="),
    "once-more": (answer(b"a" * 30000 + b"!"), "local", "expect_body = ~ (a+)+$"),
    "anything-before": (answer(b"x" * 900000), "body_mismatch", "expect_body = ~ .*ok.*"),
    # Retry-After
    "retry-negative": (answer(b"", "503 Busy", "Retry-After: -5"), "http_status", ""),
    "retry-huge": (answer(b"", "503 Busy", "Retry-After: 99999999999999999999"), "http_status", ""),
    "retry-wanted": (answer(b"", "503 Busy", "Retry-After: 60"), "ok", "expect_status = 503"),
    "retry-words": (answer(b"", "503 Busy", "Retry-After: soon \x1b[2J"), "http_status", ""),
    "retry-past": (answer(b"", "503 Busy", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"), "http_status", ""),
}


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Raw({"/" + name: page for name, (page, _, _) in ANSWERS.items()}) as server:
            cls.targets = probe({name: f"url = {server.url('/' + name)}\n{lines}" for name, (_, _, lines) in ANSWERS.items()},
                                f"timeout = {5 * PATIENCE}s", {name: cls for name, (_, cls, _) in ANSWERS.items()})

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class']} ({self.targets[name]['detail']}), wanted {cls}"
                 for name, (_, cls, _) in ANSWERS.items() if self.targets[name]["class"] != cls]
        self.assertEqual(wrong, [])

    def test_what_libcurl_has_no_words_for_is_told(self):
        self.assertIn("follows behind the end", self.targets["rubbish-behind-gzip"]["detail"])

    def test_what_is_not_unpacked_is_told(self):
        for name in ("two-codings-one-brotli", "two-codings-unannounced", "nothing-over-and-over"):
            self.assertIn("packed several times", self.targets[name]["detail"])
        self.assertIn("transfer coding", self.targets["transfer-gzip"]["detail"])

    def test_what_was_given_up_is_no_failure(self):
        for name in ("nearly-everywhere", "nearly-everywhere-in-json", "once-more"):
            target = self.targets[name]
            self.assertNotEqual(target["state"], "down")
            self.assertEqual((target["window"]["failed"], target["window"]["tainted"]), (0, 1))
            self.assertIn("gave up", target["detail"])

    def test_only_a_wish_that_can_be_granted_is(self):
        self.assertIn("Retry-After", self.targets["retry-huge"]["detail"])
        self.assertEqual(self.targets["retry-wanted"]["detail"], "Retry-After: not asked for 1 min")
        for name in ("retry-negative", "retry-words", "retry-past"):
            self.assertNotIn("Retry-After", self.targets[name]["detail"])

    def test_no_control_character_comes_out(self):
        self.assertNotRegex(json.dumps(self.targets, ensure_ascii=False), "[\x00-\x1f\x7f-\x9f\u202e]")


class Patterns(unittest.TestCase):
    def test_what_would_take_for_ever_is_refused(self):
        for pattern, words in ((r"(.*)(.*)\1\2x", "back-references"), ("(a{1,100}){1,100}b", "too large"), ("(a", "wrong")):
            done = run("check", "-c", write(f"[target t]\nurl = http://127.0.0.1/\nexpect_body = ~ {pattern}\n"))
            self.assertEqual(done.returncode, 3)
            self.assertIn(words, done.stderr)
            self.assertIn("webmon.ini:3:", done.stderr)

    def test_others_are_probed_in_time(self):
        with Raw({"/long": answer(b"a" * 900000), "/": answer()}) as server:
            start = time.monotonic()
            document, _ = snapshot(f"[target long]\nurl = {server.url('/long')}\nexpect_body = ~ (a|aa)+b\n"
                                   f"[target t]\nurl = {server.url()}\n")
            seconds = time.monotonic() - start
        tap.figure(f"a pattern that would take minutes was given up; the snapshot took {seconds:.2f} s")
        self.assertEqual(by_name(document)["t"]["class"], "ok")


class Long(unittest.TestCase):
    def test_checks_that_take_their_time_have_a_thread_of_their_own(self):
        """Started when it is needed, and ended with the poller: also in the middle of a check."""
        def threads(pid):
            names = []
            for task in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/comm", encoding="ascii") as name:
                    names.append(name.read().strip())
            return names
        with Raw({"/long": answer(b"a" * 900000), "/short": answer(b"a" * 100)}) as server:
            def config(path):
                return (f"[target t]\nurl = {server.url(path)}\nexpect_body = ~ (a|aa)+b\ninterval = 100ms\n"
                        f"[target other]\nurl = {server.url('/short')}\ninterval = 100ms\n")
            path = write(config("/short"))
            with running("record", "-c", path) as child:
                wait_for(lambda: server.requests.count(server.requests[0]) > 2 if server.requests else False, 20, "probes")
                self.assertNotIn("webmon-check", threads(child.pid))
                for _ in range(3):
                    write(config("/long"), where=os.path.dirname(path))
                    child.send_signal(signal.SIGHUP)
                    wait_for(lambda: "webmon-check" in threads(child.pid), 20, "thread that checks")
                    write(config("/short"), where=os.path.dirname(path))
                    child.send_signal(signal.SIGHUP)
                    wait_for(lambda: "webmon-check" not in threads(child.pid), 20, "end of it")
                self.assertEqual(end(child), 0)


class Secrets(unittest.TestCase):
    """A server that says what it was told, at each place where words are cut."""

    def test_none_is_cut_in_two(self):
        pages, sections = {}, {}
        for i in range(0, 60, 3):
            for kind, page in (("body", answer(b"x" * i + SECRET.encode())),
                               ("status", answer(b"", "500 " + "x" * i + SECRET + " and more words, so that it is cut")),
                               ("rubbish", b"x" * i + SECRET.encode()),
                               ("header", answer(b"", "200 OK", "X-Echo: " + "x" * (450 + i) + SECRET, "X-Next: 1")),
                               ("location", answer(b"", "302 Found", "Location: mailto:" + "x" * i + SECRET + "yyyyyyyy"))):
                pages[f"/{kind}-{i}"] = page
                sections[f"{kind}-{i}"] = "expect_body = never"
        with Raw(pages) as server:
            document, _ = snapshot(f"[defaults]\ndown_after = 1\nuser = bob:{SECRET}\n" + "".join(
                f"[target {name}]\nurl = {server.url('/' + name)}\n{lines}\n" for name, lines in sections.items()), "--evidence")
        self.assertEqual(len(document["targets"]), len(sections))
        text = json.dumps(document, ensure_ascii=False)
        # Four letters of it may be seen: so few are in every text.
        for length in range(5, len(SECRET) + 1):
            self.assertNotIn(SECRET[:length], text)
        self.assertNotIn(SECRET[-8:], text)


tap.main()
