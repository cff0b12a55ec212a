"""Real servers on loopback: nginx, a Flask application, certificates by openssl, and sockets that hang."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import textwrap
import urllib.request

from program import LAB, ROOT, folder, wait_for, write

PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
LOOPBACK = "127.0.0.1"
LAB_PORTS = 300

_next_port = int(os.environ.get("WEBMON_PORTS", "24000"))


def port():
    """A port that nobody listens on, from the range that is ours."""
    global _next_port
    while True:
        number = _next_port
        _next_port += 1
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, number))
                return number
            except OSError:
                continue


_refused = []


def refused_port():
    """A port that refuses, and that nobody can take meanwhile: bound, but nobody listens."""
    while True:
        holder, number = socket.socket(), port()
        try:
            # Without SO_REUSEADDR, or another server could still take it; a port with old connections is no use then.
            holder.bind((LOOPBACK, number))
        except OSError:
            holder.close()
            continue
        _refused.append(holder)
        return number


def listens(number):
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, number)) == 0


def bound(command):
    """The command, bound to our life: it dies with us, however we end."""
    return ["setpriv", "--pdeathsig", "KILL", *command] if shutil.which("setpriv") else list(command)


class Child:
    """A server process: started until it listens, ended by SIGTERM."""

    def __init__(self, command, number, env=None, log=None):
        self.command, self.port, self.env = command, number, env
        self.log = log or os.path.join(folder(), "log")
        self.process = None

    def start(self):
        if self.process:
            return self
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(bound(self.command), env=self.env, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        wait_for(lambda: self.process.poll() is not None or listens(self.port), 20, f"listening {self.command[0]}")
        if self.process.poll() is not None:
            with open(self.log, errors="replace") as log:
                raise AssertionError(f"{self.command[0]} ended: {log.read()[-2000:]}")
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    __enter__ = start

    def __exit__(self, *_):
        self.stop()


FLASK = '''
from flask import Flask

app = Flask(__name__)


@app.route("/")
def hello_world():
    return "<p>Hello, World!</p>"


@app.route("/raise")
def broken():
    raise RuntimeError("the cache at 10.0.0.7 is gone")


@app.route("/whoami")
def whoami():
    from flask import request
    return dict(request.headers), 503
'''


def flask_app(number=None):
    """The tutorial's hello world with a route that raises, run as the tutorial does; in debug mode, so that the
    exception's text is in the answer."""
    number = number or port()
    home = folder()
    write(FLASK, "hello.py", home)
    env = {**os.environ, "PYTHONPATH": home, "FLASK_DEBUG": "1"}
    command = [PYTHON, "-m", "flask", "--app", "hello", "run", "--no-reload", "--port", str(number)]
    return Child(command, number, env)


def nginx(locations, listen="", number=None, head=""):
    """nginx in the foreground with a configuration of its own; `locations` go into its one server."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    number = number or port()
    home = folder()
    os.chmod(home, 0o755)
    config = write(textwrap.dedent(f'''
        daemon off; master_process off; worker_rlimit_nofile 16384; pid {home}/pid; error_log stderr warn;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; keepalive_requests 1000000; server_tokens off;
            client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
            uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
            {head}
            server {{ listen {LOOPBACK}:{number} {listen}; {locations} }}
        }}'''), "nginx.conf", home)
    return Child([program, "-e", "stderr", "-p", home, "-c", config], number)


class Authority:
    """A certificate authority of our own, by the openssl command."""

    def __init__(self):
        self.folder = folder()
        self.ca = os.path.join(self.folder, "ca.pem")
        self._serial = 1
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                      "-subj", "/CN=webmon test authority", "-keyout", self.ca + ".key", "-out", self.ca)

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"openssl {' '.join(arguments)}: {done.stderr}")

    def certificate(self, name, names=f"IP:{LOOPBACK},DNS:localhost", start="20200101000000Z", end="20300101000000Z",
                    self_signed=False, extensions="basicConstraints = CA:FALSE", issuer=None, digest="sha256",
                    kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
        """A certificate with its key: (path of the certificate, path of the key). issuer: such a pair, else the authority."""
        path = os.path.join(self.folder, name)
        self._openssl("req", "-newkey", *kind, "-nodes", "-subj",
                      f"/CN={name}.test", "-keyout", path + ".key", "-out", path + ".csr")
        database = os.path.join(self.folder, name + ".db")
        open(database, "w").close()
        config = write(textwrap.dedent(f'''
            [ca]
            default_ca = own
            [own]
            database = {database}
            new_certs_dir = {self.folder}
            serial = {database}.serial
            default_md = {digest}
            policy = any
            x509_extensions = server
            unique_subject = no
            rand_serial = yes
            [any]
            commonName = supplied
            [server]
            subjectAltName = {names}
            {extensions}
            '''), name + ".cnf", self.folder)
        ca, key = issuer or (self.ca, self.ca + ".key")
        signer = ["-selfsign", "-keyfile", path + ".key"] if self_signed else ["-cert", ca, "-keyfile", key]
        self._openssl("ca", "-batch", "-notext", "-config", config, "-in", path + ".csr", "-out", path + ".pem",
                      "-startdate", start, "-enddate", end, *signer)
        return path + ".pem", path + ".key"


class Hang:
    """A port that takes connections and never answers; the kernel alone takes them."""

    def __init__(self, number=None, backlog=256):
        self.port = number or port()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((LOOPBACK, self.port))
        self.socket.listen(backlog)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class BlackHole(Hang):
    """A port whose queue is full: the SYN is never answered."""

    def __init__(self, number=None):
        super().__init__(number, 0)
        self.fill = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((LOOPBACK, self.port))
            self.fill.append(client)

    def __exit__(self, *_):
        for client in self.fill:
            client.close()
        super().__exit__()


def own_dns():
    """The lab's option for a name server on an address of its own: port 53 is the only one that a resolver asks."""
    number = port()
    return ["--dns", f"127.1.{number >> 8}.{number & 255}"]


def _start_lab(base, arguments):
    """The fault lab on the ports from base on: (process, path of its map). The process has ended where it could not."""
    home = folder()
    ready, log = os.path.join(home, "ready"), os.path.join(home, "log")
    with open(log, "wb") as out:
        command = [PYTHON, os.path.join(LAB, "fault-server"), "--port-base", str(base), "--ready-file", ready,
                   "--state-dir", home, "--lifetime", "900", *arguments]
        child = subprocess.Popen(bound(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=out)
    wait_for(lambda: os.path.exists(ready) or child.poll() is not None, 60, "map of the fault lab")
    if child.poll() is not None:
        with open(log, errors="replace") as text:
            print("# the fault lab ended: " + text.read()[-500:].strip())
    return child, ready


@contextlib.contextmanager
def fault_lab(*arguments):
    """The fault lab: yields its map, with "resolv_conf" where the DNS faults are served."""
    for attempt in range(5):
        # It needs some three hundred ports in a row; one of them may be somebody else's.
        child, ready = _start_lab(port() + attempt * LAB_PORTS, arguments)
        if child.poll() is None:
            break
    else:
        raise AssertionError("the fault lab cannot be started")
    try:
        with open(ready, encoding="utf-8") as text:
            yield json.load(text)
    finally:
        child.terminate()
        child.wait(20)


def fetch(url):
    """A body, by other means than webmon."""
    with urllib.request.urlopen(url, timeout=10) as reply:
        return reply.read()


__all__ = ["Authority", "BlackHole", "Child", "Hang", "LOOPBACK", "PYTHON", "ROOT", "fault_lab", "fetch", "flask_app",
           "listens", "nginx", "own_dns", "port", "refused_port"]
