#ifndef WEBMON_MODEL_JUDGE_H
#define WEBMON_MODEL_JUDGE_H
/*
 * The judge: from samples to state, incidents and events. A pure rule without a clock of its own, O(1) a
 * sample, the same live and in replay. One struct judge a target, private to the target's poller.
 *
 * A first failure opens an incident at once (EVENT_FAILED); it becomes DOWN when down_after says so
 * (EVENT_DOWN); up_after good answers in a row close it (EVENT_UP with count and length). Before down_after
 * the state stays what it was. Another class or status inside an incident is told by another
 * EVENT_FAILED, after the second one at most once in 10 samples.
 *
 * SLOW opens when the target's limit was passed in 3 of the last 5 good answers (or every one, while fewer
 * than 5) and closes after 5 good ones within it.
 *
 * A tainted sample changes nothing; three in a row make the state UNKNOWN until the next other one. A pause
 * ends what is open; after it the state is NEW until the next sample.
 *
 * Times are those of the samples' starts: an incident lasts from the first failed check to the first good
 * one of those that closed it. model/load has its place in verdict.load and will be fed from judge_sample().
 */
#include "model/judge_load.h"
#include "model/speed.h"
#include "model/target.h"
#include "model/trouble.h"
#include "model/usual.h"
#include "model/verdict.h"
#include "model/ways.h"

struct judge {
	struct trouble   troubles[INCIDENT_KINDS]; /* the open one of each kind */
	enum state       settled; /* what the checks say, whatever a pause or taint lays over it */
	bool             paused;
	uint32_t         failed_in_row, good_in_row, tainted_in_row;
	int64_t          good_since_ms;  /* the first of the good answers in a row */
	int64_t          taint_since_ms; /* the first of the tainted samples in a row */
	uint64_t         recent;         /* last outcomes, newest in bit 0: 1 failed */
	struct speed     speed;
	enum probe_class told_cls; /* as the last EVENT_FAILED said */
	uint16_t         told_status;
	uint32_t         told_ago;     /* samples since the last EVENT_FAILED of another class, at most 10 */
	int64_t          cert_days, cert_end_ms; /* as the certificate's incident says */
	char             failure[200]; /* the newest failure in words, without its result */
	struct running_median usual, usual_phase[PHASE_COUNT];
	struct load      load;
	struct burden    burden;
	struct ways      ways; /* of a target that is probed in several ways in turn */
};

void judge_init(struct judge *judge, struct verdict *verdict);

/*
 * One more sample, with its words (detail "" where all is well). Updates verdict (all but port and ip);
 * says in *out what is to be told. The caller stores incidents and gives their ids back by judge_opened()
 * before the next step: store_put_judgement() does it all.
 */
void judge_sample(struct judge *judge, const struct target *target, const struct sample *sample,
		  const char *detail, struct verdict *verdict, struct judgement *out);

/*
 * A probe is under way for longer than load_patience_us(&judge->load, ...): so_far as load_waiting() has it. Tells of a
 * load situation before the probe has ended; changes nothing else, and nothing that a replay would miss.
 */
void judge_waiting(struct judge *judge, const struct target *target, const struct sample *so_far,
		   struct verdict *verdict, struct judgement *out);

/*
 * The certificate as it was seen last; may be called after each handshake: says something only where its
 * chain's days changed while they are few, or changed sides of expect_cert_days.
 */
void judge_cert(struct judge *judge, const struct target *target, const struct cert_facts *facts,
		int64_t now_ms, struct verdict *verdict, struct judgement *out);

/* Paused or resumed by a person. */
void judge_pause(struct judge *judge, bool paused, int64_t now_ms, struct verdict *verdict,
		 struct judgement *out);

/*
 * No more samples will come (the end of a snapshot's rounds): a target whose newest sample failed is DOWN,
 * whatever down_after says, and one of which all samples are tainted is UNKNOWN.
 */
void judge_finish(struct judge *judge, const struct target *target, int64_t now_ms,
		  struct verdict *verdict, struct judgement *out);

/* An incident of judgement.incidents that is still open was stored under this id. */
void judge_opened(struct judge *judge, enum incident_kind kind, uint64_t id, struct verdict *verdict);

#endif
