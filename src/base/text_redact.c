/*
 * Masking secrets in a text. Nothing is allocated and no form of a secret is written anywhere: each
 * is compared with the text byte by byte as it stands, percent-encoded ("+" for a blank), with the
 * escapes of JSON or of HTML (any mixture of one of these with plain characters), or as base64 at
 * any of the three ways it can lie in a longer encoded text ("user:password"). A text that was cut
 * within a secret ends in a part of it, or shows that part and "…": that is masked too.
 * Pure; any thread.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define SECRET_MIN 4
#define ESCAPE_MAX 10 /* "&#0000039;" */
#define MASK	   "•••"
#define PLAIN	   1U
#define BASE64	   2U /* and the next two bits: as it lies behind 0, 1 or 2 bytes */

struct secret {
	const unsigned char *bytes;
	size_t size;
};

/* How many bytes of text stand for this byte of a secret; 0: another one. */
typedef size_t match_byte(const char *text, unsigned char byte);

static size_t match_in_url(const char *text, unsigned char byte)
{
	if ((unsigned char)text[0] == byte)
		return 1;
	if (text[0] == '+' && byte == ' ')
		return 1;
	if (text[0] != '%')
		return 0;
	int high = text_hex_digit(text[1]), low = high < 0 ? -1 : text_hex_digit(text[2]);
	return low >= 0 && (high << 4 | low) == byte ? 3 : 0;
}

static size_t match_in_json(const char *text, unsigned char byte)
{
	char c = text[0];
	size_t length = c == '\\' ? text_escape(text, ESCAPE_MAX, &c) : 1;

	return (unsigned char)c == byte ? length : 0;
}

static size_t match_in_html(const char *text, unsigned char byte)
{
	char c = text[0];
	size_t length = c == '&' ? text_entity(text, ESCAPE_MAX, &c) : 1;

	return (unsigned char)c == byte ? length : 0;
}

static bool is_cut_off(const char *text)
{
	return text[0] == '\0' || strncmp(text, "…", strlen("…")) == 0;
}

/* The text ends within an escape: how long that piece is; 0: it does not. */
static size_t cut_escape(const char *text)
{
	size_t length = 1;

	if (strchr("%\\&", text[0]) == NULL)
		return 0;
	while (length < ESCAPE_MAX && (isalnum((unsigned char)text[length]) || text[length] == '#'))
		length++;
	return is_cut_off(text + length) ? length : 0;
}

static size_t match_written(const char *text, struct secret secret, match_byte *match)
{
	size_t used = 0;

	for (size_t i = 0; i < secret.size; i++) {
		if (i >= SECRET_MIN && is_cut_off(text + used))
			return used;
		size_t length = match(text + used, secret.bytes[i]);
		if (length == 0) {
			length = i >= SECRET_MIN ? cut_escape(text + used) : 0;
			return length > 0 ? used + length : 0;
		}
		used += length;
	}
	return used;
}

static size_t match_plain(const char *text, struct secret secret)
{
	static match_byte *const ways[] = {match_in_url, match_in_json, match_in_html};
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		size_t length = match_written(text, secret, ways[i]);

		if (length > longest)
			longest = length;
	}
	return longest;
}

/* The 6 bits of a base64 character of either alphabet; -1: none. */
static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* 6 bits of the secret from bit on; beyond its end zeros, as base64 pads. */
static int six_bits(struct secret secret, size_t bit)
{
	size_t byte = bit / 8;
	unsigned high = secret.bytes[byte],
		 low = byte + 1 < secret.size ? secret.bytes[byte + 1] : 0;

	return (int)((high << 8 | low) >> (10 - bit % 8) & 63);
}

/* The first bit of a secret with which a character begins that holds no bit of what stands
 * before. */
static size_t first_bit(size_t before)
{
	return before == 0 ? 0 : 6 - before * 2;
}

/*
 * before: bytes that stand before the secret in its group of three. Their character that also holds
 * bits of the secret is left out, and so is the last one if what follows the secret shares it.
 */
static size_t match_base64(const char *text, struct secret secret, size_t before)
{
	size_t bit = first_bit(before), bits = secret.size * 8, used = 0;

	for (; bit + 6 <= bits; bit += 6, used++) {
		if (used >= SECRET_MIN && is_cut_off(text + used))
			return used;
		if (base64_value(text[used]) != six_bits(secret, bit))
			return 0;
	}
	if (used < SECRET_MIN)
		return 0;
	if (bit < bits && base64_value(text[used]) >= 0)
		used++; /* holds the last bits of the secret */
	while (text[used] == '=')
		used++;
	return used;
}

/* forms: a bit for the plain form, then one for each way of base64; others need no look. */
static size_t match_secret(const char *text, struct secret secret, unsigned forms)
{
	size_t longest = forms & PLAIN ? match_plain(text, secret) : 0;

	for (size_t before = 0; before < 3; before++) {
		size_t length = forms & BASE64 << before ? match_base64(text, secret, before) : 0;

		if (length > longest)
			longest = length;
	}
	return longest;
}

/* What can begin with a byte: nearly all of a text is passed over by this alone. */
struct filter {
	const char *const *secrets;
	size_t count;
	unsigned char forms[256];
};

static size_t match_any(const char *text, const struct filter *filter)
{
	unsigned forms = filter->forms[(unsigned char)text[0]];
	size_t longest = 0;

	for (size_t i = 0; forms != 0 && i < filter->count; i++) {
		struct secret secret = {(const unsigned char *)filter->secrets[i],
					strlen(filter->secrets[i])};
		size_t length = secret.size < SECRET_MIN ? 0 : match_secret(text, secret, forms);

		if (length > longest)
			longest = length;
	}
	return longest;
}

static void mark_forms(unsigned char forms[256], struct secret secret)
{
	static const unsigned char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	forms[secret.bytes[0]] |= PLAIN;
	forms['%'] |= PLAIN;
	forms['\\'] |= PLAIN;
	forms['&'] |= PLAIN;
	if (secret.bytes[0] == ' ')
		forms['+'] |= PLAIN;
	for (size_t before = 0; before < 3; before++) {
		int first = six_bits(secret, first_bit(before));

		forms[letters[first]] |= (unsigned char)(BASE64 << before);
		if (first >= 62) /* the other alphabet, for URLs */
			forms[first == 62 ? '-' : '_'] |= (unsigned char)(BASE64 << before);
	}
}

static void mark_all(struct filter *filter)
{
	memset(filter->forms, 0, sizeof(filter->forms));
	for (size_t i = 0; i < filter->count; i++) {
		struct secret secret = {(const unsigned char *)filter->secrets[i],
					strlen(filter->secrets[i])};

		if (secret.size >= SECRET_MIN)
			mark_forms(filter->forms, secret);
	}
}

/* Puts the mask in place of size bytes at text, within room bytes. Returns what it wrote. */
static size_t put_mask(char *text, size_t size, size_t room)
{
	size_t rest = strlen(text + size), mask = strlen(MASK);

	if (mask >= room) {
		text[0] = '\0';
		return 0;
	}
	if (mask + rest >= room) {
		char *cut = text + size + (room - 1 - mask);

		while (cut > text + size && ((unsigned char)*cut & 0xc0) == 0x80)
			cut--;
		*cut = '\0';
		rest = (size_t)(cut - (text + size));
	}
	memmove(text + mask, text + size, rest + 1);
	memcpy(text, MASK, mask);
	return mask;
}

void text_redact(char *text, size_t capacity, const char *const *secrets, size_t count)
{
	struct filter filter = {.secrets = secrets, .count = count};
	size_t at = 0;

	if (count == 0)
		return;
	mark_all(&filter);
	while (text[at] != '\0') {
		if (filter.forms[(unsigned char)text[at]] == 0) {
			at++;
			continue;
		}
		size_t end = at + match_any(text + at, &filter);

		/* Secrets may overlap: the masked piece goes on while another one begins in it. */
		for (size_t i = at + 1; i < end; i++) {
			size_t other = i + match_any(text + i, &filter);

			if (other > end)
				end = other;
		}
		at += end > at ? put_mask(text + at, end - at, capacity - at) : 1;
	}
}
