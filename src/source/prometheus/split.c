/*
 * A scanner that counts brackets and knows strings; it allocates as much as the largest series
 * takes.
 */
#include "source/prometheus/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define RESULT_DEPTH 3 /* inside { { [ */

static bool append(struct split_text *text, char c, size_t limit)
{
	if (text->size >= limit)
		return false;
	if (text->size == text->room) {
		text->room = text->room ? text->room * 2 : 4096;
		text->bytes = x_realloc(text->bytes, text->room);
	}
	text->bytes[text->size++] = c;
	return true;
}

/* Inside the array of series. */
static bool is_in_result(const struct split *split)
{
	return split->depth >= RESULT_DEPTH && memcmp(split->open, "{{[", RESULT_DEPTH) == 0;
}

static void open_bracket(struct split *split, char c)
{
	if (split->depth < RESULT_DEPTH)
		split->open[split->depth] = c;
	split->depth++;
}

/* What stands beside strings. */
static bool take_mark(struct split *split, char c)
{
	bool between = is_in_result(split) && split->depth == RESULT_DEPTH && !split->series.size;

	if (c == '{' || c == '[')
		open_bracket(split, c);
	if (between && c == '{')
		return append(&split->series, c, SPLIT_SERIES_MAX);
	if ((c == '}' || c == ']') && --split->depth < 0)
		return false;
	if (!split->series.size)
		return (between && c == ',' && split->any) ||
		       append(&split->head, c, SPLIT_HEAD_MAX);
	if (!append(&split->series, c, SPLIT_SERIES_MAX))
		return false;
	if (split->depth > RESULT_DEPTH)
		return true;
	bool more = split->take(split->user, split->series.bytes, split->series.size);
	split->series.size = 0;
	split->any = true;
	return more;
}

static bool take_character(struct split *split, char c)
{
	struct split_text *text = split->series.size ? &split->series : &split->head;

	if (!split->in_string && c != '"')
		return take_mark(split, c);
	if (!split->in_string)
		split->in_string = true;
	else if (split->escaped)
		split->escaped = false;
	else if (c == '\\')
		split->escaped = true;
	else if (c == '"')
		split->in_string = false;
	return append(text, c, split->series.size ? SPLIT_SERIES_MAX : SPLIT_HEAD_MAX);
}

void split_init(struct split *split, split_take *take, void *user)
{
	*split = (struct split){.take = take, .user = user};
}

void split_fini(struct split *split)
{
	free(split->head.bytes);
	free(split->series.bytes);
}

bool split_feed(struct split *split, const char *data, size_t size)
{
	split->total += size;
	if (split->total > SPLIT_REPLY_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		if (!take_character(split, data[i]))
			return false;
	return true;
}
