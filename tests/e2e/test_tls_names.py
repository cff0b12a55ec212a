"""Whose certificate it is and who signed it: names, wildcards, addresses, usages, chains and dates that are wrong in their own way;
handshakes that are none; and what is said through a good one."""

import os
import socket
import ssl
import struct
import threading
import unittest

import servers
import tap
from program import PATIENCE
from raw import Raw, answer, head, probe

LIMIT_S = 1.5 * PATIENCE
CA = "basicConstraints = critical,CA:TRUE"

# name: (names in the certificate, host asked for, class)
NAMES = {
    "wildcard": ("DNS:*.example.test", "a.example.test", "ok"),
    "wildcard-two-labels": ("DNS:*.example.test", "a.b.example.test", "tls_hostname"),
    "wildcard-no-label": ("DNS:*.example.test", "example.test", "tls_hostname"),
    "wildcard-part": ("DNS:a*.example.test", "abc.example.test", "tls_hostname"),
    "wildcard-alone": ("DNS:*", "example.test", "tls_hostname"),
    "wildcard-inside": ("DNS:a.*.test", "a.b.test", "tls_hostname"),
    "upper-case": ("DNS:EXAMPLE.test", "example.TEST", "ok"),
    "dot-at-the-end": ("DNS:example.test", "example.test.", "ok"),
    "international": ("DNS:xn--bcher-kva.test", "bücher.test", "ok"),
    "address-as-name": ("DNS:127.0.0.1", "127.0.0.1", "tls_hostname"),
    "another-address": ("IP:10.0.0.1", "127.0.0.1", "tls_hostname"),
    "mail-alone": ("email:a@b.test", "127.0.0.1", "tls_hostname"),
    "address-for-name": ("IP:127.0.0.1", "example.test", "tls_hostname"),
}
# What answers a ClientHello.
HANDSHAKES = {
    "warnings": struct.pack(">BHHBB", 21, 0x0303, 2, 1, 112) * 5000,
    "large-record": struct.pack(">BHH", 22, 0x0303, 65535) + b"x" * 65535,
    "empty-records": struct.pack(">BHH", 22, 0x0303, 0) * 100,
    "odd-version": struct.pack(">BHH", 22, 0x0303, 44) + b"\2\0\0\x28\2\0" + b"\0" * 38,
    "sslv2": b"\x80\x2e\1" + b"\0" * 60,
    "smtp": b"220 mx ESMTP\r\n",
    "http": head("400 Bad Request", "Content-Length: 0"),
}


def wrapped(certificate, key, chain=(), level=None):
    whole = key + ".chain"
    with open(whole, "w", encoding="ascii") as out:
        for path in (certificate, *chain):
            with open(path, encoding="ascii") as one:
                out.write(one.read())
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if level is not None:
        made.set_ciphers(f"DEFAULT@SECLEVEL={level}")
    made.load_cert_chain(whole, key)
    return lambda client: made.wrap_socket(client, server_side=True, suppress_ragged_eofs=False)


class Hello(Raw):
    """Takes a ClientHello and says this."""

    def __init__(self, data):
        self.data = data
        super().__init__({})

    def serve(self, client):
        try:
            client.recv(65536)
            client.sendall(self.data)
            client.shutdown(socket.SHUT_WR)
            client.settimeout(2)
            while client.recv(65536):
                pass
        except OSError:
            pass
        client.close()


class Bytewise(Raw):
    """Passes on what another server says, a byte a segment."""

    def __init__(self, server):
        self.server = server
        super().__init__({})

    def serve(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with socket.create_connection(("127.0.0.1", self.server.port)) as upstream:
                threading.Thread(target=self.forward, args=(client, upstream), daemon=True).start()
                while data := upstream.recv(4096):
                    for byte in data:
                        client.sendall(bytes((byte,)))
        except OSError:
            pass
        client.close()

    @staticmethod
    def forward(client, upstream):
        try:
            while data := client.recv(4096):
                upstream.sendall(data)
        except OSError:
            pass


def cut_off(data):
    """Says it, and closes without a farewell."""
    def say(client, _request):
        client.sendall(data)
        with socket.socket(fileno=os.dup(client.fileno())) as plain:
            plain.shutdown(socket.SHUT_RDWR)
    return say


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        authority = servers.Authority()
        make = authority.certificate
        cls.servers, cls.sections, cls.wanted = [], {}, {}

        def add(name, wanted, server, host="127.0.0.1", more=""):
            cls.servers.append(server)
            cls.wanted[name] = wanted
            cls.sections[name] = f"url = https://{host}:{server.port}/\nresolve = {host}:{server.port}:127.0.0.1\n{more}"

        def made(name, wanted, *arguments, chain=(), level=None, more="", page=None, **options):
            add(name, wanted, Raw({"/": answer() if page is None else page}, wrapped(*make(*arguments, **options), chain=chain, level=level)), more=more)

        for i, (name, (names, host, wanted)) in enumerate(NAMES.items()):
            add(name, wanted, Raw({"/": answer()}, wrapped(*make(f"n{i}", names=names))), host)
        made("signs-alone", "tls_untrusted", "u1", extensions="basicConstraints = CA:FALSE\nkeyUsage = critical,keyCertSign")
        made("signs-code", "tls_untrusted", "u2", extensions="extendedKeyUsage = codeSigning")
        made("unknown-critical", "tls_untrusted", "u3", extensions="1.2.3.4 = critical,ASN1:UTF8String:x")
        made("sha-1", "tls_weak", "u4", digest="sha1", level=0)
        narrow = make("u5", extensions=CA + ",pathlen:0")
        below = make("u6", issuer=narrow, extensions=CA)
        made("path-too-long", "tls_untrusted", "u7", issuer=below, chain=[below[0], narrow[0]])
        middle = make("u8", extensions=CA)
        made("out-of-order", "ok", "u9", issuer=middle, chain=[make("u10")[0], middle[0]])
        made("root-sent-too", "ok", "u11", issuer=middle, chain=[middle[0], authority.ca])
        future = make("u12", start="20290101000000Z", extensions=CA)
        made("issuer-not-yet", "tls_not_yet_valid", "u13", issuer=future, chain=[future[0]])
        made("ends-before-it-begins", "tls_not_yet_valid tls_expired", "u14", start="20280101000000Z", end="20250101000000Z")
        for name, data in HANDSHAKES.items():
            add(f"hello-{name}", "tls_handshake", Hello(data))
        good = Raw({"/": answer()}, wrapped(*make("g1")))
        cls.servers.append(good)
        add("a-byte-a-segment", "ok", Bytewise(good))
        made("cut-off-when-whole", "ok", "g2", page=cut_off(head("200 OK", "Content-Length: 4") + b"whole"[:4]))
        made("cut-off-inside", "truncated", "g3", page=cut_off(head("200 OK", "Content-Length: 9") + b"half"))
        made("rubbish-inside", "protocol", "g4", page=b"SSH-2.0-x\r\n")
        made("nothing-inside", "empty_reply", "g5", page=b"")
        made("not-http-2", "body_mismatch", "g6", more="http = 2\nexpect_http = 2")
        cls.targets = probe(cls.sections, f"ca = {authority.ca}\ntimeout = {LIMIT_S}s\nconnect_timeout = {LIMIT_S}s\n"
                            "expect_cert_days = 0", cls.wanted)

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.__exit__()

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class']} ({self.targets[name]['detail']}), wanted {wanted}"
                 for name, wanted in self.wanted.items() if self.targets[name]["class"] not in wanted.split()]
        self.assertEqual(wrong, [])

    def test_each_says_what_is_wrong(self):
        for name, words in {"wildcard-part": "is for a*.example.test, not for abc.example.test", "issuer-not-yet": "certificate of the issuer",
                            "address-as-name": "as the name of a host, not as an address", "sha-1": "too weak", "path-too-long": "path length",
                            "hello-smtp": "what came is no TLS", "rubbish-inside": 'begins with "SSH-2.0-x"',
                            "unknown-critical": "critical extension"}.items():
            self.assertIn(words, self.targets[name]["detail"], name)


tap.main()
