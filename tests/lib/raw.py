"""A server that says exactly the bytes that a test wants to be said: one port, a function for each path."""

import socket
import struct
import threading
import time

from program import by_name, snapshot
from servers import LOOPBACK, port


def head(status="200 OK", *headers, version="1.1"):
    """A status line and headers, closed by the empty line."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/{version} {status}", *headers, "")).encode("latin-1")


def answer(body=b"ok\n", status="200 OK", *headers):
    return head(status, f"Content-Length: {len(body)}", *headers) + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def reset(client):
    """Ends a connection with RST."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def then_reset(data):
    """Says this, and once it is under way resets the connection."""
    def say(client, _request):
        client.sendall(data)
        time.sleep(0.05)
        reset(client)
    return say


def read_head(client):
    """A request up to its empty line; b"" where there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            return b""
        data += more
    return data


def probe(sections, defaults, wanted):
    """name: what the snapshot says of each target, a section of the configuration each. Those that got none of the classes that
    are wanted ("ok timeout_body") are given a second chance by themselves: with all of them at once on a busy machine some
    server may have been too slow. What is wrong will be so again."""
    found = {}
    for names in (list(sections), None):
        if names is None:
            names = [name for name, target in found.items() if target["class"] not in wanted[name].split()]
        for some in ([names] if not found else [[name] for name in names]):
            document, _ = snapshot(f"[defaults]\ndown_after = 1\n{defaults}\n" + "".join(
                f"[target {name}]\n{sections[name]}\n" for name in some), "--evidence")
            found |= by_name(document)
    return found


class Raw:
    """pages: path to bytes, or to a function of the socket and the request's head. The connection is closed after it."""

    def __init__(self, pages, wrap=None, family=socket.AF_INET):
        self.pages, self.wrap = pages, wrap
        self.requests, self.ending = [], threading.Event()
        self.listener = socket.create_server((LOOPBACK if family == socket.AF_INET else "::1", port()), family=family,
                                             backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            if self.wrap:
                client = self.wrap(client)
            request = read_head(client)
            self.requests.append(request)
            page = self.pages.get(request.split(b" ")[1].decode() if request else "", b"")
            if callable(page):
                page(client, request)
            else:
                client.sendall(page)
        except OSError:
            pass
        finally:
            client.close()

    def url(self, path="/", host=LOOPBACK):
        return f"http{'s' if self.wrap else ''}://{host}:{self.port}{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.listener.close()
