/*
 * Messages of alerts. The head of a message are the facts of the gravest event that still holds, so
 * that a receiver that reads no further, and a command that knows nothing of groups, is still told
 * the truth; all events stand in a list behind it.
 */
#include "face/alert_message.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "face/json_value.h"
#include "model/url.h"
#include "model/wording.h"

#define TEXT_MAX    3500
#define DISCORD_MAX 1900 /* of the 2000 characters that it takes */
#define LINES_MAX   20	 /* events that a text names */

/* clang-format off */
const char *const alert_word_name[ALERT_WORDS] = {
	[ALERT_DOWN]     = "down",
	[ALERT_UP]       = "up",
	[ALERT_SLOW]     = "slow",
	[ALERT_LOAD]     = "load",
	[ALERT_CALM]     = "calm",
	[ALERT_CERT]     = "cert",
	[ALERT_BURN]     = "burn",
	[ALERT_FLAPPING] = "flapping",
	[ALERT_SELF]     = "self",
	[ALERT_TEST]     = "test",
};

/* How an event is put to people: while it lasts, and when it is over. */
static const struct {
	const char *open, *over;
} words[ALERT_WORDS] = {
	[ALERT_DOWN]     = {"DOWN",               "UP again"},
	[ALERT_UP]       = {"UP again",           "UP again"},
	[ALERT_SLOW]     = {"SLOW",               "in time again"},
	[ALERT_LOAD]     = {"LOAD",               "calm again"},
	[ALERT_CALM]     = {"calm again",         "calm again"},
	[ALERT_CERT]     = {"CERTIFICATE",        "certificate renewed"},
	[ALERT_BURN]     = {"ERROR BUDGET burns", "error budget no longer burns"},
	[ALERT_FLAPPING] = {"FLAPPING",           "steady again"},
	[ALERT_SELF]     = {"in trouble",         "well again"},
	[ALERT_TEST]     = {"test",               "test"},
};
/* clang-format on */

/* ---- facts ---- */

static const struct target *target_of(const struct config *config, const struct alert_entry *entry)
{
	return entry->target < config->target_count ? &config->targets[entry->target] : NULL;
}

static const char *name_of(const struct config *config, const struct alert_entry *entry)
{
	const struct target *target = target_of(config, entry);

	return target ? target->name : "webmon";
}

/*
 * What still holds before what is outdated, troubles before ends, and the graver before the others:
 * the words stand in that order.
 */
static bool is_graver(const struct alert_entry *a, const struct alert_entry *b)
{
	if (a->outdated != b->outdated)
		return b->outdated;
	if (a->over != b->over)
		return b->over;
	return a->word < b->word;
}

static const struct alert_entry *gravest(const struct alert_batch *batch)
{
	const struct alert_entry *found = &batch->entries[0];

	for (size_t i = 1; i < batch->count; i++)
		if (is_graver(&batch->entries[i], found))
			found = &batch->entries[i];
	return found;
}

/* ---- for people ---- */

/* "steady after 26 s" needs no "steady again" before it, and "down for good after 26 s" must not
 * have it. */
static bool says_its_end(const struct alert_entry *entry)
{
	return entry->over && entry->kind == ALERT_FLAPPING &&
	       (strncmp(entry->detail, "steady ", 7) == 0 ||
		strncmp(entry->detail, "down for good ", 14) == 0);
}

static size_t say_entry(char *out, size_t capacity, const struct config *config,
			const struct alert_entry *entry)
{
	const struct target *target = target_of(config, entry);
	/* the end of slow is told as up too, but it was never away */
	enum alert_word kind =
		entry->word == ALERT_UP && entry->previous == STATE_SLOW ? ALERT_SLOW : entry->word;
	bool said = says_its_end(entry);
	const char *word = said ? entry->detail : entry->over ? words[kind].over : words[kind].open;
	size_t used = text_format(out, capacity, "%s %s%s", name_of(config, entry),
				  entry->repeated ? "still " : "", word);

	if (entry->over && !said && entry->length_ms > 0 &&
	    strncmp(entry->detail, "after ", 6) != 0) {
		char length[FORMAT_MAX];

		wording_length(length, sizeof length, entry->length_ms);
		used += text_format(out + used, capacity - used, " after %s", length);
	}
	if (entry->detail[0] != '\0' && !said)
		used += text_format(out + used, capacity - used, ": %s", entry->detail);
	if (target)
		used += text_format(out + used, capacity - used, " (%s)", target->url_shown);
	return used;
}

/* "webmon: 12 events: 9 down, 3 up". */
static size_t say_counts(char *out, size_t capacity, const struct alert_batch *batch)
{
	size_t used = text_format(out, capacity, "webmon: %zu events:", alert_batch_total(batch));
	const char *mark = "";

	for (unsigned word = 0; word < ALERT_WORDS; word++) {
		size_t count = batch->left_out[word];

		for (size_t i = 0; i < batch->count; i++)
			count += batch->entries[i].word == word;
		if (count == 0)
			continue;
		used += text_format(out + used, capacity - used, "%s %zu %s", mark, count,
				    alert_word_name[word]);
		mark = ",";
	}
	return used;
}

static void say_batch(char *out, size_t capacity, const struct config *config,
		      const struct alert_batch *batch)
{
	size_t used = 0, shown = batch->count < LINES_MAX ? batch->count : LINES_MAX;
	size_t total = alert_batch_total(batch);

	if (total > 1) {
		used += say_counts(out, capacity, batch);
		used += text_copy(out + used, capacity - used, "\n");
	}
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			used += text_copy(out + used, capacity - used, "\n");
		used += say_entry(out + used, capacity - used, config, &batch->entries[i]);
	}
	if (total > shown)
		text_format(out + used, capacity - used, "\nand %zu more", total - shown);
}

/* ---- JSON ---- */

static json_t *entry_object(const struct config *config, const struct alert_entry *entry)
{
	const struct target *target = target_of(config, entry);
	json_t *object = json_object();

	json_object_set_new(object, "event", json_string(alert_word_name[entry->word]));
	json_object_set_new(object, "target", json_from_text(name_of(config, entry)));
	json_object_set_new(object, "group", json_from_text(target ? target->group : ""));
	json_object_set_new(object, "url",
			    target ? json_from_text(target->url_shown) : json_null());
	json_object_set_new(object, "time", json_from_time(entry->at_ms));
	json_object_set_new(object, "state", json_string(state_name[entry->state]));
	json_object_set_new(object, "previous", json_string(state_name[entry->previous]));
	json_object_set_new(object, "class", json_string(class_table[entry->cls].name));
	json_object_set_new(object, "status", json_from_count_or_null(entry->status));
	json_object_set_new(object, "detail", json_from_text(entry->detail));
	json_object_set_new(object, "since", json_from_second(entry->since_ms));
	json_object_set_new(object, "over", json_boolean(entry->over));
	json_object_set_new(object, "repeated", json_boolean(entry->repeated));
	json_object_set_new(object, "length_s",
			    entry->length_ms > 0 ? json_real((double)entry->length_ms / 1000)
						 : json_null());
	return object;
}

static char *dump(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(VALUE_DIGITS));

	json_decref(object);
	return text ? text : x_strdup("{}");
}

static char *own_json(const struct config *config, const struct alert_batch *batch, const char *id,
		      const char *text)
{
	json_t *object = entry_object(config, gravest(batch)), *events = json_array();

	json_object_set_new(object, "id", json_from_text(id));
	json_object_set_new(object, "text", json_from_text(text));
	json_object_set_new(object, "count", json_integer((json_int_t)alert_batch_total(batch)));
	for (size_t i = 0; i < batch->count; i++)
		json_array_append_new(events, entry_object(config, &batch->entries[i]));
	json_object_set_new(object, "events", events);
	json_object_set_new(object, "webmon", json_string(WEBMON_VERSION));
	return dump(object);
}

/* Slack reads &, < and > as its own marks: https://api.slack.com/reference/surfaces/formatting. */
static char *slack_json(const char *text)
{
	char escaped[TEXT_MAX * 2];
	size_t used = 0;
	json_t *object = json_object();

	for (; *text != '\0' && used + 8 < sizeof escaped; text++) {
		char one[2] = {*text, '\0'};
		const char *put = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : one;

		used += (size_t)snprintf(escaped + used, sizeof escaped - used, "%s",
					 *text == '>' ? "&gt;" : put);
	}
	escaped[used] = '\0';
	json_object_set_new(object, "text", json_from_text(escaped));
	return dump(object);
}

/* No mention is obeyed: a target's answer must not ring everybody. */
static char *discord_json(const char *text)
{
	char cut[DISCORD_MAX + 1];
	json_t *object = json_object(), *mentions = json_object();

	text_copy(cut, sizeof cut, text);
	json_object_set_new(mentions, "parse", json_array());
	json_object_set_new(object, "content", json_from_text(cut));
	json_object_set_new(object, "allowed_mentions", mentions);
	return dump(object);
}

static bool host_ends_in(const struct url_parts *parts, const char *end)
{
	size_t length = strlen(end);

	return parts->host.length >= length &&
	       strncasecmp(parts->host.at + parts->host.length - length, end, length) == 0 &&
	       (parts->host.length == length ||
		parts->host.at[parts->host.length - length - 1] == '.');
}

enum alert_format alert_format_of(const struct alert_config *alert)
{
	struct url_parts parts;

	if (alert->format != ALERT_AUTO)
		return alert->format;
	if (!alert->webhook || !url_split(alert->webhook, &parts))
		return ALERT_JSON;
	if (host_ends_in(&parts, "hooks.slack.com"))
		return ALERT_SLACK;
	if (host_ends_in(&parts, "discord.com") || host_ends_in(&parts, "discordapp.com"))
		return ALERT_DISCORD;
	return ALERT_JSON;
}

/* ---- the letter ---- */

static void fill_facts(struct alert_letter *letter, const struct config *config,
		       const struct alert_batch *batch, const char *text)
{
	const struct alert_entry *entry = gravest(batch);
	const struct target *target = target_of(config, entry);
	char since[FORMAT_MAX], time[FORMAT_MAX];

	format_stamp(since, entry->since_ms, STAMP_ISO, true, entry->since_ms);
	format_stamp(time, entry->at_ms, STAMP_ISO, true, entry->at_ms);
	letter->facts[FACT_EVENT] = x_asprintf("WEBMON_EVENT=%s", alert_word_name[entry->word]);
	letter->facts[FACT_TARGET] = x_asprintf("WEBMON_TARGET=%s", name_of(config, entry));
	letter->facts[FACT_GROUP] = x_asprintf("WEBMON_GROUP=%s", target ? target->group : "");
	letter->facts[FACT_URL] = x_asprintf("WEBMON_URL=%s", target ? target->url_shown : "");
	letter->facts[FACT_STATE] = x_asprintf("WEBMON_STATE=%s", state_name[entry->state]);
	letter->facts[FACT_CLASS] = x_asprintf("WEBMON_CLASS=%s", class_table[entry->cls].name);
	letter->facts[FACT_STATUS] = entry->status ? x_asprintf("WEBMON_STATUS=%u", entry->status)
						   : x_strdup("WEBMON_STATUS=");
	letter->facts[FACT_DETAIL] = x_asprintf("WEBMON_DETAIL=%s", entry->detail);
	letter->facts[FACT_SINCE] = x_asprintf("WEBMON_SINCE=%s", entry->since_ms > 0 ? since : "");
	letter->facts[FACT_TIME] = x_asprintf("WEBMON_TIME=%s", time);
	letter->facts[FACT_PREVIOUS] =
		x_asprintf("WEBMON_PREVIOUS=%s", state_name[entry->previous]);
	letter->facts[FACT_COUNT] = x_asprintf("WEBMON_COUNT=%zu", alert_batch_total(batch));
	letter->facts[FACT_MESSAGE] = x_asprintf("WEBMON_MESSAGE=%s", text);
}

struct alert_letter *alert_letter_new(const struct config *config, const struct alert_config *alert,
				      const struct alert_batch *batch, const char *id)
{
	struct alert_letter *letter = x_calloc(1, sizeof *letter);
	enum alert_format format = alert_format_of(alert);
	char text[TEXT_MAX];

	say_batch(text, sizeof text, config, batch);
	letter->written_ms = clock_wall_ms();
	letter->id = x_strdup(id);
	letter->json = own_json(config, batch, id, text);
	letter->body = format == ALERT_SLACK	 ? slack_json(text)
		       : format == ALERT_DISCORD ? discord_json(text)
						 : x_strdup(letter->json);
	fill_facts(letter, config, batch, text);
	return letter;
}

void alert_letter_free(struct alert_letter *letter)
{
	if (!letter)
		return;
	for (size_t i = 0; i < FACT_COUNT_ALL; i++)
		free(letter->facts[i]);
	free(letter->id);
	free(letter->json);
	free(letter->body);
	free(letter);
}
