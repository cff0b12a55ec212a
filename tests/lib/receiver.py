"""A receiver of webhooks on loopback, which can be away, refuse, hang and flood."""

import http.server
import json
import threading
import time

from servers import LOOPBACK, port


class Receiver:
    """Keeps what is posted. `answer(number)` gives the status of the answer to the number-th request, from 1."""

    def __init__(self, answer=lambda number: 204, number=None):
        self.port = number or port()
        self.url = f"http://{LOOPBACK}:{self.port}/hook/very-secret-path"
        self.answer = answer
        self.requests = []  # (status given, headers, body)
        self.flood = 0
        self.hang = 0
        self.server = None

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answer(len(receiver.requests) + 1)
                receiver.requests.append((status, dict(self.headers), body.decode()))
                time.sleep(receiver.hang)
                try:
                    self.send_response(status)
                    self.end_headers()
                    for _ in range(receiver.flood):
                        self.wfile.write(b"x" * 65536)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server((LOOPBACK, self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    def taken(self):
        """The messages that were taken, as objects."""
        return [json.loads(body) for status, _, body in self.requests if 200 <= status < 300]

    def events(self):
        """All events of all messages, in order: (event, target); of a message that came twice, as its id tells, once."""
        messages = {message.get("id", number): message for number, message in enumerate(self.taken())}
        return [(event["event"], event["target"]) for message in messages.values() for event in message["events"]]
