#ifndef WEBMON_SOURCE_POLL_PHRASE_REPLY_H
#define WEBMON_SOURCE_POLL_PHRASE_REPLY_H
/*
 * What an answer says of itself, or what came in its place, in a few words. Clean text, not yet
 * redacted. Pure.
 */
#include <stddef.h>

#define PHRASE_OPENING_MAX 120

struct reply;

/* "503 Service Unavailable, wanted 200-299"; of a 5xx whose page names an exception: "500 KeyError:
 * 'user_id'". */
void phrase_status(char *out, size_t capacity, const struct reply *reply, const char *wanted);

/* Of what is no HTTP (reply->rubbish): "it begins with "SSH-2.0-OpenSSH_9.2"". */
void phrase_opening(char out[PHRASE_OPENING_MAX], const struct reply *reply);

#endif
