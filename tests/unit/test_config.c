/*
 * model/config: what a file and a command line say becomes what is in force; every mistake is told with
 * its line and what was expected; no secret is in anything that is shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/config.h"
#include "model/option.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* All messages, a line each. */
static char *told(struct errors *errors)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	errors_print(errors, out);
	fclose(out);
	errors_free(errors);
	return text;
}

static struct config *load(const char *text, char **messages)
{
	struct errors errors = { 0 };
	struct config_request request = { .file = "f.ini", .text = text };
	struct config *config = config_load(&request, &errors);

	*messages = told(&errors);
	return config;
}

/* A configuration that must be accepted without a word. */
static struct config *load_good(const char *text)
{
	char *messages;
	struct config *config = load(text, &messages);

	assert_string_equal(messages, "");
	assert_non_null(config);
	free(messages);
	return config;
}

#define A "[target a]\nurl = http://a/\n" /* two lines, so what follows stands on line 3 */

struct mistake_case {
	const char *text, *messages;
};

static const struct mistake_case mistake_cases[] = {
	/* sections and names */
	{ "", "f.ini: there is no target; add a section such as [target shop] with a line such as 'url = "
	      "https://shop.example.com/'\n" },
	{ A "intervall = 5s\n", "f.ini:3: unknown option 'intervall', did you mean 'interval'?\n" },
	{ A "URL = http://b/\n", "f.ini:3: unknown option 'URL', did you mean 'url'?\n" },
	{ "[TARGET b]\n" A, "f.ini:1: unknown section [TARGET b], did you mean [target b]?\n" },
	{ A "depends = B\n[target b]\nurl = http://b/\n", "f.ini:3: depends: there is no target 'B', did you mean 'b'?\n" },
	{ A "banana = 5s\n", "f.ini:3: unknown option 'banana' (webmon --options lists all)\n" },
	{ A "theme = dark\n", "f.ini:3: 'theme' does not belong in [target a] but in [webmon]\n" },
	{ "[webmon]\ninterval = 1s\n" A, "f.ini:2: 'interval' does not belong in [webmon] but in [defaults] or [target NAME]\n" },
	{ "[webmon]\nurl = http://a/\n" A, "f.ini:2: 'url' does not belong in [webmon] but in [target NAME]\n" },
	{ "[defaults]\nurl = http://a/\n" A,
	  "f.ini:2: 'url' is each target's own: it belongs in [target NAME]\n" },
	{ "[targget a]\nurl = http://a/\n" A, "f.ini:1: unknown section [targget a], did you mean [target a]?\n" },
	{ "[default]\n" A, "f.ini:1: unknown section [default], did you mean [defaults]?\n" },
	{ "[banana]\n" A, "f.ini:1: unknown section [banana]; a target's would be [target banana], the others are [webmon], "
			  "[defaults], [alert NAME], [view.N], [keys] and [source prometheus]\n" },
	{ "[target]\n" A, "f.ini:1: the target has no name; write [target shop]\n" },
	{ "[webmon x]\n" A, "f.ini:1: [webmon] has no name; write [webmon]\n" },
	{ "[target a\xe2\x80\x8b]\n" A, "f.ini:1: the section's name holds an invisible character; write it anew\n" },
	{ "[view.0]\n" A, "f.ini:1: a view is one of [view.1] to [view.9]\n" },
	{ "[source graphite]\n" A, "f.ini:1: the only source is [source prometheus]\n" },
	{ "[defaults]\n[defaults]\n" A, "f.ini:2: [defaults] was already given at line 1\n" },
	{ A A, "f.ini:3: the target 'a' was already given at line 1\n" },
	{ A "[target b]\nurl = http://b/\nname = a\n", "f.ini:3: the target 'a' was already given at line 1\n" },
	{ A "timeout = 1s\ntimeout = 2s\n", "f.ini:4: 'timeout' was already given at line 3\n" },
	{ "interval = 5s\n" A, "f.ini:1: 'interval' stands before the first section; write [webmon], [defaults] or "
			       "[target NAME] above it\n" },
	{ A "[keys]\nquit = x\nquit = y\n", "f.ini:5: 'quit' was already given at line 4\n" },
	{ "[target a]\ninterval = 5s\n",
	  "f.ini:1: [target a] has no url; add a line such as 'url = https://www.example.com/'\n" },
	{ "[target shop.example.com]\n", "f.ini:1: [target shop.example.com] has no url; add a line such as 'url = "
					 "https://shop.example.com/'\n" },
	/* numbers, durations, sizes, words */
	{ A "interval = fast\n",
	  "f.ini:3: interval must be a duration between 100ms and 7d, such as 5s; got 'fast'\n" },
	{ A "slo = 99.9 / 30d\n", "f.ini:3: slo must be a percentage between 50 % and 99.9999 % and a window between 1d and 30d, "
	  "such as 99.9% / 30d; got '99.9 / 30d'\n" },
	{ A "slo = 99.9% / 1y\n", "f.ini:3: slo must be a percentage between 50 % and 99.9999 % and a window between 1d and 30d, "
	  "such as 99.9% / 30d; got '99.9% / 1y'\n" },
	{ A "interval = 0\n", "f.ini:3: interval must be a duration between 100ms and 7d, such as 5s; got '0'\n" },
	{ A "interval =\n", "f.ini:3: interval must be a duration between 100ms and 7d, such as 5s; got nothing\n" },
	{ A "retry_interval = 1ms\n",
	  "f.ini:3: retry_interval must be a duration between 100ms and 7d, such as 30s, or 0; got '1ms'\n" },
	{ "[defaults]\nconnect_timeout = 20s\n[target b]\n",
	  "f.ini:2: warning: connect_timeout is longer than timeout, which ends the probe before\n"
	  "f.ini:3: [target b] has no url; add a line such as 'url = https://www.example.com/'\n" },
	{ A "bearer = @/proc/self/cmdline\n", "f.ini:3: bearer: /proc/self/cmdline holds more than one line\n" },
	{ A "timeout = 900d\n",
	  "f.ini:3: timeout must be a duration between 10ms and 1h, such as 10s; got '900d'\n" },
	{ A "slow = -1\n", "f.ini:3: slow must be a duration between 0 and 1h, such as 400ms; got '-1'\n" },
	{ "[webmon]\nconcurrency = many\n" A,
	  "f.ini:2: concurrency must be a whole number between 1 and 100000; got 'many'\n" },
	{ A "max_bytes = 1x\n", "f.ini:3: max_bytes must be a size between 1k and 1g, such as 1m; got '1x'\n" },
	{ A "ip = 5\n", "f.ini:3: ip must be one of auto, 4, 6, both; got '5'\n" },
	{ A "tls_min = 0.9\n", "f.ini:3: tls_min must be one of auto, 1.0, 1.1, 1.2, 1.3; got '0.9'\n" },
	{ A "load = loud\n", "f.ini:3: load must be one of on, off, low, high; got 'loud'\n" },
	{ A "verify = maybe\n", "f.ini:3: verify must be yes or no; got 'maybe'\n" },
	{ A "down_after = 5/3\n", "f.ini:3: down_after must be a number of failed probes between 1 and 64 such as 2, "
				  "or a rule such as 3/5; got '5/3'\n" },
	{ A "down_after = 0\n", "f.ini:3: down_after must be a number of failed probes between 1 and 64 such as 2, "
				"or a rule such as 3/5; got '0'\n" },
	/* HTTP */
	{ A "expect_status = 200-\n", "f.ini:3: expect_status must be status codes or ranges between 100 and 999, such "
				      "as 200-299, 304; got '200-'\n" },
	{ A "expect_status = 299-200\n", "f.ini:3: expect_status must be status codes or ranges between 100 and 999, "
					 "such as 200-299, 304; got '299-200'\n" },
	{ A "expect_status = ,\n", "f.ini:3: expect_status must be status codes or ranges between 100 and 999, such as "
				   "200-299, 304; got ','\n" },
	{ A "expect_body = ~ (unclosed\n",
	  "f.ini:3: expect_body: the regular expression after ~ is wrong: Unmatched ( or \\(\n" },
	{ A "expect_body = !~\n", "f.ini:3: expect_body: there is no regular expression after ~\n" },
	{ A "expect_header = nonsense\n", "f.ini:3: expect_header must be a header's name and what it must hold, such as "
					  "'Content-Type: ~ ^text/'; got 'nonsense'\n" },
	{ A "expect_ip = 300.1.1.1\n", "f.ini:3: expect_ip must be addresses or networks such as 203.0.113.7, "
				       "2001:db8::/32; got '300.1.1.1'\n" },
	{ A "expect_ip = 10.0.0.0/33\n", "f.ini:3: expect_ip must be addresses or networks such as 203.0.113.7, "
					 "2001:db8::/32; got '10.0.0.0/33'\n" },
	{ A "header = nonsense\n", "f.ini:3: header must be a header such as 'X-Api-Key: abc'\n" },
	{ A "header = two words: x\n", "f.ini:3: header must be a header such as 'X-Api-Key: abc'\n" },
	{ A "header = X: ${WEBMON_TEST_CRLF}\n",
	  "f.ini:3: header: the value must not hold control characters or line ends\n" },
	{ A "method = GE T\n", "f.ini:3: method must be a request method such as GET, HEAD or POST; got 'GE T'\n" },
	{ A "resolve = a:b:127.0.0.1\n", "f.ini:3: resolve must be HOST:PORT:ADDRESS such as example.com:443:127.0.0.1; got "
					"'a:b:127.0.0.1'\n" },
	{ A "connect_to = a:80:b:http\n", "f.ini:3: connect_to must be HOST:PORT:HOST:PORT such as "
					 "example.com:443:localhost:8443; got 'a:80:b:http'\n" },
	{ A "resolve = a:80\n", "f.ini:3: resolve must be HOST:PORT:ADDRESS such as example.com:443:127.0.0.1; got "
				"'a:80'\n" },
	{ A "connect_to = a:80:b\n", "f.ini:3: connect_to must be HOST:PORT:HOST:PORT such as "
				     "example.com:443:localhost:8443; got 'a:80:b'\n" },
	{ A "proxy = gopher://x\n",
	  "f.ini:3: proxy: the scheme must be http, https, socks4, socks4a, socks5 or socks5h\n" },
	{ A "user = nobody\n", "f.ini:3: user must be name:password\n" },
	{ A "body = x\nbody_file = /etc/hostname\n", "f.ini:4: 'body' and 'body_file' exclude one another; leave one out\n" },
	{ A "bearer = long-token\nuser = me:long-word\n",
	  "f.ini:4: 'bearer' and 'user' exclude one another; leave one out\n" },
	{ A "connect_timeout = 20s\n[target b]\n",
	  "f.ini:3: warning: connect_timeout is longer than timeout, which ends the probe before\n"
	  "f.ini:4: [target b] has no url; add a line such as 'url = https://www.example.com/'\n" },
	/* addresses */
	{ "[target a]\nurl = gopher://a/\n", "f.ini:2: url: the scheme must be http, https, tcp or tls\n" },
	{ "[target a]\nurl = http:///x\n", "f.ini:2: url: there is no host in it\n" },
	{ "[target a]\nurl = http://a b/\n", "f.ini:2: url: it holds a blank or a sign that must be written %XX\n" },
	{ "[target a]\nurl = http://a\xe2\x80\x8b/\n", "f.ini:2: url: it holds an invisible character\n" },
	{ "[target a]\nurl = http://a:99999/\n", "f.ini:2: url: the port must be a number between 1 and 65535\n" },
	{ "[target a]\nurl = a:http\n", "f.ini:2: url: the port must be a number between 1 and 65535\n" },
	{ "[target a]\nurl = http://[::1/\n", "f.ini:2: url: the brackets around the host do not match\n" },
	{ "[target a]\nurl = http://::1/\n",
	  "f.ini:2: url: an IPv6 address must stand in brackets, such as http://[::1]:8080/\n" },
	{ "[target a]\nurl = http://[::g]/\n",
	  "f.ini:2: url: the host holds a sign that no host's name has, or is too long\n" },
	{ "[target a]\nurl = http://a,b/\n",
	  "f.ini:2: url: the host holds a sign that no host's name has, or is too long\n" },
	{ "[target a]\nurl = tcp://a/\n", "f.ini:2: url: a port must be given, such as tcp://db.example.com:5432\n" },
	{ "[target a]\nurl = tls://a:1/x\n", "f.ini:2: url: tcp and tls have no path\n" },
	{ "[target a]\nurl =\n", "f.ini:2: url must be an address such as https://example.com/health; got nothing\n" },
	{ "[target a]\nurl = http://a/\n  interval = 5s\n",
	  "f.ini:2: the value of 'url' goes on in an indented line that looks like the option 'interval': indent both "
	  "alike\n" },
	/* variables and files */
	{ A "bearer = ${WEBMON_TEST_UNSET}\n",
	  "f.ini:3: bearer: the environment variable WEBMON_TEST_UNSET is not set\n" },
	{ A "bearer = ${\n", "f.ini:3: bearer: '${' must begin a variable such as ${API_TOKEN}; write $${ for the signs "
			     "themselves\n" },
	{ A "bearer = ${A-B}\n", "f.ini:3: bearer: '${' must begin a variable such as ${API_TOKEN}; write $${ for the "
				 "signs themselves\n" },
	{ A "bearer = @/no/such/file\n", "f.ini:3: bearer: /no/such/file cannot be read: No such file or directory "
					 "(write @@ for a value that begins with @)\n" },
	{ A "header = X-Key: @/no/such/file\n", "f.ini:3: header: /no/such/file cannot be read: No such file or "
						"directory (write @@ for a value that begins with @)\n" },
	{ A "user = me:@/no/such/file\n", "f.ini:3: user: /no/such/file cannot be read: No such file or directory "
					  "(write @@ for a value that begins with @)\n" },
	{ A "bearer = @/dev/null\n", "f.ini:3: bearer: /dev/null is empty\n" },
	{ A "ca = /no/such/ca.pem\n", "f.ini:3: ca: /no/such/ca.pem cannot be read: No such file or directory\n" },
	{ A "body_file = /no/such\n", "f.ini:3: body_file: /no/such cannot be read: No such file or directory\n" },
	{ A "group = ${WEBMON_TEST_LATIN1}\n", "f.ini:3: group: the value is not valid UTF-8\n" },
	{ A "interval = ${WEBMON_TEST_SECRET}\n", "f.ini:3: interval must be a duration between 100ms and 7d, such as 5s; "
						  "got '${WEBMON_TEST_SECRET}'\n" },
	/* other sections */
	{ A "[alert x]\n", "f.ini:3: [alert x] has neither webhook nor command: it could tell nobody\n" },
	{ A "[alert x]\nwebhook =\n", "f.ini:3: [alert x] has neither webhook nor command: it could tell nobody\n" },
	{ A "[alert x]\nwebhook = ftp://x/\n", "f.ini:4: webhook: the scheme must be http or https\n" },
	{ "[source prometheus]\n",
	  "f.ini:1: [source prometheus] has no url; add a line such as 'url = http://localhost:9090/'\n" },
	{ A "[source prometheus]\nurl = http://localhost:9090/\n",
	  "f.ini:3: [source prometheus] shows what others have measured, [target a] is to be probed: "
	  "put them into files of their own\n" },
	/* witnesses and windows */
	{ "[webmon]\nwitness = https://a.test/, ftp://b.test\n" A,
	  "f.ini:2: witness: 'ftp://b.test' is no address: the scheme must be http, https, tcp or tls\n" },
	{ A "maintenance = Sun 02:00-04:00 Europe/Seoul\n",
	  "f.ini:3: maintenance: there is no time zone 'Europe/Seoul', did you mean 'Asia/Seoul'?\n" },
	/* dependencies */
	{ A "depends = b\n", "f.ini:3: depends: there is no target 'b', did you mean 'a'?\n" },
	{ A "depends = a\n", "f.ini:3: depends: 'a' depends on itself\n" },
	{ A "depends = b\n[target b]\nurl = http://b/\ndepends = c\n[target c]\nurl = http://c/\ndepends = a\n",
	  "f.ini:9: depends: 'a' and 'c' depend on one another in a circle\n" },
	/* all of them, not just the first, in the order of their lines */
	{ "[webmon]\nhistroy = x\n[target a]\nurl = http://a/\nintervall = 5s\ntimeout = never\n[target b]\nmethd = GET\n",
	  "f.ini:2: unknown option 'histroy', did you mean 'history'?\n"
	  "f.ini:5: unknown option 'intervall', did you mean 'interval'?\n"
	  "f.ini:6: timeout must be a duration between 10ms and 1h, such as 10s; got 'never'\n"
	  "f.ini:7: [target b] has no url; add a line such as 'url = https://www.example.com/'\n"
	  "f.ini:8: unknown option 'methd', did you mean 'method'?\n" },
};

static void set_environment(void)
{
	setenv("WEBMON_TEST_SECRET", "s3cret-canary", 1);
	setenv("WEBMON_TEST_CRLF", "x\r\nInjected: yes", 1);
	setenv("WEBMON_TEST_LATIN1", "caf\xe9", 1);
	setenv("WEBMON_TEST_AT", "@/etc/hostname", 1);
	unsetenv("WEBMON_TEST_UNSET");
}

static void every_mistake_is_told_in_so_many_words(void **state)
{
	(void)state;
	set_environment();
	for (size_t i = 0; i < COUNT(mistake_cases); i++) {
		char *messages;
		struct config *config = load(mistake_cases[i].text, &messages);

		assert_string_equal(messages, mistake_cases[i].messages);
		assert_null(config);
		free(messages);
	}
}

static void defaults_are_those_of_the_documents(void **state)
{
	struct config *config = load_good(A);
	const struct target *t = &config->targets[0];
	const struct program *p = &config->program;

	(void)state;
	assert_int_equal(config->target_count, 1);
	assert_string_equal(t->name, "a");
	assert_string_equal(t->group, "");
	assert_string_equal(t->url, "http://a/");
	assert_string_equal(t->url_shown, "http://a/");
	assert_string_equal(t->host, "a");
	assert_int_equal(t->port, 80);
	assert_int_equal(t->interval_ms, 5000);
	assert_int_equal(t->timeout_ms, 10000);
	assert_int_equal(t->connect_timeout_ms, 5000);
	assert_string_equal(t->method, "GET");
	assert_string_equal(t->user_agent, "webmon/" WEBMON_VERSION);
	assert_null(t->body);
	assert_null(t->user);
	assert_null(t->bearer);
	assert_null(t->proxy);
	assert_true(t->verify);
	assert_int_equal(t->tls_min, 0);
	assert_int_equal(t->follow, 5);
	assert_false(t->compressed);
	assert_int_equal(t->keepalive, WISH_FRESH);
	assert_int_equal(t->max_bytes, 1 << 20);
	assert_int_equal(t->expect_status_count, 1);
	assert_int_equal(t->expect_status[0].from, 200);
	assert_int_equal(t->expect_status[0].to, 299);
	assert_string_equal(t->expect_status_text, "200-299");
	assert_int_equal(t->expect_cert_days, 21);
	assert_int_equal(t->slow_us, 0);
	assert_int_equal(t->down_after.count, 2);
	assert_int_equal(t->down_after.of, 0);
	assert_int_equal(t->up_after, 1);
	assert_string_equal(t->load, "on");
	assert_int_equal(t->line, 1);
	assert_int_equal(t->secrets.count, 0);
	assert_int_equal(p->keep_ms, 3600000);
	assert_int_equal(p->concurrency, 2000);
	assert_int_equal(p->per_host, 100);
	assert_int_equal(p->pollers, 1);
	assert_int_equal(p->log_level, LOG_LEVEL_WARNING);
	assert_null(p->log);
	assert_string_equal(p->theme, "default");
	config_free(config);
}

static void values_arrive_in_their_fields(void **state)
{
	struct config *config = load_good(
		"[webmon]\nlog_level = info\ncolor = 256\nascii = on\nlog = x.log\n"
		"[target a]\nurl = tls://[2001:db8::1]:8443\nname = a much longer name than a section can have\n"
		"group = shop\ntags = eu, prod ,\ninterval = 1m30s\ntimeout = 2s\nmethod = head\n"
		"header = Accept: */*\nheader = X-Two:  b: c \ntls_min = 1.2\nhttp = 2\nip = 6\nkeepalive = true\n"
		"resolve = a:443:127.0.0.1,127.0.0.2\nresolve = b:443:::1\nfollow = 0\nmax_bytes = 2k\n"
		"expect_status = 200, 3xx,\n  404\nexpect_body = ~ ^ok$\nexpect_body = = yes\n"
		"expect_header = Content-Type: ~ json\nexpect_http = 1.1\nexpect_ip = 10.0.0.0/8, ::1\n"
		"slow = 400ms\nslow_dns = 0.5ms\ndown_after = 3/5\napdex = 1s\n");
	const struct target *t = &config->targets[0];

	(void)state;
	assert_int_equal(config->program.log_level, LOG_LEVEL_INFO);
	assert_int_equal(config->program.color, COLOR_256);
	assert_int_equal(config->program.ascii, ASCII_YES);
	assert_string_equal(config->program.log, "x.log");
	assert_int_equal(t->scheme, SCHEME_TLS);
	assert_string_equal(t->host, "2001:db8::1");
	assert_int_equal(t->port, 8443);
	assert_string_equal(t->name, "a much longer name than a section can have");
	assert_string_equal(t->group, "shop");
	assert_int_equal(t->tags.count, 2);
	assert_string_equal(t->tags.items[1], "prod");
	assert_int_equal(t->interval_ms, 90000);
	assert_int_equal(t->connect_timeout_ms, 2000); /* never above the timeout */
	assert_string_equal(t->method, "HEAD");
	assert_int_equal(t->headers.count, 2);
	assert_string_equal(t->headers.items[1], "X-Two: b: c");
	assert_int_equal(t->tls_min, 12);
	assert_int_equal(t->http, WISH_HTTP_2);
	assert_int_equal(t->ip, WISH_IP_6);
	assert_int_equal(t->keepalive, WISH_KEPT);
	assert_int_equal(t->resolve.count, 2);
	assert_string_equal(t->resolve.items[0], "a:443:127.0.0.1,127.0.0.2");
	assert_int_equal(t->follow, 0);
	assert_string_equal(t->expect_status_text, "200, 300-399, 404");
	assert_int_equal(t->expect_status[2].to, 404);
	assert_string_equal(t->expect_body.items[0], "~ ^ok$");
	assert_string_equal(t->expect_body.items[1], "= yes");
	assert_int_equal(t->expect_http, WISH_HTTP_1_1);
	assert_int_equal(t->expect_ip.count, 2);
	assert_int_equal(t->slow_us, 400000);
	assert_int_equal(t->slow_dns_us, 500);
	assert_int_equal(t->down_after.count, 3);
	assert_int_equal(t->down_after.of, 5);
	assert_int_equal(t->apdex_us, 1000000);
	config_free(config);
}

/* As all files that a configuration names; a name alone is looked for where themes are. */
static void a_theme_s_path_is_relative_to_the_file(void **state)
{
	static const struct {
		const char *written, *theme;
	} cases[] = {
		{ "dark", "dark" }, { "mine.ini", "conf/mine.ini" }, { "t/mine", "conf/t/mine" }, { "/t/mine.ini", "/t/mine.ini" },
		{ "~/mine", "/home/of/mine" },
	};
	char *home = x_strdup(getenv("HOME") ? getenv("HOME") : "/");

	(void)state;
	setenv("HOME", "/home/of", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = x_asprintf("[webmon]\ntheme = %s\n" A, cases[i].written);
		struct errors errors = { 0 };
		struct config *config =
			config_load(&(struct config_request){ .file = "conf/f.ini", .text = text }, &errors);

		assert_non_null(config);
		assert_string_equal(config->program.theme, cases[i].theme);
		config_free(config);
		free(text);
	}
	setenv("HOME", home, 1);
	free(home);
}

/* "[target .well-known]" was the target "well-known". */
static void a_target_s_name_may_begin_with_dots(void **state)
{
	struct config *config = load_good("[target .well-known]\nurl = http://a/\n[target well-known]\nurl = http://b/\n"
					  "[target ../x]\nurl = http://c/\n[target\t..]\nurl = http://d/\n"
					  "[view.3]\nsort = name\n");

	(void)state;
	assert_int_equal(config->target_count, 4);
	assert_string_equal(config->targets[0].name, ".well-known");
	assert_string_equal(config->targets[1].name, "well-known");
	assert_string_equal(config->targets[2].name, "../x");
	assert_string_equal(config->targets[3].name, "..");
	assert_string_equal(config->views[3].sort, "name");
	config_free(config);
}

static void sections_go_over_defaults(void **state)
{
	struct config *config = load_good(
		"[target a]\nurl = http://a/\n[defaults]\ninterval = 7s\nheader = X-One: 1\nheader = X-Two: 2\n"
		"expect_body = from defaults\n[target b]\nurl = http://b/\ninterval = 9s\nheader = X-Four: 4\n"
		"header = x-two: 3\nheader = X-Four: 5\nexpect_body = own\nbody = x\n[target c]\nurl = http://c/\nmethod = PUT\nbody = x\n");
	const struct target *a = &config->targets[0], *b = &config->targets[1], *c = &config->targets[2];

	(void)state;
	assert_int_equal(a->interval_ms, 7000);
	assert_int_equal(a->headers.count, 2);
	assert_string_equal(a->expect_body.items[0], "from defaults");
	assert_int_equal(b->interval_ms, 9000);
	assert_int_equal(b->headers.count, 4); /* headers join, those of the same name give way */
	assert_string_equal(b->headers.items[0], "X-One: 1");
	assert_string_equal(b->headers.items[1], "X-Four: 4");
	assert_string_equal(b->headers.items[2], "x-two: 3");
	assert_string_equal(b->headers.items[3], "X-Four: 5");
	assert_int_equal(b->expect_body.count, 1);
	assert_string_equal(b->expect_body.items[0], "own");
	assert_string_equal(b->method, "POST"); /* a body wants one */
	assert_string_equal(c->method, "PUT");
	assert_int_equal(c->body_size, 1);
	config_free(config);
}

static void long_values_go_on_in_indented_lines(void **state)
{
	struct config *config = load_good("[target a]\nurl = http://a/\n  one/\n  two?x=1\ngroup = two\n  words\n"
					  "body = {\n    \"a\": 1,\n    timeout = 5\n  }\n");
	const struct target *t = &config->targets[0];

	(void)state;
	assert_string_equal(t->url, "http://a/one/two?x=1");
	assert_string_equal(t->group, "two words");
	assert_string_equal(t->body, "{\n\"a\": 1,\ntimeout = 5\n}");
	config_free(config);
}

/* It lost empty lines, and those that look like comments or begin with a bracket. */
static void a_body_s_lines_are_all_sent(void **state)
{
	struct config *config = load_good("[target a]\nurl = http://a/\nbody =\n  # Title\n\n  [1, \"b ; c\"]\n  ; d\n\n"
					  "; a comment\ngroup = g\n");
	const struct target *t = &config->targets[0];

	(void)state;
	assert_string_equal(t->body, "# Title\n\n[1, \"b ; c\"]\n; d");
	assert_string_equal(t->group, "g");
	config_free(config);
}

static void variables_stand_anywhere(void **state)
{
	struct config *config;

	(void)state;
	setenv("WEBMON_TEST_HOST", "api.example.com", 1);
	setenv("WEBMON_TEST_PERIOD", "3s", 1);
	config = load_good("[target a]\nurl = https://${WEBMON_TEST_HOST}:8443/${WEBMON_TEST_PERIOD}\n"
			   "interval = ${WEBMON_TEST_PERIOD}\nname = ${WEBMON_TEST_HOST}\n"
			   "expect_body = ~ cost: [0-9]+$\nexpect_body = $${x} $$ $5\n");
	const struct target *t = &config->targets[0];
	assert_string_equal(t->url, "https://api.example.com:8443/3s");
	assert_string_equal(t->url_shown, "https://•••:8443/3s");
	assert_string_equal(t->name, "api.example.com");
	assert_int_equal(t->interval_ms, 3000);
	assert_string_equal(t->expect_body.items[0], "~ cost: [0-9]+$");
	assert_string_equal(t->expect_body.items[1], "${x} $$ $5");
	config_free(config);
}

/* A folder of its own with a file in it. Returns new: the file's path. */
static char *write_file(const char *name, const char *text, mode_t mode)
{
	char folder[] = "/tmp/test-config-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *path = x_asprintf("%s/%s", folder, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void remove_file(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static void secrets_come_from_files_beside_the_configuration(void **state)
{
	char *key = write_file("key", "file-canary\n", 0600);
	char *text = x_asprintf("[target a]\nurl = http://a/\nbearer = @%s\n"
				"[target b]\nurl = http://b/\nheader = X-Api-Key: @key\nheader = X-At: @@home\n"
				"log = nothing\n", key);
	char *plain = x_asprintf("[target b]\nurl = http://b/\nheader = X-Api-Key: @key\nheader = X-At: @@home\n"
				 "user = me:@key\n[target c]\nurl = http://c/\nbearer = ${WEBMON_TEST_AT}\n"
				 "body_file = key\n");
	char *folder = x_strndup(key, (size_t)(strrchr(key, '/') - key));
	char *name = x_asprintf("%s/f.ini", folder);
	struct errors errors = { 0 };
	struct config_request request = { .file = name, .text = plain };

	(void)state;
	set_environment();
	struct config *config = config_load(&request, &errors);
	assert_int_equal(errors.count, 0);
	assert_non_null(config);
	assert_string_equal(config->targets[0].headers.items[0], "X-Api-Key: file-canary");
	assert_string_equal(config->targets[0].headers.items[1], "X-At: @home");
	assert_string_equal(config->targets[0].user, "me");
	assert_string_equal(config->targets[0].password, "file-canary");
	assert_true(text_list_has(&config->targets[0].secrets, "file-canary"));
	assert_string_equal(config->targets[1].bearer, "@/etc/hostname"); /* of a variable: no file's name */
	assert_string_equal(config->targets[1].body, "file-canary\n");
	assert_int_equal(config->targets[1].body_size, 12);
	assert_string_equal(config->targets[1].body_file, key);
	config_free(config);
	free(text);
	free(plain);
	free(folder);
	free(name);
	remove_file(key);
}

static void secrets_of_every_kind_are_remembered(void **state)
{
	static const char *const wanted[] = { "url-pass",	"me:url-pass",	 "query-token",	    "bearer-canary",
					      "basic-canary",	"cookie-session", "key-canary",	    "proxy:pass",
					      "s3cret-canary", "p%ss word",	 "dXNlcjpwYXNz" };
	struct config *config = NULL;
	char *messages;

	(void)state;
	set_environment();
	config = load("[target a]\nurl = http://me:url-pass@a/?x=1&api_token=query-token&y=${WEBMON_TEST_SECRET}\n"
		      "header = Cookie: theme=dark; sid=cookie-session\nheader = X-Api-Key: key-canary\n"
		      "header = Authorization: Basic dXNlcjpwYXNz\nproxy = http://proxy:pass@p:3128\n"
		      "[target b]\nurl = http://b/\nuser = me:basic-canary\n"
		      "[target c]\nurl = http://me:p%25ss%20word@c/\nbody = bearer-canary\n"
		      "[target d]\nurl = http://d/\nbearer = bearer-canary\n", &messages);
	assert_non_null(config);
	assert_string_equal(messages, "");
	for (size_t i = 0; i < COUNT(wanted); i++) {
		bool found = false;

		for (size_t k = 0; k < config->target_count; k++)
			found = found || text_list_has(&config->targets[k].secrets, wanted[i]);
		if (!found)
			fail_msg("'%s' is not among the secrets", wanted[i]);
	}
	const struct target *a = &config->targets[0];
	assert_string_equal(a->url, "http://a/?x=1&api_token=query-token&y=s3cret-canary");
	assert_string_equal(a->url_shown, "http://me:•••@a/?x=1&api_token=•••&y=•••");
	assert_string_equal(a->user, "me");
	assert_string_equal(config->targets[2].password, "p%ss word");
	assert_false(text_list_has(&a->secrets, "dark"));
	assert_int_equal(config->targets[1].secrets.count, 2); /* no other target's */
	free(messages);
	config_free(config);
}

/* A value out of a variable or a file may be wrong as a whole, in its middle, or cut where it is quoted. */
static void a_mistake_quotes_nothing_that_came_from_outside(void **state)
{
	static const struct mistake_case cases[] = {
		{ A "expect_json = .token = ${WEBMON_TEST_LONG}\n",
		  "f.ini:3: expect_json: expected a number, true, false, null or a text in quotes, got •••\n" },
		{ A "expect_json = .token = 12 ${WEBMON_TEST_LONG}\n",
		  "f.ini:3: expect_json: expected nothing after the value, got •••\n" },
		{ A "maintenance = ${WEBMON_TEST_LONG}\n",
		  "f.ini:3: maintenance: '•••' is neither days (Sun, Mon-Fri, daily), a date (2026-12-24) nor times "
		  "(02:00-04:00)\n" },
		{ A "maintenance = Sun 02:00-04:00 ${WEBMON_TEST_ZONE}\n",
		  "f.ini:3: maintenance: '•••' is neither times (02:00-04:00) nor a time zone (Asia/Seoul)\n" },
		{ "[webmon]\nwitness = ftp://${WEBMON_TEST_SECRET}/\n" A,
		  "f.ini:2: witness: '•••' is no address: the scheme must be http, https, tcp or tls\n" },
		{ "[webmon]\nwitness = https://me:url-pass@a:99999/, https://b/\n" A,
		  "f.ini:2: witness: '•••' is no address: the port must be a number between 1 and 65535\n" },
		{ "[webmon]\nwitness = https://a:99999/?token=query-token\n" A,
		  "f.ini:2: witness: 'https://a:99999/?token=•••' is no address: the port must be a number between 1 and "
		  "65535\n" },
		{ A "depends = ${WEBMON_TEST_SECRET}\n", "f.ini:3: depends: there is no target '•••'\n" },
		{ A "header = X-Key: @${WEBMON_TEST_SECRET}\n",
		  "f.ini:3: header: the file cannot be read: No such file or directory (write @@ for a value that begins "
		  "with @)\n" },
	};

	(void)state;
	set_environment();
	setenv("WEBMON_TEST_LONG", "s3cret-canary and more words than a message would quote of it", 1);
	setenv("WEBMON_TEST_ZONE", "Europe/Seoul", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *messages;

		assert_null(load(cases[i].text, &messages));
		assert_string_equal(messages, cases[i].messages);
		free(messages);
	}
}

static void print_to(char **text, const struct config *config)
{
	size_t size;
	FILE *out = open_memstream(text, &size);

	config_print(config, out);
	fclose(out);
}

static void what_is_in_force_is_printed_without_secrets(void **state)
{
	static const char *const canaries[] = { "url-pass", "query-token", "bearer-canary", "cookie-session",
						"proxy:pass", "s3cret-canary", "x7", "body-canary",
						"witness-pass" };
	static const char *const lines[] = {
		"  interval           7s                                           f.ini:2\n",
		"  witness            https://•••@w/, https://•••/                 f.ini:17\n",
		"  timeout            10s                                          default\n",
		"  url                http://me:•••@a/?token=•••                   f.ini:5\n",
		"  header             Cookie: •••                                  f.ini:6\n",
		"                     X-Plain: seen                                f.ini:8\n",
		"  expect_status      200, 300-399                                 f.ini:13\n",
		"  bearer             •••                                          f.ini:9\n",
		"  tls_min            1.2                                          f.ini:14\n",
		"  down_after         3/5                                          f.ini:15\n",
	};
	char *text, *messages;
	struct config *config;

	(void)state;
	set_environment();
	config = load("[defaults]\ninterval = 7s\n\n[target a]\nurl = http://me:url-pass@a/?token=query-token\n"
		      "header = Cookie: sid=cookie-session\nheader = X-Key: x7\nheader = X-Plain: seen\n"
		      "bearer = bearer-canary\nproxy = http://proxy:pass@p:3128\nbody = ${WEBMON_TEST_SECRET}\n"
		      "expect_body = ${WEBMON_TEST_SECRET}\nexpect_status = 200,3xx\ntls_min = 1.2\ndown_after = 3/5\n"
		      "[webmon]\nwitness = https://me:witness-pass@w/, https://${WEBMON_TEST_SECRET}/\n",
		      &messages);
	assert_non_null(config);
	print_to(&text, config);
	for (size_t i = 0; i < COUNT(canaries); i++)
		if (strstr(text, canaries[i]) != NULL)
			fail_msg("'%s' is shown:\n%s", canaries[i], text);
	for (size_t i = 0; i < COUNT(lines); i++)
		if (strstr(text, lines[i]) == NULL)
			fail_msg("not printed: %sin:\n%s", lines[i], text);
	free(messages);
	free(text);
	config_free(config);
}

static void secrets_that_others_can_read_are_warned_of(void **state)
{
	static const struct {
		const char *text;
		mode_t      mode;
		bool        warned;
	} cases[] = {
		{ A "bearer = bearer-canary\n", 0644, true },
		{ A "bearer = bearer-canary\n", 0600, false },
		{ A "bearer = ${WEBMON_TEST_SECRET}\n", 0644, false },
		{ "[target a]\nurl = http://me:password@a/\n", 0640, true },
		{ A "header = Authorization: Bearer abcdef\n", 0604, true },
		{ A "header = Accept: text/html\n", 0644, false },
	};

	(void)state;
	set_environment();
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = write_file("f.ini", cases[i].text, cases[i].mode);
		struct errors errors = { 0 };
		struct config_request request = { .file = path };
		struct config *config = config_load(&request, &errors);

		assert_non_null(config);
		assert_int_equal(errors.count, cases[i].warned);
		assert_true(!cases[i].warned || strstr(errors.items[0].text, "others may read it") != NULL);
		errors_free(&errors);
		config_free(config);
		remove_file(path);
	}
}

struct words_case {
	const char *words[4], *names, *urls, *messages;
};

static const struct words_case words_cases[] = {
	{ { NULL }, "api web a.b ", "http://api/ http://web/ http://ab/ ", "" },
	{ { "web", "api" }, "web api ", "http://web/ http://api/ ", "" },
	{ { "web", "web" }, "web ", "http://web/ ", "" },
	{ { "a.b" }, "a.b ", "http://ab/ ", "" }, /* a target of that name goes before a host of that name */
	{ { "localhost:5000" }, "localhost:5000 ", "http://localhost:5000 ", "" },
	{ { "localhost" }, "localhost ", "http://localhost ", "" },
	{ { "127.0.0.1:80/x?q=1" }, "127.0.0.1/x ", "http://127.0.0.1:80/x?q=1 ", "" },
	{ { "[::1]:8080" }, "::1:8080 ", "http://[::1]:8080 ", "" },
	{ { "example.com/a/b" }, "example.com/a/b ", "https://example.com/a/b ", "" },
	{ { "HTTP://Example.com/", "http://Example.com:80/", "web" }, "Example.com Example.com #2 web ",
	  "http://example.com/ http://example.com:80/ http://web/ ", "" },
	/* a port that is another scheme's own one is told */
	{ { "https://h:443", "https://h:80", "http://h:443", "tls://h:443" }, "h h:80 h:443 h:443 #2 ",
	  "https://h:443 https://h:80 http://h:443 tls://h:443 ", "" },
	{ { "apj" }, NULL, NULL, "webmon: there is no target 'apj', did you mean 'api'?\n" },
	{ { "gopher://x" }, NULL, NULL, "webmon: url: the scheme must be http, https, tcp or tls\n" },
};

static void words_choose_targets_and_add_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words_cases); i++) {
		const struct words_case *c = &words_cases[i];
		struct errors errors = { 0 };
		struct config_request request = {
			.file = "f.ini",
			.text = "[target api]\nurl = http://api/\n[target web]\nurl = http://web/\n[target a.b]\nurl = http://ab/\n",
			.words = c->words,
		};
		char names[200] = "", urls[300] = "";

		while (request.word_count < COUNT(c->words) && c->words[request.word_count] != NULL)
			request.word_count++;
		struct config *config = config_load(&request, &errors);
		char *messages = told(&errors);
		assert_string_equal(messages, c->messages);
		free(messages);
		assert_int_equal(config != NULL, c->names != NULL);
		for (size_t k = 0; config != NULL && k < config->target_count; k++) {
			text_format(names + strlen(names), sizeof(names) - strlen(names), "%s ",
				    config->targets[k].name);
			text_format(urls + strlen(urls), sizeof(urls) - strlen(urls), "%s ", config->targets[k].url);
		}
		if (config != NULL) {
			assert_string_equal(names, c->names);
			assert_string_equal(urls, c->urls);
		}
		config_free(config);
	}
}

static void the_command_line_goes_over_the_file(void **state)
{
	static const struct override overrides[] = {
		{ "interval", "0" }, { "header", "X-Two: cli" }, { "theme", "light" }, { "header", "X-Three: 3" },
	};
	static const char *const words[] = { "a", "http://b/" };
	struct errors errors = { 0 };
	struct config_request request = {
		.file = "f.ini",
		.text = A "interval = 9s\nheader = X-One: 1\nheader = X-Two: 2\n[webmon]\ntheme = dark\n[defaults]\ntimeout = 3s\n",
		.overrides = overrides,
		.override_count = COUNT(overrides),
		.words = words,
		.word_count = COUNT(words),
	};
	struct config *config = config_load(&request, &errors);

	(void)state;
	assert_int_equal(errors.count, 0);
	assert_non_null(config);
	assert_string_equal(config->program.theme, "light");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(config->targets[i].interval_ms, 0);
		assert_int_equal(config->targets[i].timeout_ms, 3000);
	}
	const struct text_list *headers = &config->targets[0].headers;
	assert_int_equal(headers->count, 3);
	assert_string_equal(headers->items[0], "X-One: 1");
	assert_string_equal(headers->items[1], "X-Two: cli");
	assert_string_equal(headers->items[2], "X-Three: 3");
	assert_int_equal(config->targets[1].headers.count, 2);
	char *text;
	print_to(&text, config);
	assert_non_null(strstr(text, "interval           0                                            command line\n"));
	assert_null(strstr(text, "9s"));
	free(text);
	config_free(config);
}

/* An item of a list tells of its own line, whichever section or command line it is from. */
static void each_header_is_printed_with_its_own_origin(void **state)
{
	static const struct override overrides[] = { { "header", "X-D: 4" }, { "header", "X-E: 5" } };
	struct errors errors = { 0 };
	struct config_request request = {
		.file = "f.ini",
		.text = "[defaults]\nheader = X-A: 1\nheader = X-B: 2\n" A "header = X-C: 3\nheader = X-B: 7\n"
			"expect_body = one\nexpect_body = two\n",
	};
	struct config *config = config_load(&request, &errors);
	char *text;

	(void)state;
	assert_non_null(config);
	print_to(&text, config);
	assert_non_null(strstr(text, "  header             X-A: 1                                       f.ini:2\n"
				     "                     X-B: 2                                       f.ini:3\n"
				     "  body "));
	assert_non_null(strstr(text, "  header             X-A: 1                                       f.ini:2\n"
				     "                     X-C: 3                                       f.ini:6\n"
				     "                     X-B: 7                                       f.ini:7\n"
				     "  expect_body        one                                          f.ini:8\n"
				     "                     two                                          f.ini:9\n"));
	free(text);
	config_free(config);
	request.overrides = overrides;
	request.override_count = COUNT(overrides);
	config = config_load(&request, &errors);
	assert_non_null(config);
	print_to(&text, config);
	assert_non_null(strstr(text, "  header             X-A: 1                                       f.ini:2\n"
				     "                     X-C: 3                                       f.ini:6\n"
				     "                     X-B: 7                                       f.ini:7\n"
				     "                     X-D: 4                                       command line\n"
				     "                     X-E: 5                                       command line\n"));
	assert_null(strstr(strstr(text, "X-E: 5") + 1, "X-E: 5"));
	free(text);
	config_free(config);
}

static void a_wrong_option_of_the_command_line_is_told_once(void **state)
{
	static const struct override overrides[] = { { "interval", "soon" }, { "intervall", "1s" }, { "url", "x" } };
	struct errors errors = { 0 };
	struct config_request request = {
		.file = "f.ini", .text = A "[target b]\nurl = http://b/\n", .overrides = overrides,
		.override_count = COUNT(overrides),
	};

	(void)state;
	assert_null(config_load(&request, &errors));
	char *messages = told(&errors);
	assert_string_equal(messages,
			    "webmon: unknown option 'intervall', did you mean 'interval'?\n"
			    "webmon: 'url' is each target's own: it cannot be set for all\n"
			    "webmon: interval must be a duration between 100ms and 7d, such as 5s; got 'soon'\n");
	free(messages);
}

static void a_history_s_targets_are_chosen_as_the_live_ones(void **state)
{
	static const struct target targets[] = {
		{ .name = "well", .group = "shop", .url_shown = "https://w.example.com/" },
		{ .name = "sorry", .group = "shop", .url_shown = "https://s.example.com/no?token=•••" },
		{ .name = "s.example.com", .group = "", .url_shown = "https://s.example.com" },
		{ .name = "twin", .group = "", .url_shown = "https://w.example.com/" },
	};
	static const struct {
		const char *words[2], *only, *group, *chosen, *told;
	} cases[] = {
		{ { "sorry", "well" }, NULL, NULL, "10", "" },
		{ { "well", "well" }, NULL, NULL, "0", "" },
		{ { NULL, NULL }, "s*", NULL, "12", "" },
		{ { NULL, NULL }, NULL, "shop", "01", "" },
		{ { "sorry", "twin" }, "t*", NULL, "3", "" },
		{ { "https://w.example.com", NULL }, NULL, NULL, "03", "" },
		{ { "w.example.com", NULL }, NULL, NULL, "03", "" },
		{ { "s.example.com", NULL }, NULL, NULL, "2", "" },
		{ { "s.example.com/no?token=s3cret", NULL }, NULL, NULL, "1", "" },
		{ { "http://w.example.com", NULL }, NULL, NULL, "",
		  "webmon: no target of the history has the name or the address 'http://w.example.com'; what its "
		  "recorder did not probe is not in it\n" },
		{ { "x.example.com/?token=s3cret", NULL }, NULL, NULL, "",
		  "webmon: no target of the history has the name or the address 'x.example.com/?token=•••'; what "
		  "its recorder did not probe is not in it\n" },
		{ { "well", "wel" }, NULL, NULL, "", "webmon: there is no target 'wel', did you mean 'well'?\n" },
		{ { NULL, NULL }, "x*", NULL, "",
		  "webmon: none of the 4 targets is asked for by --only, --skip and --group\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config_request request = { .words = cases[i].words, .only = cases[i].only,
						  .group = cases[i].group };
		struct errors errors = { 0 };
		size_t chosen[COUNT(targets)];
		char indexes[COUNT(targets) + 1] = "";

		while (request.word_count < 2 && cases[i].words[request.word_count])
			request.word_count++;
		assert_true(config_has_choice(&request));
		size_t count = config_choose(&request, targets, COUNT(targets), chosen, &errors);
		for (size_t k = 0; k < count; k++)
			indexes[k] = (char)('0' + chosen[k]);
		char *messages = told(&errors);
		assert_string_equal(messages, cases[i].told);
		assert_string_equal(indexes, cases[i].chosen);
		free(messages);
	}
	assert_false(config_has_choice(&(struct config_request){ .shard = "1/2" }));
}

static void globs_and_groups_choose(void **state)
{
	static const struct {
		const char *only, *skip, *group, *names;
	} cases[] = {
		{ "api-*", NULL, NULL, "api-1 api-2 " },
		{ NULL, "*-2", NULL, "api-1 web " },
		{ "api-*", "*-2", NULL, "api-1 " },
		{ NULL, NULL, "eu", "api-2 web " },
		{ "nothing", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct errors errors = { 0 };
		struct config_request request = {
			.file = "f.ini",
			.text = "[target api-1]\nurl = http://a/\n[target api-2]\nurl = http://b/\ngroup = eu\n"
				"[target web]\nurl = http://c/\ngroup = eu\n",
			.only = cases[i].only, .skip = cases[i].skip, .group = cases[i].group,
		};
		struct config *config = config_load(&request, &errors);
		char names[100] = "";

		for (size_t k = 0; config != NULL && k < config->target_count; k++)
			text_format(names + strlen(names), sizeof(names) - strlen(names), "%s ",
				    config->targets[k].name);
		char *messages = told(&errors);
		if (cases[i].names != NULL)
			assert_string_equal(names, cases[i].names);
		else
			assert_string_equal(messages, "webmon: none of the 3 targets is asked for by --only, --skip "
						      "and --group\n");
		free(messages);
		config_free(config);
	}
}

static void nothing_to_watch_says_what_to_do(void **state)
{
	struct errors errors = { 0 };
	struct config_request request = { .file = NULL };

	(void)state;
	assert_null(config_load(&request, &errors));
	assert_int_equal(errors.fatal, 1);
	assert_non_null(strstr(errors.items[0].text, "webmon http://localhost:5000/"));
	errors_free(&errors);
}

static void other_sections_are_kept(void **state)
{
	char *messages;
	struct config *config = load(A "[keys]\nquit = x,\n  F10\nhelp = ?\n[alert pager]\n"
				       "webhook = https://hooks.example.com/abcdefgh\nrepeat = 1h\n", &messages);

	(void)state;
	assert_non_null(config);
	assert_int_equal(config->binding_count, 2);
	assert_string_equal(config->bindings[0].action, "quit");
	assert_string_equal(config->bindings[0].keys, "x, F10");
	assert_int_equal(config->bindings[1].line, 6);
	assert_int_equal(config->alert_count, 1);
	assert_string_equal(config->alerts[0].name, "pager");
	assert_int_equal(config->alerts[0].on, 1U << ALERT_DOWN | 1U << ALERT_UP);
	assert_int_equal(config->alerts[0].repeat_ms, 3600000);
	assert_null(config->source.url);
	free(messages);
	config_free(config);
}

/* Without what was found there it has no targets; --source goes over the file's and over its targets, and takes no token along. */
static void a_source_has_targets_of_its_own(void **state)
{
	static const char with_token[] = "[source prometheus]\nurl = http://localhost:9090/\nbearer = abcdefgh\nstep = 10s\n"
					 "match = {job=\"web\"}\nheader = X-Scope-OrgID: shop\n[defaults]\nslow = 1s\n";
	const struct found_target found[] = {
		{ "shop @fra", "web", "https://shop.example.com/?token=abcdefgh", 15000 },
		{ "no address", "", "a b", 1000 },
	};
	struct errors errors = { 0 };
	struct config_request request = { .file = "f.ini", .text = with_token };
	struct config *config = config_load(&request, &errors);

	(void)state;
	assert_non_null(config);
	assert_int_equal(config->target_count, 0);
	assert_string_equal(config->source.bearer, "abcdefgh");
	assert_string_equal(config->source.match, "{job=\"web\"}");
	assert_int_equal(config->source.step_ms, 10000);
	assert_string_equal(config->source.headers.items[0], "X-Scope-OrgID: shop");
	config_free(config);

	request.found = found;
	request.found_count = 2;
	config = config_load(&request, &errors);
	assert_non_null(config);
	assert_int_equal(config->target_count, 2);
	assert_string_equal(config->targets[0].name, "shop @fra");
	assert_string_equal(config->targets[0].host, "shop.example.com");
	assert_string_equal(config->targets[0].url_shown, "https://shop.example.com/?token=•••");
	assert_int_equal(config->targets[0].interval_ms, 15000);
	assert_int_equal(config->targets[0].slow_us, 1000000);
	assert_string_equal(config->targets[1].url_shown, "a b");
	config_free(config);

	request.source = "prometheus=http://127.0.0.1:9999";
	request.text = A "[source prometheus]\nurl = http://localhost:9090/\nbearer = abcdefgh\n[webmon]\nhistory = h\n";
	config = config_load(&request, &errors);
	assert_non_null(config);
	assert_null(config->source.bearer);
	assert_null(config->program.history);
	assert_string_equal(config->source.url, "http://127.0.0.1:9999");
	assert_int_equal(config->target_count, 2);
	config_free(config);

	request.source = "graphite=http://127.0.0.1:9999";
	assert_null(config_load(&request, &errors));
	assert_string_equal(errors.items[errors.count - 1].text,
			    "--source must be prometheus=URL, such as prometheus=http://localhost:9090");
	errors_free(&errors);
}

/* The table and the sample say the same; tests run at the project's top. */
static void the_sample_shows_every_option_with_its_default(void **state)
{
	struct errors errors = { 0 };
	struct config_request request = { .file = "webmon.ini" };
	size_t size = 0;
	char *sample = NULL;
	FILE *in = fopen("webmon.ini", "r");

	(void)state;
	assert_non_null(in);
	assert_true(getdelim(&sample, &size, '\0', in) > 0);
	fclose(in);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		bool given = option->fallback != NULL && option->fallback[0] != '\0';
		char *line = x_asprintf("\n; %s =%s%s ", option->name, given ? " " : "", given ? option->fallback : "");

		if (strstr(sample, line) == NULL)
			fail_msg("webmon.ini does not show:%s", line);
		char *help = x_asprintf("; %s\n", option->help);
		if (strstr(sample, help) == NULL)
			fail_msg("webmon.ini does not say: %s", help);
		free(line);
		free(help);
	}
	free(sample);
	struct config *config = config_load(&request, &errors);
	assert_int_equal(errors.count, 0);
	assert_non_null(config);
	assert_string_equal(config->targets[0].url, "http://localhost:5000/");
	config_free(config);
}

static void every_option_is_listed_and_has_a_sound_default(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	config_print_options(out);
	fclose(out);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		char *line = x_asprintf("\n    %-16s ", option->name);

		if (strstr(text, line) == NULL)
			fail_msg("not listed: %s", option->name);
		free(line);
		assert_true(option->help[0] != '\0' && option->help[strlen(option->help) - 1] != '.');
		assert_true(option->fallback == NULL || option->type != OPTION_INTEGER || option->max > 0);
		assert_ptr_equal(option_find(option->scope, option->name), option);
	}
	assert_non_null(strstr(text, "interval         100ms..7d                 time between the starts of two probes [5s]\n"));
	free(text);
}

static char *many_targets(size_t count)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "[target service-%zu]\nurl = https://service-%zu.example.com/health\ngroup = g%zu\n"
			     "header = X-One: two\nslow = 400ms\nexpect_status = 200-299, 304\n\n", i, i, i % 50);
	fclose(out);
	return text;
}

static void ten_thousand_targets_load(void **state)
{
	char *text = many_targets(10000);
	struct config *config = load_good(text);

	(void)state;
	assert_int_equal(config->target_count, 10000);
	assert_string_equal(config->targets[9999].name, "service-9999");
	config_free(config);
	free(text);
}

/* Whatever a file holds: an answer, no crash, and messages that are safe to show. */
static void random_files_get_an_answer(void **state)
{
	static const char *const pieces[] = {
		"[target a]\n", "[target b]\n", "[defaults]\n", "[webmon]\n", "[view.1]\n", "[keys]\n", "[alert x]\n",
		"[source prometheus]\n", "\n", "\n  ", " = ", "url", "http://", "a", ":", "@", "[", "]", "/", "?", "#",
		"header", "X: ", "depends", "b, a", "name", "expect_body", "~ (", "expect_status", "200-", "${HOME}",
		"${", "@/dev/null", "\xe2\x80\xae", "\xff", "\x1b", "user", "bearer", "interval", "5s", "99999999999999999999",
		"resolve", "expect_ip", "::", ",", "%00", "%", "down_after", "3/5", "body_file", "proxy", "log",
	};
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[2000] = "";
		char *messages;
		size_t count = 1 + (size_t)round % 120;

		for (size_t i = 0; i < count; i++) {
			seed = seed * 6364136223846793005U + 1442695040888963407U;
			size_t used = strlen(text);
			text_copy(text + used, sizeof(text) - used, pieces[(seed >> 33) % COUNT(pieces)]);
		}
		struct config *config = load(text, &messages);
		assert_true(config != NULL || messages[0] != '\0');
		assert_true(text_is_clean(messages, TEXT_BLOCK));
		if (config != NULL) {
			char *printed;

			print_to(&printed, config);
			assert_true(text_is_clean(printed, TEXT_BLOCK));
			free(printed);
		}
		config_free(config);
		free(messages);
	}
}

static void files_are_looked_for_in_order(void **state)
{
	char *named = write_file("named.ini", A, 0600);
	char *found;

	(void)state;
	setenv("WEBMON_CONFIG", named, 1);
	found = config_find();
	assert_string_equal(found, named);
	free(found);
	unsetenv("WEBMON_CONFIG");
	found = config_find(); /* tests run at the project's top */
	assert_string_equal(found, "webmon.ini");
	free(found);
	remove_file(named);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mistake_is_told_in_so_many_words),
		cmocka_unit_test(defaults_are_those_of_the_documents),
		cmocka_unit_test(values_arrive_in_their_fields),
		cmocka_unit_test(a_theme_s_path_is_relative_to_the_file),
		cmocka_unit_test(a_target_s_name_may_begin_with_dots),
		cmocka_unit_test(sections_go_over_defaults),
		cmocka_unit_test(long_values_go_on_in_indented_lines),
		cmocka_unit_test(a_body_s_lines_are_all_sent),
		cmocka_unit_test(variables_stand_anywhere),
		cmocka_unit_test(secrets_come_from_files_beside_the_configuration),
		cmocka_unit_test(secrets_of_every_kind_are_remembered),
		cmocka_unit_test(a_mistake_quotes_nothing_that_came_from_outside),
		cmocka_unit_test(what_is_in_force_is_printed_without_secrets),
		cmocka_unit_test(secrets_that_others_can_read_are_warned_of),
		cmocka_unit_test(words_choose_targets_and_add_urls),
		cmocka_unit_test(the_command_line_goes_over_the_file),
		cmocka_unit_test(each_header_is_printed_with_its_own_origin),
		cmocka_unit_test(a_wrong_option_of_the_command_line_is_told_once),
		cmocka_unit_test(globs_and_groups_choose),
		cmocka_unit_test(a_history_s_targets_are_chosen_as_the_live_ones),
		cmocka_unit_test(nothing_to_watch_says_what_to_do),
		cmocka_unit_test(other_sections_are_kept),
		cmocka_unit_test(a_source_has_targets_of_its_own),
		cmocka_unit_test(the_sample_shows_every_option_with_its_default),
		cmocka_unit_test(every_option_is_listed_and_has_a_sound_default),
		cmocka_unit_test(ten_thousand_targets_load),
		cmocka_unit_test(random_files_get_an_answer),
		cmocka_unit_test(files_are_looked_for_in_order),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
