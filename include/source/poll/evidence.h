#ifndef WEBMON_SOURCE_POLL_EVIDENCE_H
#define WEBMON_SOURCE_POLL_EVIDENCE_H
/*
 * What is kept of one probe for a person to read: cleaned, secrets replaced, cut to size. Here is
 * where a server's text enters webmon. Its poller's thread.
 */
#include <stddef.h>

#include "model/verdict.h"

struct probe;
struct watch;

/* Fills all but `number` and `changes`. detail is clean and redacted already. */
void evidence_make(struct evidence *evidence, const struct probe *probe,
		   const struct sample *sample, const char *detail);

/* Adds what is otherwise than in the last good answer; certificate: a line about that, or "". */
void evidence_compare(struct evidence *evidence, const struct evidence *good,
		      const char *certificate);

/* Replaces the target's secrets in a clean text, in place. */
void evidence_redact(const struct watch *watch, char *text, size_t capacity);

#endif
