/*
 * Signals as a descriptor. SIGPIPE is ignored for good: a closed pipe is an error of write(2), not
 * a death.
 */
#include "app/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* SIGUSR1 asks for nothing: followed, it does not end the program either. */
static const int followed[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH, SIGUSR1};
static const int fatal_ones[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

#define HANGUP_SPACING_US 1000000

static void (*emergency_hook)(void);

/* SA_RESETHAND gave the signal its default action back: the second raise ends the process with the
 * right status. */
static void die(int number)
{
	if (emergency_hook)
		emergency_hook();
	raise(number);
}

static sigset_t followed_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(followed) / sizeof(followed[0]); i++)
		sigaddset(&set, followed[i]);
	return set;
}

void signals_block(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, fatal_action = {.sa_handler = die};
	sigset_t set = followed_set();

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* a file over its limit is an error of write(2) too */
	fatal_action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	for (size_t i = 0; i < sizeof(fatal_ones) / sizeof(fatal_ones[0]); i++)
		sigaction(fatal_ones[i], &fatal_action, NULL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void signals_unblock(void)
{
	sigset_t set = followed_set();

	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int signals_open(void)
{
	sigset_t set = followed_set();

	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int signals_next(int descriptor)
{
	struct signalfd_siginfo info;

	return read(descriptor, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo
									      : 0;
}

void signals_set_emergency(void (*emergency)(void))
{
	emergency_hook = emergency;
}

void signals_suspend(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
	raise(SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
}

bool hangups_take(struct hangups *hangups, int64_t now_us)
{
	hangups->waiting = true;
	return hangups_are_due(hangups, now_us);
}

int64_t hangups_due_us(const struct hangups *hangups)
{
	if (!hangups->waiting)
		return INT64_MAX;
	return hangups->obeyed_us ? hangups->obeyed_us + HANGUP_SPACING_US : 0;
}

bool hangups_are_due(struct hangups *hangups, int64_t now_us)
{
	if (now_us < hangups_due_us(hangups))
		return false;
	hangups->waiting = false;
	hangups->obeyed_us = now_us;
	return true;
}
