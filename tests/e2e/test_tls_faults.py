"""Further faults of TLS than those of the lab: alerts of each kind, chains that are wrong in their own way, and what goes
wrong once the handshake is done; each with the class it must get."""

import base64
import os
import socket
import ssl
import struct
import time
import unittest

import servers
import tap
from program import PATIENCE, write
from raw import Raw, answer, head, probe, reset

ALERTS = (10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90, 109, 110, 112, 113, 115, 116, 120, 255)
RSA = ("rsa:2048",)
LIMIT_S = 1.5 * PATIENCE


def context(certificate, key, chain=(), highest=None, ciphers=None):
    """A server's context; chain: further certificates that are sent."""
    if chain:
        whole = key + ".chain"
        with open(whole, "w", encoding="ascii") as out:
            for path in (certificate, *chain):
                with open(path, encoding="ascii") as one:
                    out.write(one.read())
        certificate = whole
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    if highest:
        made.maximum_version = highest
    if ciphers:
        made.set_ciphers(ciphers)
    return made


def wrapped(made):
    return lambda client: made.wrap_socket(client, server_side=True, suppress_ragged_eofs=False)


def alert(number, level=2):
    """Takes a ClientHello and answers with this alert alone."""
    def shake(client):
        client.recv(4096)
        client.sendall(struct.pack(">BHHBB", 21, 0x0303, 2, level, number))
        client.settimeout(2)
        while client.recv(4096):
            pass
        raise OSError("told")
    return shake


def after_hello(act):
    """A ServerHello that is cut off, then act."""
    def shake(client):
        client.recv(4096)
        client.sendall(struct.pack(">BHH", 22, 0x0303, 200) + b"\2\0\0\xc4\3\3" + b"\0" * 60)
        act(client)
        raise OSError("cut")
    return shake


def close_signed_off(client, _request):
    """Half of a body, then a proper close_notify."""
    client.sendall(head("200 OK", "Content-Length: 100") + b"half")
    client.unwrap()


def noise_inside(client, _request):
    """Half of a body, then a record that nobody can decrypt."""
    client.sendall(head("200 OK", "Content-Length: 100") + b"half")
    plain = socket.socket(fileno=os.dup(client.fileno()))
    plain.sendall(struct.pack(">BHH", 23, 0x0303, 64) + b"\0" * 64)
    time.sleep(0.3)
    plain.close()


def reset_inside(client, _request):
    client.sendall(head("200 OK", "Content-Length: 100") + b"half")
    time.sleep(0.05)
    reset(client)


def greetings_without_end(client):
    """HelloRequest over and over, which a client that shakes hands already is to pass over."""
    client.recv(4096)
    while True:
        client.sendall((struct.pack(">BHH", 22, 0x0303, 16000) + bytes(16000)) * 20)


def der(kind, data):
    length = len(data)
    return bytes((kind,)) + (bytes((length,)) if length < 128 else b"\x82" + struct.pack(">H", length)) + data


def dh_group(bits):
    """A file with a modulus of so many bits. Nobody looks whether it is a prime."""
    modulus = ((1 << bits) - 12345).to_bytes(bits // 8, "big")
    text = base64.encodebytes(der(0x30, der(2, b"\0" + modulus) + der(2, b"\2"))).decode()
    return write(f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n", f"dh-{bits}.pem")


class Held(unittest.TestCase):
    """What would keep all other targets waiting."""

    def take(self, wrap, certificate_of, more=""):
        with Raw({"/": answer()}, wrap) as server:
            return probe({"t": f"url = {server.url()}"}, f"ca = {certificate_of.ca}\ntimeout = 10s\nconnect_timeout = 10s\n{more}",
                         {"t": "ok tls_handshake"})["t"]

    def test_greetings_without_end(self):
        found = self.take(greetings_without_end, servers.Authority())
        self.assertEqual((found["class"], found["detail"]),
                         ("tls_handshake", "TLS handshake failed: what comes without end is no part of one"))

    def test_a_key_exchange_that_takes_most_of_a_second(self):
        authority = servers.Authority()
        made = context(*authority.certificate("rsa", kind=RSA), highest=ssl.TLSVersion.TLSv1_2, ciphers="DHE")
        for bits, cls, words in ((3072, "ok", ""), (10000, "tls_handshake", "Diffie-Hellman group has more than 4096 bits")):
            made.load_dh_params(dh_group(bits))
            found = self.take(wrapped(made), authority)
            self.assertEqual(found["class"], cls, found["detail"])
            self.assertIn(words, found["detail"])


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = authority = servers.Authority()
        make = authority.certificate
        good = make("good")
        old_middle = make("oldmiddle", end="20210101000000Z", extensions="basicConstraints = critical,CA:TRUE")
        middle = make("middle", extensions="basicConstraints = critical,CA:TRUE")
        narrow = make("narrow", extensions="basicConstraints = critical,CA:TRUE\nnameConstraints = critical,permitted;DNS:only.test")
        no_authority = make("noauthority")
        page = {"/": answer()}
        cls.servers, cls.wanted, cls.more = {}, {}, {}

        def add(name, wanted, wrap, pages=None, more=""):
            cls.servers[name] = Raw(pages or page, wrap)
            cls.wanted[name], cls.more[name] = wanted, more

        for number in ALERTS:
            add(f"alert-{number}", "tls_handshake", alert(number))
        add("alert-close-notify", "tls_handshake empty_reply", alert(0, 1))
        add("hello-cut", "tls_handshake empty_reply", after_hello(lambda client: None))
        add("hello-reset", "reset tls_handshake", after_hello(reset))
        add("hello-stall", "timeout_tls", after_hello(lambda client: time.sleep(2 * LIMIT_S)))
        add("chain-good", "ok", wrapped(context(*make("a1", issuer=middle), chain=[middle[0]])))
        add("chain-expired-above", "tls_expired", wrapped(context(*make("a2", issuer=old_middle), chain=[old_middle[0]])))
        add("chain-no-authority", "tls_untrusted", wrapped(context(*make("a3", issuer=no_authority), chain=[no_authority[0]])))
        add("chain-narrow", "tls_untrusted", wrapped(context(*make("a4", issuer=narrow), chain=[narrow[0]])))
        add("chain-of-9-more", "ok", wrapped(context(*good, chain=[middle[0]] * 9)))
        add("for-clients-only", "tls_untrusted",
            wrapped(context(*make("a5", extensions="extendedKeyUsage = clientAuth"))))
        add("names-300", "ok", wrapped(context(*make("a6", names=",".join(
            ["IP:127.0.0.1", *[f"DNS:host-{i}.example.test" for i in range(300)]])))))
        add("wildcard-only", "tls_hostname", wrapped(context(*make("a7", names="DNS:*.0.0.1"))))
        add("rsa", "ok", wrapped(context(*make("a8", kind=RSA))))
        add("ed25519", "ok", wrapped(context(*make("a9", kind=("ed25519",)))))
        add("p-521", "ok", wrapped(context(*make("a10", kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-521")))))
        add("tls-1.2-least-1.3", "tls_handshake tls_weak", wrapped(context(*good, highest=ssl.TLSVersion.TLSv1_2)),
            more="tls_min = 1.3")
        add("tls-1.2-only", "ok", wrapped(context(*good, highest=ssl.TLSVersion.TLSv1_2)), more="tls_min = 1.2")
        add("close-signed-off", "truncated", wrapped(context(*good)), {"/": close_signed_off})
        add("reset-inside", "reset", wrapped(context(*good)), {"/": reset_inside})
        add("noise-inside", "protocol truncated reset", wrapped(context(*good, highest=ssl.TLSVersion.TLSv1_2)),
            {"/": noise_inside})
        add("long-ago", "tls_expired", wrapped(context(*make("a11", start="19510101000000Z", end="19520101000000Z"))))
        add("to-9999", "ok", wrapped(context(*make("a12", end="99991231235959Z"))))
        cls.targets = probe({name: f"url = {server.url()}\n{cls.more[name]}" for name, server in cls.servers.items()},
                            f"ca = {authority.ca}\ntimeout = {LIMIT_S}s\nconnect_timeout = {LIMIT_S}s", cls.wanted)

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers.values():
            server.__exit__()

    def test_each_has_its_class(self):
        wrong = [f"{name}: {self.targets[name]['class'] or 'ok'} ({self.targets[name]['detail']}), wanted {wanted}"
                 for name, wanted in self.wanted.items()
                 if (self.targets[name]["class"] or "ok") not in wanted.split()]
        self.assertEqual(wrong, [])

    def test_an_alert_is_told_in_words(self):
        for number, words in {40: "handshake failure", 70: "protocol version", 112: "unrecognized name", 80: "internal error"}.items():
            self.assertIn(words, self.targets[f"alert-{number}"]["detail"])

    def test_an_expired_authority_is_told_as_the_authoritys(self):
        self.assertIn("issuer", self.targets["chain-expired-above"]["detail"])
        self.assertLess(self.targets["chain-expired-above"]["cert"]["chain_days_left"], 0)
        self.assertGreater(self.targets["chain-expired-above"]["cert"]["days_left"], 0)

    def test_facts_are_there_where_a_certificate_was_shown(self):
        for name in ("chain-narrow", "for-clients-only", "long-ago", "wildcard-only", "tls-1.2-only", "close-signed-off"):
            self.assertIsNotNone(self.targets[name]["cert"], name)
        self.assertEqual(self.targets["to-9999"]["cert"]["not_after"], "9999-12-31T23:59:59Z")


tap.main()
