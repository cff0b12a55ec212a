/*
 * Log-linear histograms, wide for counting and packed for keeping. Pure.
 *
 * The packed form: two bytes of check, one that says how many times neighbours were put together,
 * then a code for each bucket in use, in order. Low four bits: buckets skipped before it; high four
 * bits: its count less one; 15 and 14 are followed by the rest as a number of 7-bit groups. 0xf0
 * ends it where there is room left.
 */
#include "store/histogram.h"

#include <string.h>

#include "model/sample.h"

enum {
	SUB_BITS = 5,
	SUBS = 1 << SUB_BITS,
	COARSEST = 5, /* one bucket a power of two */
	HEAD = 3,     /* bytes before the codes */
	SKIP_MORE = 15,
	COUNT_MORE = 14,
	END = 0xf0,
	BYTES_MAX = 128,
};

/* ---- buckets ---- */

static size_t bucket_of(int64_t value_us)
{
	uint32_t value = value_us > INT32_MAX ? INT32_MAX : value_us > 0 ? (uint32_t)value_us : 0;

	if (value < SUBS)
		return value;
	unsigned power = 31 - (unsigned)__builtin_clz(value);
	return (power - SUB_BITS + 1) * SUBS + (value >> (power - SUB_BITS) & (SUBS - 1));
}

/* The value in its middle. */
static int32_t middle_of(size_t bucket)
{
	if (bucket < 2 * SUBS)
		return (int32_t)bucket;
	unsigned shift = (unsigned)(bucket / SUBS) - 1;
	uint32_t low = (uint32_t)(SUBS + bucket % SUBS) << shift;
	return (int32_t)(low + (UINT32_C(1) << shift) / 2);
}

void histogram_clear(struct histogram *histogram)
{
	memset(histogram, 0, sizeof *histogram);
}

void histogram_add(struct histogram *histogram, int32_t value_us)
{
	histogram->counts[bucket_of(value_us)]++;
	histogram->total++;
}

/* ---- packing ---- */

struct writer {
	unsigned char bytes[BYTES_MAX];
	size_t used, room;
	bool full;
};

static void put_byte(struct writer *writer, unsigned byte)
{
	if (writer->used == writer->room)
		writer->full = true;
	else
		writer->bytes[writer->used++] = (unsigned char)byte;
}

static void put_number(struct writer *writer, uint64_t number)
{
	for (; number >= 128; number >>= 7)
		put_byte(writer, (unsigned)(number & 127) | 128);
	put_byte(writer, (unsigned)number);
}

static void put_bucket(struct writer *writer, size_t skipped, uint64_t count)
{
	unsigned skip = skipped < SKIP_MORE ? (unsigned)skipped : SKIP_MORE;
	unsigned rest = count - 1 < COUNT_MORE ? (unsigned)(count - 1) : COUNT_MORE;

	put_byte(writer, skip | rest << 4);
	if (skip == SKIP_MORE)
		put_number(writer, skipped - SKIP_MORE);
	if (rest == COUNT_MORE)
		put_number(writer, count - 1 - COUNT_MORE);
}

/* 2^coarse neighbours together. */
static uint64_t count_together(const struct histogram *histogram, size_t group, unsigned coarse)
{
	uint64_t count = 0;

	for (size_t i = group << coarse; i < (group + 1) << coarse; i++)
		count += histogram->counts[i];
	return count;
}

/* False where it does not fit. */
static bool write_codes(struct writer *writer, const struct histogram *histogram, unsigned coarse)
{
	size_t next = 0;

	writer->full = false;
	writer->used = HEAD;
	writer->bytes[2] = (unsigned char)coarse;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS >> coarse && !writer->full; i++) {
		uint64_t count = count_together(histogram, i, coarse);
		if (count == 0)
			continue;
		put_bucket(writer, i - next, count);
		next = i + 1;
	}
	if (!writer->full && writer->used < writer->room)
		put_byte(writer, END);
	return !writer->full;
}

/* Nothing else fits: all of them in the bucket of the median. */
static void write_median(struct writer *writer, const struct histogram *histogram)
{
	writer->full = false;
	writer->used = HEAD;
	writer->bytes[2] = COARSEST;
	put_bucket(writer, bucket_of(histogram_percentile(histogram, 500)) >> COARSEST,
		   histogram->total);
	put_byte(writer, END);
}

static uint16_t check_of(const unsigned char *bytes, size_t size, uint32_t period)
{
	uint64_t words[BYTES_MAX / sizeof(uint64_t)] = {0};

	memcpy(words, bytes + 2, size - 2);
	return words_check(words, size / sizeof(uint64_t), period);
}

void histogram_pack(uint64_t *words, size_t bytes, const struct histogram *histogram,
		    uint32_t period)
{
	struct writer writer = {.room = bytes};
	unsigned coarse = 0;
	uint16_t check;

	while (coarse <= COARSEST && !write_codes(&writer, histogram, coarse))
		coarse++;
	if (writer.full)
		write_median(&writer, histogram);
	memset(writer.bytes + writer.used, 0, bytes - writer.used);
	check = check_of(writer.bytes, bytes, period);
	memcpy(writer.bytes, &check, sizeof check);
	memcpy(words, writer.bytes, bytes);
}

struct reader {
	const unsigned char *next, *end;
	bool bad;
};

static uint64_t get_number(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned shift = 0; reader->next < reader->end && shift < 42; shift += 7) {
		unsigned char byte = *reader->next++;
		number |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return number;
	}
	reader->bad = true;
	return 0;
}

/* In the middle of the buckets that were put together. */
static size_t spread_to(size_t group, unsigned coarse)
{
	return (group << coarse) + (((size_t)1 << coarse) >> 1);
}

static void read_codes(struct reader *reader, unsigned coarse, struct histogram *sum)
{
	size_t group = 0;

	while (reader->next < reader->end && *reader->next != END && !reader->bad) {
		unsigned code = *reader->next++;
		uint64_t skip = code & 15, count = (code >> 4) + 1;
		if (skip == SKIP_MORE)
			skip += get_number(reader);
		if (count == COUNT_MORE + 1)
			count += get_number(reader);
		group += skip;
		if (reader->bad || group >= HISTOGRAM_BUCKETS >> coarse)
			return;
		sum->counts[spread_to(group, coarse)] += (uint32_t)count;
		sum->total += count;
		group++;
	}
}

bool histogram_add_packed(struct histogram *histogram, const uint64_t *words, size_t bytes,
			  uint32_t period)
{
	unsigned char packed[BYTES_MAX];
	struct reader reader = {.next = packed + HEAD, .end = packed + bytes};
	uint16_t check;

	memcpy(packed, words, bytes);
	memcpy(&check, packed, sizeof check);
	if (check != check_of(packed, bytes, period) || packed[2] > COARSEST)
		return false;
	read_codes(&reader, packed[2], histogram);
	return true;
}

/* ---- questions ---- */

int32_t histogram_percentile(const struct histogram *histogram, unsigned per_mille)
{
	uint64_t rank = (histogram->total * per_mille + 999) / 1000, seen = 0;

	if (histogram->total == 0)
		return ABSENT_US;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->counts[i];
		if (seen >= rank && seen > 0)
			return middle_of(i);
	}
	return ABSENT_US;
}

uint64_t histogram_count_below(const struct histogram *histogram, int64_t value_us)
{
	size_t last = bucket_of(value_us);
	uint64_t count = 0;

	for (size_t i = 0; i <= last; i++)
		count += histogram->counts[i];
	return count;
}
