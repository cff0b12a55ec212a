#ifndef WEBMON_SOURCE_POLL_EVIDENCE_H
#define WEBMON_SOURCE_POLL_EVIDENCE_H
/*
 * What is kept of one probe for a person to read: cleaned, secrets replaced, cut to size. Here is
 * where a server's text enters webmon.
 */
#include <stddef.h>

#include "model/verdict.h"

struct probe;
struct watch;

/* Fills all but `number`. detail is clean and redacted already. */
void evidence_make(struct evidence *evidence, const struct probe *probe,
		   const struct sample *sample, const char *detail);

/* Replaces the target's secrets in a clean text, in place. */
void evidence_redact(const struct watch *watch, char *text, size_t capacity);

#endif
