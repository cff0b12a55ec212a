/*
 * A new thread inherits the mask of the one that starts it, so the mask is set there for the
 * moment: set in the thread itself there would be an instant in which it could be hit.
 */
#include "base/thread.h"

#include <signal.h>

static int start(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		 void *arg)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
	sigset_t blocked, before;
	int failed;

	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigdelset(&blocked, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	failed = pthread_create(thread, attributes, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

int thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg)
{
	int failed = start(thread, NULL, run, arg);

	if (failed == 0)
		pthread_setname_np(*thread, name);
	return failed;
}

int thread_start_detached(size_t stack_bytes, void *(*run)(void *), void *arg)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int failed;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, stack_bytes);
	failed = start(&thread, &attributes, run, arg);
	pthread_attr_destroy(&attributes);
	return failed;
}
