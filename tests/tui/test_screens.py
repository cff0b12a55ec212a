"""The screens beside the table, in a terminal, over real servers: groups, grid, errors, incident, answer, past, views."""

import json
import os
import re
import unittest

import servers
import tap
from program import WEBMON, folder, wait_for, write
from screen import Screen

SIZES = [(1, 1), (5, 2), (19, 3), (20, 3), (40, 10), (59, 15), (80, 24), (120, 40), (200, 60)]


def setUpModule():
    global SERVER, CONFIG
    SERVER = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry, upstream is away\\n"; }').start()
    base = f"http://127.0.0.1:{SERVER.port}"
    refused = servers.refused_port()
    CONFIG = write(
        "[webmon]\nnotify = osc9\n[defaults]\ninterval = 500ms\n"
        + "".join(f"[target well-{i:02}]\nurl = {base}/{i}\ngroup = shop\n" for i in range(12))
        + f"[target sorry]\nurl = {base}/no\ngroup = shop\n[target gone]\nurl = http://127.0.0.1:{refused}/\ngroup = far\n"
        + "[view.1]\nfilter = :down\nsort = target\ncolumns = group, result\n", "screens.ini")


def tearDownModule():
    SERVER.stop()


def webmon(*more, **options):
    return Screen(WEBMON, "-c", CONFIG, *more, **options)


def settled(screen):
    screen.expect("2 DOWN")
    screen.match(r"12 up")


class Screens(unittest.TestCase):
    def test_groups_fold(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("t")
            screen.expect("▾ shop 13")
            screen.expect("1 down")
            screen.keys("g enter")
            screen.match(r"▸ (shop 13|far 1)")

    def test_the_grid_names_its_cells(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("v n")
            screen.match(r"✗ (sorry|gone)  (503|REFUSED)")
            screen.keys("enter")
            screen.match(r"webmon › (sorry|gone)")
            screen.keys("esc")
            screen.match(r"cell \d+ of 14")

    def test_an_incident_and_the_whole_answer(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("e /")
            screen.type("503")
            screen.keys("enter enter")
            screen.match(r"webmon › incident +✗ sorry +503")
            screen.expect("what happened")
            screen.expect("in trouble at the same time")
            screen.match(r"[✗] gone +REFUSED")
            screen.keys("b")
            screen.expect("sorry, upstream is away")
            screen.keys("/")
            screen.type("UPSTREAM")
            screen.keys("enter tab")
            screen.match(r"a good answer")

    def test_acknowledged_trouble_says_who_knows(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("/")
            screen.type("sorry")
            screen.keys("enter a")
            screen.expect("acknowledge sorry, a note:")
            screen.type("Ana is on it")
            screen.keys("enter")
            screen.expect("ack: Ana is on it")
            screen.keys("a")
            screen.gone("ack: Ana is on it")

    def test_a_reload_keeps_what_was_set_by_keys(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("t /")
            screen.type("well-0")
            screen.keys("enter")
            screen.expect("10 of 14")
            screen.keys("r")
            screen.wait(lambda: "10 of 14" in screen.text() and "▾ shop" in screen.text(), "filter and groups were lost")

    def test_the_past_says_so_and_ends(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("[ [")
            screen.match(r"PAST \d\d:\d\d:\d\d \(−00:00:\d\d\)")
            screen.keys("esc")
            screen.gone("PAST")

    def test_a_saved_view_comes_and_goes(self):
        with webmon() as screen:
            settled(screen)
            screen.keys("1")
            screen.expect("2 of 14")
            screen.match(r"gone +far +REFUSED")
            screen.keys("1")
            screen.expect("well-00")

    def test_pictures_and_data_are_written_and_never_over_a_file(self):
        text, data = os.path.join(folder(), "picture.txt"), os.path.join(folder(), "all.json")
        with webmon() as screen:
            settled(screen)
            for name in (text, data):
                screen.keys("w ctrl-u")
                screen.type(name)
                screen.keys("enter")
                screen.match(r"written into .*" + re.escape(os.path.basename(name)))
            screen.keys("w ctrl-u")
            screen.type(text)
            screen.keys("enter")
            screen.expect("exists already")
        with open(text) as picture:
            self.assertIn("2 DOWN", picture.read())
        with open(data) as document:
            self.assertEqual(json.load(document)["summary"]["down"], 2)

    def test_every_screen_survives_every_size(self):
        with webmon() as screen:
            settled(screen)
            for way in ("t", "v", "e enter", "b", "C", "s ?", "a", "[ v"):
                screen.keys(way)
                for width, height in SIZES:
                    screen.resize(width, height)
                    screen.pump(0.02)
                    self.assertTrue(screen.program.alive(), f"{way} {width}x{height}: {screen.program.outcome()}")
                screen.resize(120, 40)
                screen.keys("esc esc esc esc")
                screen.expect("2 DOWN")

    def test_a_storm_of_resizes_over_every_screen(self):
        with webmon() as screen:
            settled(screen)
            for turn in range(200):
                screen.resize(1 + turn * 7 % 199, 1 + turn * 3 % 59)
                # No [ after Esc: where the program is slow they come together, as the beginning of a key's sequence.
                if turn % 10 == 0:
                    screen.keys(("t", "v", "esc", "e", "enter", "b", "esc", "esc", ".", "[")[turn // 10 % 10])
            screen.resize(100, 30)
            screen.keys("ctrl-l")
            screen.wait(lambda: screen.terminal.ink() > 100, "nothing was drawn")
            screen.keys("?")
            screen.expect("webmon help")
            screen.keys("ctrl-c")
            self.assertEqual(screen.wait_end(), 0)
            self.assertEqual(screen.left_behind(), [])


class Manners(unittest.TestCase):
    def test_who_looks_elsewhere_is_told_once(self):
        server = servers.nginx('location / { return 200 "hello\\n"; }').start()
        config = write(f"[webmon]\nnotify = osc9\n[target falls]\nurl = http://127.0.0.1:{server.port}/\ninterval = 200ms\n", "falls.ini")
        with Screen(WEBMON, "-c", config) as screen:
            screen.expect("1 all up")
            screen.program.write(b"\033[O")  # the focus goes
            server.stop()
            screen.wait(lambda: b"\033]9;webmon: 1 down: falls\a" in bytes(screen.raw), "no notification came")
            self.assertEqual(bytes(screen.raw).count(b"\033]9;"), 1)

    def test_a_thin_link_gets_whole_frames_and_no_more_than_its_rate(self):
        with webmon("-o", "max_rate=3k") as screen:
            settled(screen)
            screen.pump(3)
            begun, ended = bytes(screen.raw).count(b"\033[?2026h"), bytes(screen.raw).count(b"\033[?2026l")
            self.assertLessEqual(begun - ended, 1)
            screen.keys("q")
            self.assertEqual(screen.wait_end(10), 0)
            self.assertEqual(screen.left_behind(), [])

    def test_checks_go_on_while_a_terminal_reads_nothing_for_twenty_seconds(self):
        log = os.path.join(folder(), "stalled.log")

        def span():
            with open(log) as lines:
                at = [line[11:23] for line in lines if re.match(r"\d{4}-\d\d-\d\dT", line)]
            seconds = [int(t[0:2]) * 3600 + int(t[3:5]) * 60 + float(t[6:]) for t in at]
            return (seconds[-1] - begun[0]) % 86400 if begun else seconds[-1]

        begun = []
        with webmon("--log", log, "-o", "log_level=info") as screen:
            settled(screen)
            begun.append(span())
            for _ in range(300):
                screen.program.write(b"Tv\x0c")
            wait_for(lambda: span() >= 20, 60, "twenty seconds of checks beside a stalled terminal")
            screen.pump(0.5)
            screen.keys("esc ctrl-l")
            screen.expect("2 DOWN")
            screen.keys("ctrl-c")
            self.assertEqual(screen.wait_end(), 0)


tap.main()
