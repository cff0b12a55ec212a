/*
 * From series to rows: identity by all labels, names by those that people read.
 */
#include "source/prometheus/found.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/names.h"
#include "source/prometheus/point.h"

#define NAME_BYTES  120 /* of what stands before the place */
#define PLACE_BYTES 60
#define GAPS	    64 /* of a series, that its interval is the median of */
#define ROUND_MS    100

/* What may tell apart series of one name: the place first. */
static const char *const places[] = {"location", "region",  "site",	  "zone",    "datacenter",
				     "dc",	 "cluster", "prometheus", "replica", "exported_job",
				     "job",	 "module",  "instance"};

struct item {
	uint64_t key;
	json_t *labels;
	int64_t interval_ms; /* 0: not known */
	char *base, *name, *group, *url;
};

struct found {
	struct item *items;
	size_t count;
	bool full, none;
	struct found_target *targets;
	uint64_t *slots; /* place + 1 by key */
	size_t room;	 /* of slots, a power of two */
};

struct found *found_new(void)
{
	struct found *found = x_calloc(1, sizeof(*found));

	found->room = 64;
	found->slots = x_calloc(found->room, sizeof(*found->slots));
	return found;
}

void found_free(struct found *found)
{
	if (!found)
		return;
	for (size_t i = 0; i < found->count; i++) {
		struct item *item = &found->items[i];

		json_decref(item->labels);
		free(item->base);
		free(item->name);
		free(item->group);
		free(item->url);
	}
	free(found->items);
	free(found->targets);
	free(found->slots);
	free(found);
}

static uint64_t *slot_of(struct found *found, uint64_t key)
{
	size_t at = (size_t)key & (found->room - 1);

	while (found->slots[at] && found->items[found->slots[at] - 1].key != key)
		at = (at + 1) & (found->room - 1);
	return &found->slots[at];
}

static void grow_slots(struct found *found)
{
	free(found->slots);
	found->room *= 2;
	found->slots = x_calloc(found->room, sizeof(*found->slots));
	for (size_t i = 0; i < found->count; i++)
		*slot_of(found, found->items[i].key) = i + 1;
}

static int compare_gaps(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of what lies between two samples; 0 where there are no two. */
static int64_t interval_of(const struct series *series)
{
	int64_t gaps[GAPS], before = -1, at_ms;
	size_t count = 0;
	double value;

	for (size_t i = 0; i < series_count(series) && count < GAPS; i++) {
		if (!series_at(series, i, &at_ms, &value))
			continue;
		if (before >= 0 && at_ms > before)
			gaps[count++] = at_ms - before;
		before = at_ms;
	}
	if (count == 0)
		return 0;
	qsort(gaps, count, sizeof(gaps[0]), compare_gaps);
	return (gaps[count / 2] + ROUND_MS / 2) / ROUND_MS * ROUND_MS;
}

void found_add(struct found *found, const struct series *series)
{
	uint64_t key = labels_key(series->labels, NULL), *slot = slot_of(found, key);
	int64_t interval_ms = interval_of(series);

	if (*slot) {
		struct item *item = &found->items[*slot - 1];

		if (item->interval_ms == 0 || (interval_ms && interval_ms < item->interval_ms))
			item->interval_ms = interval_ms;
		return;
	}
	found->full = found->full || found->count == FOUND_MAX;
	if (found->full)
		return;
	found->items = x_grow(found->items, found->count, sizeof(*found->items));
	found->items[found->count++] = (struct item){
		.key = key,
		.labels = json_incref((json_t *)(uintptr_t)series->labels),
		.interval_ms = interval_ms,
	};
	*slot = found->count;
	if (found->count * 2 > found->room)
		grow_slots(found);
}

/* The first of the labels that is there, clean, as new text of at most so many bytes. */
static char *read_label(const json_t *labels, const char *const names[], size_t bytes)
{
	char clean[512];
	const char *text = "";

	for (size_t i = 0; names[i] && !text[0]; i++)
		text = label(labels, names[i]);
	text_clean(clean, bytes < sizeof(clean) ? bytes : sizeof(clean), text, strlen(text),
		   TEXT_LINE);
	return x_strdup(clean);
}

/* "http://user:password@host/health?token=x" becomes "host/health", as on the command line. Takes
 * the text, returns new. */
static char *name_of_url(char *text)
{
	char *shown = strstr(text, "://") ? target_url_shown(text) : NULL;

	if (!shown)
		return text;
	const char *at = strstr(shown, "://"), *user;

	at = at ? at + 3 : shown;
	user = memchr(at, '@', strcspn(at, "/?#"));
	at = user ? user + 1 : at;
	const char *end = at + strcspn(at, "?#");
	if (end > at && end[-1] == '/')
		end--;
	char *name = x_strndup(at, (size_t)(end - at));

	free(shown);
	free(text);
	return name;
}

static void name_item(struct item *item)
{
	static const char *const base[] = {"target", "exported_instance", "instance", "job", NULL};
	static const char *const group[] = {"group", "job", NULL};
	/* Where a scrape has an instance of its own, the address of the target stands in the
	 * exported one. */
	static const char *const url[] = {"exported_instance", "instance", "target", NULL};

	item->base = name_of_url(read_label(item->labels, base, NAME_BYTES));
	item->group = read_label(item->labels, group, NAME_BYTES);
	item->url = read_label(item->labels, url, 512);
	if (!item->base[0]) {
		free(item->base);
		item->base = x_strdup("unnamed");
	}
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->base, y->base);

	for (size_t i = 0; order == 0 && i < sizeof places / sizeof places[0]; i++)
		order = strcmp(label(x->labels, places[i]), label(y->labels, places[i]));
	return order ? order : (x->key > y->key) - (x->key < y->key);
}

static int compare_places(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whether the label is another one for each of the items. */
static bool tells_apart(const struct item *items, size_t count, const char *name)
{
	const char **texts = x_calloc(count, sizeof(*texts));
	bool apart = true;

	for (size_t i = 0; i < count; i++)
		texts[i] = label(items[i].labels, name);
	qsort(texts, count, sizeof(*texts), compare_places);
	for (size_t i = 1; i < count && apart; i++)
		apart = strcmp(texts[i - 1], texts[i]) != 0;
	free(texts);
	return apart;
}

/* Items of the same base, in order. */
static void name_alike(struct item *items, size_t count)
{
	const char *apart = NULL;

	for (size_t i = 0; count > 1 && !apart && i < sizeof places / sizeof places[0]; i++)
		if (tells_apart(items, count, places[i]))
			apart = places[i];
	for (size_t i = 0; i < count; i++) {
		char place[PLACE_BYTES] = "";
		const char *text = apart ? label(items[i].labels, apart) : "";

		text_clean(place, sizeof(place), text, strlen(text), TEXT_LINE);
		if (count == 1)
			items[i].name = x_strdup(items[i].base);
		else if (place[0])
			items[i].name = x_asprintf("%s @%s", items[i].base, place);
		else
			items[i].name = x_asprintf("%s #%zu", items[i].base, i + 1);
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	order = order ? order : strcmp(x->name, y->name);
	return order ? order : (x->key > y->key) - (x->key < y->key);
}

/* Cutting and cleaning may have made two names one. In order of the names, so that the same series
 * have the same names. */
static void number_doubles(struct found *found)
{
	struct names *names = names_new(found->count);

	for (size_t i = 0; i < found->count; i++) {
		struct item *item = &found->items[i];
		char *name = x_strdup(item->name);

		for (size_t n = 2; names_find(names, name) != NAMES_NONE; n++) {
			free(name);
			name = x_asprintf("%s #%zu", item->name, n);
		}
		free(item->name);
		item->name = name;
		names_add(names, name, i);
	}
	names_free(names);
}

void found_finish(struct found *found, int64_t interval_else_ms)
{
	size_t count = found->count;

	for (size_t i = 0; i < count; i++)
		name_item(&found->items[i]);
	if (count)
		qsort(found->items, count, sizeof(*found->items), compare_items);
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1;
		     end < count && strcmp(found->items[first].base, found->items[end].base) == 0;)
			end++;
		name_alike(&found->items[first], end - first);
	}
	if (count) {
		qsort(found->items, count, sizeof(*found->items), compare_names);
		number_doubles(found);
	}
	found->targets = x_calloc(count + 1, sizeof(*found->targets));
	for (size_t i = 0; i < count; i++) {
		const struct item *item = &found->items[i];

		found->targets[i] = (struct found_target){
			.name = item->name,
			.group = item->group,
			.url = item->url,
			.interval_ms = item->interval_ms ? item->interval_ms : interval_else_ms,
		};
	}
}

struct found *found_none(void)
{
	struct found *found = found_new();

	found_finish(found, 0);
	found->none = true;
	return found;
}

bool found_is_none(const struct found *found)
{
	return found->none;
}

const struct found_target *found_targets(const struct found *found, size_t *count)
{
	*count = found->count;
	return found->targets;
}

uint64_t found_key(const struct found *found, size_t i)
{
	return found->items[i].key;
}

bool found_is_full(const struct found *found)
{
	return found->full;
}
