#ifndef WEBMON_BASE_THREAD_H
#define WEBMON_BASE_THREAD_H
/*
 * Starting a thread that no signal is delivered to: signals are for the main thread, which reads
 * them through a descriptor, and one delivered elsewhere would take its default action. Those of a
 * crash alone stay, so that whoever crashes restores the terminal.
 */
#include <pthread.h>

/* name: at most 15 bytes, for debuggers. Returns 0 or an errno. */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg);

#endif
