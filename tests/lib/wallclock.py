"""A wall clock that goes wrong: for the program alone that is started with its environment."""

import os
import shutil
import subprocess

from program import WEBMON, environment, folder, write

CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>
/* The wall clock alone goes wrong by as many seconds as the file says. */
int clock_gettime(clockid_t id, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, id, now);
	const char *path = getenv("TEST_CLOCK");
	char text[32] = "";
	int file;

	if (id != CLOCK_REALTIME || !path || (file = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return result;
	if (read(file, text, sizeof text - 1) > 0)
		now->tv_sec += atol(text);
	close(file);
	return result;
}
"""


class Wallclock:
    """Right at first. Skips the test where it cannot be had."""

    def __init__(self, case):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler or "build-" in WEBMON:
            case.skipTest("needs a compiler, and a program without a sanitizer's own clock")
        self.home = folder()
        shim = os.path.join(self.home, "clock.so")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, write(CLOCK, "clock.c", self.home)], check=True)
        self.put_wrong(0)
        self.environment = environment(LD_PRELOAD=shim, TEST_CLOCK=os.path.join(self.home, "clock"))

    def put_wrong(self, seconds):
        write(str(seconds), "clock", self.home)
