#ifndef WEBMON_MODEL_ASSIGNMENT_H
#define WEBMON_MODEL_ASSIGNMENT_H
/*
 * A value on its way into its field: what the setters of the types share. For model/value alone.
 */
#include "model/expand.h"
#include "model/option.h"

struct assignment {
	struct place        *place;
	const struct option *option;
	void                *base, *field;
	const char          *written; /* as in the file: what a message may quote */
	const char          *text;    /* with variables replaced */
	bool                 outside; /* a part of it came from a variable or a file */
	bool                 first;   /* of this option in its section */
	size_t               before;  /* so often the section gave it already */
};

typedef bool setter(struct assignment *assignment);

/* Says what the value must be and what was got. Returns false. */
bool assignment_refuse(const struct assignment *assignment);

/* Says "OPTION: WHAT". Returns false. */
bool assignment_refuse_for(const struct assignment *assignment, const char *what);

/* Remembers a secret; one that stands in the file itself is noted. */
void assignment_keep_secret(struct assignment *assignment, const char *secret);

/* Appends to the field, a struct text_list, which starts anew with the first item of a section. */
bool assignment_append(struct assignment *assignment, const char *item);

/* Calls take for each item between commas, blanks around it removed, until it says no. Returns
 * whether it never did. */
typedef bool item_taker(struct assignment *assignment, const char *item);
bool assignment_split(struct assignment *assignment, item_taker *take);

/* Setters of what HTTP and the network know: in value_http.c. */
setter set_url, set_header, set_pattern, set_json_rule, set_route, set_addresses, set_method,
	set_user, set_proxy, set_status, set_listen, set_urls;

#endif
