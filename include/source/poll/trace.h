#ifndef WEBMON_SOURCE_POLL_TRACE_H
#define WEBMON_SOURCE_POLL_TRACE_H
/*
 * The one line of an error page that says what went wrong, and where: Python's last line of a
 * traceback, Java's, Node's, .NET's and PHP's "SomethingError: why", Go's and Rust's panic, Ruby's
 * "SomethingError (why)"; in plain text, in JSON and in the HTML of Werkzeug, Django, Rails,
 * Express, Spring, ASP.NET. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * Finds it in a page; out gets one clean line without markup: "ZeroDivisionError: division by zero
 * (app.py:12)". The place is the innermost one in the application's own code, where the page names
 * one.
 */
bool trace_find(char *out, size_t capacity, const char *page, size_t size);

#endif
