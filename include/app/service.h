#ifndef WEBMON_APP_SERVICE_H
#define WEBMON_APP_SERVICE_H
/*
 * What systemd is told, where it started us (sd_notify(3), Type=notify): a datagram to
 * $NOTIFY_SOCKET. Without that, nothing happens. Main thread.
 */
#include <stdint.h>

/* "READY=1\nSTATUS=...": lines of NAME=VALUE. */
void service_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often the watchdog wants to hear from us: half of $WATCHDOG_USEC; 0: never. */
int64_t service_watchdog_us(void);

#endif
