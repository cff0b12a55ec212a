#ifndef WEBMON_SOURCE_POLL_JSON_CHECK_H
#define WEBMON_SOURCE_POLL_JSON_CHECK_H
/*
 * Is a body the wanted JSON? The rules of expect_json (model/json_rule) over one body, which is
 * read once for all of them. Bodies that would take much memory as a tree (very many values) are
 * not read but told. Pure; one thread at a time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "model/class.h"

struct json_checks;

#define JSON_VALUES_MAX 100000
#define JSON_DETAIL_MAX 200

/* Returns new; NULL without rules. A rule that is none (the configuration refuses those) never
 * holds. */
struct json_checks *json_checks_new(const struct text_list *rules);
void json_checks_free(struct json_checks *checks);

/* OK; BODY_MISMATCH: detail says in clean text what was wanted and what came; LOCAL: a look was
 * given up, as detail says. */
enum probe_class json_checks_judge(const struct json_checks *checks, const char *body, size_t size,
				   char detail[JSON_DETAIL_MAX]);

#endif
