/*
 * Time zones: a cache of parsed files under a mutex; what was parsed never changes, so that looking
 * things up needs none.
 */
#include "base/zone.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/zone_rule.h"

#define FILE_MAX_BYTES (1u << 20)
#define NAME_MAX_BYTES 64
#define HEADER_BYTES   44
#define DAY_S	       86400

struct zone {
	struct zone *next;
	char *name;
	size_t count; /* changes */
	int64_t *changes_s;
	int32_t *offsets_s; /* from each change on; one more in front: before the first */
	bool has_rule;	    /* for what comes after the last change */
	struct zone_rule rule;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct zone *zones; /* guarded by mutex; only ever grows at its head */

static const char *const folders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo",
				      "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};

/* ---- files ---- */

static uint32_t big32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static int64_t big64(const unsigned char *bytes)
{
	return (int64_t)((uint64_t)big32(bytes) << 32 | big32(bytes + 4));
}

/* How many of each a block holds, in the order of RFC 8536, 3.1. */
struct counts {
	size_t universal, standard, leaps, times, types, chars;
};

static bool read_header(const unsigned char *bytes, size_t size, struct counts *counts)
{
	size_t *all[] = {&counts->universal, &counts->standard, &counts->leaps,
			 &counts->times,     &counts->types,	&counts->chars};

	if (size < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		*all[i] = big32(bytes + 20 + 4 * i);
		if (*all[i] > FILE_MAX_BYTES)
			return false;
	}
	return true;
}

static size_t block_bytes(const struct counts *counts, size_t time_bytes)
{
	return counts->times * (time_bytes + 1) + counts->types * 6 + counts->chars +
	       counts->leaps * (time_bytes + 4) + counts->standard + counts->universal;
}

static bool read_changes(struct zone *zone, const unsigned char *block, const struct counts *counts)
{
	const unsigned char *indices = block + counts->times * 8;
	const unsigned char *types = indices + counts->times;

	if (counts->types == 0)
		return false;
	zone->count = counts->times;
	zone->changes_s = x_calloc(counts->times + 1, sizeof *zone->changes_s);
	zone->offsets_s = x_calloc(counts->times + 1, sizeof *zone->offsets_s);
	zone->offsets_s[0] = (int32_t)big32(types);
	for (size_t i = 0; i < counts->times; i++) {
		if (indices[i] >= counts->types)
			return false;
		zone->changes_s[i] = big64(block + i * 8);
		zone->offsets_s[i + 1] = (int32_t)big32(types + (size_t)indices[i] * 6);
	}
	return true;
}

/* Version 1, with its 32-bit times, is passed over: nobody has written it alone for 20 years. */
static bool read_tzif(struct zone *zone, const unsigned char *bytes, size_t size)
{
	struct counts counts;
	size_t first;

	if (!read_header(bytes, size, &counts) || bytes[4] < '2')
		return false;
	first = HEADER_BYTES + block_bytes(&counts, 4);
	if (first > size || !read_header(bytes + first, size - first, &counts))
		return false;
	bytes += first + HEADER_BYTES;
	size -= first + HEADER_BYTES;
	if (block_bytes(&counts, 8) > size || !read_changes(zone, bytes, &counts))
		return false;
	const char *footer = (const char *)bytes + block_bytes(&counts, 8);
	if (size - block_bytes(&counts, 8) > 2 && footer[0] == '\n')
		zone->has_rule = zone_rule_read(&zone->rule, footer + 1);
	return true;
}

static void drop(struct zone *zone)
{
	free(zone->name);
	free(zone->changes_s);
	free(zone->offsets_s);
	free(zone);
}

static struct zone *read_file(const char *path)
{
	size_t size;
	char *bytes = file_read(path, FILE_MAX_BYTES, &size);
	struct zone *zone;

	if (!bytes)
		return NULL;
	zone = x_calloc(1, sizeof *zone);
	if (!read_tzif(zone, (const unsigned char *)bytes, size)) {
		drop(zone);
		zone = NULL;
	}
	free(bytes);
	return zone;
}

/* "Area/Place": a name, no way out of the folder. */
static bool is_name(const char *name)
{
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789_+-/");

	return length > 0 && length < NAME_MAX_BYTES && name[length] == '\0' && name[0] != '/' &&
	       isupper((unsigned char)name[0]);
}

static struct zone *read_name(const char *name)
{
	struct zone *zone = NULL;

	if (strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0 || strcmp(name, "Z") == 0) {
		zone = x_calloc(1, sizeof *zone);
		zone->offsets_s = x_calloc(1, sizeof *zone->offsets_s);
		return zone;
	}
	for (size_t i = 0; !zone && is_name(name) && i < sizeof folders / sizeof *folders; i++) {
		char *path = x_asprintf("%s/%s", folders[i], name);
		zone = read_file(path);
		free(path);
	}
	return zone;
}

/* As the C library takes it: a file, a name, a rule; and UTC where it is none of them. */
static struct zone *read_local(void)
{
	const char *wish = getenv("TZ");
	struct zone *zone;
	struct zone_rule rule;

	if (!wish)
		zone = read_file("/etc/localtime");
	else if (wish[wish[0] == ':'] == '/')
		zone = read_file(wish + (wish[0] == ':'));
	else
		zone = read_name(wish + (wish[0] == ':'));
	if (!zone)
		zone = read_name("UTC");
	else
		return zone;
	if (wish && zone_rule_read(&rule, wish)) {
		zone->has_rule = true;
		zone->rule = rule;
	}
	return zone;
}

const struct zone *zone_find(const char *name)
{
	struct zone *zone;

	name = name ? name : "";
	pthread_mutex_lock(&mutex);
	for (zone = zones; zone && strcmp(zone->name, name) != 0;)
		zone = zone->next;
	if (!zone && (zone = name[0] ? read_name(name) : read_local())) {
		zone->name = x_strdup(name);
		zone->next = zones;
		zones = zone;
	}
	pthread_mutex_unlock(&mutex);
	return zone;
}

/* ---- looking up ---- */

int32_t zone_offset_s(const struct zone *zone, int64_t at_s)
{
	size_t low = 0, high = zone->count;

	if (zone->has_rule && (zone->count == 0 || at_s >= zone->changes_s[zone->count - 1]))
		return zone_rule_offset_s(&zone->rule, at_s);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (zone->changes_s[middle] <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->offsets_s[low];
}

struct civil zone_civil(const struct zone *zone, int64_t at_ms)
{
	int64_t at_s = at_ms / 1000, local_s = at_s + zone_offset_s(zone, at_s);
	int64_t day = local_s / DAY_S - (local_s % DAY_S < 0);

	return (struct civil){
		.day = day,
		.weekday = (int)(((day + 4) % 7 + 7) % 7), /* 1970-01-01 was a Thursday */
		.minute = (int)((local_s - day * DAY_S) / 60),
	};
}

/* ---- names ---- */

static const char *place_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

bool zone_nearest(const char *name, char *out, size_t capacity)
{
	bool found = false;

	for (size_t i = 0; !found && i < sizeof folders / sizeof *folders; i++) {
		char *path = x_asprintf("%s/tzdata.zi", folders[i]);
		size_t size;
		char *text = file_read(path, FILE_MAX_BYTES, &size);

		/* "Z NAME ..." begins a zone, "L OLD NAME" another name of one. */
		for (char *line = text; line && *line && !found;) {
			char *end = line + strcspn(line, "\n"), *word = line + 2;
			line = *end ? end + 1 : end;
			*end = '\0';
			if (word < end && word[-2] == 'L')
				word += strcspn(word, " ") + 1;
			else if (word >= end || word[-2] != 'Z')
				continue;
			if (word >= end)
				continue;
			word[strcspn(word, " ")] = '\0';
			found = strcasecmp(place_of(word), place_of(name)) == 0;
			if (found)
				text_copy(out, capacity, word);
		}
		free(text);
		free(path);
	}
	return found;
}
