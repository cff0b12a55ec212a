#ifndef WEBMON_APP_SIGNALS_H
#define WEBMON_APP_SIGNALS_H
/*
 * Signals: blocked before the first thread starts and read from a descriptor. Only the fatal ones
 * have a handler, which puts the terminal right by write(2). Main thread.
 */

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
