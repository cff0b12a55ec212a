#ifndef WEBMON_FACE_ALERT_MESSAGE_H
#define WEBMON_FACE_ALERT_MESSAGE_H
/*
 * What an alert says: facts of one or several events, as JSON in the shape of its receiver and as a
 * command's environment. All texts come out of the store, where they are clean and without secrets.
 * Any thread.
 */
#include "face/alert_batch.h"

/* A message ready to be sent: owns its texts. */
enum alert_fact {
	FACT_EVENT, FACT_TARGET, FACT_GROUP, FACT_URL, FACT_STATE, FACT_CLASS, FACT_STATUS,
	FACT_DETAIL, FACT_SINCE,
	FACT_TIME, FACT_PREVIOUS, FACT_COUNT, FACT_MESSAGE, FACT_COUNT_ALL
};

struct alert_letter {
	struct alert_letter *next; /* the queue's */
	int64_t  written_ms;
	unsigned tries;
	char    *id;
	char    *json; /* webmon's own shape */
	char    *body; /* the receiver's shape */
	char    *facts[FACT_COUNT_ALL]; /* "WEBMON_EVENT=down" ... */
};

extern const char *const alert_word_name[ALERT_WORDS];

/* Returns new. id: unique among the letters. */
struct alert_letter *alert_letter_new(const struct config *config, const struct alert_config *alert,
				      const struct alert_batch *batch, const char *id);
void alert_letter_free(struct alert_letter *letter);

/* The format in force: auto goes by the address. */
enum alert_format alert_format_of(const struct alert_config *alert);

#endif
