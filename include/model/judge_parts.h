#ifndef WEBMON_MODEL_JUDGE_PARTS_H
#define WEBMON_MODEL_JUDGE_PARTS_H
/*
 * The judge's rules by subject, for the files of the judge alone; see judge.h. Each adds to *out
 * what is to be told; the states of its events are filled in at the end of the step.
 */
#include "model/judge.h"

#define JUDGE_TOLD_EVERY 10 /* samples between two events of another class */

/* The end of each step: the verdict as it follows from the judge, and the states of the step's
 * events. */
void judge_show(const struct judge *judge, int64_t at_ms, struct verdict *verdict,
		struct judgement *out);
/* The worst incident that is open and has a line of its own; INCIDENT_KINDS: none. */
enum incident_kind judge_worst(const struct judge *judge);
/* It has none of its own, but part in the load of several. */
bool judge_is_part(const struct judge *judge, const struct verdict *verdict);

/* What stands in the line of an incident that is over; where a pause ended it (before is "paused after"), how it went on
 * is not known. */
void judge_end_result(struct incident *incident, const char *before, const char *result);

/* Failed checks: incident, down, up, and what explains them away (judge_failure.c). */
void judge_failure(struct judge *judge, const struct target *target, const struct sample *sample,
		   const char *detail, struct judgement *out);
/* A good check as far as failed ones are concerned. */
void judge_recovery(struct judge *judge, const struct target *target, const struct sample *sample,
		    struct judgement *out);
/* DOWN after all, whatever the rules still wait for. */
void judge_down_now(struct judge *judge, int64_t at_ms, const char *detail, struct judgement *out);
/* What a doubt held back is told, DOWN where it is due, once nothing holds it back any more. */
void judge_down_if_due(struct judge *judge, const struct target *target, struct judgement *out);
/* The incident ends without the target being well: before is "paused after". */
void judge_failure_close(struct judge *judge, const char *before, int64_t at_ms,
			 struct judgement *out);
/* The open incident was no fault of the target's. */
void judge_failure_fold(struct judge *judge, int64_t now_ms, struct judgement *out);

/* Changes that are too many to be told one by one (judge_flap.c). */
void judge_flap(struct judge *judge, const struct sample *sample, const char *detail,
		struct judgement *out);
void judge_flap_close(struct judge *judge, const char *before, int64_t at_ms,
		      struct judgement *out);

/* verdict->load has just been written: opens, updates or closes its incident (judge_load.c). */
void judge_load_tell(struct judge *judge, const struct sample *sample,
		     const struct load_verdict *load, struct judgement *out);
/* It ends without anybody knowing how: before is "paused after". */
void judge_load_close(const struct burden *burden, struct trouble *trouble, const char *before,
		      int64_t at_ms, struct judgement *out);

/* Good answers over their limit (judge_speed.c). */
void judge_speed(struct judge *judge, const struct target *target, const struct sample *sample,
		 struct verdict *verdict, struct judgement *out);
void judge_speed_close(struct judge *judge, const char *before, int64_t closed_ms,
		       struct judgement *out);

#endif
