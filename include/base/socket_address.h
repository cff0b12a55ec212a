#ifndef WEBMON_BASE_SOCKET_ADDRESS_H
#define WEBMON_BASE_SOCKET_ADDRESS_H
/*
 * An address to listen on, as a person writes it. Any thread.
 */
#include <stdbool.h>
#include <sys/socket.h>

struct socket_address {
	struct sockaddr_storage storage;
	socklen_t size;
};

/*
 * "127.0.0.1:9469", "[::1]:9469", "localhost:9469" or "9469" (which is 127.0.0.1's). No names are
 * looked up. Port 0: the kernel's choice.
 */
bool socket_address_read(const char *text, struct socket_address *address);

#endif
