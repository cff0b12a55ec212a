/*
 * One probe's result and its packed form (the layout stands in the header). Pure, any thread.
 *
 * The one idea: a 19-bit float with 16 significant bits. Codes below 65 536 are the value itself;
 * above, an exponent and fifteen bits of mantissa follow, its leading one left out. Codes run in
 * the order of their values, which leaves the highest one free to say "not measured".
 */
#include "model/sample.h"

#include "base/hash.h"

const char *const phase_name[PHASE_COUNT] = {
	[PHASE_DNS] = "dns",   [PHASE_CONNECT] = "connect", [PHASE_TLS] = "tls",
	[PHASE_SEND] = "send", [PHASE_WAIT] = "wait",	    [PHASE_TRANSFER] = "transfer",
};

const char *const http_version_name[] = {
	[HTTP_NONE] = "", [HTTP_1_0] = "1.0", [HTTP_1_1] = "1.1", [HTTP_2] = "2", [HTTP_3] = "3",
};

/* Widths in bits, as the header's comment draws them. */
enum {
	AT_BITS = 42, /* to the year 2109 */
	DURATION_BITS = 19,
	BYTES_BITS = 20,
	CLASS_BITS = 5,
	WARNING_BITS = 2,
	HTTP_BITS = 3,
	FLAG_BITS = 4, /* low ones; the high ones stand in word 0 */
	FLAG_HIGH_BITS = 2,
	STATUS_BITS = 10,
	CHECK_SHIFT = 48,
};

_Static_assert(CLASS_COUNT <= 1 << CLASS_BITS, "a class fits its bits");

#define DURATION_ABSENT ((1u << DURATION_BITS) - 1)
#define BYTES_LAST	((1u << 16) + (15u << 15) + 0x7fff) /* of 32-bit values */

static uint32_t float_code(uint32_t value, uint32_t last)
{
	if (value < 1u << 16)
		return value;
	unsigned exponent = 16u - (unsigned)__builtin_clz(value); /* bits beyond sixteen */
	uint64_t rounded = ((uint64_t)value + (1u << (exponent - 1))) >> exponent;
	if (rounded >> 16) { /* rounding up made it one bit longer */
		rounded >>= 1;
		exponent++;
	}
	uint32_t code = (1u << 16) + ((exponent - 1) << 15) + ((uint32_t)rounded & 0x7fff);
	return code < last ? code : last;
}

static uint64_t float_value(uint32_t code)
{
	if (code < 1u << 16)
		return code;
	unsigned exponent = ((code - (1u << 16)) >> 15) + 1;
	return (uint64_t)(0x8000u | (code & 0x7fff)) << exponent;
}

static uint64_t duration_code(int32_t value_us)
{
	return value_us < 0 ? DURATION_ABSENT : float_code((uint32_t)value_us, DURATION_ABSENT - 1);
}

static int32_t duration_value(uint64_t word, unsigned shift)
{
	uint32_t code = (uint32_t)(word >> shift) & DURATION_ABSENT;

	return code == DURATION_ABSENT ? ABSENT_US : (int32_t)float_value(code);
}

static uint64_t clamp_bits(int64_t value, unsigned bits)
{
	int64_t last = (int64_t)((UINT64_C(1) << bits) - 1);

	return (uint64_t)(value < 0 ? 0 : value > last ? last : value);
}

static uint64_t take_bits(uint64_t word, unsigned shift, unsigned bits)
{
	return word >> shift & ((UINT64_C(1) << bits) - 1);
}

uint16_t words_check(const uint64_t *words, size_t count, uint64_t salt)
{
	uint64_t hash = salt * UINT64_C(0x9e3779b97f4a7c15) + count;

	for (size_t i = 0; i < count; i++)
		hash = hash_add(hash, words[i]);
	/* Never 0, so that a record of zeros, which is one never written, is never taken
	 * for one. */
	uint16_t check = (uint16_t)(hash ^ hash >> 16);
	return check ? check : 1;
}

void sample_pack(uint64_t words[SAMPLE_WORDS], const struct sample *sample, uint64_t number)
{
	const int32_t *phase = sample->phase_us;
	int32_t lag_us = sample->lag_us > 0 ? sample->lag_us : 0;

	words[0] = clamp_bits(sample->at_ms, AT_BITS) |
		   (uint64_t)float_code(sample->bytes, BYTES_LAST) << AT_BITS |
		   take_bits(sample->flags, FLAG_BITS, FLAG_HIGH_BITS) << 62;
	words[1] = duration_code(phase[PHASE_DNS]) | duration_code(phase[PHASE_CONNECT]) << 19 |
		   duration_code(phase[PHASE_TLS]) << 38 |
		   clamp_bits(sample->cls, CLASS_BITS) << 57 |
		   take_bits(sample->warnings, 0, WARNING_BITS) << 62;
	words[2] = duration_code(phase[PHASE_SEND]) | duration_code(phase[PHASE_WAIT]) << 19 |
		   duration_code(phase[PHASE_TRANSFER]) << 38 |
		   clamp_bits(sample->http, HTTP_BITS) << 57 |
		   take_bits(sample->flags, 0, FLAG_BITS) << 60;
	words[3] = duration_code(sample->total_us) | duration_code(lag_us) << 19 |
		   clamp_bits(sample->status, STATUS_BITS) << 38;
	words[3] |= (uint64_t)words_check(words, SAMPLE_WORDS, number) << CHECK_SHIFT;
}

bool sample_unpack(struct sample *sample, const uint64_t words[SAMPLE_WORDS], uint64_t number)
{
	uint64_t bare[SAMPLE_WORDS] = {words[0], words[1], words[2],
				       take_bits(words[3], 0, CHECK_SHIFT)};

	if (words[3] >> CHECK_SHIFT != words_check(bare, SAMPLE_WORDS, number))
		return false;
	uint64_t cls = take_bits(words[1], 57, CLASS_BITS);
	uint64_t http = take_bits(words[2], 57, HTTP_BITS);
	if (cls >= CLASS_COUNT || http > HTTP_3) /* from a file of a later version */
		return false;
	*sample = (struct sample){
		.at_ms = (int64_t)take_bits(words[0], 0, AT_BITS),
		.phase_us =
			{
				[PHASE_DNS] = duration_value(words[1], 0),
				[PHASE_CONNECT] = duration_value(words[1], 19),
				[PHASE_TLS] = duration_value(words[1], 38),
				[PHASE_SEND] = duration_value(words[2], 0),
				[PHASE_WAIT] = duration_value(words[2], 19),
				[PHASE_TRANSFER] = duration_value(words[2], 38),
			},
		.total_us = duration_value(words[3], 0),
		.lag_us = duration_value(words[3], 19),
		.bytes = (uint32_t)float_value((uint32_t)take_bits(words[0], AT_BITS, BYTES_BITS)),
		.status = (uint16_t)take_bits(words[3], 38, STATUS_BITS),
		.cls = (enum probe_class)cls,
		.warnings = (uint8_t)take_bits(words[1], 62, WARNING_BITS),
		.flags = (uint8_t)(take_bits(words[2], 60, FLAG_BITS) |
				   take_bits(words[0], 62, FLAG_HIGH_BITS) << FLAG_BITS),
		.http = (enum http_version)http,
	};
	return true;
}

struct sample sample_blank(int64_t at_ms)
{
	struct sample sample = {.at_ms = at_ms, .total_us = ABSENT_US};

	for (int i = 0; i < PHASE_COUNT; i++)
		sample.phase_us[i] = ABSENT_US;
	return sample;
}

enum phase sample_ended_in(const struct sample *sample)
{
	static const struct {
		enum probe_class cls;
		enum phase phase;
	} ended_in[] = {
		{CLASS_DNS, PHASE_DNS},
		{CLASS_REFUSED, PHASE_CONNECT},
		{CLASS_UNREACHABLE, PHASE_CONNECT},
		{CLASS_TIMEOUT_CONNECT, PHASE_CONNECT},
		{CLASS_TIMEOUT_TLS, PHASE_TLS},
		{CLASS_TLS_HANDSHAKE, PHASE_TLS},
		{CLASS_TIMEOUT_FIRST_BYTE, PHASE_WAIT},
		{CLASS_TIMEOUT_HEADERS, PHASE_TRANSFER},
		{CLASS_TIMEOUT_BODY, PHASE_TRANSFER},
	};

	for (size_t i = 0; i < sizeof(ended_in) / sizeof(ended_in[0]); i++)
		if (sample->cls == ended_in[i].cls && sample->phase_us[ended_in[i].phase] < 0)
			return ended_in[i].phase;
	return PHASE_COUNT;
}
