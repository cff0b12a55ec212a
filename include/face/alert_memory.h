#ifndef WEBMON_FACE_ALERT_MEMORY_H
#define WEBMON_FACE_ALERT_MEMORY_H
/*
 * What alerts must not forget over a restart: what they told, what they gather, and what they could
 * not deliver yet. As JSON text, which holds no secret. For face/alert alone.
 */
#include "face/alert_channel.h"
#include "face/alert_rule.h"

struct alert_member {
	const struct alert_config *alert;
	struct alert_rule *rule;
	struct alert_channel *channels[CHANNEL_WAYS]; /* NULL: the alert does not have it */
};

/* Returns new. */
char *alert_memory_write(const struct alert_member *members, size_t count);

/* Takes back what belongs to alerts and targets that still are there. False where the text is none
 * of ours. */
bool alert_memory_read(const char *text, const struct alert_member *members, size_t count);

#endif
