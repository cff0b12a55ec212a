#ifndef WEBMON_SOURCE_POLL_TRACE_H
#define WEBMON_SOURCE_POLL_TRACE_H
/*
 * The one line of an error page that says what went wrong: Python's last line of a traceback,
 * Java's, Node's, .NET's and PHP's "SomethingError: why", Go's and Rust's panic, Ruby's
 * "SomethingError (why)". Pure.
 */
#include <stdbool.h>
#include <stddef.h>

/* Finds it in a page, plain text or HTML; out gets it as one clean line without markup. */
bool trace_find(char *out, size_t capacity, const char *page, size_t size);

#endif
