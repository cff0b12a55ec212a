/*
 * sd_notify by hand: libsystemd would be a library for one datagram.
 */
#include "app/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"

void service_tell(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char text[512];
	va_list arguments;
	int descriptor, length;

	if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
		return;
	va_start(arguments, format);
	length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (length <= 0 || (size_t)length >= sizeof text)
		return;
	text_copy(address.sun_path, sizeof address.sun_path, path);
	if (path[0] == '@') /* the abstract namespace */
		address.sun_path[0] = '\0';
	descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return;
	(void)!sendto(descriptor, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *)&address,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	close(descriptor);
}

int64_t service_watchdog_us(void)
{
	const char *limit = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	int64_t limit_us, wanted;

	if (!limit || !parse_integer(limit, 1, INT64_MAX, &limit_us))
		return 0;
	if (pid && (!parse_integer(pid, 1, INT32_MAX, &wanted) || wanted != getpid()))
		return 0;
	return limit_us / 2;
}
