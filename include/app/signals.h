#ifndef WEBMON_APP_SIGNALS_H
#define WEBMON_APP_SIGNALS_H
/*
 * Signals: blocked before the first thread starts and read from a descriptor. Only the fatal ones
 * have a handler, which puts the terminal right by write(2). Main thread.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * SIGHUPs that come one upon another. A reload costs new connections, new threads and a pause in
 * all that is measured: the first is obeyed at once, those of the second after it together when
 * that is over.
 */
struct hangups {
	int64_t obeyed_us; /* 0: none yet */
	bool waiting;
};

/* One has come. True: it is to be obeyed now. */
bool hangups_take(struct hangups *hangups, int64_t now_us);
/* When those that wait are due, INT64_MAX: none waits. */
int64_t hangups_due_us(const struct hangups *hangups);
/* True: they are to be obeyed now, and wait no more. */
bool hangups_are_due(struct hangups *hangups, int64_t now_us);

/* Before any thread is started: all threads inherit it. */
void signals_block(void);
/* For a mode that reads no descriptor of them: they end the process as they would any other's. */
void signals_unblock(void);
/* Returns the descriptor that they are read from; -1 on failure (errno). */
int signals_open(void);
/* The next signal's number, 0 where none waits. */
int signals_next(int descriptor);

/* What the handler of a fatal signal calls before the process dies; async-signal-safe. NULL:
 * nothing. */
void signals_set_emergency(void (*emergency)(void));

/* Stops this process as ^Z would; returns when it goes on. */
void signals_suspend(void);

#endif
