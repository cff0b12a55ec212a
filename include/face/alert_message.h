#ifndef WEBMON_FACE_ALERT_MESSAGE_H
#define WEBMON_FACE_ALERT_MESSAGE_H
/*
 * What an alert says: facts of one or several events, as JSON in the shape of its receiver and as a command's
 * environment. All texts come out of the store, where they are clean and without secrets. Any thread.
 */
#include "model/config.h"
#include "model/verdict.h"

struct alert_entry {
	enum alert_word  word;
	enum alert_word  kind;     /* of the trouble: DOWN also where the word is UP */
	bool             over;     /* the end of what was told */
	bool             repeated; /* told before, and it lasts */
	uint32_t         target;   /* index; UINT32_MAX: the whole program */
	int64_t          at_ms, since_ms;
	int64_t          length_ms; /* of what is over; 0: not known */
	enum probe_class cls;
	enum state       state, previous;
	uint16_t         status;
	char             detail[200];
};

#define ALERT_ENTRIES 64 /* that a message tells in full; more are counted */

/* What goes into one message. */
struct alert_batch {
	size_t             count; /* may be more than the entries */
	struct alert_entry entries[ALERT_ENTRIES];
};

/* A message ready to be sent: owns its texts. */
enum alert_fact {
	FACT_EVENT, FACT_TARGET, FACT_GROUP, FACT_URL, FACT_STATE, FACT_CLASS, FACT_STATUS, FACT_DETAIL, FACT_SINCE,
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
