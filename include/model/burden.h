#ifndef WEBMON_MODEL_BURDEN_H
#define WEBMON_MODEL_BURDEN_H
/*
 * A load situation as it is told. Part of the judge; see judge.h.
 *
 * An incident opens at the onset (EVENT_LOAD), is written again with each sample while it lasts,
 * told once more when it gets worse (EVENT_LOAD), and closes with calm (EVENT_CALM with its
 * length). None is opened for a target that is DOWN, which says more, nor in maintenance, nor for
 * this host's own trouble, which is no target's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"

/* Who tells of it. Beside other targets it waits a moment whether they get loaded too. */
enum load_teller {
	LOAD_TOLD_HERE,	     /* by the judge, at the onset */
	LOAD_TOLD_LATER,     /* nobody yet */
	LOAD_TOLD_ELSEWHERE, /* as a part of an incident of several targets, or of this host */
};

/* What is kept of the load incident under way, beside the trouble itself. */
struct burden {
	enum load_level worst;
	enum load_cause cause;
	enum load_teller teller;
	uint64_t incident; /* LOAD_TOLD_ELSEWHERE: that incident */
	int64_t quiet_ms;  /* when it was last loaded and that was not to be told; 0: never */
	uint8_t echoes;	   /* so many more samples may be of that */
	bool acknowledged; /* that incident elsewhere, by a person */
	char note[80];
};

/* What other targets have to do with this one's load. */
struct load_share {
	enum load_teller teller;
	uint64_t incident;
	bool takes_over; /* that incident is this target's own, which goes on as that of all */
	char words[100]; /* "31 targets on 203.0.113.7"; of LOAD_TOLD_ELSEWHERE, as what follows */
	bool acknowledged;
	char note[80];
};

#endif
