"""A real sshd on loopback, with keys that live as long as the test."""

import getpass
import os
import shutil
import subprocess
import unittest

import servers
from program import folder, write


class Sshd:
    """home: its folder; ssh: the command that logs in. Skips the test where nobody can log in."""

    def __init__(self):
        program = shutil.which("sshd") or "/usr/sbin/sshd"
        if not os.path.exists(program) or not shutil.which("ssh"):
            raise unittest.SkipTest("no sshd or ssh here")
        home = self.home = folder()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(home, name)], check=True)
        shutil.copy(os.path.join(home, "user.pub"), os.path.join(home, "authorized"))
        number = servers.port()
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        config = write(f"ListenAddress 127.0.0.1:{number}\nHostKey {home}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
                       f"AuthorizedKeysFile {home}/authorized\nPasswordAuthentication no\nPermitRootLogin yes\n"
                       "AcceptEnv LANG\nPrintMotd no\nPrintLastLog no\n", "sshd_config", home)
        self.server = servers.Child([program, "-D", "-e", "-f", config], number).start()
        self.ssh = ["ssh", "-F", "/dev/null", "-tt", "-i", f"{home}/user", "-p", str(number), "-o", "BatchMode=yes",
                    "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                    "-o", "SendEnv=LANG", f"{getpass.getuser()}@127.0.0.1"]
        done = subprocess.run([*self.ssh, "true"], capture_output=True, timeout=30, stdin=subprocess.DEVNULL,
                              check=False)
        if done.returncode:
            self.server.stop()
            raise unittest.SkipTest("nobody can log in here: " + done.stderr.decode(errors="replace")[-200:])

    def stop(self):
        self.server.stop()
