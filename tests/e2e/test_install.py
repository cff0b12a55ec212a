"""make install, make uninstall and make deb, as a packager and an administrator use them; nothing leaves a folder of ours."""

import glob
import os
import re
import shutil
import subprocess
import unittest

import tap
from program import ROOT, environment, folder

BUILD = os.environ.get("WEBMON_BUILD", "build")


def make(*arguments):
    env = {k: v for k, v in environment(LC_ALL="C.UTF-8").items() if not k.startswith("MAKE")}
    done = subprocess.run(["make", "-s", f"BUILD={BUILD}", *arguments], cwd=ROOT, env=env, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=500, check=False)
    if done.returncode:
        raise AssertionError(f"make {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def files(root):
    return sorted(os.path.relpath(os.path.join(at, name), root) for at, _, names in os.walk(root) for name in names)


def run(*command, **more):
    return subprocess.run(command, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120, check=False, **more)


@unittest.skipIf(BUILD != "build", "what is installed is the plain build")
class Install(unittest.TestCase):
    def test_everything_goes_where_the_system_looks_and_away_again(self):
        root = folder()
        make("install", f"DESTDIR={root}")
        found = files(root)
        for wanted in ("usr/local/bin/webmon", "usr/local/share/man/man1/webmon.1", "usr/local/share/man/man5/webmon.ini.5",
                       "usr/local/share/man/man7/webmon-fleet.7", "usr/local/share/bash-completion/completions/webmon",
                       "usr/local/share/zsh/site-functions/_webmon", "usr/local/share/fish/vendor_completions.d/webmon.fish",
                       "usr/local/lib/systemd/system/webmon.service", "usr/local/lib/sysusers.d/webmon.conf",
                       "etc/logrotate.d/webmon", "usr/local/share/webmon/themes/dark.ini", "usr/local/share/doc/webmon/README.md"):
            self.assertIn(wanted, found)
        with open(os.path.join(root, "usr/local/lib/systemd/system/webmon.service"), encoding="utf-8") as unit:
            self.assertIn("ExecStart=/usr/local/bin/webmon record", unit.read())
        self.assertRegex(run(os.path.join(root, "usr/local/bin/webmon"), "-V").stdout, r"^webmon \d")
        self.assertEqual(os.stat(os.path.join(root, "usr/local/bin/webmon")).st_mode & 0o7777, 0o755)
        make("uninstall", f"DESTDIR={root}")
        self.assertEqual(files(root), [])


@unittest.skipIf(BUILD != "build", "what is packed is the plain build")
@unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "no dpkg-dev here")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make("deb")
        cls.deb = max(glob.glob(os.path.join(ROOT, BUILD, "webmon_*.deb")), key=os.path.getmtime)

    def test_its_program_runs_and_its_dependencies_are_the_libraries_it_uses(self):
        root = folder()
        self.assertEqual(run("dpkg-deb", "-x", self.deb, root).returncode, 0)
        self.assertRegex(run(os.path.join(root, "usr/bin/webmon"), "-V").stdout, r"^webmon \d")
        depends = run("dpkg-deb", "-f", self.deb, "Depends").stdout
        for library in ("libcurl4", "libncursesw6", "libjansson4", "libinih1", "libssl3", "libmicrohttpd12"):
            self.assertRegex(depends, rf"\b{library}\b")
        self.assertNotRegex(depends, "dev|cmocka")

    def test_the_same_sources_make_the_same_package(self):
        with open(self.deb, "rb") as file:
            before = file.read()
        make("deb")
        with open(self.deb, "rb") as file:
            self.assertEqual(file.read() == before, True, "two packages differ")

    def test_lintian_has_no_complaint(self):
        if not shutil.which("lintian"):
            self.skipTest("no lintian here")
        done = run("lintian", "--allow-root", "--fail-on", "error,warning", self.deb)
        self.assertEqual((done.returncode, re.findall(r"(?m)^[EW]: .*", done.stdout)), (0, []), done.stderr)

    def test_it_is_installed_removed_and_purged(self):
        if os.geteuid() != 0:
            self.skipTest("dpkg --root takes root")
        root = folder()
        os.makedirs(os.path.join(root, "var/lib/dpkg/info"))
        os.makedirs(os.path.join(root, "var/lib/dpkg/updates"))
        for name in ("status", "available"):
            open(os.path.join(root, "var/lib/dpkg", name), "w", encoding="ascii").close()
        dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless", "--log=/dev/null"]
        done = run(*dpkg, "-i", self.deb)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(os.path.exists(os.path.join(root, "usr/bin/webmon")))
        if shutil.which("systemd-sysusers"):
            with open(os.path.join(root, "etc/passwd"), encoding="ascii") as passwd:
                self.assertIn("webmon:", passwd.read())
        os.makedirs(os.path.join(root, "var/lib/webmon"))
        done = run(*dpkg, "-r", "webmon")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([path for path in files(root) if "webmon" in path and "dpkg" not in path], ["etc/logrotate.d/webmon"],
                         "a configuration file stays until it is purged")
        self.assertTrue(os.path.isdir(os.path.join(root, "var/lib/webmon")), "what was recorded stays too")
        done = run(*dpkg, "-P", "webmon")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([path for path in files(root) if "webmon" in path], [])
        self.assertFalse(os.path.exists(os.path.join(root, "var/lib/webmon")))


tap.main()
