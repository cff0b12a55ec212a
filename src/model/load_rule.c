/*
 * How readily the load detector speaks: the constants, chosen on recorded traces and on the simulator of
 * tests/bench/load. A table, and a look-up by the configuration's word.
 */
#include "model/load_rule.h"

#include <string.h>

/*
 * What each word of the configuration means. Thresholds are logarithms of odds: 13 is one false alarm in e^13 samples
 * for independent ones at worst, and the simulator of tests/bench/load says what that is for samples out of a queue.
 */
static const struct load_rule rules[] = {
	{
		.name = "on",
		.channel = {
			[CHANNEL_SERVER]  = {3, 0.69f, 2, 0.30f, 1.1f, 150},
			[CHANNEL_NETWORK] = {3, 0.41f, 2, 0.20f, 1.1f, 150},
			[CHANNEL_DNS]     = {5, 0.69f, 2, 0.20f, 1.1f, 150},
		},
		.threshold = 13, .rare = 15, .material_ms = 20,
		.persist_ms = 5000, .clear_ms = 4000, .relearn_ms = 120000,
	},
	{
		.name = "low",
		.channel = {
			[CHANNEL_SERVER]  = {3, 1.10f, 2.5f, 0.30f, 1.6f, 300},
			[CHANNEL_NETWORK] = {3, 0.69f, 2.5f, 0.20f, 1.6f, 300},
			[CHANNEL_DNS]     = {5, 1.10f, 2.5f, 0.20f, 1.6f, 300},
		},
		.threshold = 14, .rare = 18, .material_ms = 60,
		.persist_ms = 20000, .clear_ms = 8000, .relearn_ms = 120000,
	},
	{
		.name = "high",
		.channel = {
			[CHANNEL_SERVER]  = {3, 0.47f, 1.6f, 0.25f, 0.9f, 100},
			[CHANNEL_NETWORK] = {3, 0.34f, 1.6f, 0.20f, 0.9f, 100},
			[CHANNEL_DNS]     = {5, 0.47f, 1.6f, 0.20f, 0.9f, 100},
		},
		.threshold = 9, .rare = 12, .material_ms = 10,
		.persist_ms = 3000, .clear_ms = 4000, .relearn_ms = 120000,
	},
};

const struct load_rule *load_rule_by_name(const char *name)
{
	for (size_t i = 0; name && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}
