"""Mistakes in the configuration: told with file, line and what was expected; all of them; nothing half-applied."""

import json
import os
import pty
import re
import subprocess
import unittest

import tap
from program import ROOT, WEBMON, environment, folder, run, write

# What is written; the line of the mistake; what the message must say.
MISTAKES = {
    "unknown_key_names_the_nearest": ("[target a]\nurl = http://a/\nintervall = 5s\n", 3, r"intervall.*interval\b"),
    "unknown_program_key": ("[webmon]\nhistroy = x\n[target a]\nurl = http://a/\n", 2, r"histroy.*history"),
    "unknown_section_names_the_nearest": ("[targget a]\nurl = http://a/\n", 1, r"targget.*target"),
    "a_duration_that_is_none": ("[target a]\nurl = http://a/\ninterval = soon\n", 3, r"interval.*soon|soon.*interval"),
    "a_duration_out_of_range": ("[target a]\nurl = http://a/\ntimeout = 900d\n", 3, r"timeout"),
    "a_number_that_is_none": ("[webmon]\nconcurrency = many\n[target a]\nurl = http://a/\n", 2, r"concurrency"),
    "a_size_that_is_none": ("[target a]\nurl = http://a/\nmax_bytes = 1x\n", 3, r"max_bytes"),
    "a_choice_that_is_none": ("[target a]\nurl = http://a/\nip = 5\n", 3, r"ip.*auto.*4.*6|auto.*4.*6.*ip"),
    "a_yes_or_no_that_is_neither": ("[target a]\nurl = http://a/\nverify = maybe\n", 3, r"verify"),
    "statuses_that_are_none": ("[target a]\nurl = http://a/\nexpect_status = 200-\n", 3, r"expect_status"),
    "a_rule_that_is_none": ("[target a]\nurl = http://a/\ndown_after = 5/3\n", 3, r"down_after"),
    "a_regular_expression_that_is_none": ("[target a]\nurl = http://a/\nexpect_body = ~ (unclosed\n", 3, r"expect_body"),
    "a_target_without_url": ("[target a]\ninterval = 5s\n", 1, r"url"),
    "a_url_of_a_foreign_scheme": ("[target a]\nurl = gopher://a/\n", 2, r"gopher|scheme|http"),
    "a_url_without_host": ("[target a]\nurl = http:///x\n", 2, r"url|host"),
    "a_target_twice": ("[target a]\nurl = http://a/\n[target a]\nurl = http://b/\n", 3, r"a\b"),
    "a_key_outside_any_section": ("interval = 5s\n[target a]\nurl = http://a/\n", 1, r"interval|section"),
    "a_line_that_is_neither": ("[target a]\nurl = http://a/\nthis is nothing\n", 3, r"."),
    "a_section_not_closed": ("[target a\nurl = http://a/\n", 1, r"."),
    "a_line_that_libinih_would_cut": ("[target a]\nurl = http://a/" + "x" * 300 + "\n", 2, r"long|bytes|198"),
    "a_section_name_that_libinih_would_cut": (f"[target {'n' * 60}]\nurl = http://a/\n", 1, r"long|name|48"),
    "a_variable_that_is_not_set": ("[target a]\nurl = http://a/\nbearer = ${WEBMON_TEST_UNSET}\n", 3,
                                   r"WEBMON_TEST_UNSET"),
    "a_secret_file_that_is_not_there": ("[target a]\nurl = http://a/\nbearer = @/no/such/secret\n", 3,
                                        r"/no/such/secret"),
    "a_header_without_name": ("[target a]\nurl = http://a/\nheader = nonsense\n", 3, r"header"),
    "a_nul_byte": ("[target a]\nurl = http://a/\0x\n", 2, r"."),
    "an_escape": ("[target a]\nurl = http://a/\nname = \x1b[2J\n", 3, r"."),
}


def path_of_file(base):
    path = os.path.join(base, "file")
    with open(path, "w", encoding="ascii"):
        return path


class Mistakes(unittest.TestCase):
    def check(self, text, name="test.ini", **env):
        path = write("", name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return run("check", "-c", path, env=environment(**env)), path

    def test_each_is_told_with_file_and_line(self):
        for name, (text, line, words) in MISTAKES.items():
            with self.subTest(name):
                done, path = self.check(text)
                self.assertEqual(done.returncode, 3, f"accepted:\n{text}\n{done.stdout}")
                told = [m for m in done.stderr.splitlines() if re.search(rf"{re.escape(os.path.basename(path))}:{line}: ", m)]
                self.assertTrue(told, f"no message for line {line}: {done.stderr!r}")
                self.assertRegex(" ".join(told), words)
                self.assertNotRegex(done.stderr, r"[\x00-\x08\x0b-\x1f\x7f]")

    def test_all_of_a_file_are_told_at_once(self):
        done, _ = self.check("[target a]\nurl = http://a/\nintervall = 5s\ntimeout = never\n[target b]\nmethd = GET\n")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(list(dict.fromkeys(map(int, re.findall(r"\.ini:(\d+): ", done.stderr)))), [3, 4, 5, 6], "in their order")

    def test_invalid_utf_8_is_refused(self):
        done, path = self.check(b"[target a]\nurl = http://a/\nname = \xff\xfe\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"{os.path.basename(path)}:3: ", done.stderr)

    def test_a_file_that_cannot_be_read(self):
        where = folder()
        done = run("check", "-c", os.path.join(where, "none.ini"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("none.ini", done.stderr)
        done = run("check", "-c", where)
        self.assertEqual(done.returncode, 3, "a folder is no configuration")

    def test_nothing_to_watch_says_what_to_do(self):
        done = run("check", cwd=folder(), env=environment(HOME="/nonexistent"))
        if os.path.exists("/etc/webmon/webmon.ini"):
            self.skipTest("this machine has a configuration in /etc")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"webmon\.ini|URL|url")

    def test_a_secret_is_never_in_a_message(self):
        head = "[target a]\nurl = http://a/\n"
        for text, status in ((head + "bearer = ${TOKEN}\ninterval = ${TOKEN}\n", 3),
                             (head + "expect_json = .token = ${TOKEN}\n", 3),
                             (head + "maintenance = ${TOKEN}\n", 3),
                             (head + "[webmon]\nwitness = ftp://${TOKEN}/\n", 3),
                             (head + "[webmon]\ntheme = ${TOKEN}\n[view.1]\nsort = ${TOKEN}\n", 0)):
            with self.subTest(text):
                done, _ = self.check(text, TOKEN="s3cret-canary")
                self.assertEqual(done.returncode, status)
                self.assertTrue(done.stderr)
                self.assertNotIn("s3cret-canary", done.stderr + done.stdout)


class Good(unittest.TestCase):
    def test_the_sample_is_valid(self):
        done = run("check", "-c", os.path.join(ROOT, "webmon.ini"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "", "a sample that warns is no sample")
        self.assertIn("localhost:5000", done.stdout)

    def test_check_prints_what_is_in_force_and_hides_secrets(self):
        path = write("[defaults]\ninterval = 7s\n[target a]\nurl = http://me:hidden-canary@a.test/?token=t0ken-canary\n"
                     "timeout = 3s\nbearer = ${TOKEN}\n")
        done = run("check", "-c", path, env=environment(TOKEN="s3cret-canary"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"interval.*7 ?s")
        self.assertRegex(done.stdout, r"timeout.*3 ?s")
        self.assertRegex(done.stdout, r"memory")
        for secret in ("hidden-canary", "t0ken-canary", "s3cret-canary"):
            self.assertNotIn(secret, done.stdout)

    def test_check_tells_what_the_dashboard_would_of_keys_views_and_themes(self):
        path = write("[webmon]\ntheme = no-such\n[target a]\nurl = http://a.test/\n[keys]\nquitt = x\n[view.1]\nsort = no-such\n")
        done = run("check", "-c", path)
        self.assertEqual(done.returncode, 0, "the dashboard does with what is left")
        self.assertRegex(done.stderr, r"(?m)^/\S+:2: warning: no theme 'no-such'; there are .*default")
        self.assertRegex(done.stderr, r":6: warning: .*'quitt', did you mean 'quit'")
        self.assertRegex(done.stderr, r":7: warning: \[view\.1\]: 'no-such' is no column to sort by; there are state, ")

    def test_a_theme_beside_the_file_is_found_and_its_mistakes_are_told_with_their_place(self):
        path = write("[webmon]\ntheme = mine.ini\n[target a]\nurl = http://a.test/\n")
        write("[state]\nup = red\nthis is no entry\n", "mine.ini", os.path.dirname(path))
        done = run("check", "-c", path)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"^/\S+/mine\.ini:3: warning: the line is no \[section\][^\n]*\n$")
        done = run("check", "-c", path, "--theme", "no-such")
        self.assertRegex(done.stderr, r"^webmon: warning: no theme 'no-such'")

    def test_check_tells_those_also_where_a_value_is_wrong(self):
        path = write("[target a]\nurl = http://a.test/\ntimeout = zz\n[target b]\n[webmon]\nlog = /none/x/y\ntheme = no-such\n"
                     "[keys]\nquitt = x\n[view.1]\nsort = no-such\n")
        done = run("check", "-c", path)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        for said in (r":3: timeout must be", r":4: \[target b\] has no url", r":6: log: /none/x/y lies in a folder",
                     r"no theme 'no-such'", r":9: warning: .*'quitt'", r":10: warning: \[view\.1\]"):
            self.assertRegex(done.stderr, said)
        done = run("check", "-c", os.path.join(folder(), "none.ini"))
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (3, "", 1))

    def test_check_tells_of_files_that_cannot_be_written(self):
        base = folder()
        path = write(f"[webmon]\nlog = {base}\nhistory = {path_of_file(base)}/below\nmetrics_file = {base}/none/m\n"
                     "[target a]\nurl = http://a.test/\n")
        done = run("check", "-c", path)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertRegex(done.stderr, r":2: log: \S+ is a folder; a file was expected")
        self.assertRegex(done.stderr, r":3: history: \S+/below lies in what is no folder")
        self.assertRegex(done.stderr, r":4: warning: metrics_file: \S+ lies in a folder that does not exist")
        fine = write(f"[webmon]\nlog = {base}/w.log\nhistory = {base}/made/as/needed/h\n[target a]\nurl = http://a.test/\n")
        done = run("check", "-c", fine)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(os.path.exists(f"{base}/made"), "a check makes nothing")
        done = run("check", "-c", fine, "--log", f"{base}/none/w.log")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"^webmon: log: \S+ lies in a folder that does not exist")

    def test_long_values_go_on_in_indented_lines(self):
        path = write("[target a]\nurl = http://a.test/\nexpect_status = 200,\n    201,\n    204\n")
        done = run("check", "-c", path)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_files_are_looked_for_in_the_documented_order(self):
        where, xdg = folder(), folder()
        os.makedirs(os.path.join(xdg, "webmon"))
        text = "[target {0}]\nurl = http://{0}.test/\n"
        named = write(text.format("of-variable"), "named.ini")
        write(text.format("of-xdg"), "webmon.ini", os.path.join(xdg, "webmon"))
        done = run("check", cwd=where, env=environment(XDG_CONFIG_HOME=xdg))
        self.assertIn("of-xdg", done.stdout)
        write(text.format("of-here"), "webmon.ini", where)
        done = run("check", cwd=where, env=environment(XDG_CONFIG_HOME=xdg))
        self.assertIn("of-here", done.stdout)
        done = run("check", cwd=where, env=environment(XDG_CONFIG_HOME=xdg, WEBMON_CONFIG=named))
        self.assertIn("of-variable", done.stdout)


class CommandLine(unittest.TestCase):
    def test_an_unknown_option_names_the_nearest(self):
        done = run("snapshot", "--formatt", "json")
        self.assertEqual(done.returncode, 3)
        self.assertIn("--format", done.stderr)

    def test_an_option_that_is_refused_is_named_wherever_it_stands(self):
        for words, said in ((("snapshot", "-zq", "http://a.test/"), "unknown option '-z' (webmon --help lists all)"),
                            (("record", "-xc", "f"), "unknown option '-x' (webmon --help lists all)"),
                            (("snapshot", "-qz"), "unknown option '-z' (webmon --help lists all)"),
                            (("check", "-qc"), "-c needs a value"),
                            (("check", "--config"), "--config needs a value"),
                            (("check", "--ascii=yes"), "--ascii takes no value"),
                            (("--headerr=Authorization: s3cret-canary",),
                             "unknown option '--headerr', did you mean '--header'? (webmon --help lists all)")):
            with self.subTest(words):
                done = run(*words)
                self.assertEqual((done.returncode, done.stderr), (3, f"webmon: {said}\n"))

    def test_an_unknown_target_is_told(self):
        path = write("[target api]\nurl = http://a.test/\n")
        done = run("snapshot", "-c", path, "apj")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"apj.*api")

    def test_a_mistyped_command_names_the_nearest_where_no_target_is_nearer(self):
        path = write("[target snapshop]\nurl = http://a.test/\n")
        for words, said in ((("snapsot",), "did you mean the command 'webmon snapshot'?"),
                            (("wach", "http://a.test/"), "did you mean the command 'webmon watch'?"),
                            (("snapsot", "-c", path), "did you mean 'snapshop'?"),
                            (("snapshot", "snapsot"), "there is no target 'snapsot', as there is no configuration file")):
            done = run(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(said, done.stderr)

    def test_an_option_that_a_mode_would_pass_over_is_refused(self):
        for words, option in ((("snapshot", "--trace", "x"), "--trace"), (("record", "-n", "3"), "--rounds"),
                              (("check", "-f", "json"), "--format"), (("view", "--port", "1"), "--port"),
                              (("view", "x", "--shard", "1/2"), "--shard")):
            done = run(*words, "--ascii")
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(f"does not know {option}", done.stderr)
        done = run("snapshot", "--from", "x", "--shard", "1/2")
        self.assertEqual(done.returncode, 3)
        self.assertIn("--shard chooses among a configuration's targets", done.stderr)

    def test_a_dashboard_refuses_what_is_of_snapshots_alone(self):
        path = write("[target a]\nurl = http://127.0.0.1:9/\n")
        for words, option in ((("-f", "json"), "--format"), (("-n", "2"), "--rounds"), (("--diff", path), "--diff"),
                              (("--evidence",), "--evidence"), (("-q",), "--quiet"), (("--from", path), "--from"),
                              (("watch", "-f", "json"), "--format"), (("demo", "-n", "2"), "--rounds"),
                              (("demo", "--from", path), "--from")):
            with self.subTest(words):
                master, slave = pty.openpty()
                self.addCleanup(os.close, master)
                done = subprocess.run([WEBMON, *words, "-c", path], stdin=slave, stdout=slave, stderr=subprocess.PIPE, text=True,
                                      env=environment(TERM="xterm"), timeout=20, check=False)
                os.close(slave)
                self.assertEqual(done.returncode, 3)
                self.assertRegex(done.stderr, rf"^webmon: 'webmon (watch|demo)' does not know {option} \(snapshot[:,] .*\)\n$")

    def test_without_a_terminal_watch_is_a_snapshot_with_all_of_its_options(self):
        path = write("[target a]\nurl = http://127.0.0.1:9/\n")
        first = run("-c", path, "-f", "json")
        self.assertEqual((first.returncode, json.loads(first.stdout)["summary"]["targets"]), (2, 1))
        before = write(first.stdout, "before.json")
        self.assertEqual(run("-c", path, "--diff", before).stdout, run("snapshot", "-c", path, "--diff", before).stdout)
        self.assertEqual(run("-c", path, "-q").stdout, "")
        done = run("--from", os.path.join(folder(), "none"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("/none", done.stderr)

    def test_a_number_that_is_refused_is_told_both_limits(self):
        for words, said in ((("snapshot", "-n", "0"), "--rounds must be a whole number between 1 and 1000000; got '0'"),
                            (("demo", "--port", "65536"), "--port must be a whole number between 0 and 65535;")):
            done = run(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(said, done.stderr)

    def test_help_and_version_end_well(self):
        for word in ("--help", "--version", "--options", "--keys", "--classes", "--list-themes"):
            with self.subTest(word):
                done = run(word)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout)


tap.main()
