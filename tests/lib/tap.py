"""Lets a file of unittest cases speak TAP: `tap.main()` at its end."""

import sys
import traceback
import unittest


def figure(text):
    """A measured figure that the runner shows also where all went well."""
    print(f"# figure: {text}", flush=True)


class TapResult(unittest.TestResult):
    """Prints a line a test, and as comments why one failed."""

    def __init__(self):
        super().__init__()
        self.number = 0
        self.subtest_failed = False

    def _tell(self, word, test, after=""):
        self.number += 1
        name = test._testMethodName.removeprefix("test_") if hasattr(test, "_testMethodName") else str(test)
        print(f"{word} {self.number} - {name}{after}", flush=True)

    def _why(self, error):
        kind, value, frames = error
        ours = [f for f in traceback.extract_tb(frames) if "/unittest/" not in f.filename]
        chain = value.__cause__
        told = traceback.format_list(ours) + traceback.format_exception_only(kind, value)
        told += ["caused by:\n", *traceback.format_exception_only(type(chain), chain)] if chain else []
        for line in "".join(told).splitlines():
            print(f"# {line}", flush=True)

    def addSuccess(self, test):
        self._tell("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._tell("not ok", test)
        self._why(err)

    def addError(self, test, err):
        super().addError(test, err)
        self._tell("not ok", test)
        self._why(err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._tell("ok", test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            print(f"# in {subtest._subDescription()}:")
            self._why(err)
            self.subtest_failed = True

    def stopTest(self, test):
        super().stopTest(test)
        if self.subtest_failed:
            self._tell("not ok", test)
        self.subtest_failed = False


def main():
    """Runs the cases of the calling file; a name on the command line picks those that hold it."""
    loader = unittest.defaultTestLoader
    if len(sys.argv) > 1:
        loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]]
    suite = loader.loadTestsFromModule(sys.modules["__main__"])
    result = TapResult()
    suite.run(result)
    # At the end: a class that is skipped as a whole tells one result for all its tests.
    print(f"1..{result.number}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
