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
 * The kept body as UTF-8 where it says that it is written in another character set: what a person
 * sees in an excerpt is what is looked for. Returns new; NULL: it is as good as it stands.
 */
char *excerpt_body(const struct reply *reply, size_t *size);

#endif
