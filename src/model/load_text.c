/*
 * The load detector's verdict in words: what is wrong (the sub-cause), the figures that show it,
 * which phases are as usual, and where it is going. Reads the detector's state, changes nothing.
 * Pure.
 */
#include "model/load_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "model/load_cause.h"

#define AT_REST	  1.5f	/* a channel with less evidence is as usual */
#define MANY	  3	/* one check in so many makes a sub-cause */
#define TREND_MIN 20.0f /* ms a second: less is no trend */
#define RATIO_MAX 999.0f

/* What exactly is wrong; the words begin the evidence. */
enum why {
	WHY_BUSY,
	WHY_QUEUE,
	WHY_SHED,
	WHY_TURNED_AWAY,
	WHY_UPSTREAM,
	WHY_REFUSED,
	WHY_NETWORK,
	WHY_LOSSY,
	WHY_RESOLVER,
	WHY_CLIENT,
	WHYS
};

static const struct {
	const char *words;
	const char *phase; /* what its figures are of; NULL: errors, no latency */
	enum load_channel_name channel;
} whys[WHYS] = {
	[WHY_BUSY] = {"server busy", "server time", CHANNEL_SERVER},
	[WHY_QUEUE] = {"listen queue full", "server time", CHANNEL_SERVER},
	[WHY_SHED] = {"shedding load (429)", NULL, CHANNEL_SERVER},
	[WHY_TURNED_AWAY] = {"shedding load (503)", NULL, CHANNEL_SERVER},
	[WHY_UPSTREAM] = {"upstream of the proxy (502, 504)", NULL, CHANNEL_SERVER},
	[WHY_REFUSED] = {"not listening (refused)", NULL, CHANNEL_SERVER},
	[WHY_NETWORK] = {"network", "connect", CHANNEL_NETWORK},
	[WHY_LOSSY] = {"network: packets are lost", NULL, CHANNEL_NETWORK},
	[WHY_RESOLVER] = {"resolver", "look-up", CHANNEL_DNS},
	[WHY_CLIENT] = {"this host itself is short of CPU", NULL, CHANNEL_SERVER},
};

static enum why why_of_server(const struct load *load, const unsigned counts[OUTCOMES])
{
	unsigned bad = OUTCOMES_KEPT - counts[OUTCOME_FINE] - counts[OUTCOME_NONE];

	if (counts[OUTCOME_UPSTREAM] * MANY > bad)
		return WHY_UPSTREAM;
	if (counts[OUTCOME_SHED] * MANY > bad)
		return WHY_SHED;
	if (counts[OUTCOME_BUSY] * MANY > bad)
		return WHY_TURNED_AWAY;
	if (counts[OUTCOME_REFUSED] * MANY > bad)
		return WHY_REFUSED;
	return counts[OUTCOME_UNHEARD] > 0 || load->resent > LOAD_RESENT_SHARE ? WHY_QUEUE
									       : WHY_BUSY;
}

static enum why why_of(const struct load *load, const unsigned counts[OUTCOMES])
{
	switch ((enum load_cause)load->cause) {
	case LOAD_NETWORK:
		return load_is_lossy(load) ? WHY_LOSSY : WHY_NETWORK;
	case LOAD_DNS:
		return WHY_RESOLVER;
	case LOAD_CLIENT:
		return WHY_CLIENT;
	case LOAD_NONE:
	case LOAD_SERVER:
		break;
	}
	return why_of_server(load, counts);
}

static float ratio_of(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	float usual = fmaxf(channel_usual_ms(channel, rule), 0.5f);

	if (!channel_is_ready(channel))
		return 0;
	return fminf(fmaxf(channel_present_ms(channel, rule), 0.5f) / usual, RATIO_MAX);
}

/* Text that grows at its end; what does not fit is cut. */
struct line {
	char *text;
	size_t size, used;
};

#define ADD(line, ...)                                                                             \
	((line)->used +=                                                                           \
	 text_format((line)->text + (line)->used, (line)->size - (line)->used, __VA_ARGS__))

static void add_figures(struct line *line, const struct load *load,
			const struct load_setting *setting, enum why why)
{
	const struct load_channel *channel = &load->channel[whys[why].channel];
	const struct load_channel_rule *rule = &setting->rule->channel[whys[why].channel];
	char usual[FORMAT_MAX], present[FORMAT_MAX];
	int tenths = (int)lroundf(ratio_of(channel, rule) * 10);

	if (!whys[why].phase || tenths <= 10)
		return;
	format_latency(usual, (int64_t)(channel_usual_ms(channel, rule) * 1000));
	format_latency(present, (int64_t)(channel_present_ms(channel, rule) * 1000));
	ADD(line, ": %s %s, usual %s", whys[why].phase, present, usual);
	if (tenths < 100)
		ADD(line, ", %d.%d×", tenths / 10, tenths % 10);
	else
		ADD(line, ", %d×", tenths / 10);
}

static void add_counts(struct line *line, const unsigned counts[OUTCOMES])
{
	unsigned known = OUTCOMES_KEPT - counts[OUTCOME_NONE], bad = known - counts[OUTCOME_FINE];
	unsigned late = counts[OUTCOME_TIMEOUT] + counts[OUTCOME_UNHEARD];

	if (bad > 0)
		ADD(line, ", %u of the last %u checks", bad, known);
	if (late > 0)
		ADD(line, " (%u without an answer)", late);
}

static void add_rest(struct line *line, const struct load *load)
{
	static const char *const names[CHANNELS] = {"server", "connect", "DNS"};
	const char *before = " · ";

	for (unsigned i = 0; i < CHANNELS; i++) {
		const struct load_channel *c = &load->channel[i];

		if (!channel_is_ready(c) || c->active || c->shift >= AT_REST || c->rare > 0)
			continue;
		ADD(line, "%s%s", before, names[i]);
		before = ", ";
	}
	if (before[0] == ',')
		ADD(line, " as usual");
}

/*
 * Coarse on purpose: on real overloads 62 in 100 such estimates were right within a factor of two.
 * They were too long by a third in the median, hence the limits above what the words say.
 */
static void add_trend(struct line *line, const struct load *load, int64_t timeout_ms)
{
	static const struct {
		float below_s;
		const char *words;
	} steps[] = {
		{20, "under 15 s"},
		{50, "about 30 s"},
		{110, "about 1 min"},
		{300, "about 3 min"},
	};
	float left_s =
		load->trend > 0 ? ((float)timeout_ms - load->trend_level_ms) / load->trend : 0;

	if (load->trend < -TREND_MIN) {
		ADD(line, " · falling");
		return;
	}
	if (load->trend <= TREND_MIN || left_s <= 0)
		return;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (left_s < steps[i].below_s) {
			ADD(line, " · rising, time-out in %s", steps[i].words);
			return;
		}
	}
	ADD(line, " · rising");
}

static void tell_alarm(const struct load *load, const struct load_setting *setting,
		       struct load_verdict *verdict)
{
	struct line line = {verdict->evidence, sizeof(verdict->evidence), 0};
	unsigned counts[OUTCOMES];
	enum why why;

	load_count_outcomes(load, counts);
	why = why_of(load, counts);
	verdict->since_ms = load->since_ms;
	if (whys[why].phase)
		verdict->ratio = ratio_of(&load->channel[whys[why].channel],
					  &setting->rule->channel[whys[why].channel]);
	ADD(&line, "%s", whys[why].words);
	if (why == WHY_CLIENT)
		ADD(&line, ": %ld %% of the checks start late", lroundf(load->lag * 100));
	add_figures(&line, load, setting, why);
	add_counts(&line, counts);
	add_rest(&line, load);
	if (whys[why].phase)
		add_trend(&line, load, setting->timeout_ms);
}

void load_tell(const struct load *load, const struct load_setting *setting,
	       struct load_verdict *verdict)
{
	const struct load_channel *server = &load->channel[CHANNEL_SERVER];

	verdict->level = setting->rule ? (enum load_level)load->level : LOAD_CALM;
	verdict->cause = (enum load_cause)load->cause;
	verdict->ratio = 0;
	verdict->since_ms = 0;
	verdict->evidence[0] = '\0';
	if (!setting->rule)
		return;
	if (load->level >= LOAD_ELEVATED)
		tell_alarm(load, setting, verdict);
	else if (load->level == LOAD_CALM)
		verdict->ratio = ratio_of(server, &setting->rule->channel[CHANNEL_SERVER]);
	else
		text_format(verdict->evidence, sizeof(verdict->evidence),
			    "learning what is usual: %u of %d answers", server->usual.count,
			    LOAD_LEARNS);
}

/* ---- back again ---- */

static const enum load_cause cause_of[CHANNELS] = {
	[CHANNEL_SERVER] = LOAD_SERVER,
	[CHANNEL_NETWORK] = LOAD_NETWORK,
	[CHANNEL_DNS] = LOAD_DNS,
};

/* Of words that begin alike the longest are meant. */
static enum why why_told(const char *evidence)
{
	enum why found = WHYS;
	size_t longest = 0;

	for (unsigned why = 0; why < WHYS; why++) {
		size_t length = strlen(whys[why].words);

		if (length > longest && strncmp(evidence, whys[why].words, length) == 0) {
			longest = length;
			found = (enum why)why;
		}
	}
	return found;
}

void load_recall(const char *evidence, struct load_verdict *verdict)
{
	enum why why = why_told(evidence);
	const char *usual = strstr(evidence, ", usual ");
	const char *times = usual ? strstr(usual + 8, ", ") : NULL;
	char *end;

	verdict->cause = LOAD_NONE;
	verdict->ratio = 0;
	if (why == WHYS)
		return;
	verdict->cause = why == WHY_CLIENT ? LOAD_CLIENT : cause_of[whys[why].channel];
	if (!times || !whys[why].phase)
		return;
	verdict->ratio = strtof(times + 2, &end);
	if (end == times + 2 || strncmp(end, "×", strlen("×")) != 0)
		verdict->ratio = 0;
}
