"""The whole program in a terminal: what a person sees, and what the keys do."""

import re
import subprocess
import unittest

import servers
import tap
from program import WEBMON, run, write
from screen import Screen


class Fleet:
    """A few targets on a real server: some well, one refused, one that answers 503."""

    server = None

    @classmethod
    def start(cls):
        cls.server = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
        refused = servers.refused_port()
        base = f"http://127.0.0.1:{cls.server.port}"
        well = "".join(f"[target well-{i:02}]\nurl = {base}/{i}\n" for i in range(20))
        cls.config = write("[defaults]\ninterval = 500ms\n" + well
                           + f"[target sorry]\nurl = {base}/no\n[target gone]\nurl = http://127.0.0.1:{refused}/\n",
                           "fleet.ini")

    @classmethod
    def stop(cls):
        cls.server.stop()


def setUpModule():
    Fleet.start()


def tearDownModule():
    Fleet.stop()


def webmon(**options):
    return Screen(WEBMON, "-c", Fleet.config, **options)


class Dashboard(unittest.TestCase):
    def settled(self, screen):
        """Waits until all has been probed and trouble stands on top."""
        screen.expect("2 DOWN")
        screen.match(r"20 up")
        return screen

    def selected(self, screen):
        """The name on the row of the parked cursor."""
        line = screen.terminal.text()[screen.terminal.cursor.y]
        found = re.search(r"(well-\d\d|sorry|gone)", line)
        return found and found[1]

    def test_first_screen_has_verdict_table_errors_and_keys(self):
        with webmon() as screen:
            self.settled(screen)
            for text in ("webmon", "22 targets", "target", "result", "sorry", "503", "gone", "REFUSED", "well-00", "errors",
                         "? help", "q quit", "fleet.ini"):
                screen.expect(text)
            lines = screen.terminal.text()
            first = {name: next(i for i, line in enumerate(lines) if name in line) for name in ("sorry", "gone", "well-00")}
            self.assertLess(max(first["sorry"], first["gone"]), first["well-00"], "trouble stands first")
            self.assertTrue(screen.terminal.alternate)
            self.assertEqual(dict(screen.terminal.unknown), {}, "sequences that no terminal knows")

    def test_selection_moves_and_follows_the_target(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("G")
            screen.wait(lambda: self.selected(screen) == "well-19", "the last target was never selected")
            screen.keys("k up")
            screen.wait(lambda: self.selected(screen) == "well-17", "two up never came to well-17")
            screen.keys("j down")
            screen.wait(lambda: self.selected(screen) == "well-19", "two down never came to well-19")
            screen.keys("g")
            screen.wait(lambda: self.selected(screen) in ("sorry", "gone"), "the first target was never selected")

    def test_filter_as_you_type(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("/")
            screen.type("well-1")
            screen.gone("well-05")
            screen.expect("well-13")
            screen.type("3")
            screen.gone("well-12")
            screen.expect("well-13")
            screen.keys("esc")
            screen.expect("well-05")

    def test_a_filter_is_text_and_no_command(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("/")
            screen.type("qqq")
            screen.gone("well-05")
            self.assertTrue(screen.program.alive())
            screen.keys("esc")
            screen.expect("well-05")

    def test_drill_down_and_back(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("/")
            screen.type("sorry")
            screen.gone("well-05")
            screen.keys("enter")
            screen.keys("enter")
            for text in ("latency", "503", "sorry"):
                screen.expect(text)
            screen.match(r"http://127\.0\.0\.1:\d+/no")
            screen.keys("esc")
            screen.expect("errors")

    def test_the_list_of_themes_shows_each_in_its_colours(self):
        with Screen(WEBMON, "--list-themes", size=(110, 20)) as screen:
            screen.expect("okabe")
            screen.expect("selected")
            colours = {cell.fg for line in screen.terminal.buffer.values() for cell in line.values()}
            self.assertGreater(len(colours), 20)
        done = subprocess.run([WEBMON, "--list-themes"], capture_output=True, text=True, check=True, timeout=20)
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()],
                         sorted(line.split()[0] for line in done.stdout.splitlines()))

    def test_another_server_version_is_marked_on_the_chart(self):
        number = servers.port()
        config = write(f"[defaults]\ninterval = 250ms\n[target moving]\nurl = http://127.0.0.1:{number}/\n", "moving.ini")
        old = servers.nginx('location / { return 200 "old"; }', number=number)
        new = servers.nginx('server_tokens on; location / { return 200 "new"; }', number=number)
        with old, Screen(WEBMON, "-c", config) as screen:
            screen.expect("all up")
            screen.keys("enter")
            screen.match(r"\d+ checks in 1 h")
            old.stop()
            with new:
                screen.match(r"server.*nginx/\d.*◇|◇ server.*nginx/\d", 20)
                screen.keys("v v v z")
                screen.expect("linear")

    def test_help_opens_and_any_key_closes(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("?")
            screen.expect("webmon help")
            screen.keys("x")
            screen.gone("webmon help")
            screen.keys("f1")
            screen.expect("webmon help")
            screen.keys("esc")
            screen.gone("webmon help")
            self.assertTrue(screen.program.alive())

    def test_pause_and_resume(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("P")
            screen.match(r"22 paused")
            screen.keys("P")
            self.settled(screen)

    def test_freeze_says_so(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("Z")
            screen.expect("FROZEN")
            screen.keys("Z")
            screen.gone("FROZEN")

    def test_errors_full_screen(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("e")
            screen.match(r"webmon . errors")
            screen.expect("REFUSED")
            screen.keys("esc")
            screen.expect("well-00")

    def test_theme_switch_goes_round(self):
        with webmon() as screen:
            self.settled(screen)
            names = [line.split()[0] for line in run("--list-themes").stdout.splitlines()]
            self.assertGreater(len(names), 2)
            first = names.index("default") + 1
            for name in names[first:] + names[:first]:
                screen.keys("T")
                screen.expect(f"theme {name}")
            self.settled(screen)

    def test_selected_row_opens_by_q_and_quits_at_the_top(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("enter")
            screen.expect("latency")
            screen.keys("q")
            screen.gone("latency")
            self.assertTrue(screen.program.alive())
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)

    def test_quit_can_leave_the_last_picture(self):
        with webmon() as screen:
            self.settled(screen)
            screen.keys("Q")
            self.assertEqual(screen.wait_end(), 0)
            self.assertFalse(screen.terminal.alternate)
            self.assertEqual(screen.left_behind(), [])


tap.main()
