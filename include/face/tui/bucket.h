#ifndef WEBMON_FACE_TUI_BUCKET_H
#define WEBMON_FACE_TUI_BUCKET_H
/*
 * A token bucket that may run into debt: what has been begun is written whole, and what comes next
 * waits until it is paid for. So no frame is ever torn, and in the long run no more than the rate
 * is written. Pure.
 */
#include <stdbool.h>
#include <stdint.h>

struct bucket {
	int64_t rate;	/* bytes a second; 0: no limit */
	int64_t credit; /* bytes; negative: debt */
	int64_t at_us;	/* when the credit was last counted */
};

static inline struct bucket bucket_of(int64_t rate, int64_t now_us)
{
	return (struct bucket){.rate = rate, .credit = rate, .at_us = now_us};
}

/* True where the next frame may begin; a second's worth at most is saved up. */
static inline bool bucket_is_open(struct bucket *bucket, int64_t now_us)
{
	int64_t passed_us = now_us - bucket->at_us;

	if (!bucket->rate)
		return true;
	/* whole bytes only, so that what is left of the time is not lost */
	if (passed_us > 10000000)
		passed_us = 10000000;
	if (passed_us > 0 && passed_us * bucket->rate >= 1000000) {
		bucket->credit += passed_us * bucket->rate / 1000000;
		bucket->at_us = now_us;
	}
	if (bucket->credit > bucket->rate)
		bucket->credit = bucket->rate;
	return bucket->credit >= 0;
}

static inline void bucket_spend(struct bucket *bucket, int64_t bytes)
{
	if (bucket->rate)
		bucket->credit -= bytes;
}

#endif
