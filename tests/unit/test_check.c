/*
 * source/poll/check and trace: rules hold or say what came instead; error pages are read for the
 * one line that matters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "source/poll/check.h"
#include "source/poll/reply.h"
#include "source/poll/resolve.h"
#include "source/poll/trace.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct reply reply;

static void answer(int status, const char *headers, const char *body)
{
	struct reply_limits limits = {.body_max = 1 << 20, .body_kept = 1 << 20};
	char line[80];

	reply_begin(&reply, &limits);
	text_format(line, sizeof line, "HTTP/1.1 %d Because\r\n", status);
	reply_header(&reply, line, strlen(line));
	while (*headers) {
		size_t size = strcspn(headers, "\n") + 1;

		reply_header(&reply, headers, size);
		headers += size;
	}
	reply_header(&reply, "\r\n", 2);
	reply_body(&reply, body, strlen(body));
}

struct rule_case {
	const char *rule, *value;
	bool holds;
};

static const struct rule_case rule_cases[] = {
	{"ok",		    "all is ok here",	 true },
	{"ok",		    "all is well",	      false},
	{"= ok",		  "ok\n",		 true },
	{"= ok",		  "ok",		       true },
	{"= ok",		  "ok.",			false},
	{"~ ^[0-9]+$",	       "12345",		true },
	{"~ ^[0-9]+$",	       "one\n12345\ntwo",	  true },
	{"~ ^[0-9]+$",	       "12345x",		 false},
	{"~ \"status\": *\"ok\"", "{\"status\": \"ok\"}", true },
	{"!~ error|fail",	  "all is well",		 true },
	{"!~ error|fail",	  "a failure",	       false},
	{"! maintenance",	  "Welcome",		     true },
	{"! maintenance",	  "Down for maintenance", false},
	{"~ (",		   "(",		     false}, /* does not compile: never holds */
	{"",		      "anything",		 true },
};

static enum probe_class run(const struct target *target, char *detail)
{
	struct checks *checks = checks_new(target);
	struct address peer;
	enum probe_class cls;

	assert_true(address_parse(&peer, "192.0.2.7"));
	cls = checks_run(checks, &reply, &peer, detail);
	checks_free(checks);
	return cls;
}

static const struct status_range ranges[] = {
	{200, 299},
	    {304, 304}
};

static struct target target_for(void)
{
	return (struct target){.expect_status = ranges,
			       .expect_status_count = 2,
			       .expect_status_text = "200-299, 304"};
}

static void rules_hold_or_not(void **state)
{
	char detail[CHECK_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rule_cases); i++) {
		struct target target = target_for();
		enum probe_class found;

		target.expect_body = (struct text_list){&rule_cases[i].rule, 1};
		answer(200, "", rule_cases[i].value);
		found = run(&target, detail);
		if ((found == CLASS_OK) != rule_cases[i].holds)
			fail_msg("'%s' on '%s'", rule_cases[i].rule, rule_cases[i].value);
		assert_true((detail[0] == '\0') == rule_cases[i].holds);
		assert_true(text_is_clean(detail, TEXT_LINE));
	}
	reply_fini(&reply);
}

static void says_which_status_was_wanted(void **state)
{
	struct target target = target_for();
	char detail[CHECK_DETAIL_MAX];

	(void)state;
	answer(304, "", "");
	assert_int_equal(run(&target, detail), CLASS_OK);
	answer(503, "", "busy");
	assert_int_equal(run(&target, detail), CLASS_HTTP_STATUS);
	assert_string_equal(detail, "503 Because, wanted 200-299, 304");
	answer(500, "", "<title>KeyError: &#39;user_id&#39; // Werkzeug Debugger</title>");
	assert_int_equal(run(&target, detail), CLASS_HTTP_STATUS);
	assert_string_equal(detail, "500 KeyError: 'user_id'");
	reply_fini(&reply);
}

static void looks_at_headers(void **state)
{
	static const struct {
		const char *rule;
		bool holds;
	} header_cases[] = {
		{"Content-Type: json",	       true },
		{"content-type: ~ ^application/", true },
		{"Content-Type: = text/html",     false},
		{"X-Missing:",		       false},
		{"Content-Type:",		  true },
		{"Server: !~ Apache",	      true },
		{"X-Missing: ! anything",	  true },
	};
	char detail[CHECK_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(header_cases); i++) {
		struct target target = target_for();

		target.expect_header = (struct text_list){&header_cases[i].rule, 1};
		answer(200, "Content-Type: application/json\r\nServer: nginx\r\n", "");
		if ((run(&target, detail) == CLASS_OK) != header_cases[i].holds)
			fail_msg("%s: %s", header_cases[i].rule, detail);
	}
	reply_fini(&reply);
}

static void knows_networks(void **state)
{
	static const struct {
		const char *network;
		bool holds;
	} cases[] = {
		{"192.0.2.7",     true },
		{"192.0.2.8",     false},
		 {"192.0.2.0/24",  true },
		{"192.0.2.0/29",	 true },
		{"192.0.2.8/29",	 false},
		 {"2001:db8::/32", false},
		{"0.0.0.0/0",     true },
		{"nonsense",	     false}
	   };
	char detail[CHECK_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target target = target_for();

		target.expect_ip = (struct text_list){&cases[i].network, 1};
		answer(200, "", "");
		if ((run(&target, detail) == CLASS_OK) != cases[i].holds)
			fail_msg("%s: %s", cases[i].network, detail);
	}
	reply_fini(&reply);
}

static const struct {
	const char *page, *line; /* NULL: none */
} traces[] = {
	{"Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in <module>\n    1 / "
	 "0\n"
	 "ZeroDivisionError: division by zero\n",											 "ZeroDivisionError: division by zero"},
	{				     "Traceback (most recent call last):\n  File \"a\", line 1\nKeyError: 'x'\n\nDuring "
	 "handling of the above "
	 "exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "
	 "\"b\"\napp.NotFound_Error: y\n",															      "app.NotFound_Error: y"},
	{ "<html><head><title>ZeroDivisionError: division by zero\n // Werkzeug Debugger</title>",
	 "ZeroDivisionError: division by zero"},
	{	 "<pre>TypeError: Cannot read properties of undefined (reading &#39;id&#39;)<br> &nbsp; "
	 "&nbsp;at /srv/app.js:3:5</pre>",											 "TypeError: Cannot read properties of undefined (reading 'id')"},
	{				     "HTTP Status 500\njava.lang.NullPointerException: Cannot invoke \"a.b()\"\n\tat "
	 "shop.Cart.add(Cart.java:41)\n","java.lang.NullPointerException: Cannot invoke \"a.b()\""},
	{				     "Exception in thread \"main\" java.lang.IllegalStateException: closed\n",
	 "java.lang.IllegalStateException: closed"},
	{				     "PHP Fatal error:  Uncaught PDOException: could not find driver in /var/www/db.php:3\n",
	 "PDOException: could not find driver"},
	{				     "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\n",
	 "panic: runtime error: index out of range [3] with length 3"},
	{				     "System.NullReferenceException: Object reference not set\n   at App.Main()\n",
	 "System.NullReferenceException: Object reference not set"},
	{				     "NoMethodError (undefined method `name' for nil:NilClass):\n",
	 "NoMethodError (undefined method `name' for nil:NilClass):"},
	{				     "<h1>Internal Server Error</h1><p>The server encountered an internal error: sorry.</p>",
	 NULL},
	{				     "<html><body><h1>503 Service Unavailable</h1></body></html>",  NULL},
	{				     "Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect\n",
	 "Error: connect ECONNREFUSED 127.0.0.1:5432"},
	{				     "There was an Error. An Exception to the rule: none.",	NULL},
	{				     "a < b <",				    NULL},
	{	     "",										NULL},
};

static void finds_the_line_that_says_it(void **state)
{
	char line[160];

	(void)state;
	for (size_t i = 0; i < COUNT(traces); i++) {
		bool found = trace_find(line, sizeof line, traces[i].page, strlen(traces[i].page));

		if (found != (traces[i].line != NULL))
			fail_msg("%zu: %s", i, found ? line : "nothing found");
		if (found)
			assert_string_equal(line, traces[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_hold_or_not),
		cmocka_unit_test(says_which_status_was_wanted),
		cmocka_unit_test(looks_at_headers),
		cmocka_unit_test(knows_networks),
		cmocka_unit_test(finds_the_line_that_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
