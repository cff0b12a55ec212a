"""The fault lab: every fault in one go. What lab_misses.txt names is known to be given another class; nothing else may be."""

import os
import unittest

import lab
import tap

KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab_misses.txt")


def known_misses():
    with open(KNOWN, encoding="utf-8") as file:
        return {line.split()[0] for line in file if line.strip() and not line.startswith("#")}


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.probed = lab.probe()

    def test_every_fault_has_its_class(self):
        misses = self.probed.misses()
        hits = len(self.probed.faults) - len(misses)
        tap.figure(f"fault lab: {hits} of {len(self.probed.faults)} classes right, {len(self.probed.skipped)} skipped, "
                   f"{self.probed.seconds:.1f} s, {self.probed.rss_kib / 1024:.1f} MiB"
                   + "".join(f", {name} at the second try" for name in self.probed.retried))
        wrong = [f"{name}: {' '.join(self.probed.found[name])} in place of "
                 f"{' '.join(self.probed.faults[name].get('sequence') or [self.probed.faults[name]['expect']])}"
                 for name in misses if name not in known_misses()]
        self.assertEqual(wrong, [])

    def test_what_is_right_again_is_no_known_miss(self):
        mended = [name for name in known_misses() if name in self.probed.faults and self.probed.right(name)]
        self.assertEqual(mended, [], "take these out of lab_misses.txt")

    def test_warnings_are_given(self):
        found = {t["name"]: t["warnings"] for document in self.probed.documents for t in document["targets"]}
        wrong = [f"{name}: {found[name]} in place of {fault['warn']}" for name, fault in self.probed.faults.items()
                 if fault.get("warn") and fault["warn"] not in found[name] and self.probed.right(name)]
        self.assertEqual(wrong, [])

    def test_nothing_hostile_reaches_an_output(self):
        wrong = [f"{name}: {found}" for name, text in self.probed.outputs.items()
                 if (found := lab.hostile_characters(text))]
        wrong += [f"in JSON: {text[:80]!r}: {found}" for document in self.probed.documents
                  for text in lab.texts_of(document) if (found := lab.hostile_characters(text))]
        self.assertEqual(wrong, [])

    def test_no_secret_reaches_an_output(self):
        self.assertTrue(self.probed.secrets())
        wrong = [f"{secret!r} in {name}: ...{text[max(0, text.index(secret) - 80):text.index(secret) + 40]!r}"
                 for secret in self.probed.secrets() for name, text in self.probed.outputs.items() if secret in text]
        self.assertEqual(wrong, [])

    def test_one_record_of_the_log_is_one_line(self):
        for line in self.probed.outputs.get("log", "").splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z (INFO|WARNING|ERROR) ")

    def test_memory_is_bounded(self):
        """Bombs and floods of 50 MiB and more must not be held: the bound is far above what webmon takes."""
        if "build-" in os.environ.get("WEBMON", ""):
            self.skipTest("sanitizers take memory of their own")
        self.assertLess(self.probed.rss_kib, 256 * 1024)


tap.main()
