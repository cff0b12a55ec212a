#ifndef WEBMON_FACE_ALERT_HOOK_H
#define WEBMON_FACE_ALERT_HOOK_H
/*
 * The two ways out of the house: an address that a body is posted to, and a program that is run.
 * Each call waits for its end, which may take as long as the limit: for threads of the alerts
 * alone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "face/alert_message.h"

enum hook_outcome {
	HOOK_DONE,
	HOOK_LATER,  /* it may go well another time */
	HOOK_REFUSED /* it will not */
};

#define HOOK_WHY 1200

struct hook_result {
	enum hook_outcome outcome;
	int64_t after_ms;     /* LATER: the receiver asked for so much time; 0: it did not */
	/* clean, one line, without address or secret; "" where all is well */
	char    why[HOOK_WHY];
};

struct hook_call {
	const struct alert_letter *letter;
	int64_t limit_ms;
	int     stop_fd; /* readable: give up at once, for LATER; -1: none */
};

/* Before the first call, in the main thread. */
void hook_init(void);

/* Posts the letter's body. */
void hook_post(const char *address, const struct hook_call *call, struct hook_result *result);

/*
 * Runs the program without a shell, with the letter's facts as environment and its JSON on standard input. What it leaves in
 * its process group may go on until the limit, and is ended then.
 */
void hook_run(const char *program, const struct hook_call *call, struct hook_result *result);

#endif
