#ifndef WEBMON_MODEL_LOAD_H
#define WEBMON_MODEL_LOAD_H
/*
 * The load detector: from a target's own samples to calm, elevated (a potential load situation) or
 * saturated, with the cause and one sentence of evidence. A pure rule: no clock, no heap, O(1) a
 * sample, at most LOAD_STATE_MAX (640) bytes a target, the same verdicts live and in replay. One
 * struct load a target, private to the target's poller.
 *
 * A probe is split into three signals: server time (first byte and TLS with the round trips taken
 * off), network (the TCP handshake) and DNS (the look-up less what the network itself lost). Each
 * has a baseline of its own in the log domain, learnt only while calm, and two sums of evidence:
 * has it shifted (about doubled)? do rare things (outliers, time-outs, 429, 502 to 504, lost SYNs)
 * come close together? An alarm needs enough evidence that has lasted by the clock, a present
 * sample that is still bad and an excess that matters to a person.
 */
#include "model/load_rule.h"
#include "model/load_state.h"
#include "model/verdict.h"

void load_init(struct load *load);

/* One more sample, in order of time. Writes the whole verdict. A tainted one only tells of this
 * host. */
void load_sample(struct load *load, const struct load_setting *setting, const struct sample *sample,
		 struct load_verdict *verdict);

/*
 * What the verdict would be if the probe under way ended now: so_far holds the phases that are
 * done, in the phase it is in the time it has been there, ABSENT_US in those to come, its age in
 * total_us, and class ok. Changes nothing in load, so that a live run and its replay agree sample
 * by sample; it only tells seconds earlier what the finished probe is going to say. verdict: the
 * one in force, replaced where this one is graver. Call it now and then (4 times a second will do)
 * for probes under way for longer than load_patience_us().
 */
void load_waiting(const struct load *load, const struct load_setting *setting,
		  const struct sample *so_far, struct load_verdict *verdict);

/* A probe under way for less than this is no evidence. INT64_MAX while learning or off. */
int64_t load_patience_us(const struct load *load, const struct load_setting *setting);

/* The newest sample was an outlier, or a failure that may be load's doing (a quick 500 or a 404 is
 * not), it has learnt what is usual and there is no alarm yet: asking again at once would tell. */
bool load_is_in_doubt(const struct load *load);

/* After a pause: forgets evidence and alarm, keeps the baselines. Gaps in the samples' times do the
 * same. */
void load_rest(struct load *load);

/* The wall clock was set by so much: the times of what is under way go with it. */
void load_clock_set(struct load *load, int64_t by_ms);

#endif
