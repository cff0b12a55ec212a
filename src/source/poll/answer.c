/*
 * One look-up, and its failures in words. Called by the resolver's threads.
 */
#include "source/poll/answer.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"

/* RFC 6761, 6.4: such names never exist, and no server needs to be asked. */
static bool is_invalid(const char *name)
{
	static const char ending[] = ".invalid";
	size_t length = strlen(name), dots = length > 0 && name[length - 1] == '.';

	length -= dots;
	return length >= sizeof ending - 1 &&
	       strncasecmp(name + length - (sizeof ending - 1), ending, sizeof ending - 1) == 0;
}

void answer_look_up(struct answer *answer, const char *name, enum family family)
{
	static const int families[] = {
		[FAMILY_ANY] = AF_UNSPEC, [FAMILY_4] = AF_INET, [FAMILY_6] = AF_INET6};
	struct addrinfo hints = {.ai_family = families[family], .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int64_t began = clock_mono_us();

	*answer = (struct answer){0};
	answer->error = is_invalid(name) ? EAI_NONAME : getaddrinfo(name, NULL, &hints, &list);
	answer->os_error = answer->error == EAI_SYSTEM ? errno : 0;
	answer->took_us = clock_mono_us() - began;
	if (answer->took_us < 1)
		answer->took_us = 1;
	for (struct addrinfo *one = list; one && answer->count < ANSWER_ADDRESSES;
	     one = one->ai_next)
		answer->count +=
			address_of_socket(&answer->addresses[answer->count], NULL, one->ai_addr);
	if (list)
		freeaddrinfo(list);
	if (!answer->error && !answer->count)
		answer->error = EAI_NONAME;
}

const char *answer_words(const struct answer *answer)
{
	if (answer->cut_off)
		return "no name server answers";
	switch (answer->error) {
	case EAI_NONAME:
		return "no such name";
	case EAI_NODATA:
		return "the name has no address";
	case EAI_ADDRFAMILY:
		return "the name has no address of this family";
	case EAI_AGAIN:
		return "the name server did not answer";
	case EAI_FAIL:
		return "the name server failed";
	case EAI_MEMORY:
		return "no memory for the resolver";
	case EAI_SYSTEM:
		return strerror(answer->os_error);
	default:
		return "the name did not resolve";
	}
}
