#ifndef WEBMON_SOURCE_POLL_ADDRESS_H
#define WEBMON_SOURCE_POLL_ADDRESS_H
/*
 * An IP address without a port, as a plain value. Pure; any thread.
 */
#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_TEXT_MAX 46

struct sockaddr;

struct address {
	uint8_t six;	   /* 1: IPv6 */
	uint8_t bytes[16]; /* the first 4 of them for IPv4, the rest 0 */
};

/* Text to address ("192.0.2.1", "::1"); false where it is no address. */
bool address_parse(struct address *address, const char *text);
void address_format(char out[ADDRESS_TEXT_MAX], const struct address *address);

/* False where it is no IP address. port may be NULL. */
bool address_of_socket(struct address *address, uint16_t *port,
		       const struct sockaddr *socket_address);

#endif
