/*
 * The play: a table of endpoints and the troubles that befall them. The first spell of each comes
 * at a fixed second, so that whoever opens the demo sees trouble within the first quarter of a
 * minute; the seed shifts the later ones.
 *
 * Randomness is a hash of seed, endpoint and time slot, never a generator with a state: an answer
 * depends neither on who else asked before nor on the order of threads.
 */
#include "demo/play.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"

#define SLOT_US 100000	 /* two requests within a slot meet the same scene */
#define HANG_US 20000000 /* longer than any time-out of the demo's targets */
#define SWELL_S 180.0	 /* the load's cycle */

#define SOUND "expect_body = ~ \"status\": \"healthy\"\n"
#define GONE  "expect_status = 404, 410\n"

/* clang-format off */
const struct endpoint endpoint_table[] = {
	{"/",               "storefront",   "shop",  PAGE_HTML,      8000, 0.12, 0, 1, 100, ""},
	{"/catalogue",      "catalogue",    "shop",  PAGE_JSON,     34000, 0.55, 0, 1, 400, ""},
	{"/search",         "search",       "shop",  PAGE_JSON,     90000, 0.30, 0, 1, 500, ""},
	{"/cart",           "cart",         "shop",  PAGE_JSON,     40000, 0.00, 1, 1, 300, ""},
	{"/orders",         "orders",       "shop",  PAGE_JSON,     40000, 0.00, 1, 1, 300, ""},
	{"/api/checkout",   "checkout-api", "shop",  PAGE_JSON,     62000, 0.25, 0, 1, 300, ""},
	{"/payments",       "payments",     "shop",  PAGE_JSON,    120000, 0.20, 0, 2, 400, ""},
	{"/media/hero.jpg", "media-cdn",    "media", PAGE_IMAGE,    11000, 0.25, 0, 1, 400, ""},
	{"/media/thumb/42", "thumbnails",   "media", PAGE_IMAGE,    15000, 0.35, 0, 1,   0, ""},
	{"/media/playlist", "playlist",     "media", PAGE_JSON,     21000, 0.15, 0, 1,   0, ""},
	{"/health",         "health",       "infra", PAGE_HEALTH,    4000, 0.20, 0, 1,   0, SOUND},
	{"/auth",           "auth",         "infra", PAGE_NOTHING,  17000, 0.18, 0, 1,   0, ""},
	{"/old",            "old-address",  "infra", PAGE_MOVED,     6000, 0.20, 0, 2,   0, ""},
	{"/reports",        "reports",      "infra", PAGE_JSON,    150000, 0.20, 0, 1, 400, ""},
	{"/retired",        "retired-page", "infra", PAGE_GONE,      5000, 0.20, 0, 2,   0, GONE},
	{"/soap/v1",        "legacy-soap",  "infra", PAGE_HTML,    310000, 0.22, 0, 2,   0, ""},
	{"/new",            NULL,           NULL,    PAGE_HTML,      7000, 0.20, 0, 0,   0, ""},
};

const size_t endpoint_count = sizeof endpoint_table / sizeof *endpoint_table;

const struct spell spell_table[] = {
	{"/search",         TROUBLE_HANG,      3, 40, 170},
	{"/reports",        TROUBLE_SLOW,      5, 28,  90},
	{"/catalogue",      TROUBLE_ERROR,     9,  1,  52},
	{"/api/checkout",   TROUBLE_ERROR,    13, 26,  97},
	{"/media/thumb/42", TROUBLE_CUT,      18,  4,  75},
	{"/health",         TROUBLE_DEGRADED, 22, 12, 115},
	{"/media/hero.jpg", TROUBLE_DRIP,     26, 30, 125},
	{"/soap/v1",        TROUBLE_EMPTY,    32,  3,  66},
	{"/payments",       TROUBLE_BUSY,     44, 14, 140},
};

const size_t spell_count = sizeof spell_table / sizeof *spell_table;
/* clang-format on */

static uint64_t draw(uint64_t seed, uint64_t stream, uint64_t n)
{
	return hash_spread(hash_spread(hash_spread(seed) ^ stream) ^ n);
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
 * Is the spell on? Spell n begins at first + n * every, moved by up to a quarter of `every` from
 * the second one on. Only the newest begun by the unmoved timetable and its neighbour can be on.
 */
static bool spell_is_on(const struct spell *spell, uint64_t seed, double second, unsigned *act,
			double *progress)
{
	double first = spell->first_s, every = spell->every_s;
	double n;

	if (second < first)
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

static const struct spell *spell_of(const struct endpoint *endpoint)
{
	for (size_t i = 0; i < spell_count; i++) {
		if (strcmp(spell_table[i].path, endpoint->path) == 0)
			return &spell_table[i];
	}
	return NULL;
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
	uint64_t own_seed = hash_spread(seed ^ stream << 48);
	const struct spell *spell = spell_of(endpoint);
	struct scene scene = {.noise = draw(own_seed, 0x401, slot)};
	double progress = 0;

	if (endpoint->pooled)
		scene.delay_us = play_service_us(own_seed, 0x5e7, slot, endpoint->typical_us);
	else
		scene.delay_us = (int64_t)(endpoint->typical_us *
					   exp(endpoint->spread * normal(own_seed, 0x9a5, slot)));

	if (spell == NULL ||
	    !spell_is_on(spell, own_seed, (double)elapsed_us / 1e6, &scene.act, &progress))
		return scene;
	scene.trouble = spell->trouble;
	if (scene.trouble == TROUBLE_HANG)
		scene.delay_us = HANG_US;
	else if (scene.trouble == TROUBLE_SLOW)
		scene.delay_us =
			(int64_t)((double)scene.delay_us * (4 + 5 * sin(progress * 3.14159265)));
	return scene;
}

/*
 * A sixth of the capacity at the ebb, a twelfth over it at the flood: for some 35 s of each cycle
 * the queue grows until it overflows.
 */
double play_arrivals(double capacity, int64_t elapsed_us)
{
	return capacity * (0.62 - 0.46 * cos((double)elapsed_us / 1e6 / SWELL_S * 2 * 3.14159265));
}
