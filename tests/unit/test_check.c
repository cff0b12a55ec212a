/*
 * source/poll/check and trace: rules hold or say what came instead; error pages are read for the
 * one line that matters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
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

/* What others should not have to wait for. */
static void knows_what_may_take_long(void **state)
{
	static const struct {
		const char *body, *header;
		int size;
		bool is_long;
	} rows[] = {
		{"ok", NULL, 100000, false},
		{"ok", NULL, 200000, true},
		{"~ ok", NULL, 1000, false},
		{"~ ok", NULL, 2000, true},
		{NULL, "X: ok", 200000, false},
		{NULL, "X: ~ ok", 200000, false},
		{NULL, NULL, 200000, false},
	};
	static char body[200001];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target target = target_for();
		struct checks *checks;

		target.expect_body = (struct text_list){&rows[i].body, rows[i].body ? 1 : 0};
		target.expect_header = (struct text_list){&rows[i].header, rows[i].header ? 1 : 0};
		memset(body, 'x', sizeof body);
		body[rows[i].size] = '\0';
		answer(200, "", body);
		checks = checks_new(&target);
		assert_int_equal(checks_are_long(checks, &reply), rows[i].is_long);
		checks_free(checks);
	}
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
	{"Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in <module>\n    1 / 0\n"
	 "ZeroDivisionError: division by zero\n",
	 "ZeroDivisionError: division by zero (app.py:7)"},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'\n\nDuring handling of the above "
	 "exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/srv/b.py\", line 3, in f\n"
	 "  File \"/usr/lib/python3/dist-packages/flask/app.py\", line 900, in g\napp.NotFound_Error: y\n",
	 "app.NotFound_Error: y (b.py:3)"},
	{"<html><head><title>ZeroDivisionError: division by zero\n // Werkzeug Debugger</title>",
	 "ZeroDivisionError: division by zero"},
	{"<title>ZeroDivisionError: division by zero\n // Werkzeug Debugger</title><style>a{}</style>\n"
	 "<h4>File <cite class=\"filename\">\"/srv/hello.py\"</cite>,\n line <em class=\"line\">17</em>,\n</h4>\n<!--\n\n"
	 "Traceback (most recent call last):\n  File &#34;/srv/hello.py&#34;, line 17, in broken\n    1 / 0\n"
	 "ZeroDivisionError: division by zero\n\n-->",
	 "ZeroDivisionError: division by zero (hello.py:17)"},
	{"<head><title>ZeroDivisionError\n          at /cart</title><style>x { a: b }\nError: no\n</style></head><body>\n"
	 "<h1>ZeroDivisionError\n   <span>at /cart</span></h1>\n<pre class=\"exception_value\">division by zero</pre>\n"
	 "<table><tr><th>Exception Location:</th><td><span class=\"fname\">/srv/shop/views.py</span>, line 12, in cart</td>",
	 "ZeroDivisionError: division by zero (views.py:12)"},
	{"<title>Action Controller: Exception caught</title>\n<header role=\"banner\"><h1>ZeroDivisionError in "
	 "UsersController#index</h1></header>\n<main>\n<h2 class=\"exception-message\">divided by 0</h2>\n"
	 "<code><a class=\"trace-frames\" href=\"#\">app/controllers/users_controller.rb:5:in `/&#39;</a></code>",
	 "ZeroDivisionError: divided by 0 (users_controller.rb:5)"},
	{"ZeroDivisionError (divided by 0):\n\n/usr/share/gems/rack.rb:1:in `call'\napp/models/cart.rb:5:in `add'\n",
	 "ZeroDivisionError (divided by 0): (cart.rb:5)"},
	{"app.rb:12:in `block in <main>': divided by 0 (ZeroDivisionError)\n", "ZeroDivisionError: divided by 0 (app.rb:12)"},
	{"<pre>TypeError: Cannot read properties of undefined (reading &#39;id&#39;)<br> &nbsp; "
	 "&nbsp;at Layer.handle (/srv/node_modules/express/layer.js:95:5)<br> &nbsp; &nbsp;at /srv/app.js:3:5</pre>",
	 "TypeError: Cannot read properties of undefined (reading 'id') (app.js:3)"},
	{"HTTP Status 500\njava.lang.NullPointerException: Cannot invoke \"a.b()\"\n\tat "
	 "java.base/java.util.Objects.requireNonNull(Objects.java:233)\n\tat shop.Cart.add(Cart.java:41)\n",
	 "java.lang.NullPointerException: Cannot invoke \"a.b()\" (Cart.java:41)"},
	{"<h1>Whitelabel Error Page</h1><div>There was an unexpected error (type=Internal Server Error, status=500).</div>"
	 "<div>/ by zero</div><div style='white-space:pre-wrap;'>java.lang.ArithmeticException: / by zero\n\tat "
	 "com.example.Hello.index(Hello.java:12)\n",
	 "java.lang.ArithmeticException: / by zero (Hello.java:12)"},
	{"{\"timestamp\":\"2026\",\"status\":500,\"trace\":\"java.lang.ArithmeticException: \\\"/\\\" by zero\\r\\n\\tat "
	 "com.example.Hello.index(Hello.java:12)\\r\\n\\tat java.base/x(X.java:1)\\r\\n\",\"message\":\"/ by zero\"}",
	 "java.lang.ArithmeticException: \"/\" by zero (Hello.java:12)"},
	{"Exception in thread \"main\" java.lang.IllegalStateException: closed\n",
	 "java.lang.IllegalStateException: closed"},
	{"PHP Fatal error:  Uncaught PDOException: could not find driver in /var/www/db.php:3\nStack trace:\n#0 {main}\n",
	 "PDOException: could not find driver (db.php:3)"},
	{"<br />\n<b>Fatal error</b>:  Uncaught DivisionByZeroError: Division by zero in /var/www/html/index.php:7\n",
	 "DivisionByZeroError: Division by zero (index.php:7)"},
	{"panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nruntime.gopanic()\n"
	 "\t/usr/local/go/src/runtime/panic.go:890 +0x1\nmain.add(...)\n\t/srv/shop/main.go:12 +0x1d\n",
	 "panic: runtime error: index out of range [3] with length 3 (main.go:12)"},
	{"System.NullReferenceException: Object reference not set\n   at App.Main() in /srv/App.cs:line 9\n",
	 "System.NullReferenceException: Object reference not set (App.cs:9)"},
	{"<h1>An unhandled exception occurred while processing the request.</h1>\n<div class=\"titleerror\">"
	 "DivideByZeroException: Attempted to divide by zero.</div>\n<p class=\"location\">Program+&lt;&gt;c.&lt;Main&gt;b__0() in "
	 "<code title=\"/srv/Program.cs\">Program.cs</code>, line 12</p>",
	 "DivideByZeroException: Attempted to divide by zero. (Program.cs:12)"},
	{"thread 'main' panicked at src/main.rs:4:5:\nboom\n", "panicked at src/main.rs:4:5: (main.rs:4)"},
	{"NoMethodError (undefined method `name' for nil:NilClass):\n",
	 "NoMethodError (undefined method `name' for nil:NilClass):"},
	{"<h1>Internal Server Error</h1><p>The server encountered an internal error: sorry.</p>", NULL},
	{"<title>Server Error (500)</title><h1>Server Error (500)</h1>", NULL},
	{"<html><body><h1>503 Service Unavailable</h1></body></html>", NULL},
	{"<script>\nTypeError: x\n</script>", NULL},
	{"Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect\n",
	 "Error: connect ECONNREFUSED 127.0.0.1:5432"},
	{"There was an Error. An Exception to the rule: none.", NULL},
	{"{\"error\":\"Internal Server Error\",\"path\":\"/\"}", NULL},
	{"a < b <", NULL},
	{"", NULL},
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

/* Read to its end for each of its tags, such a page would take some ten minutes. */
static void a_page_of_tags_that_never_end_is_read_once(void **state)
{
	static const char begin[] = "<html>", fault[] = "\nValueError: wat\n";
	size_t size = 16 << 20;
	char *page = x_calloc(1, size), line[200];

	(void)state;
	for (size_t i = 0; i < size; i++)
		page[i] = "<a "[i % 3];
	memcpy(page, begin, strlen(begin));
	memcpy(page + size - strlen(fault), fault, strlen(fault));
	assert_true(trace_find(line, sizeof line, page, size));
	assert_string_equal(line, "ValueError: wat");
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_hold_or_not),
		cmocka_unit_test(knows_what_may_take_long),
		cmocka_unit_test(says_which_status_was_wanted),
		cmocka_unit_test(looks_at_headers),
		cmocka_unit_test(knows_networks),
		cmocka_unit_test(finds_the_line_that_says_it),
		cmocka_unit_test(a_page_of_tags_that_never_end_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
