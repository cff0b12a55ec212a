"""--source prometheus: the dashboard over real engines that scrape a blackbox exporter and webmon's own metrics."""

import json
import signal
import time
import unittest

import engines
import servers
import tap
from program import PATIENCE, WEBMON, by_name, end, environment, folder, run, running, snapshot, wait_for, write
from screen import Screen

STATES = ("new", "up", "slow", "down", "unknown", "paused")


def own(name, state, success=1, group="shop", probed=True, **more):
    """The metrics of one target as a recorder of webmon exports them."""
    labels = f'target="{name}",group="{group}",instance="https://{name}.example.com/"'
    lines = [f"webmon_state{{{labels}}} {STATES.index(state)}",
             f"webmon_state_since_timestamp_seconds{{{labels}}} 1700000000.5"]
    if probed:
        lines += [f"probe_success{{{labels}}} {success}", f"probe_duration_seconds{{{labels}}} {more.get('seconds', 0.25)}",
                  f"probe_http_status_code{{{labels}}} {more.get('status', 200 if success else 503)}",
                  f"probe_ssl_earliest_cert_expiry{{{labels}}} {more.get('expiry', time.time() + 90 * 86400):.0f}"]
        lines += [f'probe_http_duration_seconds{{{labels},phase="{phase}"}} {value}' for phase, value in
                  (("resolve", 0.001), ("connect", 0.002), ("tls", 0.004), ("processing", 0.2), ("transfer", 0.008))]
    if "load" in more:
        lines += [f"webmon_load_level{{{labels}}} {more['load']}", f"webmon_load_ratio{{{labels}}} 2.5",
                  f'webmon_load_cause{{{labels},cause="server"}} 1']
    return "\n".join(lines) + "\n"


def look(engine, *arguments, **options):
    """The JSON snapshot of an engine: (targets by name, status)."""
    done = run("snapshot", "-f", "json", "--source", f"prometheus={engine.url}", *arguments, **options)
    try:
        return by_name(json.loads(done.stdout)), done.returncode
    except ValueError as error:
        raise AssertionError(f"no JSON (status {done.returncode}): {done.stdout[:500]} {done.stderr[:500]}") from error


def setUpModule():
    global WEB, EXPORTER, PAGE, JOBS, URLS
    WEB = servers.nginx('location / { return 200 "hello\\n"; } location /no { return 503 "sorry\\n"; }').start()
    EXPORTER = engines.blackbox().start()
    PAGE = engines.Page(own("cart", "up") + own("pay", "down", success=0) + own("search", "slow", seconds=1.5) +
                        own("mail", "paused", probed=False) + own("lost", "unknown", probed=False) +
                        own("patient", "up", success=0) + own("laden", "up", load=1, group="back")).start()
    base = f"127.0.0.1:{WEB.port}"
    URLS = {base: "up", f"{base}/no": "down", f"127.0.0.1:{servers.refused_port()}": "down"}
    JOBS = [engines.probing("web", EXPORTER, [f"http://{url}" for url in URLS]),
            engines.scraping("webmon", PAGE.port)]


def tearDownModule():
    PAGE.stop()
    EXPORTER.stop()
    WEB.stop()


class Cases:
    """What every engine must show; the engine is the class's own."""

    make = None

    @classmethod
    def setUpClass(cls):
        cls.engine = cls.make(*JOBS).start()
        # three samples of each, so that two failures in a row are down
        cls.engine.wait_series("count_over_time(probe_success[1m]) >= 3", len(URLS) + 5)
        cls.engine.wait_series("count_over_time(webmon_state[1m]) >= 3", 7)
        cls.targets, cls.status = look(cls.engine)

    @classmethod
    def tearDownClass(cls):
        cls.engine.stop()

    def test_a_blackbox_exporter_has_the_states_that_webmon_has_itself(self):
        probed, _ = snapshot("[defaults]\n" + "".join(f"[target {url}]\nurl = http://{url}\n" for url in URLS), "-n", "2",
                             "-o", "interval=200ms")
        for url, state in URLS.items():
            self.assertEqual((by_name(probed)[url]["state"], self.targets[url]["state"]), (state, state), url)
            self.assertEqual(self.targets[url]["group"], "web")
            self.assertEqual(self.targets[url]["status"], by_name(probed)[url]["status"])
        self.assertEqual(self.targets[f"127.0.0.1:{WEB.port}/no"]["class"], "http_status")

    def test_the_exporters_phases_and_duration_are_there(self):
        phases = self.targets[f"127.0.0.1:{WEB.port}"]["ms"]
        self.assertGreater(phases["total"], phases["wait"])
        self.assertGreater(phases["connect"], 0)
        self.assertIsNone(phases["tls"], "plain http has none: the exporter's 0 is no measured time")

    def test_what_a_recorder_says_of_the_state_holds(self):
        want = {"cart": "up", "pay": "down", "search": "slow", "mail": "paused", "lost": "unknown", "patient": "up",
                "laden": "up"}
        self.assertEqual({name: self.targets[name]["state"] for name in want}, want)
        self.assertEqual(self.targets["pay"]["since"], "2023-11-14T22:13:20Z")
        self.assertEqual(self.status, 2)

    def test_phases_status_certificate_and_load_of_a_recorder_are_there(self):
        cart, laden = self.targets["cart"], self.targets["laden"]
        self.assertEqual(cart["ms"], {"dns": 1.0, "connect": 2.0, "tls": 4.0, "send": None, "wait": 200.0, "transfer": 8.0,
                                      "total": 250.0})
        self.assertEqual((cart["status"], cart["url"], cart["group"]), (200, "https://cart.example.com/", "shop"))
        self.assertIn(cart["cert"]["chain_days_left"], (89, 90))
        self.assertEqual((laden["load"]["level"], laden["load"]["cause"], laden["load"]["ratio"]), ("elevated", "server", 2.5))
        self.assertEqual((cart["load"]["level"], laden["group"]), ("calm", "back"))

    def test_history_comes_with_it(self):
        self.assertGreaterEqual(self.targets["cart"]["window"]["samples"], 3)
        self.assertEqual(self.targets["cart"]["window"]["failed"], 0)
        self.assertGreaterEqual(self.targets["patient"]["window"]["failed"], 3)

    def test_targets_are_chosen_as_ever(self):
        targets, status = look(self.engine, "--group", "shop", "--skip", "p*")
        self.assertEqual(set(targets), {"cart", "search", "mail", "lost"})
        self.assertEqual(status, 1)
        self.assertEqual(set(look(self.engine, "cart")[0]), {"cart"})
        self.assertEqual(look(self.engine, "cart")[1], 0)

    def test_matchers_and_limits_of_the_configuration_hold(self):
        config = write(f"[source prometheus]\nurl = {self.engine.url}/\nmatch = job=\"web\",instance=~\".*{WEB.port}\"\n"
                       "[defaults]\nslow = 1us\n")
        done = run("snapshot", "-f", "json", "-c", config)
        targets = by_name(json.loads(done.stdout))
        self.assertEqual({name: target["state"] for name, target in targets.items()}, {f"127.0.0.1:{WEB.port}": "slow"})


class OverPrometheus(Cases, unittest.TestCase):
    make = staticmethod(engines.prometheus)

    def test_a_query_that_it_refuses_is_told_in_its_own_words(self):
        config = write(f"[source prometheus]\nurl = {self.engine.url}\nmatch = job=~~\n")
        done = run("snapshot", "-c", config)
        self.assertEqual(done.returncode, 3)
        self.assertIn("bad_data: ", done.stderr)


class OverVictoriaMetrics(Cases, unittest.TestCase):
    make = staticmethod(engines.victoria)


class TwoRecorders(unittest.TestCase):
    """One configuration, two sharded recorders, one engine that scrapes them."""

    def test_the_fleets_states_are_those_of_its_recorders(self):
        base = f"http://127.0.0.1:{WEB.port}"
        config = write("[defaults]\ninterval = 500ms\n" +
                       "".join(f"[target good-{i}]\nurl = {base}/?{i}\ngroup = web\n" for i in range(4)) +
                       "".join(f"[target bad-{i}]\nurl = {base}/no?{i}\ngroup = shop\n" for i in range(2)) +
                       f"[target slow]\nurl = {base}/\nslow = 1us\n"
                       f"[target gone]\nurl = http://127.0.0.1:{servers.refused_port()}/\n"
                       f"[target patient]\nurl = {base}/no\ndown_after = 64\n")
        ports = [servers.port(), servers.port()]
        histories = [folder() + "/history" for _ in ports]
        shards = [("-c", config, "--shard", f"{i + 1}/2") for i in range(2)]
        with running("record", *shards[0], "--metrics", f"127.0.0.1:{ports[0]}", "--history", histories[0]) as first, \
                running("record", *shards[1], "--metrics", f"127.0.0.1:{ports[1]}", "--history", histories[1]), \
                engines.prometheus(engines.scraping("webmon", *ports)) as engine:
            engine.wait_series("count_over_time(probe_success[1m]) >= 4", 9)
            engine.wait_series("count_over_time(webmon_state[1m]) >= 8", 9)
            parts = [by_name(json.loads(run("snapshot", "-f", "json", "--from", history).stdout)) for history in histories]
            recorded = {**parts[0], **parts[1]}
            shown, status = look(engine)
            self.assertEqual(end(first), 0)

            def states():
                return {name: target["state"] for name, target in look(engine)[0].items()}
            wait_for(lambda: all(states()[name] == "unknown" for name in parts[0]), 90, "word of the recorder that is gone")
            left = states()
            self.assertEqual({name: left[name] for name in parts[1]}, {name: parts[1][name]["state"] for name in parts[1]})
        self.assertEqual(len(recorded), 9, "every target has its recorder")
        facts = ("state", "class", "status", "group")
        self.assertEqual({name: [target[fact] for fact in facts if fact != "group" or target[fact]]
                          for name, target in recorded.items()},
                         {name: [shown[name][fact] for fact in facts if fact != "group" or recorded[name][fact]]
                          for name in recorded})
        self.assertEqual({name: target["state"] for name, target in shown.items()},
                         {**{f"good-{i}": "up" for i in range(4)}, "bad-0": "down", "bad-1": "down", "slow": "slow",
                          "gone": "down", "patient": "unknown"}, "a first failure that is not down yet is not known to be up")
        self.assertEqual(status, 2)


def answers(*series, kind="matrix", more=""):
    """What a query gets, as the API writes it."""
    return f'{{"status":"success"{more},"data":{{"resultType":"{kind}","result":[{",".join(series)}]}}}}'


def series(labels, *values):
    now = int(time.time() / 10) * 10  # that of the other series of the same scrape
    return json.dumps({"metric": labels, "values": [[now - 2 * (len(values) - i), v] for i, v in enumerate(values)]})


def speaks(text_of, number=None):
    """An engine that says this to every question; time() is answered."""
    def answer(handler, path, query):
        if query.get("query") == "time()":
            engines.reply(handler, f'{{"status":"success","data":{{"resultType":"scalar","result":[{time.time()},"1"]}}}}')
        else:
            text = text_of(path, query)
            engines.reply(handler, *(text if isinstance(text, tuple) else (text,)))
    return engines.Web(answer, number)


class BadEngines(unittest.TestCase):
    def status_of(self, text):
        with speaks(lambda *_: text) as engine:
            return run("snapshot", "--source", f"prometheus={engine.url}", timeout=30)

    def test_what_is_no_answer_of_the_api_is_told(self):
        for text in ("", "hello", "{}", "[]", '{"status":"success"', "]" * 100000, "{" * 100000, '{"status":"error"}', "null",
                     answers("{}"), answers('{"metric":{},"values":7}'), answers("{" * 50000),
                     answers(series({"__name__": "webmon_state", "target": "x" * 5_000_000}, "1"))):
            done = self.status_of(text)
            self.assertEqual(done.returncode, 3, (text[:80], done.stdout, done.stderr))
            self.assertRegex(done.stderr, "^webmon: source http://127.0.0.1:\\d+: .+\n$", text[:80])
        done = self.status_of(("<html>", 502))
        self.assertIn("HTTP status 502", done.stderr)
        done = self.status_of(('{"status":"error","errorType":"\\u001b]0;x","error":"\\u0007tenant\\n"}', 422))
        self.assertIn("tenant", done.stderr)
        self.assertNotRegex(done.stderr[:-1], "[\\x00-\\x1f]")

    def test_no_target_is_told(self):
        self.assertIn("the source knows of no target", self.status_of(answers()).stderr)

    def test_texts_of_the_engine_are_made_safe(self):
        evil = {"__name__": "probe_success", "job": "\x1b]0;title\x07", "instance": "http://u:secretword@h/\u202e?token=abcdefgh"}
        with speaks(lambda *_: answers(series(evil, "1", "1", "1"),
                                       series({**evil, "__name__": "probe_duration_seconds"}, "0.5", "0.5", "0.5"),
                                       more=',"warnings":["}{"]')) as engine:
            done = run("snapshot", "-f", "json", "--source", f"prometheus={engine.url}")
        target = json.loads(done.stdout)["targets"][0]
        self.assertEqual(target["state"], "up", done.stdout)
        self.assertNotRegex(done.stdout, "secretword|abcdefgh|\\\\u001b|\u202e")

    def test_what_was_not_measured_is_absent(self):
        labels = {"job": "web", "instance": "h"}
        with speaks(lambda *_: answers(
                series({**labels, "__name__": "probe_success"}, "0", "0", "1"),
                series({**labels, "__name__": "probe_duration_seconds"}, "NaN", "-1", "+Inf"),
                series({**labels, "__name__": "probe_http_status_code"}, "-3", "1e300", "x"),
                series({**labels, "__name__": "webmon_state"}, "77", "-1", "1.5"),
                series({**labels, "__name__": "probe_http_duration_seconds", "phase": "nonsense"}, "1", "1", "1"),
                series({**labels, "__name__": "probe_ssl_earliest_cert_expiry"}, "1e300", "-5", "0"))) as engine:
            done = run("snapshot", "-f", "json", "--source", f"prometheus={engine.url}")
        target = json.loads(done.stdout)["targets"][0]
        self.assertEqual((target["status"], target["cert"], target["ms"]["wait"]), (None, None, None), done.stdout)
        self.assertEqual(target["window"]["failed"], 2, "a good answer without its time is left out")

    def test_series_alike_are_told_apart_by_their_place(self):
        def text(*_):
            return answers(*(series({"__name__": name, "target": "shop", "region": region, "job": "webmon"}, value)
                             for region in ("fra", "sin") for name, value in (("webmon_state", "1"),)),
                           *(series({"__name__": "webmon_state", "target": "twin", "z": z}, "1") for z in "ab"))
        with speaks(text) as engine:
            targets, _ = look(engine)
        self.assertEqual(set(targets), {"shop @fra", "shop @sin", "twin #1", "twin #2"})

    def test_the_request_has_token_header_and_path_and_follows_no_redirect(self):
        seen = []

        def answer(handler, path, _query):
            seen.append((path, handler.headers.get("Authorization"), handler.headers.get("X-Scope-OrgID")))
            handler.send_response(302)
            handler.send_header("Location", "http://127.0.0.1:1/")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        with engines.Web(answer) as engine:
            done = run("snapshot", "-c", write(f"[source prometheus]\nurl = {engine.url}/tenant/\nbearer = opensesame\n"
                                               "header = X-Scope-OrgID: shop\n"))
        self.assertEqual(seen, [("/tenant/api/v1/query", "Bearer opensesame", "shop")])
        self.assertIn("HTTP status 302", done.stderr)
        self.assertNotIn("opensesame", done.stderr)

    def test_no_secret_of_the_address_or_the_request_is_shown(self):
        def answer(handler, path, _query):
            engines.reply(handler, json.dumps({"status": "error", "errorType": "bad", "error": f"{path} says topsecretvalue, "
                                               "anothersecret and " + str(handler.headers.get("Authorization"))}), 400)
        with engines.Web(answer) as engine:
            address = engine.url.replace("http://", "http://joe:anothersecret@") + "/${WEBMON_TEST_PATH}/?token=querysecret"
            env = environment(WEBMON_TEST_PATH="pathsecret", WEBMON_TEST_TOKEN="topsecretvalue")
            config = write(f"[source prometheus]\nurl = {address}\nbearer = ${{WEBMON_TEST_TOKEN}}\n")
            done = run("snapshot", "-c", config, env=env)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn("bad: ", done.stderr)
            done.stderr += run("check", "-c", config, env=env).stdout
        self.assertNotRegex(done.stderr, "topsecretvalue|anothersecret|pathsecret|querysecret")

    def test_nobody_listening_is_told_at_once(self):
        done = run("snapshot", "--source", f"prometheus=http://127.0.0.1:{servers.refused_port()}", timeout=20)
        self.assertEqual(done.returncode, 3)
        self.assertIn("onnect", done.stderr)

    def test_a_target_that_never_had_a_sample_is_told_as_that(self):
        found = []

        def text(_path, _query):  # who looks for targets finds one, and no look sees anything of it
            found.append(True)
            return answers(series({"__name__": "probe_success", "target": "shop"}, "1")) if len(found) == 1 else answers()
        with speaks(text) as engine:
            done = run("snapshot", "--source", f"prometheus={engine.url}", "-f", "json")
        target = json.loads(done.stdout)["targets"][0]
        self.assertEqual((done.returncode, target["state"], target["detail"]), (1, "unknown", "source: no sample yet"), done.stderr)

    def test_a_silent_engine_can_be_left_at_any_time(self):
        with servers.Hang() as hang, running("snapshot", "--source", f"prometheus=http://127.0.0.1:{hang.port}") as child:
            time.sleep(0.5 * PATIENCE)  # long enough to wait for the answer; any moment is right
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(4 * PATIENCE), 128 + signal.SIGINT)


class Course(unittest.TestCase):
    def test_an_engine_that_goes_and_comes_is_told_and_targets_are_unknown_meanwhile(self):
        state = {"dead": False}

        def text(path, _query):
            if state["dead"]:
                return ("gone", 503)
            now = int(time.time())
            values = [[now - i, "1"] for i in range(8, 0, -1)]
            labels = {"target": "shop", "group": "web", "instance": "http://shop/"}
            return answers(*(json.dumps({"metric": {"__name__": name, **labels}, "values": values})
                             for name in ("probe_success", "webmon_state", "probe_duration_seconds")))
        with speaks(text) as engine, Screen(WEBMON, "--source", f"prometheus={engine.url}") as screen:
            screen.expect("1 all up", 30)
            state["dead"] = True
            screen.expect("HTTP status 503", 30)
            screen.keys("?")
            screen.expect("this help")
            screen.keys("q")
            screen.match("1 unknown", 60)
            self.assertNotIn("DOWN", screen.text(), "no failure of the target was made up")
            state["dead"] = False
            screen.expect("1 all up", 30)
            screen.keys("q")
            self.assertEqual(screen.wait_end(), 0)

    def test_a_targets_screen_leaves_out_what_metrics_do_not_tell(self):
        def text(_path, _query):
            now = int(time.time())
            labels = {"target": "shop", "group": "web", "instance": "https://shop/"}
            return answers(*(json.dumps({"metric": {"__name__": name, **labels},
                                         "values": [[now - i, value] for i in range(8, 0, -1)]})
                             for name, value in (("probe_success", "0"), ("probe_http_status_code", "503"),
                                                 ("probe_duration_seconds", "0.2"),
                                                 ("probe_ssl_earliest_cert_expiry", str(now + 90 * 86400)))))
        with speaks(text) as engine, Screen(WEBMON, "--source", f"prometheus={engine.url}") as screen:
            screen.expect("1 DOWN", 30)
            screen.keys("\r")
            screen.expect("measured elsewhere", 30)
            screen.expect("Esc back", 30)  # the last line: the picture is whole
            shown = screen.text()
            self.assertIn("valid    until ", shown)
            self.assertIn("503, as its metrics tell", shown)
            self.assertIn("no good answer in 1 h", shown)
            for made_up in ("not reached yet", "1970", "not verified", "limit 10 s", "wants 200", "GET ", "no body", "clock"):
                self.assertNotIn(made_up, shown)
            screen.keys("\x03")
            screen.wait_end()

    def test_a_dashboard_may_be_opened_before_its_engine_is_there(self):
        def text(_path, _query):
            now = int(time.time())
            return answers(*(json.dumps({"metric": {"__name__": metric, "target": "shop"},
                                         "values": [[now - i, "1"] for i in range(8, 0, -1)]})
                             for metric in ("webmon_state", "probe_success", "probe_duration_seconds")))
        number = servers.port()
        with Screen(WEBMON, "--source", f"prometheus=http://127.0.0.1:{number}") as screen:
            screen.expect("no targets", 20)
            screen.expect("onnect", 20)
            with speaks(text, number):
                screen.expect("1 all up", 40)
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)

    def test_an_engine_that_is_slower_than_its_step_is_told(self):
        def text(_path, _query):
            time.sleep(0.7)
            now = int(time.time())
            return answers(*(json.dumps({"metric": {"__name__": metric, "target": "shop"},
                                         "values": [[now - i, "1"] for i in range(8, 0, -1)]})
                             for metric in ("webmon_state", "probe_success", "probe_duration_seconds")))
        with speaks(text) as engine:
            config = write(f"[source prometheus]\nurl = {engine.url}\nstep = 1s\n")
            with Screen(WEBMON, "-c", config) as screen:
                screen.expect("1 all up", 30)
                screen.expect("longer than its step", 30)
                screen.keys("q")
                self.assertEqual(screen.wait_end(), 0)

    def test_what_happened_before_is_no_news(self):
        """A dashboard that is opened after an outage shows it, and logs or pages nobody for it."""
        def text(_path, _query):
            now = int(time.time())
            values = ["0"] * 4 + ["1"] * 4
            return answers(*(json.dumps({"metric": {"__name__": metric, "target": "shop"},
                                         "values": [[now - 8 + i, "1" if metric == "probe_duration_seconds" else value]
                                                    for i, value in enumerate(values)]})
                             for metric in ("probe_success", "probe_duration_seconds")))
        log = write("", "log")
        with speaks(text) as engine:
            done = run("snapshot", "-f", "json", "--source", f"prometheus={engine.url}", "-o", f"log={log}")
        target = json.loads(done.stdout)["targets"][0]
        self.assertGreaterEqual(target["window"]["failed"], 3)
        self.assertEqual(target["state"], "up")
        with open(log, encoding="utf-8") as file:
            self.assertEqual([line for line in file if " ERROR " in line], [])

    def test_targets_that_come_later_are_taken_in(self):
        names = ["first"]

        def text(_path, _query):
            now = int(time.time())
            return answers(*(json.dumps({"metric": {"__name__": metric, "target": name, "job": "web"},
                                         "values": [[now - i, "1"] for i in range(8, 0, -1)]})
                             for name in names for metric in ("webmon_state", "probe_success", "probe_duration_seconds")))
        with speaks(text) as engine, Screen(WEBMON, "--source", f"prometheus={engine.url}") as screen:
            screen.expect("1 all up", 30)
            names.append("second")
            screen.expect("2 all up", 60)
            screen.expect("second")
            names.remove("first")
            screen.keys("r")
            screen.gone("first", 60)


tap.main()
