"""--source prometheus: the dashboard over real engines that scrape a blackbox exporter and webmon's own metrics."""

import json
import signal
import time
import unittest

import engines
import servers
import tap
from program import PATIENCE, by_name, folder, run, running, snapshot, wait_for, write

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


tap.main()
