"""A web server whose answers a test writes: in this process, on loopback, and it remembers who asked when."""

import http.server
import threading
import time

import servers


class Scripted:
    """answer(path, number of this path's request from 0, headers) returns (status, headers, body)."""

    def __init__(self, answer, number=None, host="127.0.0.1"):
        self.answer, self.host = answer, host
        self.requests = []  # (moment, path), in order
        self._lock = threading.Lock()
        self.port = number or servers.port()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one segment

            def do_GET(self):
                with outer._lock:
                    count = sum(1 for _, path in outer.requests if path == self.path)
                    outer.requests.append((time.monotonic(), self.path))
                status, headers, body = outer.answer(self.path, count, self.headers)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, *_):
                pass

        self._make = lambda: Server((self.host, self.port), Handler)
        self._server = None
        self.start()

    def start(self):
        self._server = self._make()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def moments(self, path):
        with self._lock:
            return [at for at, other in self.requests if other == path]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
