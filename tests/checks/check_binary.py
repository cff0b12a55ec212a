"""The built program: hardened as a program that talks to the network should be, and bound to no library it does not need."""

import os
import re
import stat
import subprocess
import unittest

import tap
from program import WEBMON

LIBRARIES = ("libncursesw libtinfo libcurl libinih libssl libcrypto libjansson libmicrohttpd libidn2 libm libc libpthread"
             " ld-linux-x86-64 ld-linux-aarch64").split()


def readelf(*options):
    return subprocess.run(["readelf", "-W", *options, WEBMON], capture_output=True, text=True, check=True).stdout


class Binary(unittest.TestCase):
    def test_it_is_position_independent(self):
        self.assertRegex(readelf("-h"), r"Type: +DYN")

    def test_relocations_are_read_only_from_the_start(self):
        self.assertIn("GNU_RELRO", readelf("-l"))
        self.assertRegex(readelf("-d"), r"FLAGS_1.*NOW")

    def test_no_stack_is_executable(self):
        self.assertRegex(readelf("-l"), r"GNU_STACK.* RW +0x")
        self.assertNotRegex(readelf("-l"), r"LOAD .* RWE ")

    def test_stack_and_string_functions_are_guarded(self):
        symbols = readelf("--dyn-syms")
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__\w+_chk\b.*")

    def test_it_looks_for_libraries_where_the_system_does(self):
        self.assertNotRegex(readelf("-d"), r"R(UN)?PATH")

    def test_it_needs_the_libraries_that_are_told_and_no_other(self):
        needed = re.findall(r"NEEDED.*\[(.+?)\.so", readelf("-d"))
        self.assertEqual([name for name in needed if name not in LIBRARIES], [])

    def test_it_asks_for_no_privilege(self):
        self.assertEqual(os.stat(WEBMON).st_mode & (stat.S_ISUID | stat.S_ISGID), 0)


tap.main()
