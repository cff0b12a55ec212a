#ifndef WEBMON_SOURCE_POLL_CHECK_H
#define WEBMON_SOURCE_POLL_CHECK_H
/*
 * Is a whole answer the wanted one? Rules are compiled once a target and run over each answer that
 * came through.
 *
 *   expect_status = 200-299, 304
 *   expect_body   = text       contains it
 *                   = text     is exactly it (one newline at the end aside)
 *                   ~ regex    matches (extended)
 *                   !~ regex   does not match
 *                   ! text     does not contain
 *   expect_header = Name: RULE as above, of its value; "Name:" alone: the header is there
 *   expect_json   = RULE       see model/json_rule
 *   expect_http, expect_ip     (addresses and networks, any of them)
 *
 * Every rule must hold. Pure; one thread at a time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "model/class.h"
#include "model/target.h"

struct address;
struct checks;
struct reply;

/* Returns new. A rule that does not compile (the configuration refuses those) never holds. */
struct checks *checks_new(const struct target *target);
void checks_free(struct checks *checks);

/* Whether the whole body is needed. */
bool checks_want_body(const struct checks *checks);

/* Whether they may take longer over this answer than others should have to wait. */
bool checks_are_long(const struct checks *checks, const struct reply *reply);

#define CHECK_DETAIL_MAX 200

/*
 * CLASS_OK, CLASS_HTTP_STATUS or CLASS_BODY_MISMATCH; then detail says in clean text what was
 * wanted and what came. peer may be NULL.
 */
enum probe_class checks_run(const struct checks *checks, const struct reply *reply,
			    const struct address *peer, char detail[CHECK_DETAIL_MAX]);

#endif
