#ifndef WEBMON_BASE_THREAD_H
#define WEBMON_BASE_THREAD_H
/*
 * Starting a thread that no signal is delivered to: signals are for the main thread, which reads
 * them through a descriptor, and one delivered elsewhere would take its default action. Those of a
 * crash alone stay, so that whoever crashes restores the terminal, and whoever meets the end of a
 * mapped file that was cut goes on (see store/guard.h): blocked, they would end the process at
 * once.
 */
#include <pthread.h>
#include <stddef.h>

/* name: for debuggers, "webmon-WHAT", at most 15 bytes. Returns 0 or an errno. */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg);

/* The same for one that nobody joins, with a stack of so many bytes. It gives itself its name,
 * since it may be over when this returns. */
int thread_start_detached(size_t stack_bytes, void *(*run)(void *), void *arg);

#endif
