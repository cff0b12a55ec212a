#ifndef WEBMON_SOURCE_POLL_EXCERPT_H
#define WEBMON_SOURCE_POLL_EXCERPT_H
/*
 * The beginning of a body for a person's eyes: text out of whatever character set the answer names,
 * or of what is no text a short hex dump. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

struct reply;

/*
 * Clean text in lines, not yet redacted; at most `size` bytes of the body are looked at. *binary:
 * it is a hex dump. A dump in which a secret stands would show it in a form that nobody finds:
 * secrets are looked for before.
 */
struct excerpt_limits {
	size_t size;
	const char *const *secrets;
	size_t secret_count;
};

size_t excerpt_write(char *out, size_t capacity, const struct reply *reply,
		     const struct excerpt_limits *limits, bool *binary);

/*
 * Bytes of a named character set as UTF-8; what cannot be turned becomes U+FFFD. False: the set is
 * not known, or is UTF-8 already; nothing was written. Only sets of a list are taken from the C
 * library: the name is the server's.
 */
bool excerpt_convert(char *out, size_t capacity, size_t *length, const char *charset,
		     const char *in, size_t size);

/*
 * The kept body as UTF-8 where it says that it is written in another character set: what a person sees in an excerpt is what
 * is looked for. Returns new; NULL: it is as good as it stands.
 */
char *excerpt_body(const struct reply *reply, size_t *size);

#endif
