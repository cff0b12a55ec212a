/*
 * Addresses to listen on. Numbers alone, so that no resolver is asked: a monitor that waits for one
 * at its start would be late just when it is wanted.
 */
#include "base/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

static bool read_4(const char *host, in_port_t port, struct socket_address *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};

	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		return false;
	memcpy(&address->storage, &in, sizeof in);
	address->size = sizeof in;
	return true;
}

static bool read_6(const char *host, in_port_t port, struct socket_address *address)
{
	struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = port};

	if (inet_pton(AF_INET6, host, &in.sin6_addr) != 1)
		return false;
	memcpy(&address->storage, &in, sizeof in);
	address->size = sizeof in;
	return true;
}

bool socket_address_read(const char *text, struct socket_address *address)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2] = "127.0.0.1";
	size_t length = colon != NULL ? (size_t)(colon - text) : 0;
	int64_t port;

	*address = (struct socket_address){.size = 0};
	if (length >= sizeof host ||
	    !parse_integer(colon != NULL ? colon + 1 : text, 0, 65535, &port))
		return false;
	if (colon != NULL)
		text_format(host, sizeof host, "%.*s", (int)length, text);
	if (host[0] != '[')
		return read_4(host, htons((uint16_t)port), address);
	if (host[length - 1] != ']')
		return false;
	host[length - 1] = '\0';
	return read_6(host + 1, htons((uint16_t)port), address);
}
