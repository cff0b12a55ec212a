/*
 * Running a program for a message: no shell, a process group of its own, an environment of a few
 * known variables, the message on standard input, and a limit of time for the whole group. What it
 * says is read to the end so that it never waits for us, and the beginning of it kept.
 */
#include "face/alert_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#define SAID_MAX 1000 /* bytes of output that are kept */
#define TURN_MS	 20   /* between two looks whether it has ended */
#define TERM_MS	 1000 /* from SIGTERM to SIGKILL */

#define LIFE_FILENO                                                                                \
	(STDERR_FILENO + 1) /* in the program; most do not care for it, daemons close it */

enum { STATUS_TEMPORARY = 75 }; /* sysexits.h: EX_TEMPFAIL */

struct running {
	pid_t pid;
	int output; /* what it says; -1: it closed that */
	int life;   /* its other end is with all that it started, and closed when the last of them
		       ends */
	char said[SAID_MAX];
	size_t said_size;
};

/* ---- starting ---- */

/*
 * What a program must have of ours, and nothing more: tokens of targets often stand in the
 * environment.
 */
static char **environment(const struct alert_letter *letter)
{
	static const char *const kept[] = {"PATH", "HOME", "LANG", "TZ", "USER", "LOGNAME"};
	size_t count = 0;
	char **env = x_calloc(sizeof kept / sizeof *kept + FACT_COUNT_ALL + 1, sizeof *env);

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (getenv(kept[i]))
			env[count++] = x_asprintf("%s=%s", kept[i], getenv(kept[i]));
	for (size_t i = 0; i < FACT_COUNT_ALL; i++)
		env[count++] = x_strdup(letter->facts[i] ? letter->facts[i] : "WEBMON_NOTHING=");
	return env;
}

static void environment_free(char **env)
{
	for (char **at = env; *at; at++)
		free(*at);
	free(env);
}

/* A file in memory that holds the text; -1 with errno. No writer waits at it as at a pipe. */
static int file_of(const char *text)
{
	int descriptor = memfd_create("webmon-message", MFD_CLOEXEC);
	size_t length = strlen(text);

	if (descriptor < 0)
		return -1;
	if (write(descriptor, text, length) != (ssize_t)length ||
	    lseek(descriptor, 0, SEEK_SET) != 0) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

static void close_all(const int *descriptors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (descriptors[i] >= 0)
			close(descriptors[i]);
}

static int spawn(struct running *running, const char *program, char **env, const int ends[3])
{
	char *argv[] = {(char *)(uintptr_t)program, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[2], LIFE_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, LIFE_FILENO + 1);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	failed = posix_spawn(&running->pid, program, &actions, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Returns 0 or an errno. */
static int start(struct running *running, const char *program, const struct alert_letter *letter)
{
	int output[2] = {-1, -1}, life[2] = {-1, -1}, input = file_of(letter->json), failed = 0;

	if (input < 0 || pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(life, O_CLOEXEC) != 0)
		failed = errno;
	if (!failed) {
		const int ends[3] = {input, output[1], life[1]};
		char **env = environment(letter);

		/* its end must block, or a program that says much would fail at it */
		fcntl(output[1], F_SETFL, 0);
		failed = spawn(running, program, env, ends);
		environment_free(env);
	}
	close_all((int[]){input, output[1], life[1]}, 3);
	running->output = output[0];
	running->life = life[0];
	return failed;
}

/* ---- running ---- */

/* Takes what is there, not a flood as a whole. The first of it is kept, the rest thrown away. */
static void listen_to(struct running *running)
{
	char buffer[16384];
	ssize_t got = 0;

	for (int i = 0; i < 64 && running->output >= 0; i++) {
		got = read(running->output, buffer, sizeof buffer);
		if (got <= 0)
			break;
		size_t room = sizeof running->said - running->said_size;
		size_t keep = (size_t)got < room ? (size_t)got : room;
		memcpy(running->said + running->said_size, buffer, keep);
		running->said_size += keep;
	}
	if (got == 0 && running->output >= 0) {
		close(running->output);
		running->output = -1;
	}
}

static bool is_told_to_stop(int stop_fd)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};

	return stop_fd >= 0 && poll(&stop, 1, 0) > 0;
}

/*
 * It is not taken leave of by that, so its number, which is that of its group, stays its own.
 */
static bool has_ended(const struct running *running)
{
	siginfo_t ended = {.si_pid = 0};

	return waitid(P_PID, (id_t)running->pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       ended.si_pid == running->pid;
}

/* And so has what it left in the background, which may still send what is to be told. */
static bool all_have_ended(const struct running *running)
{
	struct pollfd life = {.fd = running->life, .events = POLLIN};

	return has_ended(running) && poll(&life, 1, 0) > 0;
}

/* Until all have ended or the time is over; returns whether they have. */
static bool wait_until(struct running *running, int64_t end_us, int stop_fd)
{
	while (!all_have_ended(running)) {
		struct pollfd output = {.fd = running->output, .events = POLLIN};

		if (clock_mono_us() >= end_us || is_told_to_stop(stop_fd))
			return false;
		poll(&output, 1, TURN_MS);
		listen_to(running);
	}
	listen_to(running);
	return true;
}

/* The whole group: its children go with it. */
static void kill_group(struct running *running)
{
	kill(-running->pid, SIGTERM);
	wait_until(running, clock_mono_us() + TERM_MS * 1000, -1);
	kill(-running->pid, SIGKILL);
}

static int take_leave(const struct running *running)
{
	int status = 0;

	while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* ---- its end ---- */

static void judge_end(const struct running *running, int status, struct hook_result *result)
{
	char said[SAID_MAX];
	size_t used;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		result->outcome = HOOK_DONE;
		return;
	}
	bool temporary = WIFEXITED(status) && WEXITSTATUS(status) == STATUS_TEMPORARY;
	result->outcome = temporary ? HOOK_LATER : HOOK_REFUSED;
	used = text_format(result->why, sizeof result->why,
			   WIFEXITED(status) ? "exit status %d" : "killed by signal %d",
			   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	if (running->said_size == 0)
		return;
	text_clean(said, sizeof said, running->said, running->said_size, TEXT_LINE);
	text_format(result->why + used, sizeof result->why - used, ", said: %s", said);
}

static void judge_broken_off(const struct hook_call *call, struct hook_result *result)
{
	/* by us it is none of its own failures: a reload or the next start runs it again */
	bool ours = is_told_to_stop(call->stop_fd);

	result->outcome = ours ? HOOK_LATER : HOOK_REFUSED;
	text_format(result->why, sizeof result->why,
		    ours ? "killed, since webmon ends or is read anew"
			 : "killed, since it took longer than %.3g s",
		    (double)call->limit_ms / 1000);
}

void hook_run(const char *program, const struct hook_call *call, struct hook_result *result)
{
	struct running running = {.output = -1, .life = -1};
	int failed = start(&running, program, call->letter);

	*result = (struct hook_result){.outcome = HOOK_REFUSED};
	if (failed) {
		text_format(result->why, sizeof result->why, "%s", strerror(failed));
	} else {
		bool well = wait_until(&running, clock_mono_us() + call->limit_ms * 1000,
				       call->stop_fd);
		bool ended = has_ended(&running);

		if (!well)
			kill_group(&running);
		int status = take_leave(&running);
		/* what it said itself counts, whatever it left in the background */
		if (ended)
			judge_end(&running, status, result);
		else
			judge_broken_off(call, result);
	}
	close_all((int[]){running.output, running.life}, 2);
}
