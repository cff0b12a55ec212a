"""A name server of a test's own: every name has the address 127.0.0.1, until the test stops or silences it.

Port 53 of a loopback address: root alone can have it, and webmon has to be run with a resolv.conf of its own, in a mount
namespace of its own.
"""

import os
import shutil
import socket
import struct
import subprocess
import threading

from program import write


def possible():
    """Whether this machine lets us have port 53 and a mount namespace."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def own_address():
    """A loopback address that no other process has while this one runs: two suites may run at once."""
    return f"127.{53 + (os.getpid() >> 16)}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"


class NameServer:
    def __init__(self):
        self.address, self.silent, self._socket, self.asked = own_address(), False, None, 0
        self.conf = write(f"nameserver {self.address}\noptions timeout:1 attempts:1\n", "resolv.conf")
        self.start()

    @property
    def before(self):
        """What stands before a command that is to ask this server."""
        return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', self.conf]

    def start(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self.address, 53))
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), daemon=True)
        self._thread.start()

    def stop(self):
        """From now on the port is closed: questions are refused."""
        if self._socket:
            gone, self._socket = self._socket, None
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wake:
                wake.sendto(b"end", (self.address, 53))
            self._thread.join()
            gone.close()

    def _serve(self, own):
        while True:
            data, client = own.recvfrom(2048)
            if data == b"end":
                return
            self.asked += 1
            if not self.silent and len(data) > 16:
                own.sendto(self._answer(data), client)

    @staticmethod
    def _answer(query):
        end = 12
        while query[end]:
            end += query[end] + 1
        kind = struct.unpack(">H", query[end + 1:end + 3])[0]
        question = query[12:end + 5]
        address = kind == 1 and end > 12
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1 if address else 0, 0, 0)
        return head + question + (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + b"\x7f\0\0\1" if address else b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
