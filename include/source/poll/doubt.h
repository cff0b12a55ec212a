#ifndef WEBMON_SOURCE_POLL_DOUBT_H
#define WEBMON_SOURCE_POLL_DOUBT_H
/*
 * What a live program can do about a doubt that a replay cannot: look at a probe that has been
 * under way for longer than usual, and ask again at once after an outlier or a failure. Nothing in
 * here changes what the judge remembers: the samples alone decide, and the same samples give the
 * same verdicts again. One poller's thread.
 */
#include <stdbool.h>
#include <stdint.h>

struct probe;
struct store;
struct watch;

/* A probe has just begun: when it is to be looked at first. */
void doubt_begin(struct probe *probe);

/* The moment in probe->look_us has come: looks, and sets the next one. True: something was
 * written. */
bool doubt_look(struct probe *probe, struct store *store, int64_t now_us);

/*
 * A probe of it has ended and the next is due at due_us (0: none): one more at once would tell
 * whether this is load. Once an interval at most, and never before the time that the server asked
 * for.
 */
bool doubt_asks_again(const struct watch *watch, int64_t due_us, int64_t now_us);

#endif
