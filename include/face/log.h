#ifndef WEBMON_FACE_LOG_H
#define WEBMON_FACE_LOG_H
/*
 * The log file: a reader of the store with a thread of its own, so that a slow disk delays
 * nobody. One line an event; with log_level = info one a sample too. Opened with
 * O_APPEND|O_NOFOLLOW|O_CLOEXEC, mode 0600, one write(2) a line.
 */
#include "model/config.h"
#include "store/store.h"

struct log;
struct log_file;

/*
 * Registers with the store: call before the pollers start. Returns new, or NULL with why where
 * the file cannot be opened.
 */
struct log *log_start(const struct config *config, struct store *store, char why[200]);

/* The same in the file that log_leave() gave (taken; closed where the configuration names another
 * one). */
struct log *log_go_on(const struct config *config, struct store *store, struct log_file *file,
		      char why[200]);

/* Whether log_start() could open the file that this configuration names, if any; why as there. */
bool log_is_able(const struct config *config, char why[200]);

/* Open the file anew (SIGHUP). Any thread; returns at once. */
void log_reopen(struct log *log);

/*
 * A line about the program itself: "configuration reloaded", or a hook that failed. Any thread;
 * returns at once. Where more come than the thread can take, they are counted.
 */
void log_note(struct log *log, const char *words);

/*
 * Why the last line could not be written ("disk full, 12 lines lost"), "" where all is well. Any
 * thread.
 */
void log_trouble(const struct log *log, char out[200]);

/* Writes what is left, closes, frees. Call after poll_stop(). */
void log_stop(struct log *log);
/* The same, but the file stays open, with what it could not take yet. Returns it, the caller's. */
struct log_file *log_leave(struct log *log);

#endif
