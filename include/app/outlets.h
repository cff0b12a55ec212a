#ifndef WEBMON_APP_OUTLETS_H
#define WEBMON_APP_OUTLETS_H
/*
 * What a session tells the world beside the screen and the log: metrics and alerts, from its beginning over reloads to its
 * end. Main thread.
 */
#include "face/alert.h"
#include "face/log.h"
#include "face/metrics.h"

/* Zeroed: nothing is open. */
struct outlets {
	struct metrics *metrics; /* NULL: none */
	struct alerts *alerts;	 /* NULL: none */
	char *told;		 /* by alerts, over a reload; NULL: not known */
	char noted[200];	 /* by outlets_note() */
};

/* Opens what the configuration asks for and is not open yet, before the pollers start. log may be NULL. False with why; what can be
 * open is. */
bool outlets_open(struct outlets *outlets, const struct config *config, struct store *store, struct log *log,
		  char why[200]);
void outlets_close(struct outlets *outlets);

/*
 * A reload, in two steps: when the pollers have stopped, and when the new store is there. Counters go on, and who was told what
 * is remembered; outlets_open() follows.
 */
void outlets_rest(struct outlets *outlets);
void outlets_switch(struct outlets *outlets, const struct config *now, const struct store *store);

/* What makes trouble; "" where all is well. */
void outlets_trouble(const struct outlets *outlets, char out[200]);

/* New trouble of the metrics into the log, for where nobody looks at a screen; alerts note their own. log may be NULL. */
void outlets_note(struct outlets *outlets, struct log *log);

#endif
