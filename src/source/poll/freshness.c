/*
 * The freshness of answers. Under the resolver's lock.
 */
#include "source/poll/freshness.h"

#define KEEP_US		 30000000
#define KEEP_WATCHED_US	 900000 /* each probe at intervals of a second and more asks anew */
#define WATCHED_FIRST	 32	/* look-ups: what the load detector learns from */
#define WATCHED_AGAIN	 16	/* and what it sees the end by */
#define WATCHED_A_SECOND 10
#define UNUSUAL_TIMES	 3 /* times the usual, and */
#define UNUSUAL_US	 50000
#define WEIGHT		 16 /* one in so many, of the newest in what is usual */

void freshness_init(struct freshness *freshness)
{
	*freshness = (struct freshness){.watched = WATCHED_FIRST};
}

/* An unusual one draws attention to those that follow. */
static void learn(struct freshness *freshness, int64_t took_us)
{
	int64_t usual_us = freshness->usual_us;

	if (usual_us == 0) {
		freshness->usual_us = took_us;
		return;
	}
	if (took_us > UNUSUAL_TIMES * usual_us + UNUSUAL_US)
		freshness->watched = WATCHED_AGAIN;
	else if (freshness->watched > 0)
		freshness->watched--;
	if (took_us > 2 * usual_us)
		took_us = 2 * usual_us;
	freshness->usual_us += (took_us - usual_us) / WEIGHT;
}

int64_t freshness_keep_us(struct freshness *freshness, struct freshness_share *share,
			  int64_t took_us, int64_t now_us)
{
	learn(freshness, took_us);
	if (now_us - share->second_us >= 1000000) {
		share->second_us = now_us;
		share->watched = 0;
	}
	if (freshness->watched == 0 || share->watched == WATCHED_A_SECOND)
		return KEEP_US;
	share->watched++;
	return KEEP_WATCHED_US;
}
