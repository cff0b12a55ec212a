/*
 * Comparing words: the nearest valid name to a mistyped one, and the hash that spreads starts and
 * shards. Pure; any thread.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define WORD_MAX 64 /* longer words are no slip of the finger */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* A capital is no edit: who writes URL means url. */
static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits (insert, delete, replace, swap two neighbours) from a to b, both shorter than WORD_MAX. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		now[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t changed = last[j - 1] + !is_same(a[i - 1], b[j - 1]);

			now[j] = least(changed, least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
			    is_same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		size_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[length];
}

const char *text_nearest(const char *word, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t best = strnlen(word, WORD_MAX) / 3 + 2;

	if (strnlen(word, WORD_MAX) >= WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strnlen(names[i], WORD_MAX) >= WORD_MAX)
			continue;
		size_t edits = distance(word, names[i]);
		if (edits < best) {
			best = edits;
			nearest = names[i];
		}
	}
	return nearest;
}

int text_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

uint64_t text_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	/* FNV leaves the high bits of short words alike; MurmurHash3's finaliser spreads them. */
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdU;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53U;
	return hash ^ hash >> 33;
}
