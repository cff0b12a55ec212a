#ifndef WEBMON_SOURCE_POLL_DIAL_H
#define WEBMON_SOURCE_POLL_DIAL_H
/*
 * Readies a probe's handle for one hop: options, callbacks, address. Its poller's thread.
 */
#include <stdbool.h>

struct probe;

/* From probe->hop, route and answer. False: out of memory. */
bool dial_prepare(struct probe *probe);

/* Releases the hop's own lists. */
void dial_drop_lists(struct probe *probe);

#endif
