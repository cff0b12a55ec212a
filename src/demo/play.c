/*
 * The play: a table of endpoints and the troubles that befall them. The first spell of each comes at a fixed second, so that
 * whoever opens the demo sees trouble within the first quarter of a minute; the seed shifts the later ones.
 *
 * Randomness is a hash of seed, endpoint and time slot, never a generator with a state: an answer depends neither on who else
 * asked before nor on the order of threads.
 */
#include "demo/play.h"

#include <math.h>
#include <string.h>

#define SLOT_US 100000     /* two requests within a slot meet the same scene */
#define HANG_US 20000000   /* longer than any time-out of the demo's targets */
#define SWELL_S 180.0      /* the load's cycle */

const struct endpoint endpoint_table[] = {
	{ .path = "/", .name = "storefront", .group = "shop", .query = "", .options = "slow = 100ms\n",
	  .page = PAGE_HTML, .typical_us = 8000, .spread = 0.12 },
	{ .path = "/catalogue", .name = "catalogue", .group = "shop", .query = "", .options = "slow = 400ms\n",
	  .page = PAGE_JSON, .typical_us = 34000, .spread = 0.55, .spell = { TROUBLE_ERROR, 9, 1, 52 } },
	{ .path = "/search", .name = "search", .group = "shop", .query = "?q=shoes", .options = "slow = 500ms\n",
	  .page = PAGE_JSON, .typical_us = 90000, .spread = 0.30, .spell = { TROUBLE_HANG, 3, 40, 170 } },
	{ .path = "/cart", .name = "cart", .group = "shop", .query = "", .options = "slow = 300ms\n",
	  .page = PAGE_JSON, .typical_us = 40000, .pooled = true },
	{ .path = "/orders", .name = "orders", .group = "shop", .query = "", .options = "slow = 300ms\n",
	  .page = PAGE_JSON, .typical_us = 40000, .pooled = true },
	{ .path = "/api/v2/checkout", .name = "checkout-api", .group = "shop", .query = "", .options = "slow = 300ms\n",
	  .page = PAGE_JSON, .typical_us = 62000, .spread = 0.25, .spell = { TROUBLE_ERROR, 13, 26, 97 } },
	{ .path = "/payments", .name = "payments", .group = "shop", .query = "", .options = "interval = 2s\nslow = 400ms\n",
	  .page = PAGE_JSON, .typical_us = 120000, .spread = 0.20, .spell = { TROUBLE_BUSY, 44, 14, 140 } },
	{ .path = "/media/hero.jpg", .name = "media-cdn", .group = "media", .query = "", .options = "slow = 400ms\n",
	  .page = PAGE_IMAGE, .typical_us = 11000, .spread = 0.25, .spell = { TROUBLE_DRIP, 26, 30, 125 } },
	{ .path = "/media/thumb/42", .name = "thumbnails", .group = "media", .query = "", .options = "",
	  .page = PAGE_IMAGE, .typical_us = 15000, .spread = 0.35, .spell = { TROUBLE_CUT, 18, 4, 75 } },
	{ .path = "/media/playlist", .name = "playlist", .group = "media", .query = "", .options = "",
	  .page = PAGE_JSON, .typical_us = 21000, .spread = 0.15 },
	{ .path = "/health", .name = "platform-health", .group = "platform", .query = "",
	  .options = "expect_body = ~ \"status\": \"healthy\"\n",
	  .page = PAGE_HEALTH, .typical_us = 4000, .spread = 0.20, .spell = { TROUBLE_DEGRADED, 22, 12, 115 } },
	{ .path = "/auth", .name = "auth", .group = "platform", .query = "", .options = "",
	  .page = PAGE_NOTHING, .typical_us = 17000, .spread = 0.18 },
	{ .path = "/old", .name = "old-address", .group = "platform", .query = "", .options = "interval = 2s\n",
	  .page = PAGE_MOVED, .typical_us = 6000, .spread = 0.20 },
	{ .path = "/reports/monthly", .name = "reports", .group = "platform", .query = "", .options = "slow = 400ms\n",
	  .page = PAGE_JSON, .typical_us = 150000, .spread = 0.20, .spell = { TROUBLE_SLOW, 5, 28, 90 } },
	{ .path = "/retired", .name = "retired-page", .group = "platform", .query = "",
	  .options = "interval = 2s\nexpect_status = 404, 410\n",
	  .page = PAGE_GONE, .typical_us = 5000, .spread = 0.20 },
	{ .path = "/soap/v1", .name = "legacy-soap", .group = "platform", .query = "", .options = "interval = 2s\n",
	  .page = PAGE_HTML, .typical_us = 310000, .spread = 0.22, .spell = { TROUBLE_EMPTY, 32, 3, 66 } },
	{ .path = "/new", .page = PAGE_HTML, .typical_us = 7000, .spread = 0.20 },
};

const size_t endpoint_count = sizeof endpoint_table / sizeof *endpoint_table;

/* The finisher of splitmix64: neighbouring inputs give unrelated outputs. */
static uint64_t mixed(uint64_t value)
{
	value += 0x9e3779b97f4a7c15u;
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

static uint64_t draw(uint64_t seed, uint64_t stream, uint64_t n)
{
	return mixed(mixed(mixed(seed) ^ stream) ^ n);
}

double play_uniform(uint64_t seed, uint64_t stream, uint64_t n)
{
	return ((double)(draw(seed, stream, n) >> 11) + 0.5) / 9007199254740992.0;
}

/* Erlang of order 3: some jobs take twice the mean, few take three times. */
int64_t play_service_us(uint64_t seed, uint64_t stream, uint64_t n, int64_t mean_us)
{
	double product = 1;

	for (uint64_t i = 0; i < 3; i++)
		product *= play_uniform(seed, stream + i * 0x10000, n);
	return (int64_t)(-log(product) / 3 * (double)mean_us);
}

/* Close to a normal distribution: twelve even draws less six. */
static double normal(uint64_t seed, uint64_t stream, uint64_t n)
{
	double sum = -6;

	for (uint64_t i = 0; i < 12; i++)
		sum += play_uniform(seed, stream + i * 0x10000, n);
	return sum;
}

/*
 * Is the spell on? Spell n begins at first + n * every, moved by up to a quarter of `every` from the second one on. Only the
 * newest begun by the unmoved timetable and its neighbour can be on.
 */
static bool spell_is_on(const struct spell *spell, uint64_t seed, double second, unsigned *act, double *progress)
{
	double first = spell->first_s, every = spell->every_s;
	double n;

	if (spell->trouble == TROUBLE_NONE || second < first)
		return false;
	n = floor((second - first) / every);
	for (int back = 0; back < 2 && n >= 0; back++, n--) {
		double moved = n > 0 ? play_uniform(seed, 0xac7, (uint64_t)n) * every / 4 : 0;
		double into = second - first - n * every - moved;

		if (into >= 0 && into < spell->length_s) {
			*act = (unsigned)n;
			*progress = into / spell->length_s;
			return true;
		}
	}
	return false;
}

const struct endpoint *endpoint_by_path(const char *path)
{
	for (size_t i = 0; i < endpoint_count; i++) {
		if (strcmp(endpoint_table[i].path, path) == 0)
			return &endpoint_table[i];
	}
	return NULL;
}

struct scene play_scene(const struct endpoint *endpoint, uint64_t seed, int64_t elapsed_us)
{
	uint64_t stream = (uint64_t)(endpoint - endpoint_table) + 1;
	uint64_t slot = elapsed_us > 0 ? (uint64_t)elapsed_us / SLOT_US : 0;
	uint64_t own_seed = mixed(seed ^ stream << 48);
	struct scene scene = { .noise = draw(own_seed, 0x401, slot) };
	double progress = 0;

	if (endpoint->pooled)
		scene.delay_us = play_service_us(own_seed, 0x5e7, slot, endpoint->typical_us);
	else
		scene.delay_us = (int64_t)(endpoint->typical_us * exp(endpoint->spread * normal(own_seed, 0x9a5, slot)));

	if (!spell_is_on(&endpoint->spell, own_seed, (double)elapsed_us / 1e6, &scene.act, &progress))
		return scene;
	scene.trouble = endpoint->spell.trouble;
	if (scene.trouble == TROUBLE_HANG)
		scene.delay_us = HANG_US;
	else if (scene.trouble == TROUBLE_SLOW)
		scene.delay_us = (int64_t)((double)scene.delay_us * (4 + 5 * sin(progress * 3.14159265)));
	return scene;
}

/* A fifth of the capacity at the ebb, a fifth over it at the flood: the queue overflows for about 50 s of each cycle. */
double play_arrivals(double capacity, int64_t elapsed_us)
{
	return capacity * (0.7 - 0.5 * cos((double)elapsed_us / 1e6 / SWELL_S * 2 * 3.14159265));
}
