"""Load, live: a server that answers one at a time is asked by too many; webmon tells of it, and of its end."""

import http.server
import subprocess
import threading
import time
import unittest
import urllib.request

import tap
from program import running, wait_for

WORK_S = 0.02
ASKERS = 14
BASELINE = 60  # checks before the load begins: the detector has learnt after 30


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(WORK_S)
        self.server.count += 1
        body = b"hello"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OneAtATime(http.server.HTTPServer):
    request_queue_size = 64
    count = 0


class Askers:
    """Threads that each ask again as soon as they were answered."""

    def __init__(self, url):
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(url,), daemon=True) for _ in range(ASKERS)]

    def ask(self, url):
        while not self.stop.is_set():
            try:
                urllib.request.urlopen(url, timeout=10).read()
            except OSError:
                pass

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(15)


class Lines:
    """What a program has printed so far."""

    def __init__(self, stream):
        self.text = ""
        self.thread = threading.Thread(target=self.read, args=(stream,), daemon=True)
        self.thread.start()

    def read(self, stream):
        for line in stream:
            self.text += line.decode(errors="replace")


class Load(unittest.TestCase):
    def test_is_told_from_onset_to_calm_and_before_any_failure(self):
        server = OneAtATime(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        try:
            with running("watch", "--plain", "-i", "0.2", url, stdout=subprocess.PIPE) as child:
                told = Lines(child.stdout)
                wait_for(lambda: server.count >= BASELINE, 60, "baseline")
                self.assertNotIn(" LOAD ", told.text)
                with Askers(url):
                    wait_for(lambda: " LOAD " in told.text, 40, lambda: f"event LOAD in {told.text!r}")
                wait_for(lambda: " CALM " in told.text, 40, lambda: f"event CALM in {told.text!r}")
        finally:
            server.shutdown()
            server.server_close()
        self.assertRegex(told.text, r" LOAD \S+ (elevated|saturated): server busy: server time [\d.]+ m?s, usual ")
        self.assertRegex(told.text, r" CALM \S+ after \d+ s, \d+ checks under load: (elevated|saturated), server\n")
        self.assertNotIn(" DOWN ", told.text)

    def test_of_several_targets_of_one_address_is_one_incident(self):
        server = OneAtATime(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        several = [url + name for name in ("cart", "orders", "stock")]
        try:
            with running("watch", "--plain", "-i", "0.3", *several, stdout=subprocess.PIPE) as child:
                told = Lines(child.stdout)
                wait_for(lambda: server.count >= 3 * BASELINE, 60, "baseline")
                with Askers(url):
                    wait_for(lambda: " 3 targets on 127.0.0.1: server " in told.text, 40, lambda: f"one LOAD in {told.text!r}")
                wait_for(lambda: ", 3 targets on 127.0.0.1: " in told.text, 40, lambda: f"one CALM in {told.text!r}")
        finally:
            server.shutdown()
            server.server_close()
        # The first one may have been told of before there were several.
        self.assertLessEqual(told.text.count(": server busy: "), 2, told.text)
        self.assertEqual(told.text.count(" CALM "), 1, told.text)


tap.main()
