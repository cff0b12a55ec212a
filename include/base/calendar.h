#ifndef WEBMON_BASE_CALENDAR_H
#define WEBMON_BASE_CALENDAR_H
/*
 * Dates of the Gregorian calendar. Pure; any thread.
 */
#include <stdbool.h>
#include <stdint.h>

/* Days since 1970-01-01 of a date from 1970 to 9999. False: there is no such day. */
bool calendar_day(int64_t *day, int year, int month, int day_of_month);

#endif
