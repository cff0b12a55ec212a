#ifndef WEBMON_MODEL_JSON_RULE_H
#define WEBMON_MODEL_JSON_RULE_H
/*
 * One `expect_json`, taken apart. No JSON is read here: that is the checks' business.
 *
 *   .status = "healthy"      .queue.depth <= 100      .items[0].id != null
 *   .["odd name"] = true     len(.items) > 3          .version ~ ^2\.
 *   has .data.token          ! has .error
 *
 * A path begins with a dot, which alone is the whole body; [-1] is the last entry. Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_RULE_STEPS 32

enum json_verb {
	VERB_EQUALS,
	VERB_DIFFERS,
	VERB_BELOW,
	VERB_AT_MOST,
	VERB_ABOVE,
	VERB_AT_LEAST,
	VERB_MATCHES, /* a regular expression, REG_EXTENDED */
	VERB_MATCHES_NOT,
	VERB_HAS,
	VERB_HAS_NOT,
};

enum json_sort { SORT_TEXT, SORT_WHOLE, SORT_REAL, SORT_TRUE, SORT_FALSE, SORT_NULL };

struct json_step {
	char *name;    /* owned; NULL: an entry of a list */
	int64_t entry; /* from 0; below 0: from the end */
	size_t end;    /* where it ends in `path` */
};

struct json_rule {
	enum json_verb verb;
	bool length; /* of what the path leads to */
	struct json_step steps[JSON_RULE_STEPS];
	size_t step_count;
	char *path;   /* owned: as written, ".items[0].id" */
	/* owned: as written, "\"healthy\"", "3"; of a match: the expression; NULL: has */
	char *wanted;
	enum json_sort sort; /* of what is wanted, where it is compared */
	char *text;	     /* owned; of SORT_TEXT, without its quotes */
	int64_t whole;
	double real; /* of SORT_WHOLE too */
};

/* False: wrong says what stands where what was expected; rule then needs no json_rule_fini(). */
bool json_rule_parse(struct json_rule *rule, const char *text, char wrong[200]);
/* The same without a rule. hidden: wrong quotes nothing of the text, which holds a secret. */
bool json_rule_check(const char *text, bool hidden, char wrong[200]);
void json_rule_fini(struct json_rule *rule);

/* "=" "!=" "<" ... */
const char *json_verb_sign(enum json_verb verb);

#endif
