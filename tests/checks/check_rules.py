"""House rules that a search can see."""

import re
import unittest

import source
import tap

BANNED = "strcpy strcat sprintf vsprintf gets atoi atol strtok strncpy system popen alloca tmpnam"
LONG_FILE = 500
TOO_LONG_FILE = 600


class Rules(unittest.TestCase):
    def test_no_banned_function_is_called(self):
        self.assertEqual(source.find(r"\b(" + BANNED.replace(" ", "|") + r")\s*\("), [])

    def test_only_main_and_fatal_end_the_process(self):
        places = source.find(r"\b(exit|_exit|_Exit|abort)\s*\(")
        self.assertEqual([p for p in places if not re.match(r"src/(main|base/mem)\.c:", p)], [])

    def test_no_struct_hides_behind_a_typedef(self):
        self.assertEqual(source.find(r"\btypedef\s+(struct|union|enum)\b"), [])

    def test_nothing_is_left_to_do(self):
        wrong = [f"{path}: {m[0]}" for path in source.files("include", "src", "tests") if not path.startswith("tests/lab")
                 for m in re.finditer(r"\b(TODO|FIXME|XXX)\b", source.text(path))]
        self.assertEqual(wrong, [])

    def test_every_file_says_what_it_is(self):
        wrong = [path for path in source.files()
                 if not re.match(r"(#ifndef \w+\n#define \w+\n)?\s*/\*", source.text(path))]
        self.assertEqual(wrong, [])

    def test_tests_wait_for_what_they_expect_and_do_not_sleep(self):
        self.assertEqual(source.find(r"\b(sleep|usleep|nanosleep|thrd_sleep)\s*\(", source.files("tests/unit")), [])

    def test_files_are_of_a_size_to_read(self):
        long = [(source.text(p).count("\n"), p) for p in source.files()]
        for lines, path in sorted(long, reverse=True):
            if lines > LONG_FILE:
                tap.figure(f"{path} has {lines} lines: two responsibilities?")
            self.assertLess(lines, TOO_LONG_FILE, path)


tap.main()
