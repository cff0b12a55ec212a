/*
 * The memory of alerts as JSON: {"schema": 1, "told": [...], "waiting": [...], "letters": [...]}.
 * "waiting" is what no letter was made of yet; files of before it do not have it.
 */
#include "face/alert_memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "face/json_value.h"

#define SCHEMA 1

/* What is being written: an alert's part. */
struct part {
	json_t *list;
	const char *alert;
	enum channel_way way;
};

static void add_told(void *user, const char *target, enum alert_word word, int64_t told_ms)
{
	const struct part *part = user;
	json_t *told = json_object();

	json_object_set_new(told, "alert", json_from_text(part->alert));
	json_object_set_new(told, "target", json_from_text(target));
	json_object_set_new(told, "event", json_string(alert_word_name[word]));
	json_object_set_new(told, "at_ms", json_integer(told_ms));
	json_array_append_new(part->list, told);
}

static void add_waiting(void *user, const char *target, const struct alert_entry *entry)
{
	const struct part *part = user;
	json_t *object = json_object();

	json_object_set_new(object, "alert", json_from_text(part->alert));
	json_object_set_new(object, "target", json_from_text(target));
	json_object_set_new(object, "event", json_string(alert_word_name[entry->word]));
	json_object_set_new(object, "kind", json_string(alert_word_name[entry->kind]));
	json_object_set_new(object, "over", json_boolean(entry->over));
	json_object_set_new(object, "repeated", json_boolean(entry->repeated));
	json_object_set_new(object, "at_ms", json_integer(entry->at_ms));
	json_object_set_new(object, "since_ms", json_integer(entry->since_ms));
	json_object_set_new(object, "length_ms", json_integer(entry->length_ms));
	json_object_set_new(object, "class", json_string(class_table[entry->cls].name));
	json_object_set_new(object, "state", json_string(state_name[entry->state]));
	json_object_set_new(object, "previous", json_string(state_name[entry->previous]));
	json_object_set_new(object, "status", json_integer(entry->status));
	json_object_set_new(object, "detail", json_from_text(entry->detail));
	json_array_append_new(part->list, object);
}

static void add_letter(void *user, const struct alert_letter *letter)
{
	const struct part *part = user;
	json_t *object = json_object(), *facts = json_array();

	json_object_set_new(object, "alert", json_from_text(part->alert));
	json_object_set_new(object, "way", json_string(channel_way_name[part->way]));
	json_object_set_new(object, "id", json_from_text(letter->id));
	json_object_set_new(object, "written_ms", json_integer(letter->written_ms));
	json_object_set_new(object, "json", json_from_text(letter->json));
	json_object_set_new(object, "body", json_from_text(letter->body));
	for (size_t i = 0; i < FACT_COUNT_ALL; i++)
		json_array_append_new(facts, json_from_text(letter->facts[i]));
	json_object_set_new(object, "facts", facts);
	json_array_append_new(part->list, object);
}

char *alert_memory_write(const struct alert_member *members, size_t count)
{
	json_t *whole = json_object(), *told = json_array(), *waiting = json_array();
	json_t *letters = json_array();
	char *text;

	for (size_t i = 0; i < count; i++) {
		struct part part = {told, members[i].alert->name, CHANNEL_WEBHOOK};

		alert_rule_each_told(members[i].rule, add_told, &part);
		part.list = waiting;
		alert_rule_each_waiting(members[i].rule, add_waiting, &part);
		part.list = letters;
		for (unsigned way = 0; way < CHANNEL_WAYS; way++) {
			part.way = (enum channel_way)way;
			if (members[i].channels[way])
				alert_channel_each(members[i].channels[way], add_letter, &part);
		}
	}
	json_object_set_new(whole, "schema", json_integer(SCHEMA));
	json_object_set_new(whole, "told", told);
	json_object_set_new(whole, "waiting", waiting);
	json_object_set_new(whole, "letters", letters);
	text = json_dumps(whole, JSON_COMPACT);
	json_decref(whole);
	return text ? text : x_strdup("{}");
}

static const struct alert_member *find_member(const struct alert_member *members, size_t count,
					      const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(members[i].alert->name, name) == 0)
			return &members[i];
	return NULL;
}

/* The place of the object's text among the names; count where it is none of them. */
static unsigned find_name(json_t *object, const char *key, const char *const *names, unsigned count)
{
	const char *text = json_string_value(json_object_get(object, key));
	unsigned place = 0;

	while (place < count && (!text || strcmp(names[place], text) != 0))
		place++;
	return place;
}

static enum state read_state(json_t *object, const char *key)
{
	unsigned state = find_name(object, key, state_name, STATE_COUNT);

	return state < STATE_COUNT ? (enum state)state : STATE_NEW;
}

static int64_t read_number(json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void read_told(json_t *told, const struct alert_member *members, size_t count)
{
	const char *alert = json_string_value(json_object_get(told, "alert"));
	const char *target = json_string_value(json_object_get(told, "target"));
	unsigned word = find_name(told, "event", alert_word_name, ALERT_WORDS);
	const struct alert_member *member = find_member(members, count, alert);

	if (member && target && word < ALERT_WORDS)
		alert_rule_restore(member->rule, target, (enum alert_word)word,
				   read_number(told, "at_ms"));
}

static void read_waiting(json_t *object, const struct alert_member *members, size_t count)
{
	const char *alert = json_string_value(json_object_get(object, "alert"));
	const char *target = json_string_value(json_object_get(object, "target"));
	const char *cls = json_string_value(json_object_get(object, "class"));
	const char *detail = json_string_value(json_object_get(object, "detail"));
	const struct alert_member *member = find_member(members, count, alert);
	unsigned word = find_name(object, "event", alert_word_name, ALERT_WORDS);
	unsigned kind = find_name(object, "kind", alert_word_name, ALERT_WORDS);
	enum probe_class number = cls ? class_by_name(cls) : CLASS_COUNT;
	struct alert_entry entry = {
		.word = (enum alert_word)word,
		.kind = (enum alert_word)kind,
		.over = json_is_true(json_object_get(object, "over")),
		.repeated = json_is_true(json_object_get(object, "repeated")),
		.at_ms = read_number(object, "at_ms"),
		.since_ms = read_number(object, "since_ms"),
		.length_ms = read_number(object, "length_ms"),
		.cls = number < CLASS_COUNT ? number : CLASS_OK,
		.state = read_state(object, "state"),
		.previous = read_state(object, "previous"),
		.status = (uint16_t)read_number(object, "status"),
	};

	if (!member || !target || word == ALERT_WORDS || kind == ALERT_WORDS)
		return;
	text_copy(entry.detail, sizeof entry.detail, detail ? detail : "");
	alert_rule_restore_waiting(member->rule, target, &entry);
}

static char *take_text(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return x_strdup(text ? text : "");
}

static void read_letter(json_t *object, const struct alert_member *members, size_t count)
{
	const char *way = json_string_value(json_object_get(object, "way"));
	const char *alert = json_string_value(json_object_get(object, "alert"));
	const struct alert_member *member = find_member(members, count, alert);
	json_t *facts = json_object_get(object, "facts");
	enum channel_way number = way && strcmp(way, channel_way_name[CHANNEL_COMMAND]) == 0
					  ? CHANNEL_COMMAND
					  : CHANNEL_WEBHOOK;
	struct alert_letter *letter;

	if (!member || !member->channels[number] ||
	    !alert_channel_has_room(member->channels[number]))
		return;
	letter = x_calloc(1, sizeof *letter);
	letter->written_ms = read_number(object, "written_ms");
	letter->id = take_text(object, "id");
	letter->json = take_text(object, "json");
	letter->body = take_text(object, "body");
	for (size_t i = 0; i < FACT_COUNT_ALL; i++) {
		const char *fact = json_string_value(json_array_get(facts, i));
		letter->facts[i] = x_strdup(fact ? fact : "");
	}
	alert_channel_push(member->channels[number], letter);
}

bool alert_memory_read(const char *text, const struct alert_member *members, size_t count)
{
	json_t *whole = json_loads(text, 0, NULL), *item;
	bool ours = json_integer_value(json_object_get(whole, "schema")) == SCHEMA;
	size_t i;

	if (ours) {
		json_array_foreach(json_object_get(whole, "told"), i, item)
			read_told(item, members, count);
		json_array_foreach(json_object_get(whole, "waiting"), i, item)
			read_waiting(item, members, count);
		json_array_foreach(json_object_get(whole, "letters"), i, item)
			read_letter(item, members, count);
	}
	json_decref(whole);
	return ours;
}
