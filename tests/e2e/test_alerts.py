"""The outage drill: real applications go down and come back, a real receiver and real programs are told; exactly what is to be
told, nothing lost while the receiver is away, no secret, and nothing that a hook does delays a probe."""

import contextlib
import json
import os
import re
import signal
import threading
import unittest

import scripted
import servers
import tap
from program import end, environment, folder, run, running, wait_for, write
from receiver import Receiver

SECRETS = ("hunter2-token", "pass-word-77", "query-secret-55", "very-secret-path")
QUICK = "gather = 300ms\ngap = 0\n"


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def target(name, number, more=""):
    return (f"[target {name}]\nurl = http://someone:pass-word-77@127.0.0.1:{number}/?token=query-secret-55\n"
            f"header = X-Api-Key: ${{DRILL_TOKEN}}\n{more}")


def script(text):
    path = write("#!/bin/sh\n" + text, "hook")
    os.chmod(path, 0o755)
    return path


class Drill(unittest.TestCase):
    """Two applications of one nginx, which is stopped and started."""

    def setUp(self):
        self.app = servers.nginx("location / { return 200 ok; }")
        self.env = environment(DRILL_TOKEN="hunter2-token")
        self.log = os.path.join(folder(), "webmon.log")

    def tearDown(self):
        self.app.stop()

    def config(self, alert, names=("one", "two"), more="", target_more=""):
        targets = "".join(target(name, self.app.port, target_more) for name in names)
        path = write(f"[webmon]\nlog = {self.log}\n{more}\n[defaults]\ninterval = 200ms\ntimeout = 2s\n{targets}\n"
                     f"[alert pager]\n{QUICK}{alert}\n")
        os.chmod(path, 0o600)
        return path

    def watch(self, config):
        return running("watch", "--plain", "-v", "-c", config, env=self.env, stdout=open(os.devnull, "wb"))

    def checks(self, since=0):
        return len([line for line in lines(self.log) if " INFO " in line]) - since

    def settled(self):
        wait_for(lambda: self.checks() >= 6, 20, "six checks")

    def test_an_outage_and_its_end_are_one_message_each(self):
        with self.app, Receiver() as receiver, self.watch(self.config(f"webhook = {receiver.url}")) as webmon:
            self.settled()
            self.app.stop()
            wait_for(lambda: len(receiver.events()) >= 2, 20, "two targets told down")
            self.app.start()
            wait_for(lambda: len(receiver.events()) >= 4, 20, "two targets told up")
            self.assertEqual(end(webmon), 0)
        events = receiver.events()
        self.assertEqual(sorted(events[:2]), [("down", "one"), ("down", "two")])
        self.assertEqual(sorted(events[2:]), [("up", "one"), ("up", "two")])
        down = receiver.taken()[0]
        self.assertEqual(down["class"], "refused")
        self.assertEqual((down["state"], down["previous"], down["over"]), ("down", "up", False))
        self.assertRegex(down["since"], r"^\d{4}-\d\d-\d\dT")
        self.assertGreater(receiver.taken()[-1]["length_s"], 0)
        self.assertEqual(len({message["id"] for message in receiver.taken()}), len(receiver.taken()))
        print(f"# figure: {len(receiver.taken())} messages for two targets that went down and came back")

    def test_nothing_is_lost_while_the_receiver_is_away(self):
        receiver = Receiver()
        with self.app, self.watch(self.config(f"webhook = {receiver.url}")) as webmon:
            self.settled()
            for turn in (1, 2):
                self.app.stop()
                wait_for(lambda: self.said("; down") >= 2 * turn, 20, "both down")
                self.app.start()
                wait_for(lambda: self.said("up again") >= 2 * turn, 20, "both up")
            wait_for(lambda: any("alert pager: webhook: a message waits" in line for line in lines(self.log)), 20,
                     "the failure in the log")
            with receiver:
                wait_for(lambda: len(receiver.events()) >= 8, 70, "eight events")
                self.assertEqual(end(webmon), 0)
        self.assertEqual(sorted(receiver.events()), sorted([("down", n) for n in ("one", "two")] * 2 +
                                                           [("up", n) for n in ("one", "two")] * 2))
        by_target = [event for event, name in receiver.events() if name == "one"]
        self.assertEqual(by_target, ["down", "up", "down", "up"])

    def test_an_answer_of_503_is_tried_again_and_404_given_up(self):
        for refusal, wanted in ((503, 1), (404, 0)):
            with self.subTest(refusal), self.app:
                receiver = Receiver(lambda number: refusal if number <= 3 else 200)
                with receiver, self.watch(self.config(f"webhook = {receiver.url}", ("one",))) as webmon:
                    self.settled()
                    self.app.stop()
                    wait_for(lambda: len(receiver.requests) >= 3 + wanted, 40, "tries")
                    if not wanted:
                        wait_for(lambda: any("given up" in line for line in lines(self.log)), 20, "a line of the log")
                    end(webmon)
                self.assertEqual(len(receiver.taken()), wanted)
                self.assertEqual(len(receiver.requests), 3 + wanted)
            os.unlink(self.log)

    def test_no_message_and_no_line_holds_a_secret(self):
        out = os.path.join(folder(), "said")
        hook = script(f'{{ env; cat; }} >> {out}; echo failed for "$WEBMON_URL"; exit 4\n')
        receiver = Receiver(lambda number: 500 if number == 1 else 200)
        with self.app, receiver, self.watch(self.config(f"webhook = {receiver.url}\ncommand = {hook}")) as webmon:
            self.settled()
            self.app.stop()
            wait_for(lambda: len(receiver.events()) >= 2, 20, "two targets told")
            wait_for(lambda: any("exit status 4" in line for line in lines(self.log)), 20, "the command's failure")
            end(webmon)
        text = "".join(body for _, _, body in receiver.requests)
        for where, words in (("message", text), ("log", "\n".join(lines(self.log))), ("hook", "\n".join(lines(out)))):
            self.assertTrue(words)
            for secret in SECRETS:
                self.assertNotIn(secret, words, where)
        self.assertIn("WEBMON_EVENT=down", lines(out))

    def test_a_command_gets_facts_and_nothing_else(self):
        out = os.path.join(folder(), "env")
        hook = script(f"env > {out}.new; cat > {out}.json; mv {out}.new {out}\n")
        self.env["DRILL_OTHER"] = "not for hooks"
        with self.app, self.watch(self.config(f"command = {hook}", ("one",))) as webmon:
            self.settled()
            self.app.stop()
            facts = wait_for(lambda: dict(line.split("=", 1) for line in lines(out) if "=" in line), 20, "the hook's file")
            end(webmon)
        self.assertEqual(facts["WEBMON_EVENT"], "down")
        self.assertEqual(facts["WEBMON_TARGET"], "one")
        self.assertEqual(facts["WEBMON_STATE"], "down")
        self.assertEqual(facts["WEBMON_CLASS"], "refused")
        self.assertIn("refused", facts["WEBMON_DETAIL"])
        self.assertRegex(facts["WEBMON_SINCE"], r"^\d{4}-\d\d-\d\dT")
        self.assertNotIn("DRILL_TOKEN", facts)
        self.assertNotIn("DRILL_OTHER", facts)
        with open(out + ".json", encoding="utf-8") as file:
            self.assertEqual(json.load(file)["target"], "one")

    def test_hooks_that_hang_flood_or_fail_delay_nothing_and_are_logged(self):
        mark = os.path.join(folder(), "children")
        hooks = {
            "hangs": f"sleep 300 & echo $! >> {mark}; echo $$ >> {mark}; wait\n",
            "floods": "yes flood\n",
            "fails": "echo out of paper >&2; exit 1\n",
        }
        alerts = "".join(f"[alert {name}]\n{QUICK}limit = 1500ms\ncommand = {script(text)}\n" for name, text in hooks.items())
        with self.app, Receiver() as receiver:
            receiver.hang = 30
            receiver.flood = 100
            number = servers.port()
            config = self.config(f"webhook = {receiver.url}\n{alerts}\n[alert missing]\n{QUICK}command = /no/such/hook\n",
                                 more=f"metrics = 127.0.0.1:{number}")
            with self.watch(config) as webmon:
                self.settled()
                self.app.stop()
                for name, words in (("fails", "exit status 1, said: out of paper"), ("hangs", "killed, since it took longer"),
                                    ("floods", "killed, since it took longer"), ("missing", "No such file")):
                    wait_for(lambda: any(f"alert {name}: command: " in line and words in line for line in lines(self.log)),
                             30, f"{name} in the log")
                before = self.checks()
                self.app.start()
                wait_for(lambda: self.checks(before) >= 6, 20, "checks go on")
                late = re.search(r"^webmon_probe_lateness_p99_seconds (\S+)$", servers.fetch(
                    f"http://127.0.0.1:{number}/metrics").decode(), re.M)
                print(f"# figure: 99 of 100 checks began within {float(late[1]) * 1000:.1f} ms while hooks hung, flooded and failed")
                self.assertEqual(end(webmon, seconds=10), 0)
        for line in lines(self.log):
            self.assertLess(len(line), 2048)
        pids = [int(line) for line in lines(mark)]
        self.assertTrue(pids)
        for pid in pids:
            self.gone(pid)

    def test_what_a_command_leaves_in_the_background_has_until_the_limit(self):
        mark = os.path.join(folder(), "children")
        hook = script(f"sleep 300 & echo $! >> {mark}\nsleep 300 > /dev/null 2>&1 & echo $! >> {mark}\n"
                      f"(sleep 1; echo later >> {mark}) > /dev/null 2>&1 &\necho done >> {mark}\n")
        with self.app:
            with self.watch(self.config(f"command = {hook}\nlimit = 3s", ("one",))) as webmon:
                self.settled()
                self.app.stop()
                pids = wait_for(lambda: "later" in lines(mark) and lines(mark)[:2], 20, "what is sent in the background")
                for pid in pids:
                    self.gone(pid)
                end(webmon)

    def gone(self, pid):
        def is_gone():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
            return True

        wait_for(is_gone, 10, f"end of {pid}")

    def record(self, config):
        return running("record", "-v", "-c", config, env=self.env, stdout=open(os.devnull, "wb"))

    def test_a_crash_neither_repeats_nor_forgets(self):
        history = os.path.join(folder(), "history")
        with self.app, Receiver() as receiver:
            config = self.config(f"webhook = {receiver.url}", more=f"history = {history}\nkeep = 1m\n")
            with self.record(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: len(receiver.events()) >= 2, 20, "two targets told down")
                wait_for(lambda: os.path.exists(history + ".alerts") and
                         '"letters":[]' in "".join(lines(history + ".alerts")) and
                         "".join(lines(history + ".alerts")).count('"down"') == 2, 20, "the memory")
                self.assertEqual(os.stat(history + ".alerts").st_mode & 0o777, 0o600)
                webmon.kill()
                webmon.wait()
            before = self.checks()
            with self.record(config) as webmon:
                wait_for(lambda: self.checks(before) >= 8, 20, "checks after the crash")
                receiver.stop()
                self.app.start()
                wait_for(lambda: "alert pager: webhook: a message waits" in "".join(lines(self.log)), 20, "the end, undelivered")
                wait_for(lambda: '"letters":[{' in "".join(lines(history + ".alerts")), 20, "the letter in the memory")
                webmon.kill()
                webmon.wait()
            self.assertEqual(len(receiver.events()), 2, "told again after the crash")
            receiver.start()
            with self.record(config) as webmon:
                wait_for(lambda: len(receiver.events()) >= 4, 20, "both ends")
                before = self.checks()
                wait_for(lambda: self.checks(before) >= 8, 20, "checks after the second crash")
                end(webmon)
        self.assertEqual(sorted(receiver.events()), [("down", "one"), ("down", "two"), ("up", "one"), ("up", "two")])
        self.assertNotIn("pass-word-77", "".join(lines(history + ".alerts")))

    def test_a_crash_does_not_lose_what_is_still_gathered(self):
        history = os.path.join(folder(), "history")

        def told():
            text = "".join(lines(history + ".alerts"))
            return [each["target"] for each in json.loads(text)["told"]] if text else []

        with self.app, Receiver() as receiver:
            with open(self.config(f"webhook = {receiver.url}", ("one",), f"history = {history}\nkeep = 1m\n"),
                      encoding="utf-8") as file:
                config = write(file.read().replace("gather = 300ms\ngap = 0", "gather = 5s\ngap = 5s"))
            with self.record(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: told() == ["one"], 20, "the outage in the memory, still gathered")
                webmon.kill()
                webmon.wait()
            self.assertEqual(receiver.events(), [])
            with self.record(config) as webmon:
                wait_for(lambda: receiver.events() == [("down", "one")], 20, "the outage, told after the crash")
                self.app.start()
                wait_for(lambda: told() == [], 20, "its end in the memory, still gathered")
                webmon.kill()
                webmon.wait()
            with self.record(config) as webmon:
                wait_for(lambda: len(receiver.events()) >= 2, 20, "its end, told after the crash")
                end(webmon)
        self.assertEqual(receiver.events(), [("down", "one"), ("up", "one")])

    def test_a_memory_that_could_not_be_written_is_written_later(self):
        for last in (False, True):
            history = os.path.join(folder(), "history")
            obstacle = history + ".alerts.new"
            os.mkdir(obstacle)
            with self.subTest(at_the_end=last), self.app, Receiver() as receiver:
                config = self.config(f"webhook = {receiver.url}", ("one",), f"history = {history}\nkeep = 1m\n")
                with self.record(config) as webmon:
                    self.settled()
                    self.app.stop()
                    wait_for(lambda: receiver.events() == [("down", "one")], 20, "the outage told")
                    before = self.checks()
                    wait_for(lambda: self.checks(before) >= 8, 20, "checks, and a try to write")
                    self.assertFalse(os.path.exists(history + ".alerts"))
                    os.rmdir(obstacle)
                    if last:
                        end(webmon)
                    wait_for(lambda: '"down"' in "".join(lines(history + ".alerts")), 0.01 if last else 20, "the memory")
                    webmon.kill()
                    webmon.wait()
            os.unlink(self.log)

    def test_a_new_alert_is_told_what_stands_at_the_start(self):
        history = os.path.join(folder(), "history")
        with self.app, Receiver() as receiver, Receiver() as second:
            config = self.config(f"webhook = {receiver.url}", ("one",), f"history = {history}\nkeep = 1m\n")
            with self.record(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: receiver.events() == [("down", "one")], 20, "the outage told")
                end(webmon)
            with open(config, "a", encoding="utf-8") as file:
                file.write(f"[alert second]\n{QUICK}webhook = {second.url}\n")
            with self.record(config) as webmon:
                wait_for(lambda: second.events() == [("down", "one")], 20, "the outage told to the new one")
                end(webmon)
            os.unlink(history + ".alerts")
            with self.record(config) as webmon:
                wait_for(lambda: len(receiver.events()) >= 2 and len(second.events()) >= 2, 20, "the outage told without a memory")
                end(webmon)
            with self.record(config) as webmon:
                self.app.start()
                wait_for(lambda: len(receiver.events()) >= 3 and len(second.events()) >= 3, 20, "its end")
                end(webmon)
        for each in (receiver, second):
            self.assertEqual(each.events(), [("down", "one"), ("down", "one"), ("up", "one")])

    def test_what_flaps_is_told_once_over_reload_and_restart_and_so_is_its_end(self):
        history = os.path.join(folder(), "history")
        flaps = threading.Event()
        flaps.set()

        def answer(_path, number, _headers):
            return (500 if flaps.is_set() and number % 4 < 2 else 200), [], b""

        app = scripted.Scripted(answer)
        self.app.port = app.port
        with Receiver() as receiver:
            config = self.config(f"webhook = {receiver.url}\non = flapping", ("one",), f"history = {history}\nkeep = 1m\n")
            with self.record(config) as webmon:
                wait_for(lambda: len(receiver.events()) >= 1, 30, "flapping told")
                webmon.send_signal(signal.SIGHUP)
                wait_for(lambda: self.said("configuration reloaded"), 20, "the reload")
                before = len(app.requests)
                wait_for(lambda: len(app.requests) >= before + 8, 20, "checks after the reload")
                end(webmon)
            with self.record(config) as webmon:
                before = len(app.requests)
                wait_for(lambda: len(app.requests) >= before + 8, 20, "checks after the restart")
                flaps.clear()
                wait_for(lambda: len(receiver.events()) >= 2, 30, "the end told")
                end(webmon)
        app.stop()
        self.assertEqual([(message["event"], message["over"]) for message in receiver.taken()],
                         [("flapping", False), ("flapping", True)])
        self.assertRegex(receiver.taken()[1]["text"], "^one steady after ")

    def test_a_reload_neither_repeats_nor_forgets(self):
        with self.app, Receiver() as receiver, Receiver() as second:
            config = self.config(f"webhook = {receiver.url}")
            with self.record(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: len(receiver.events()) >= 2, 20, "two targets told down")
                with open(config, "a", encoding="utf-8") as file:
                    file.write(f"[alert second]\n{QUICK}webhook = {second.url}\n")
                webmon.send_signal(signal.SIGHUP)
                wait_for(lambda: self.said("configuration reloaded"), 20, "the reload")
                wait_for(lambda: len(second.events()) >= 2, 20, "the new alert knows what is down")
                before = self.checks()
                wait_for(lambda: self.checks(before) >= 8, 20, "checks after the reload")
                self.app.start()
                wait_for(lambda: len(receiver.events()) >= 4 and len(second.events()) >= 4, 20, "both ends")
                end(webmon)
        for each in (receiver, second):
            self.assertEqual(sorted(each.events()), [("down", "one"), ("down", "two"), ("up", "one"), ("up", "two")])

    def test_a_command_that_a_reload_breaks_off_is_run_again(self):
        paged = os.path.join(folder(), "paged")
        slow = script(f'echo "begin $WEBMON_TARGET" >> {paged}\nsleep $(grep -c begin {paged} | sed "s/^1$/60/")\necho end >> {paged}\n')
        with self.app:
            config = self.config(f"command = {slow}", ("one",))
            with self.record(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: lines(paged) == ["begin one"], 20, "the command")
                webmon.send_signal(signal.SIGHUP)
                wait_for(lambda: self.said("configuration reloaded"), 20, "the reload")
                wait_for(lambda: lines(paged) == ["begin one", "begin one", "end"], 20, "the command once more, to its end")
                end(webmon)

    def test_hundreds_that_go_down_together_are_a_message_or_two(self):
        names = [f"t{i}" for i in range(300)]
        with self.app, Receiver() as receiver:
            config = self.config(f"webhook = {receiver.url}", names)
            with open(config, encoding="utf-8") as file:
                text = file.read().replace("gather = 300ms\ngap = 0", "gather = 2s\ngap = 10s")
            with self.watch(write(text.replace("interval = 200ms", "interval = 1s"))) as webmon:
                wait_for(lambda: self.checks() >= 600, 60, "two rounds of checks")
                self.app.stop()
                wait_for(lambda: sum(message["count"] for message in receiver.taken()) >= 300, 60, "all told")
                self.app.start()
                wait_for(lambda: sum(message["count"] for message in receiver.taken()) >= 600, 60, "all ends told")
                end(webmon)
        self.assertEqual(sorted(receiver.events()), sorted((event, name) for event in ("down", "up") for name in names))
        for message in receiver.taken():
            self.assertEqual(message["count"], len(message["events"]))
            self.assertLess(len(message["text"]), 4000)
        self.assertLess(len(receiver.taken()), 8)
        print(f"# figure: {len(receiver.taken())} messages for 300 targets that went down and came back")

    def test_what_flaps_before_it_is_down_is_not_told(self):
        with self.app, Receiver() as receiver:
            config = self.config(f"webhook = {receiver.url}\non = down, up", ("one",), target_more="down_after = 40\n")
            with self.watch(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: any(" ERROR one" in line for line in lines(self.log)), 20, "a failed check")
                self.app.start()
                wait_for(lambda: any("up again" in line for line in lines(self.log)), 20, "up again")
                end(webmon)
            self.assertEqual(receiver.requests, [], "an end of what was never told")

    def test_a_receiver_that_hangs_does_not_cost_others_their_last_message(self):
        with self.app, Receiver() as hanging, Receiver(lambda number: 503 if number <= 3 else 204) as receiver:
            hanging.hang = 60
            config = self.config(f"webhook = {hanging.url}\n[alert second]\n{QUICK}webhook = {receiver.url}", ("one",))
            with self.watch(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: hanging.requests and len(receiver.requests) >= 3, 20, "one that hangs, one that refuses")
                self.assertEqual(end(webmon, seconds=10), 0)
        self.assertEqual(receiver.events(), [("down", "one")])
        self.assertEqual(self.said("alert pager: webhook: 1 message could not be delivered"), 1)
        self.assertEqual(self.said("alert second: webhook: 1 message could not be delivered"), 0)

    def test_what_lasts_is_repeated_where_asked(self):
        with self.app, Receiver() as receiver:
            config = self.config(f"webhook = {receiver.url}\nrepeat = 10s", ("one",))
            with self.watch(config) as webmon:
                self.settled()
                self.app.stop()
                wait_for(lambda: len(receiver.events()) >= 2, 30, "the repetition")
                end(webmon)
            self.assertEqual([message["repeated"] for message in receiver.taken()], [False, True])
            self.assertIn("still DOWN", receiver.taken()[1]["text"])

    def said(self, words):
        return len([line for line in lines(self.log) if words in line])

    def test_messages_wait_for_the_gap_and_go_out_together(self):
        with self.app, Receiver() as receiver:
            with open(self.config(f"webhook = {receiver.url}"), encoding="utf-8") as file:
                config = write(file.read().replace("gap = 0", "gap = 6s"))
            with self.watch(config) as webmon:
                self.settled()
                for turn in (1, 2):
                    self.app.stop()
                    wait_for(lambda: self.said("; down") >= 2 * turn, 20, "both down")
                    self.app.start()
                    wait_for(lambda: self.said("up again") >= 2 * turn, 20, "both up")
                wait_for(lambda: len(receiver.events()) >= 8, 40, "eight events")
                end(webmon)
        self.assertEqual(len(receiver.events()), 8)
        self.assertLess(len(receiver.taken()), 5, receiver.events())

    def test_slack_and_discord_get_their_own_shapes(self):
        for name, key in (("slack", "text"), ("discord", "content")):
            with self.subTest(name), self.app, Receiver() as receiver:
                with self.watch(self.config(f"webhook = {receiver.url}\nformat = {name}", ("one",))) as webmon:
                    self.settled()
                    self.app.stop()
                    wait_for(lambda: receiver.requests, 20, "a message")
                    end(webmon)
                message = json.loads(receiver.requests[0][2])
                self.assertIn("one DOWN: connection refused", message[key])
                self.assertNotIn("target", message)
            os.unlink(self.log)

    def test_a_test_is_sent_on_demand(self):
        with Receiver() as receiver:
            hook = script("exit 3\n")
            config = self.config(f"webhook = {receiver.url}")
            done = run("check", "--send-test", "pager", "-c", config, env=self.env)
            self.assertEqual((done.returncode, done.stdout), (0, "alert pager: webhook: the test was taken\n"), done.stderr)
            self.assertIn("this is a test", receiver.taken()[0]["text"])
        done = run("check", "--send-test", "pager", "-c", config, env=self.env)
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("very-secret", done.stdout + done.stderr)
        done = run("check", "--send-test", "pager", "-c", self.config(f"command = {hook}"), env=self.env)
        self.assertIn("command: the test failed: exit status 3", done.stdout)
        self.assertEqual(run("check", "--send-test", "nobody", "-c", config, env=self.env).returncode, 3)

    def test_a_proxy_of_the_environment_does_not_read_the_secret_address(self):
        with Receiver() as receiver, Receiver() as proxy:
            address = f"http://127.0.0.1:{proxy.port}"
            env = {**self.env, "http_proxy": address, "ALL_PROXY": address, "all_proxy": address}
            for name in ("no_proxy", "NO_PROXY"):
                env.pop(name, None)
            done = run("check", "--send-test", "pager", "-c", self.config(f"webhook = {receiver.url}"), env=env)
            self.assertEqual((done.returncode, done.stdout), (0, "alert pager: webhook: the test was taken\n"), done.stderr)
            self.assertEqual((len(receiver.requests), proxy.requests), (1, []))

    def test_a_snapshot_tells_nobody(self):
        with Receiver() as receiver:
            done = run("snapshot", "-q", "-n", "4", "-c", self.config(f"webhook = {receiver.url}"), env=self.env)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(receiver.requests, [])


tap.main()
