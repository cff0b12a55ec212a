/*
 * How readily the load detector speaks: the constants, chosen on recorded traces and on the
 * simulator of tests/bench/load. A table, and a look-up by the configuration's word.
 */
#include "model/load_rule.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

/*
 * What each word of the configuration means. Thresholds are logarithms of odds: 13 is one false
 * alarm in e^13 samples for independent ones at worst, and the simulator of tests/bench/load says
 * what that is for samples out of a queue. The least excess that matters, 30 ms, is the largest
 * that cost nothing on the recorded traces: on a busy machine small applications are often slower
 * by less, and nobody minds.
 */
static const struct load_rule rules[] =
	{
		{
			.name = "on",
			.channel =
				{
					[CHANNEL_SERVER] = {3, 0.69f, 2, 0.30f, 1.1f, 150},
					[CHANNEL_NETWORK] = {3, 0.41f, 2, 0.20f, 1.1f, 150},
					[CHANNEL_DNS] = {5, 0.69f, 2, 0.20f, 1.1f, 150},
				},
			.threshold = 13,
			.rare = 15,
			.material_ms = 30,
			.persist_ms = 5000,
			.clear_ms = 4000,
			.relearn_ms = 300000,
		},
		{
			.name = "low",
			.channel =
				{
					[CHANNEL_SERVER] = {3, 1.10f, 2.5f, 0.30f, 1.6f, 300},
					[CHANNEL_NETWORK] = {3, 0.69f, 2.5f, 0.20f, 1.6f, 300},
					[CHANNEL_DNS] = {5, 1.10f, 2.5f, 0.20f, 1.6f, 300},
				},
			.threshold = 14,
			.rare = 18,
			.material_ms = 60,
			.persist_ms = 20000,
			.clear_ms = 8000,
			.relearn_ms = 300000,
		},
		{
			.name = "high",
			.channel =
				{
					[CHANNEL_SERVER] = {3, 0.47f, 1.6f, 0.25f, 0.9f, 100},
					[CHANNEL_NETWORK] = {3, 0.34f, 1.6f, 0.20f, 0.9f, 100},
					[CHANNEL_DNS] = {5, 0.47f, 1.6f, 0.20f, 0.9f, 100},
				},
			.threshold = 9,
			.rare = 12,
			.material_ms = 10,
			.persist_ms = 3000,
			.clear_ms = 4000,
			.relearn_ms = 300000,
		},
};

const struct load_rule *load_rule_by_name(const char *name)
{
	for (size_t i = 0; name && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

void load_rule_explain(char *out, size_t capacity, const char *name)
{
	const struct load_rule *rule = load_rule_by_name(name);
	char persist[FORMAT_MAX], clear[FORMAT_MAX], relearn[FORMAT_MAX];

	if (!rule) {
		text_copy(out, capacity, "no load situation is looked for");
		return;
	}
	format_duration(persist, rule->persist_ms);
	format_duration(clear, rule->clear_ms);
	format_duration(relearn, rule->relearn_ms);
	text_format(
		out, capacity,
		"told where server or look-up time is %.1f times or connect %.1f times the "
		"target's "
		"own usual and %.0f ms over it, or outliers and failures pile up, for %s; calm %s "
		"after the last such check; taken for the new usual after %s; speaks after %d good "
		"answers",
		exp((double)rule->channel[CHANNEL_SERVER].step),
		exp((double)rule->channel[CHANNEL_NETWORK].step), (double)rule->material_ms,
		persist, clear, relearn, LOAD_LEARNS);
}
