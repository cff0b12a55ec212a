"""Requests and checks against real servers: what is sent, by which way, and what is made of the answer."""

import base64
import contextlib
import gzip
import json
import os
import signal
import socket
import socketserver
import ssl
import subprocess
import threading
import time
import unittest

import servers
import tap
from program import by_name, folder, run, running, snapshot, wait_for, write
from raw import Raw, answer, chunk, head, read_head

PAGE = b"<p>Hello, World!</p>"


def targets(sections, defaults="", *arguments, **options):
    """name: lines of each target; what the JSON snapshot says of each."""
    config = f"[defaults]\ndown_after = 1\ntimeout = 5s\n{defaults}\n" + "".join(
        f"[target {name}]\n{lines}\n" for name, lines in sections.items())
    document, _ = snapshot(config, *arguments, **options)
    return by_name(document)


def classes(found):
    return {name: target["class"] for name, target in found.items()}


def headers_of(request):
    lines = request.split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {line.split(": ", 1)[0].lower(): line.split(": ", 1)[-1] for line in lines}


def command_line(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read()


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Echo(Raw):
    """Answers 200 and keeps each request with its body."""

    def __init__(self, status="200 OK", **options):
        self.status = status
        super().__init__({}, **options)

    def serve(self, client):
        with client:
            try:
                data = read_head(client)
                length = int(headers_of(data).get("content-length", 0)) if data else 0
                top, _, body = data.partition(b"\r\n\r\n")
                while len(body) < length:
                    body += client.recv(65536)
                self.requests.append(top + b"\r\n\r\n" + body)
                client.sendall(answer(b"" if top.startswith(b"HEAD") else b"ok\n", self.status))
            except OSError:
                pass


class Sent(unittest.TestCase):
    """What goes over the wire."""

    def sent(self, lines, **options):
        with Echo() as server:
            found = targets({"t": f"url = {server.url('/p?q=1')}\n{lines}"}, **options)
            self.assertEqual(found["t"]["class"], "ok", found["t"]["detail"])
            return server.requests[0]

    def test_methods(self):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND"):
            self.assertTrue(self.sent(f"method = {method}").startswith(f"{method} /p?q=1 HTTP/1.1\r\n".encode()))

    def test_a_body_makes_it_a_post(self):
        request = self.sent("body = one\n    two")
        self.assertTrue(request.startswith(b"POST "))
        self.assertTrue(request.endswith(b"\r\n\r\none\ntwo"))
        self.assertEqual(headers_of(request)["content-length"], "7")
        self.assertNotIn("expect", headers_of(request))

    def test_a_body_of_a_file_goes_as_it_is(self):
        data = bytes(range(256)) * 300
        path = os.path.join(folder(), "body")
        with open(path, "wb") as out:
            out.write(data)
        request = self.sent(f"method = PUT\nbody_file = {path}\nheader = Content-Type: application/octet-stream")
        self.assertTrue(request.startswith(b"PUT "))
        self.assertEqual(request.split(b"\r\n\r\n", 1)[1], data)

    def test_headers_repeat_replace_and_vanish(self):
        request = self.sent("header = X-A: 1\nheader = X-B: two words\nheader = Host: other.test\nheader = Accept:\n"
                            "user_agent = prober/9")
        found = headers_of(request)
        self.assertEqual((found["x-a"], found["x-b"], found["host"], found["user-agent"]), ("1", "two words", "other.test", "prober/9"))
        self.assertNotIn("accept", found)

    def test_basic_and_bearer(self):
        self.assertEqual(headers_of(self.sent("user = bob:secretly"))["authorization"],
                         "Basic " + base64.b64encode(b"bob:secretly").decode())
        self.assertEqual(headers_of(self.sent("bearer = abcdefgh"))["authorization"], "Bearer abcdefgh")

    def test_a_secret_of_the_command_line_is_sent_and_not_left_to_ps(self):
        with Echo() as server:
            url, log = f"127.0.0.1:{server.port}", os.path.join(folder(), "log")
            words = ("-i", "200ms", "--log", log, "-H", "X-Key: header-canary", "--header=X-Other: other-canary",
                     "-o", "user_agent=agent-canary", f"http://me:url-canary@{url}/", f"http://{url}/?token=query-canary",
                     f"{url}/plain")
            with running("watch", "--plain", *words) as webmon:
                self.check_secrets(server)
                shown = command_line(webmon.pid)
                self.assertNotIn(b"canary", shown)
                self.assertIn(f"{url}/plain".encode(), shown)
                self.assertIn(b"\0user_agent\0****", shown)
                webmon.send_signal(signal.SIGHUP)  # which reads the command line again
                wait_for(lambda: "configuration reloaded" in text_of(log), 10, "the reload")
                self.check_secrets(server)

    def check_secrets(self, server):
        before = len(server.requests)
        wait_for(lambda: len(server.requests) > before + 9, 10, "requests")
        sent = server.requests[-9:]
        for fields in map(headers_of, sent):
            self.assertEqual((fields["x-key"], fields["x-other"], fields["user-agent"]),
                             ("header-canary", "other-canary", "agent-canary"))
        self.assertTrue(any(b"/?token=query-canary" in request for request in sent))
        self.assertIn("Basic " + base64.b64encode(b"me:url-canary").decode(),
                      [headers_of(request).get("authorization") for request in sent])

    def test_compression_is_asked_for_where_wanted(self):
        self.assertNotIn("accept-encoding", headers_of(self.sent("")))
        self.assertIn("gzip", headers_of(self.sent("compressed = yes"))["accept-encoding"])

    def test_http_1_0(self):
        self.assertTrue(self.sent("http = 1.0").startswith(b"GET /p?q=1 HTTP/1.0\r\n"))

    def test_own_address(self):
        with Raw({"/": lambda client, _: client.sendall(answer(client.getpeername()[0].encode()))}) as server:
            found = targets({"t": f"url = {server.url()}\ninterface = 127.0.0.2\nexpect_body = = 127.0.0.2"})
        self.assertEqual(found["t"]["class"], "ok", found["t"]["detail"])

    def test_a_name_goes_where_it_is_sent(self):
        with Echo() as server:
            found = targets({
                "resolve": f"url = http://shop.test:{server.port}/\nresolve = shop.test:{server.port}:127.0.0.1",
                "connect_to": f"url = http://shop.test/\nconnect_to = shop.test:80:127.0.0.1:{server.port}",
                "idn": f"url = http://bücher.test:{server.port}/\nresolve = bücher.test:{server.port}:127.0.0.1",
            })
            hosts = {headers_of(request)["host"] for request in server.requests}
        self.assertEqual(set(classes(found).values()), {"ok"}, found)
        self.assertEqual(hosts, {f"shop.test:{server.port}", "shop.test", f"xn--bcher-kva.test:{server.port}"})
        self.assertIn("bücher", found["idn"]["url"])

    def test_a_unix_socket(self):
        home = folder()
        os.chmod(home, 0o755)
        path = os.path.join(home, "s")

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        class Page(socketserver.BaseRequestHandler):
            def handle(self):
                read_head(self.request)
                self.request.sendall(answer(b"by socket"))

        with Server(path, Page) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            found = targets({"t": f"url = http://docker/info\nunix_socket = {path}\nexpect_body = by socket",
                             "gone": f"url = http://docker/\nunix_socket = {path}.gone"})
            server.shutdown()
        self.assertEqual(found["t"]["class"], "ok", found["t"]["detail"])
        self.assertIn(found["gone"]["class"], ("refused", "unreachable"))


class Repeated(unittest.TestCase):
    """The command that the evidence gives does the same in a shell."""

    def command(self, lines, path="/p", sections=None):
        with Echo("503 Busy") as server:
            found = targets({"t": f"url = {server.url(path)}\n{lines}"}, "", "--evidence")
            command = found["t"]["evidence"]["command"]
            done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=20)
            self.assertEqual(done.returncode, 0, (command, done.stderr))
            self.assertEqual(len(server.requests), 2, command)
            return command, *server.requests

    def test_the_server_sees_the_same_request(self):
        cases = ["", "method = DELETE", "method = HEAD", "http = 1.0", "compressed = yes", "user_agent = it's me",
                 "body = it's \"quoted\" $HOME `id` \\ and {more}", "method = PUT\nbody = @file",
                 "header = X-Note: a 'b' \"c\" $(id) !x\nheader = Accept:\nheader = Content-Type: text/plain"]
        for lines in cases:
            command, first, second = self.command(lines)
            self.assertEqual(first.split(b"\r\n")[0], second.split(b"\r\n")[0], command)
            self.assertEqual(headers_of(first), headers_of(second), command)
            if "@file" not in lines:
                self.assertEqual(first.split(b"\r\n\r\n", 1)[1], second.split(b"\r\n\r\n", 1)[1], command)

    def test_odd_addresses(self):
        for path in ("/a?b={c}&d=[1-3]", "/a'b?c=$d&e=(f)"):
            command, first, second = self.command("", path)
            self.assertEqual(first.split(b"\r\n")[0], second.split(b"\r\n")[0], command)

    def test_no_secret_is_in_it(self):
        command, _, second = self.command("user = bob:it's-hidden\nheader = X-Api-Key: abc\nheader = Cookie: sid=verysecret1",
                                          "/p?token=hiddentoo")
        for secret in ("hidden", "abc", "verysecret1"):
            self.assertNotIn(secret, command)
        self.assertIn("•••", command)

    def test_a_body_of_a_file_is_named_not_shown(self):
        path = os.path.join(folder(), "login")
        with open(path, "w", encoding="ascii") as out:
            out.write("user=bob&password=it-is-hidden")
        command, first, second = self.command(f"body_file = {path}")
        self.assertNotIn("it-is-hidden", command)
        self.assertEqual(first.split(b"\r\n\r\n", 1)[1], second.split(b"\r\n\r\n", 1)[1], command)

    def test_ways(self):
        with Echo("503 Busy") as server:
            lines = {"resolve": f"url = http://shop.test:{server.port}/\nresolve = shop.test:{server.port}:127.0.0.1\nip = 4",
                     "connect_to": f"url = http://shop.test/\nconnect_to = shop.test:80:127.0.0.1:{server.port}"}
            found = targets(lines, "", "--evidence")
            for name in lines:
                done = subprocess.run(["sh", "-c", found[name]["evidence"]["command"]], capture_output=True, timeout=20)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(server.requests), 4)

    def test_it_takes_cookies_along(self):
        def gate(client, request):
            client.sendall(answer(b"welcome") if "cookie" in headers_of(request) else Redirects.to("/p", "302 Found", "Set-Cookie: a=b"))
        with Raw({"/p": gate}) as server:
            found = targets({"t": f"url = {server.url('/p')}\nexpect_body = no such words"}, "", "--evidence")["t"]
            done = subprocess.run(["sh", "-c", found["evidence"]["command"]], capture_output=True, timeout=20)
        self.assertTrue(done.stdout.endswith(b"welcome"), done)


class Redirects(unittest.TestCase):
    @staticmethod
    def to(where, status="302 Found", *more):
        return head(status, f"Location: {where}", "Content-Length: 0", *more)

    def test_they_are_followed_as_far_as_wanted(self):
        pages = {f"/{n}": self.to(f"/{n + 1}") for n in range(6)} | {"/6": answer(b"end")}
        with Raw(pages) as server:
            found = targets({f"follow-{n}": f"url = {server.url('/0')}\nfollow = {n}" for n in (0, 3, 5, 6)}, "", "--evidence")
        self.assertEqual(classes(found), {"follow-0": "http_status", "follow-3": "redirect", "follow-5": "redirect",
                                          "follow-6": "ok"})
        self.assertIn("more than 3 redirects, the last to /4", found["follow-3"]["detail"])
        self.assertNotIn("Failed writing", json.dumps(found), "what webmon ended by itself")
        self.assertEqual(found["follow-0"]["detail"], "302 Found, wanted 200-299")

    def test_relative_references(self):
        cases = {"/a/b/c": ("d", "/a/b/d"), "/a/b/c2": ("../d", "/a/d"), "/a/b/c3": ("./d;x=1?y=2&z=3", "/a/b/d;x=1?y=2&z=3"),
                 "/a/q?old=1": ("?new=2", "/a/q?new=2"), "/a/f": ("/e#part", "/e")}
        pages = {path: self.to(where) for path, (where, _) in cases.items()} | {wanted: answer(b"here") for _, wanted in cases.values()}
        with Raw(pages) as server:
            found = targets({f"t{i}": f"url = {server.url(path)}\nexpect_body = = here" for i, path in enumerate(cases)})
        self.assertEqual({t["class"] for t in found.values()}, {"ok"}, found)

    def test_methods_change_as_browsers_have_it(self):
        for status, method in (("301 Moved", "GET"), ("302 Found", "GET"), ("303 See Other", "GET"), ("307 Temporary", "POST"),
                               ("308 Permanent", "POST")):
            with Raw({"/": self.to("/next", status), "/next": answer()}) as server:
                targets({"t": f"url = {server.url()}\nbody = x"})
                self.assertTrue(server.requests[1].startswith(method.encode()), (status, server.requests))

    def test_credentials_stay_with_their_origin(self):
        with Echo() as other, Raw({}) as server:
            server.pages["/"] = self.to(other.url("/canary"))
            found = targets({"t": f"url = {server.url()}\nuser = bob:secretly\nheader = X-Api-Key: keykey99\nheader = Cookie: a=b"})
            self.assertEqual(found["t"]["class"], "ok")
            sent = headers_of(other.requests[0])
        for name in ("authorization", "x-api-key", "cookie"):
            self.assertNotIn(name, sent)

    def test_cookies_go_along_with_a_redirect_and_no_further(self):
        def home(client, request):
            held = headers_of(request).get("cookie")
            client.sendall(answer(b"welcome") if held == "sid=1" else self.to("/login"))
        pages = {"/": home, "/login": self.to("/", "302 Found", "Set-Cookie: sid=1; Path=/; HttpOnly")}
        with Raw(pages) as server:
            found = targets({"t": f"url = {server.url()}\nexpect_body = welcome"}, "", "-n", "3", "-i", "100ms")
            self.assertEqual(found["t"]["class"], "ok", found["t"]["detail"])
            self.assertEqual(found["t"]["window"]["failed"], 0)
            firsts = [headers_of(r).get("cookie") for r in server.requests[::3]]
        self.assertEqual(firsts, [None, None, None])

    def test_the_same_address_with_a_new_cookie_or_method_is_no_loop(self):
        def gate(client, request):
            held = headers_of(request).get("cookie")
            client.sendall(answer(b"welcome") if held == "seen=1" else self.to("/gate", "302 Found", "Set-Cookie: seen=1"))

        def form(client, request):
            client.sendall(answer(b"welcome") if request.startswith(b"GET") else self.to("/form", "303 See Other"))
        with Raw({"/gate": gate, "/form": form, "/loop": self.to("/loop")}) as server:
            found = targets({"gate": f"url = {server.url('/gate')}\nexpect_body = welcome",
                             "form": f"url = {server.url('/form')}\nbody = x\nexpect_body = welcome",
                             "loop": f"url = {server.url('/loop')}"})
        self.assertEqual(classes(found), {"gate": "ok", "form": "ok", "loop": "redirect"})

    def test_evidence_shows_the_request_that_was_answered(self):
        with Raw({}) as other, Raw({}) as server:
            other.pages["/login?code=c0de-of-others"] = answer(b"oops", "500 Oops")
            server.pages["/"] = self.to(other.url("/login?code=c0de-of-others"))
            found = targets({"t": f"url = {server.url()}\nbody = x\nheader = X-Api-Key: keykey99"}, "", "--evidence")["t"]
            lines = found["evidence"]["request"].splitlines()
            self.assertEqual(lines[0], "GET /login?code=••• HTTP/1.1")
            self.assertIn(f"Host: 127.0.0.1:{other.port}", lines)
            self.assertEqual(lines[-1], f"(after 1 redirect from {server.url()})")
        self.assertEqual(found["class"], "http_status")
        self.assertNotIn("Api-Key", found["evidence"]["request"], "it was not sent there")
        self.assertNotIn("c0de-of-others", json.dumps(found))

    def test_to_tls_and_one_time_limit_for_all(self):
        authority = servers.Authority()
        path, key = authority.certificate("good")
        with servers.nginx('location / { return 200 "safe"; }', "ssl", head=f"ssl_certificate {path}; ssl_certificate_key {key};") as tls:
            def slow(client, _):
                time.sleep(0.6)
                client.sendall(self.to("/slow"))
            pages = {"/": self.to(f"https://127.0.0.1:{tls.port}/"), "/slow": slow}
            pages |= {f"/slow{n}": slow for n in range(9)}
            with Raw(pages) as server:
                found = targets({"tls": f"url = {server.url()}\nca = {authority.ca}\nexpect_body = safe",
                                 "plain": f"url = {server.url()}",
                                 "hang": f"url = {server.url('/slow')}\ntimeout = 1s\nfollow = 20"})
        self.assertEqual(found["tls"]["class"], "ok", found["tls"]["detail"])
        self.assertTrue(found["tls"]["cert"]["verified"])
        self.assertEqual(found["plain"]["class"], "tls_untrusted")
        self.assertIn(found["hang"]["class"], ("timeout_first_byte", "redirect"))


class Checks(unittest.TestCase):
    def test_status_ranges(self):
        pages = {f"/{code}": answer(b"", f"{code} X") for code in (200, 201, 299, 404, 500)}
        with Raw(pages) as server:
            found = targets({f"{code} {wanted.replace(',', '')}": f"url = {server.url(f'/{code}')}\nexpect_status = {wanted}"
                             for code in (200, 201, 299, 404, 500) for wanted in ("200-299", "404", "200,404", "4xx,5xx")})
        for name, target in found.items():
            code, wanted = int(name[:3]), name[4:]
            good = {"200-299": 200 <= code < 300, "404": code == 404, "200404": code in (200, 404), "4xx5xx": code >= 400}[wanted]
            self.assertEqual(target["class"], "ok" if good else "http_status", name)

    def test_bodies_and_headers(self):
        cases = {
            "has": ("expect_body = World", "ok"), "has-not": ("expect_body = Mars", "body_mismatch"),
            "is": (f"expect_body = = {PAGE.decode()}", "ok"), "is-not": ("expect_body = = Hello", "body_mismatch"),
            "matches": ("expect_body = ~ Hello, [A-Z]", "ok"), "matches-not": ("expect_body = ~ ^World", "body_mismatch"),
            "without": ("expect_body = !~ error|fatal", "ok"), "with": ("expect_body = !~ Hello", "body_mismatch"),
            "several": ("expect_body = Hello\nexpect_body = World", "ok"),
            "one-of-several": ("expect_body = Hello\nexpect_body = Mars", "body_mismatch"),
            "header": ("expect_header = X-Kind: ~ ^green", "ok"), "header-not": ("expect_header = X-Kind: red", "body_mismatch"),
            "header-there": ("expect_header = X-Kind:", "ok"), "header-gone": ("expect_header = X-Gone:", "body_mismatch"),
            "header-without": ("expect_header = X-Kind: !~ red", "ok"), "http": ("expect_http = 1.1", "ok"),
            "http-not": ("expect_http = 2", "body_mismatch"), "ip": ("expect_ip = 127.0.0.0/8", "ok"),
            "ip-not": ("expect_ip = 10.0.0.0/8, ::1", "body_mismatch"),
        }
        with Raw({"/": answer(PAGE, "200 OK", "X-Kind: green apples")}) as server:
            found = targets({name: f"url = {server.url()}\n{lines}" for name, (lines, _) in cases.items()})
        self.assertEqual(classes(found), {name: wanted for name, (_, wanted) in cases.items()})
        self.assertEqual(found["has-not"]["detail"], 'body contains no "Mars": "<p>Hello, World!</p>"')

    def test_json(self):
        body = json.dumps({"status": "degraded", "items": [1, 2], "db": {"ok": True}}).encode()
        cases = {'.status = "healthy"': '.status is "degraded", wanted "healthy"', ".db.ok = true": "", "len(.items) > 3":
                 "len(.items) is 2, wanted > 3", "has .db.ok": "", "! has .error": ""}
        with Raw({"/": answer(body, "200 OK", "Content-Type: application/json"), "/no": answer(b"<html>")}) as server:
            found = targets({f"t{i}": f"url = {server.url()}\nexpect_json = {rule}" for i, rule in enumerate(cases)}
                            | {"none": f"url = {server.url('/no')}\nexpect_json = has .status",
                               "both": f"url = {server.url()}\nexpect_json = .db.ok = true\nexpect_json = len(.items) = 1"})
        for i, (rule, detail) in enumerate(cases.items()):
            self.assertEqual((found[f"t{i}"]["class"], found[f"t{i}"]["detail"]), ("body_mismatch" if detail else "ok", detail), rule)
        self.assertEqual(found["none"]["detail"], 'body is no JSON: "<html>"')
        self.assertEqual(found["both"]["detail"], "len(.items) is 2, wanted 1")

    def test_a_wrong_json_rule_is_told_at_its_line(self):
        done = run("check", "-c", write("[target a]\nurl = http://a.test/\nexpect_json = .a is 3\n"))
        self.assertEqual(done.returncode, 3)
        self.assertIn(":3: expect_json: expected one of", done.stderr)

    def test_the_limit_counts_what_was_decoded(self):
        sizes = {"below": 9999, "at": 10240, "above": 10241}
        pages = {}
        for name, size in sizes.items():
            body = b"x" * size
            pages[f"/{name}"] = answer(body)
            pages[f"/{name}-chunked"] = head("200 OK", "Transfer-Encoding: chunked") + chunk(body) + chunk(b"")
            pages[f"/{name}-gzip"] = answer(gzip.compress(body), "200 OK", "Content-Encoding: gzip")
            pages[f"/{name}-close"] = head("200 OK") + body
        with Raw(pages) as server:
            found = targets({path[1:]: f"url = {server.url(path)}\nmax_bytes = 10k\ncompressed = yes" for path in pages})
        for name, target in found.items():
            self.assertEqual(target["class"], "too_large" if name.startswith("above") else "ok", (name, target["detail"]))
        self.assertEqual(found["at-gzip"]["bytes"], 10240)

    def test_an_error_page_over_the_limit_is_still_an_error(self):
        with Raw({"/": head("500 Oops", "Content-Length: 1048890") + b"x"}) as server:
            found = targets({"t": f"url = {server.url()}"})["t"]
        self.assertEqual((found["class"], found["status"]), ("too_large", 500))
        self.assertEqual(found["detail"], "500, body of 1048890 bytes announced, limit 1048576")

    def test_chunks_in_pieces(self):
        def pieces(client, _):
            client.sendall(head("200 OK", "Transfer-Encoding: chunked"))
            for letter in b"chunked":
                client.sendall(chunk(bytes((letter,))))
                time.sleep(0.05)
            client.sendall(chunk(b""))
        with Raw({"/": pieces}) as server:
            found = targets({"t": f"url = {server.url()}\nexpect_body = = chunked"})
        self.assertEqual(found["t"]["class"], "ok")
        self.assertGreater(found["t"]["ms"]["transfer"], 250)

    def test_limits_for_each_phase(self):
        def slow(client, _):
            time.sleep(0.3)
            client.sendall(answer())
        with Raw({"/": slow}) as server:
            found = targets({"wait": f"url = {server.url()}\nslow_wait = 100ms", "wide": f"url = {server.url()}\nslow_wait = 5s",
                             "connect": f"url = {server.url()}\nslow_connect = 200ms", "all": f"url = {server.url()}\nslow = 100ms"})
        self.assertEqual({n: t["warnings"] for n, t in found.items()}, {"wait": ["slow"], "wide": [], "connect": [], "all": ["slow"]})

    def test_an_exception_is_told_with_its_place(self):
        with servers.flask_app() as app:
            found = targets({"t": f"url = http://127.0.0.1:{app.port}/raise"})
        self.assertRegex(found["t"]["detail"], r"^500 RuntimeError: the cache at 10\.0\.0\.7 is gone \(hello\.py:\d+\)$")

    def test_bodies_in_other_character_sets_and_none(self):
        pages = {"/latin": answer("défaut à l'entrée".encode("latin-1"), "500 X", "Content-Type: text/plain; charset=ISO-8859-1"),
                 "/binary": answer(b"\x89PNG\r\n\x1a\n" + bytes(40), "500 X", "Content-Type: image/png")}
        with Raw(pages) as server:
            found = targets({path[1:]: f"url = {server.url(path)}" for path in pages}, "", "--evidence")
        self.assertEqual(found["latin"]["evidence"]["body"], "défaut à l'entrée")
        self.assertTrue(found["binary"]["evidence"]["body_is_binary"])
        self.assertIn("89 50 4e 47", found["binary"]["evidence"]["body"])


class Changes(unittest.TestCase):
    def test_a_failure_is_laid_beside_the_last_good_answer_and_a_new_server_is_told(self):
        asked = []

        def page(client, _request):
            asked.append(1)
            if len(asked) < 3:
                client.sendall(answer(b'{"db":"ok"}', "200 OK", f"Server: shop/{len(asked)}", "ETag: x"))
            else:
                client.sendall(answer(b'{"db":"gone"}', "503 Busy", "Server: shop/2", "Retry-After: 0"))
        log = os.path.join(folder(), "log")
        with Raw({"/": page}) as server:
            document, _ = snapshot(f"[webmon]\nlog = {log}\nlog_format = json\n[target t]\nurl = {server.url()}\ndown_after = 1\n",
                                   "-n", "3", "-i", "100ms", "--evidence")
        changes = by_name(document)["t"]["evidence"]["changes"].split("\n")
        for line in ("status: 200 OK → 503 Busy", "Server: shop/1 → shop/2", "+ Retry-After: 0", "- ETag: x"):
            self.assertIn(line, changes)
        self.assertTrue(any(line.startswith("body, line 1:") for line in changes), changes)
        with open(log, encoding="utf-8") as file:
            told = [json.loads(line) for line in file]
        self.assertEqual([t["detail"] for t in told if t["event"] == "changed"], ["server: shop/1 → shop/2"])


    def test_a_new_certificate_is_told_also_where_it_came_with_a_failure(self):
        authority = servers.Authority()
        contexts = []
        for name, end in (("shop", "20300101000000Z"), ("shop2", "20310101000000Z")):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.certificate(name, end=end))
            contexts.append(context)
        served = []

        def wrap(client):
            served.append(1)
            return contexts[len(served) > 2].wrap_socket(client, server_side=True)

        def page(client, _request):
            client.sendall(answer(b"", "503 Busy") if len(served) == 3 else answer())
        log = os.path.join(folder(), "log")
        with Raw({"/": page}, wrap) as server:
            snapshot(f"[webmon]\nlog = {log}\nlog_format = json\n[target t]\nurl = {server.url()}\nca = {authority.ca}\n",
                     "-n", "6", "-i", "100ms", "--evidence")
        with open(log, encoding="utf-8") as file:
            told = [json.loads(line) for line in file]
        self.assertEqual([t["detail"] for t in told if t["event"] == "changed"],
                         ["certificate: CN=shop.test, until 2030-01-01 → CN=shop2.test, until 2031-01-01"])


class Proxy(Raw):
    """A proxy for both kinds of requests; login: "name:password" that it wants, refusal: a status for CONNECT."""

    def __init__(self, login=None, refusal=None):
        self.login, self.refusal = login, refusal
        super().__init__({})

    def serve(self, client):
        with client:
            try:
                self.relay(client)
            except OSError:
                pass

    def relay(self, client):
        request = read_head(client)
        self.requests.append(request)
        wanted = "Basic " + base64.b64encode((self.login or "").encode()).decode()
        if self.login and headers_of(request).get("proxy-authorization") != wanted:
            client.sendall(head("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="p"', "Content-Length: 0"))
            return
        verb, where, _ = request.split(b" ", 2)
        if verb == b"CONNECT" and self.refusal:
            client.sendall(head(self.refusal, "Content-Length: 0"))
            return
        host, _, number = (where if verb == b"CONNECT" else where.split(b"/")[2]).decode().partition(":")
        with socket.create_connection(("127.0.0.1", int(number)), 5) as upstream:
            if verb == b"CONNECT":
                client.sendall(head("200 Connected"))
            else:
                upstream.sendall(request)
            back = threading.Thread(target=self.pump, args=(upstream, client), daemon=True)
            back.start()
            if verb == b"CONNECT":
                self.pump(client, upstream)
            back.join(5)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Socks(Raw):
    """SOCKS 5 without a password, or one that refuses."""

    def __init__(self, code=0):
        self.code, self.names = code, []
        super().__init__({})

    def serve(self, client):
        with client:
            try:
                client.recv(2 + client.recv(2, socket.MSG_PEEK)[1])
                client.sendall(b"\5\0")
                first = client.recv(4)
                if first[3] == 3:
                    name = client.recv(client.recv(1)[0])
                    self.names.append(name)
                else:
                    client.recv(4 if first[3] == 1 else 16)
                number = int.from_bytes(client.recv(2), "big")
                client.sendall(bytes((5, self.code, 0, 1)) + bytes(6))
                if self.code:
                    return
                with socket.create_connection(("127.0.0.1", number), 5) as upstream:
                    back = threading.Thread(target=Proxy.pump, args=(upstream, client), daemon=True)
                    back.start()
                    Proxy.pump(client, upstream)
                    back.join(5)
            except OSError:
                pass


class Proxies(unittest.TestCase):
    def test_http_and_https_by_proxy(self):
        authority = servers.Authority()
        path, key = authority.certificate("good")
        with Proxy() as proxy, Proxy("bob:letmein99") as strict, Echo() as plain, servers.nginx(
                'location / { return 200 "safe"; }', "ssl", head=f"ssl_certificate {path}; ssl_certificate_key {key};") as tls:
            lines = {
                "http": f"url = {plain.url()}\nproxy = http://127.0.0.1:{proxy.port}",
                "https": f"url = https://127.0.0.1:{tls.port}/\nproxy = http://127.0.0.1:{proxy.port}",
                "login": f"url = {plain.url()}\nproxy = http://bob:letmein99@127.0.0.1:{strict.port}",
                "no-login": f"url = {plain.url()}\nproxy = http://127.0.0.1:{strict.port}",
                "noproxy": f"url = {plain.url()}\nproxy = http://127.0.0.1:1\nnoproxy = 127.0.0.1",
                "refused": f"url = {plain.url()}\nproxy = http://127.0.0.1:{servers.refused_port()}",
            }
            found = targets(lines, f"ca = {authority.ca}", "--evidence")
            self.assertTrue(any(r.startswith(b"CONNECT ") for r in proxy.requests))
        self.assertEqual(classes(found), {"http": "ok", "https": "ok", "login": "ok", "no-login": "http_status", "noproxy": "ok",
                                          "refused": "refused"})
        self.assertNotIn("letmein99", json.dumps(found))

    def test_a_proxy_with_tls_of_its_own(self):
        authority = servers.Authority()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.certificate("proxy", names="IP:127.0.0.1"))
        path, key = authority.certificate("shop", names="DNS:shop.test")

        class Secured(Proxy):
            def serve(self, client):
                with contextlib.suppress(OSError):
                    super().serve(context.wrap_socket(client, server_side=True))

        with Secured() as proxy, Echo() as plain, servers.nginx(
                'location / { return 200 "safe"; }', "ssl", head=f"ssl_certificate {path}; ssl_certificate_key {key};") as tls:
            by = f"proxy = https://127.0.0.1:{proxy.port}"
            trusted = f"ca = {authority.ca}"
            found = targets({"http": f"url = {plain.url()}\n{by}\n{trusted}",
                             "https": f"url = https://shop.test:{tls.port}/\n{by}\n{trusted}",
                             "unknown": f"url = {plain.url()}\n{by}",
                             "unverified": f"url = {plain.url()}\n{by}\nverify = no"})
        self.assertEqual(classes(found), {"http": "ok", "https": "ok", "unknown": "tls_untrusted", "unverified": "ok"}, found)
        self.assertIn("shop.test", found["https"]["cert"]["subject"])
        self.assertIsNone(found["http"]["cert"])

    def test_a_tunnel_that_is_refused_says_so(self):
        with Proxy(refusal="403 Forbidden") as proxy, Proxy("a:bbbbbbbb") as strict, Raw({}) as rubbish:
            rubbish.serve = lambda client: (client.recv(4096), client.sendall(b"SSH-2.0-x\r\n"), client.close())
            found = targets({
                "forbidden": f"url = https://127.0.0.1:9/\nproxy = http://127.0.0.1:{proxy.port}",
                "login": f"url = https://127.0.0.1:9/\nproxy = http://127.0.0.1:{strict.port}",
                "rubbish": f"url = https://127.0.0.1:9/\nproxy = http://127.0.0.1:{rubbish.port}",
            })
        for name, words in (("forbidden", "403"), ("login", "407")):
            self.assertIn(found[name]["class"], ("unreachable", "protocol", "http_status"), name)
            self.assertIn(words, found[name]["detail"], name)
        self.assertIn(found["rubbish"]["class"], ("protocol", "unreachable", "empty_reply", "reset"), found["rubbish"]["detail"])

    def test_socks(self):
        with Socks() as socks, Socks(code=5) as refusing, Echo() as plain:
            found = targets({
                "socks5": f"url = {plain.url()}\nproxy = socks5://127.0.0.1:{socks.port}",
                "socks5h": f"url = http://inner.test:{plain.port}/\nproxy = socks5h://127.0.0.1:{socks.port}",
                "refusing": f"url = {plain.url()}\nproxy = socks5://127.0.0.1:{refusing.port}",
            })
        self.assertEqual((found["socks5"]["class"], found["socks5h"]["class"]), ("ok", "ok"), found)
        self.assertEqual(socks.names, [b"inner.test"])
        self.assertIn(found["refusing"]["class"], ("unreachable", "refused"))


class Secure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = authority = servers.Authority()
        path, key = authority.certificate("good")
        common = f"ssl_certificate {path}; ssl_certificate_key {key};"
        cls.plain = servers.nginx('location / { return 200 "$ssl_protocol $ssl_server_name"; }', "ssl", head=common).start()
        cls.strict = servers.nginx('location / { return 200 "$ssl_client_s_dn"; }', "ssl",
                                   head=common + f"ssl_client_certificate {authority.ca}; ssl_verify_client on;").start()
        cls.client = authority.certificate("prober")

    @classmethod
    def tearDownClass(cls):
        cls.plain.stop()
        cls.strict.stop()

    def test_a_client_certificate_is_shown(self):
        cert, key = self.client
        both = write(open(cert, encoding="ascii").read() + open(key, encoding="ascii").read(), "both.pem")
        url = f"url = https://127.0.0.1:{self.strict.port}/"
        found = targets({"two-files": f"{url}\ncert = {cert}\nkey = {key}\nexpect_body = prober.test",
                         "one-file": f"{url}\ncert = {both}\nexpect_body = prober.test", "none": url},
                        f"ca = {self.authority.ca}")
        self.assertEqual(classes(found), {"two-files": "ok", "one-file": "ok", "none": "http_status"})
        self.assertEqual(found["none"]["status"], 400)

    def test_the_name_asked_for_is_the_targets(self):
        found = targets({"sni": f"url = https://localhost:{self.plain.port}/\nexpect_body = localhost",
                         "mapped": f"url = https://localhost/\nconnect_to = localhost:443:127.0.0.1:{self.plain.port}\nexpect_body = localhost"},
                        f"ca = {self.authority.ca}")
        self.assertEqual(set(classes(found).values()), {"ok"}, found)

    def test_tls_options_do_no_harm_to_plain_http(self):
        with Echo() as server:
            found = targets({"t": f"url = {server.url()}\nverify = no\ntls_min = 1.3\nca = {self.authority.ca}"})
        self.assertEqual(found["t"]["class"], "ok")

    def test_connections_alone(self):
        with Raw({}) as listener, servers.BlackHole() as hole:
            found = targets({
                "tcp": f"url = tcp://127.0.0.1:{listener.port}",
                "tcp-refused": f"url = tcp://127.0.0.1:{servers.refused_port()}",
                "tcp-hole": f"url = tcp://127.0.0.1:{hole.port}\nconnect_timeout = 500ms",
                "tls": f"url = tls://127.0.0.1:{self.plain.port}\nca = {self.authority.ca}",
                "tls-other": f"url = tls://127.0.0.1:{self.plain.port}",
                "tls-plain": f"url = tls://127.0.0.1:{listener.port}\ntimeout = 1s",
                "tls-client": f"url = tls://127.0.0.1:{self.strict.port}\nca = {self.authority.ca}",
            }, "", "--evidence")
        self.assertEqual(classes(found), {"tcp": "ok", "tcp-refused": "refused", "tcp-hole": "timeout_connect", "tls": "ok",
                                          "tls-other": "tls_untrusted", "tls-plain": "timeout_tls", "tls-client": "ok"})
        self.assertTrue(found["tls"]["cert"]["verified"])
        self.assertIsNone(found["tcp"]["ms"]["wait"])
        self.assertIsNotNone(found["tcp"]["ms"]["connect"])
        self.assertIsNotNone(found["tls"]["ms"]["tls"])
        self.assertIsNone(found["tls"]["ms"]["send"])
        self.assertTrue(found["tcp-refused"]["evidence"]["command"].startswith("nc -zv -w 5 127.0.0.1 "))
        done = subprocess.run(["sh", "-c", found["tls-other"]["evidence"]["command"]], capture_output=True, timeout=20)
        self.assertIn(b"BEGIN CERTIFICATE", done.stdout)


tap.main()
