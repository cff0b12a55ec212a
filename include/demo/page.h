#ifndef WEBMON_DEMO_PAGE_H
#define WEBMON_DEMO_PAGE_H
/*
 * What the demo's endpoints say: constant pages, the stack traces among them. Any thread.
 */
#include "demo/play.h"

#define PAGE_IMAGE_BYTES 49152 /* the longest body */

struct page_reply {
	unsigned status;
	const char *type; /* content type, NULL where there is no body */
	const char *body; /* constant */
	size_t size;
	const char *header, *value; /* one more header; NULL: none */
};

struct page_reply page_reply(const struct endpoint *endpoint, const struct scene *scene);

/* Paths that nobody serves. */
struct page_reply page_not_found(void);

#endif
