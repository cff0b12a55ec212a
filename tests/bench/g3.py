"""G3: CPU of one fresh HTTPS probe, fully verified against the system's authorities, beside peers that verify or do not."""

import os
import subprocess

from common import address, environment, fleet, folder, goal, servers, title, tool, urls_of, web_server, write
from g1 import Blackbox, curl_us, have_requests, report, requests_us, webmon_us

TARGETS = 250
ADDRESSES = 64      # each stands in the certificate
TURNS = 3
SYSTEM_DIR, SYSTEM_BUNDLE = "/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt"
HEAD = ("ssl_certificate {0}; ssl_certificate_key {1}; ssl_protocols TLSv1.3; ssl_ecdh_curve X25519; "
        "ssl_session_tickets off; ssl_session_cache off;")


class Trust:
    """The system's authorities with one of ours among them: as a hashed folder and as a bundle."""

    def __init__(self, ca):
        self.dir = folder()
        if os.path.isdir(SYSTEM_DIR):
            for name in os.listdir(SYSTEM_DIR):
                if name.endswith(tuple(f".{i}" for i in range(5))):
                    os.symlink(os.path.join(SYSTEM_DIR, name), os.path.join(self.dir, name))
        digest = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", ca], capture_output=True, text=True,
                                check=True).stdout.strip()
        os.symlink(ca, os.path.join(self.dir, f"{digest}.0"))
        system = ""
        if os.path.exists(SYSTEM_BUNDLE):
            with open(SYSTEM_BUNDLE, encoding="utf-8") as file:
                system = file.read()
        with open(ca, encoding="utf-8") as file:
            self.bundle = write(system + file.read(), "bundle.pem")
        self.count = (system.count("BEGIN CERTIFICATE")) + 1
        self.env = environment(SSL_CERT_DIR=self.dir)


def authority():
    own = servers.Authority()
    names = ",".join(f"IP:{address(i)}" for i in range(ADDRESSES))
    return Trust(own.ca), own.certificate("bench", names=names)


def run():
    title(f"G3  fresh HTTPS (TLS 1.3, P-256), {TARGETS} targets, saturated: CPU of the client a probe")
    trust, certificate = authority()
    print(f"  {trust.count} authorities are trusted")
    rows = {key: [] for key in ("webmon", "curl-k", "curl-v", "blackbox", "requests")}
    curl, blackbox = tool("curl"), tool("prometheus-blackbox-exporter") if tool("wrk") else None
    with_requests = have_requests()
    with web_server("ssl", HEAD.format(*certificate), ADDRESSES) as server:
        urls = urls_of(server, TARGETS, "https")
        config = fleet(urls)
        for _ in range(TURNS):
            us, rate, _last = webmon_us(config, TARGETS, 1, 5, trust.env)
            rows["webmon"].append((us, rate))
            if curl:
                rows["curl-k"].append(curl_us(urls, "-k"))
                rows["curl-v"].append(curl_us(urls[:50], "--cacert", trust.bundle))
            if blackbox:
                # Without a ca_file it reads the authorities once: this is the peer at its best.
                with Blackbox(environment(SSL_CERT_FILE=trust.bundle, SSL_CERT_DIR="/nonexistent")) as running:
                    rows["blackbox"].append(running.probe_us(urls))
            if with_requests and len(rows["requests"]) < 2:
                rows["requests"].append(requests_us(urls[:25], trust.bundle))
    ratios = report(rows, {"webmon": "webmon, verified", "curl-k": "curl -Z -k (unverified)",
                           "curl-v": "curl -Z with the bundle (libcurl's defaults)",
                           "blackbox": "blackbox_exporter, verified", "requests": "requests, verified"})
    goal("G3", ratios["curl-k"], 1.15, "CPU a verified probe over curl -Z -k's unverified", "x")
    goal("G3", ratios["blackbox"], 0.8, "CPU a probe over blackbox_exporter's, verified", "x")
    goal("G3", ratios["requests"], 1 / 20, "CPU a probe over requests', verified", "x")
    goal("G3", ratios["curl-v"], 1 / 20, "CPU a probe over libcurl's with its defaults", "x")

