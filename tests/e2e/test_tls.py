"""TLS with certificates of our own: each fault has its class, and the facts are there also where verification failed."""

import json
import unittest

import servers
import tap
from program import by_name, run, snapshot


def serve(certificate, more=""):
    path, key = certificate
    return servers.nginx('location / { return 200 "secret garden\\n"; }', "ssl http2",
                         head=f"ssl_certificate {path}; ssl_certificate_key {key}; {more}").start()


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = authority = servers.Authority()
        modern = "ssl_protocols TLSv1.2 TLSv1.3;"
        cls.running = {
            "good": serve(authority.certificate("good"), modern),
            "tls12": serve(authority.certificate("tls12"), "ssl_protocols TLSv1.2;"),
            "expired": serve(authority.certificate("expired", end="20210101000000Z")),
            "early": serve(authority.certificate("early", start="20390101000000Z", end="20400101000000Z")),
            "other": serve(authority.certificate("other", names="DNS:other.test")),
            "own": serve(authority.certificate("own", self_signed=True)),
        }

    @classmethod
    def tearDownClass(cls):
        for server in cls.running.values():
            server.stop()

    def fleet(self, **more):
        lines = [f"[defaults]\nca = {self.authority.ca}\ndown_after = 1"]
        for name, server in self.running.items():
            lines.append(f"[target {name}]\nurl = https://127.0.0.1:{server.port}/")
            lines += [f"{k} = {v}" for k, v in more.items()]
        return "\n".join(lines) + "\n"

    def test_each_fault_has_its_class(self):
        document, status = snapshot(self.fleet())
        self.assertEqual(status, 2)
        self.assertEqual({n: t["class"] or "ok" for n, t in by_name(document).items()}, {
            "good": "ok", "tls12": "ok", "expired": "tls_expired", "early": "tls_not_yet_valid",
            "other": "tls_hostname", "own": "tls_untrusted"})

    def test_phases_include_the_handshake(self):
        document, _ = snapshot(self.fleet())
        targets = by_name(document)
        self.assertGreater(targets["good"]["ms"]["tls"], 0)
        self.assertGreater(targets["expired"]["ms"]["connect"], 0, "TCP stood before the certificate was refused")
        self.assertIsNone(targets["expired"]["ms"]["wait"])

    def test_facts_are_there_also_where_verification_failed(self):
        document, _ = snapshot(self.fleet())
        targets = by_name(document)
        for name in self.running:
            with self.subTest(name=name):
                self.assertIn(f"{name}.test", targets[name]["cert"]["subject"])
        self.assertTrue(targets["good"]["cert"]["verified"])
        self.assertFalse(targets["expired"]["cert"]["verified"])
        self.assertLess(targets["expired"]["cert"]["days_left"], 0)
        self.assertIn("webmon test authority", targets["good"]["cert"]["issuer"])

    def test_an_authority_that_is_not_trusted_is_told(self):
        server = self.running["good"]
        done = run("snapshot", "-f", "json", "-o", "down_after=1", f"https://127.0.0.1:{server.port}/")
        self.assertEqual(json.loads(done.stdout)["targets"][0]["class"], "tls_untrusted")

    def test_verify_no_takes_any(self):
        document, _ = snapshot(self.fleet(verify="no"))
        self.assertEqual({t["class"] or "ok" for t in document["targets"]}, {"ok"})
        self.assertFalse(by_name(document)["own"]["cert"]["verified"])

    def test_http_2_is_spoken_where_asked(self):
        document, _ = snapshot(self.fleet(http="2"), "--only", "good")
        self.assertEqual(by_name(document)["good"]["http_version"], "2")
        document, _ = snapshot(self.fleet(), "--only", "good")
        self.assertEqual(by_name(document)["good"]["http_version"], "1.1")

    def test_a_certificate_near_its_end_warns(self):
        document, status = snapshot(self.fleet(expect_cert_days="3650"), "--only", "good")
        self.assertEqual(status, 1)
        self.assertEqual(by_name(document)["good"]["warnings"], ["tls_expiring"])


tap.main()
