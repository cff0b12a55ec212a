/*
 * IP addresses as values. Pure.
 */
#include "source/poll/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

bool address_parse(struct address *address, const char *text)
{
	char plain[ADDRESS_TEXT_MAX];
	size_t size = strcspn(text, "%");

	*address = (struct address){0};
	if (inet_pton(AF_INET, text, address->bytes) == 1)
		return true;
	address->six = 1;
	/* "fe80::1%eth0": its link is for those who dial. */
	if (size >= sizeof plain)
		return false;
	memcpy(plain, text, size);
	plain[size] = '\0';
	return inet_pton(AF_INET6, plain, address->bytes) == 1;
}

void address_format(char out[ADDRESS_TEXT_MAX], const struct address *address)
{
	if (!inet_ntop(address->six ? AF_INET6 : AF_INET, address->bytes, out, ADDRESS_TEXT_MAX))
		out[0] = '\0';
}

bool address_of_socket(struct address *address, uint16_t *port,
		       const struct sockaddr *socket_address)
{
	*address = (struct address){0};
	if (socket_address->sa_family == AF_INET) {
		struct sockaddr_in four;

		memcpy(&four, socket_address, sizeof four);
		memcpy(address->bytes, &four.sin_addr, 4);
		if (port)
			*port = ntohs(four.sin_port);
		return true;
	}
	if (socket_address->sa_family == AF_INET6) {
		struct sockaddr_in6 six;

		memcpy(&six, socket_address, sizeof six);
		address->six = 1;
		memcpy(address->bytes, &six.sin6_addr, 16);
		if (port)
			*port = ntohs(six.sin6_port);
		return true;
	}
	return false;
}
