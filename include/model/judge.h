#ifndef WEBMON_MODEL_JUDGE_H
#define WEBMON_MODEL_JUDGE_H
/*
 * The judge: from samples to state, incidents and events. A pure rule without a clock of its own,
 * O(1) a sample, the same live and in replay. One struct judge a target, private to the target's
 * poller.
 *
 * A first failure opens an incident at once (EVENT_FAILED); it becomes DOWN when down_after says so
 * (EVENT_DOWN); up_after good answers in a row close it (EVENT_UP with count and length). Before
 * down_after the state stays what it was. Another class or status inside an incident is told by
 * another EVENT_FAILED, after the second one at most once in 10 samples.
 *
 * SLOW opens when the target's limit was passed in 3 of the last 5 good answers (or every one,
 * while fewer than 5) and closes after 5 good ones within it.
 *
 * With `confirm` the first failure of an incident counts only once a second check, by another path,
 * has failed too; where that one is good, the incident closes as not confirmed, and the target
 * never was down.
 *
 * Flapping (flap.h) is one incident of its own: while it lasts, failed, down and up are not told
 * one by one; what stands at its end is.
 *
 * What lies around a target may explain its failures (struct circumstances): a maintenance window,
 * a parent that is down, this host's own network. An explained failure opens nothing and counts
 * nowhere, the state is UNKNOWN until the next check that counts (DOWN stays DOWN where it was so
 * before, but for our own network); an incident that opened when the parent or the network failed
 * already is folded: it closes, and where it was told as DOWN, EVENT_UP ends it with the state
 * UNKNOWN. in_doubt holds back whatever would be told of a failure.
 *
 * A tainted sample changes nothing; three in a row make the state UNKNOWN until the next other one.
 * A pause ends what is open; after it the state is NEW until the next sample.
 *
 * An acknowledgement is of the worst open incident and ends with it.
 *
 * Times are those of the samples' starts: an incident lasts from the first failed check to the
 * first good one of those that closed it. Where the wall clock is set, judge_clock_set() moves them
 * along, so that no duration changes.
 */
#include "model/budget.h"
#include "model/burden.h"
#include "model/flap.h"
#include "model/load.h"
#include "model/speed.h"
#include "model/target.h"
#include "model/trouble.h"
#include "model/usual.h"
#include "model/verdict.h"
#include "model/ways.h"

/* Whose failures they are if not the target's. */
enum excuse { EXCUSE_NONE, EXCUSE_MAINTENANCE, EXCUSE_PARENT, EXCUSE_NETWORK };

struct circumstances {
	enum excuse excuse;
	bool        maintenance;
	bool        in_doubt;  /* a parent or the network is being looked at: DOWN waits for it */
	uint32_t    parent;    /* the one that is down; UINT32_MAX: none */
	int64_t     since_ms;  /* of parent and network: failures from then on are explained */
	char        words[100]; /* "parent down: gateway-eu-1"; "" without an excuse */
};

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
	/* samples since the last EVENT_FAILED of another class, at most 10 */
	uint32_t         told_ago;
	int64_t          cert_days, cert_end_ms; /* as the certificate's incident says */
	char             failure[200]; /* the newest failure in words, without its result */
	struct running_median usual, usual_phase[PHASE_COUNT];
	struct load      load;
	struct burden    burden;
	struct ways      ways; /* of a target that is probed in several ways in turn */
	struct flap      flap;
	struct circumstances around;
	enum excuse      excused;    /* explains the newest check, which failed; NONE: it counts */
	uint32_t         excused_by; /* the parent; UINT32_MAX: none */
	int64_t          excused_since_ms;
	bool             unconfirmed; /* the first failure waits for another path */
	bool             told_down;   /* the last that was told of down and up */
	enum state       before_down; /* `settled` before it was DOWN */
};

/* What the target's configuration says to the load detector. */
struct load_setting judge_load_setting(const struct target *target);

void judge_init(struct judge *judge, struct verdict *verdict);

/*
 * One more sample, with its words (detail "" where all is well). Updates verdict (all but port and
 * ip); says in *out what is to be told. The caller stores incidents and gives their ids back by
 * judge_opened() before the next step: store_put_judgement() does it all.
 */
void judge_sample(struct judge *judge, const struct target *target, const struct sample *sample,
		  const char *detail, struct verdict *verdict, struct judgement *out);

/* The same where another detector has judged its load: verdict->load is what that one says, and
 * stays. */
void judge_sample_told(struct judge *judge, const struct target *target,
		       const struct sample *sample, const char *detail, struct verdict *verdict,
		       struct judgement *out);

/*
 * What lies around the target now; to be called where it changed, also between samples, and before
 * the sample it matters for.
 */
void judge_circumstances(struct judge *judge, const struct target *target,
			 const struct circumstances *around, int64_t now_ms,
			 struct verdict *verdict, struct judgement *out);

/*
 * Whether this failed check will count nowhere: explained, or to be confirmed first. To be asked
 * before judge_sample(), which gets the sample as it is; the one that is kept is to be flagged
 * SAMPLE_TAINTED then.
 */
bool judge_excuses(const struct judge *judge, const struct target *target,
		   const struct sample *sample);

/* A person knows, or takes that back: of the worst incident that is open. note: clean, ""
 * for none. */
void judge_acknowledge(struct judge *judge, const char *note, int64_t now_ms,
		       struct verdict *verdict, struct judgement *out);

/* The wall clock was set: all that is under way began so much later (by_ms < 0: earlier) on the new
 * one. */
void judge_clock_set(struct judge *judge, int64_t by_ms, struct verdict *verdict,
		     struct judgement *out);

/*
 * A probe is under way for longer than load_patience_us(&judge->load, ...): so_far as
 * load_waiting() has it. Tells of a load situation before the probe has ended; changes nothing
 * else, and nothing that a replay would miss.
 */
void judge_waiting(struct judge *judge, const struct target *target, const struct sample *so_far,
		   struct verdict *verdict, struct judgement *out);

/*
 * The certificate as it was seen last; may be called after each handshake: says something only
 * where its chain's days changed while they are few, or changed sides of expect_cert_days.
 */
void judge_cert(struct judge *judge, const struct target *target, const struct cert_facts *facts,
		int64_t now_ms, struct verdict *verdict, struct judgement *out);

/* What is decided about the loads of several targets at once; a load that nobody told of yet may be
 * told now. */
void judge_share(struct judge *judge, const struct load_share *share, int64_t now_ms,
		 struct verdict *verdict, struct judgement *out);

/* The sums that its objective needs, about once a minute: fills verdict->budget. */
void judge_budget(struct judge *judge, const struct target *target,
		  const struct budget_span spans[BUDGET_SPANS], int64_t now_ms,
		  struct verdict *verdict, struct judgement *out);

/* Paused or resumed by a person. */
void judge_pause(struct judge *judge, bool paused, int64_t now_ms, struct verdict *verdict,
		 struct judgement *out);

/*
 * No more samples will come (the end of a snapshot's rounds): a target whose newest sample failed
 * is DOWN, whatever down_after says, and one of which all samples are tainted is UNKNOWN.
 */
void judge_finish(struct judge *judge, int64_t now_ms, struct verdict *verdict,
		  struct judgement *out);

/* An incident of judgement.incidents that is still open was stored under this id. */
void judge_opened(struct judge *judge, enum incident_kind kind, uint64_t id,
		  struct verdict *verdict);

#endif
