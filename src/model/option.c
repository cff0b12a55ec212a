/*
 * The table of configuration keys, in the order in which they are listed. Read-only; any thread.
 */
#include "model/option.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "model/config.h"

/* clang-format off */
#define HOUR_US   (60 * MINUTE_MS * 1000)
#define MEBI      (1024 * 1024LL)

#define P(field) offsetof(struct program, field)
#define T(field) offsetof(struct target, field)
#define A(field) offsetof(struct alert_config, field)
#define V(field) offsetof(struct saved_view, field)
#define S(field) offsetof(struct source_config, field)

#define PROGRAM OPTION_PROGRAM
#define TARGET  OPTION_TARGET
#define ALERT   OPTION_ALERT
#define VIEW    OPTION_VIEW
#define SOURCE  OPTION_SOURCE

#define MEMORY "memory and log"
#define SCREEN "screen"
#define WORKER "polling"
#define WHAT   "what and when"
#define SECURE "identity and TLS"
#define WAY    "the way there"
#define CHECKS "checks"
#define STATE  "state"
#define LOOK   "a saved view of the table"
#define PAGER  "who is told"
#define ORIGIN "where samples come from"

const struct option option_table[] = {
	{"history", PROGRAM, OPTION_PATH, P(history), 0, 0, NULL, NULL, MEMORY,
	 "file that keeps samples over restarts, also for webmon view"},
	{"keep", PROGRAM, OPTION_DURATION_MS, P(keep_ms), MINUTE_MS, 30 * DAY_MS, NULL, "1h", MEMORY,
	 "how long each sample is kept; rollups of a minute go on for 24h, of 15 minutes for 30d"},
	{"log", PROGRAM, OPTION_PATH, P(log), 0, 0, NULL, NULL, MEMORY,
	 "file for errors and exceptions, one line each"},
	{"log_level", PROGRAM, OPTION_CHOICE, P(log_level), 0, 0, "error warning info", "warning", MEMORY,
	 "what stands in it; info: each response time too"},
	{"log_format", PROGRAM, OPTION_CHOICE, P(log_format), 0, 0, "text json", "text", MEMORY,
	 "how a line of the log is written"},
	{"metrics", PROGRAM, OPTION_LISTEN, P(metrics), 0, 0, NULL, NULL, MEMORY,
	 "where Prometheus may ask for metrics: /metrics, /-/healthy, /-/ready"},
	{"metrics_file", PROGRAM, OPTION_PATH, P(metrics_file), 0, 0, NULL, NULL, MEMORY,
	 "file that holds the metrics for a textfile collector; written anew each 15s"},

	{"theme", PROGRAM, OPTION_THEME, P(theme), 0, 0, NULL, "default", SCREEN,
	 "colours: a name of --list-themes or a file"},
	{"color", PROGRAM, OPTION_CHOICE, P(color), 0, 0, "auto never 16 256 true", "auto", SCREEN,
	 "how many colours the terminal is taken to have"},
	{"ascii", PROGRAM, OPTION_CHOICE, P(ascii), 0, 0, "auto yes no", "auto", SCREEN,
	 "draw with ASCII characters alone; auto: by the locale"},
	{"mouse", PROGRAM, OPTION_BOOL, P(mouse), 0, 0, NULL, "no", SCREEN,
	 "take clicks and the wheel"},
	{"notify", PROGRAM, OPTION_CHOICE, P(notify), 0, 0, "none bell osc9 osc99 osc777", "none", SCREEN,
	 "how the terminal tells, while the focus is elsewhere, of targets that go down, under load or back"},
	{"utc", PROGRAM, OPTION_BOOL, P(utc), 0, 0, NULL, "no", SCREEN,
	 "show times in UTC"},
	{"max_rate", PROGRAM, OPTION_SIZE, P(max_rate), 0, 1024 * MEBI, NULL, "0", SCREEN,
	 "bytes a second to the terminal at most; 0: no limit"},

	{"concurrency", PROGRAM, OPTION_INTEGER, P(concurrency), 1, 100000, NULL, "2000", WORKER,
	 "probes under way at most, all together"},
	{"per_host", PROGRAM, OPTION_INTEGER, P(per_host), 0, 100000, NULL, "100", WORKER,
	 "probes under way at most to one host; 0: no limit of its own"},
	{"pollers", PROGRAM, OPTION_INTEGER, P(pollers), 1, 64, NULL, "1", WORKER,
	 "polling threads; more than one pays from some thousand probes a second on"},
	{"precise", PROGRAM, OPTION_BOOL, P(precise), 0, 0, NULL, "no", WORKER,
	 "start each probe at its very moment, not gathered into ticks: two to three times the CPU"},
	{"witness", PROGRAM, OPTION_URLS, P(witness), 0, 0, NULL, NULL, WORKER,
	 "addresses that tell whether webmon's own network stands: where none can be connected to, no target is down"},

	{"url", TARGET, OPTION_URL, T(url), 0, 0, NULL, NULL, WHAT,
	 "address: http, https, or tcp and tls for a connection alone; no scheme: http to this machine, else https"},
	{"name", TARGET, OPTION_TEXT, T(name), 0, 0, NULL, NULL, WHAT,
	 "another name than the section's, such as one that is too long for it"},
	{"group", TARGET, OPTION_TEXT, T(group), 0, 0, NULL, "", WHAT,
	 "group under which it is shown"},
	{"tags", TARGET, OPTION_LIST, T(tags), 0, 0, NULL, NULL, WHAT,
	 "words to filter by"},
	{"interval", TARGET, OPTION_DURATION_MS, T(interval_ms), 100, 7 * DAY_MS, NULL, "5s", WHAT,
	 "time between the starts of two probes"},
	{"retry_interval", TARGET, OPTION_DURATION_MS, T(retry_interval_ms), 100, 7 * DAY_MS, NULL, "0", WHAT,
	 "the same while it fails; 0: as interval"},
	{"timeout", TARGET, OPTION_DURATION_MS, T(timeout_ms), 10, 60 * MINUTE_MS, NULL, "10s", WHAT,
	 "a probe is given up after this long"},
	{"connect_timeout", TARGET, OPTION_DURATION_MS, T(connect_timeout_ms), 10, 60 * MINUTE_MS, NULL, "5s", WHAT,
	 "the same until the connection stands; never more than timeout"},
	{"method", TARGET, OPTION_METHOD, T(method), 0, 0, NULL, "GET", WHAT,
	 "request method; where a body is given, POST unless said otherwise"},
	{"header", TARGET, OPTION_HEADER, T(headers), 0, 0, NULL, NULL, WHAT,
	 "request header, once for each; a value @FILE is read from a file"},
	{"body", TARGET, OPTION_BODY, T(body), 0, 0, NULL, NULL, WHAT,
	 "request body; indented lines stay lines, whatever is in them"},
	{"body_file", TARGET, OPTION_BODY_FILE, T(body_file), 0, 0, NULL, NULL, WHAT,
	 "file that holds the request body, sent byte by byte"},
	{"user_agent", TARGET, OPTION_TEXT, T(user_agent), 0, 0, NULL, "webmon/" WEBMON_VERSION, WHAT,
	 "what webmon calls itself"},

	{"user", TARGET, OPTION_USER, T(user), 0, 0, NULL, NULL, SECURE,
	 "name:password for HTTP authentication; @FILE reads both or the password from a file"},
	{"auth", TARGET, OPTION_CHOICE, T(auth), 0, 0, "basic digest any", "basic", SECURE,
	 "kind of authentication that user is for"},
	{"bearer", TARGET, OPTION_SECRET, T(bearer), 0, 0, NULL, NULL, SECURE,
	 "token for 'Authorization: Bearer'; @FILE reads it from a file"},
	{"cert", TARGET, OPTION_FILE, T(cert), 0, 0, NULL, NULL, SECURE,
	 "client certificate, PEM"},
	{"key", TARGET, OPTION_FILE, T(key), 0, 0, NULL, NULL, SECURE,
	 "its private key, PEM, where it is not in cert"},
	{"ca", TARGET, OPTION_FILE, T(ca), 0, 0, NULL, NULL, SECURE,
	 "certificates to trust in place of the system's: a file or a folder"},
	{"verify", TARGET, OPTION_BOOL, T(verify), 0, 0, NULL, "yes", SECURE,
	 "refuse a certificate that is not valid for the host"},
	{"tls_min", TARGET, OPTION_TLS, T(tls_min), 0, 0, "auto 1.0 1.1 1.2 1.3", "auto", SECURE,
	 "oldest TLS version to accept; auto: as the library does"},

	{"http", TARGET, OPTION_CHOICE, T(http), 0, 0, "auto 1.0 1.1 2 3", "auto", WAY,
	 "HTTP version to ask for; auto: 1.1"},
	{"ip", TARGET, OPTION_CHOICE, T(ip), 0, 0, "auto 4 6 both", "auto", WAY,
	 "IP version to use; both: IPv4 and IPv6 in turn"},
	{"resolve", TARGET, OPTION_ROUTE, T(resolve), 2, 0, NULL, NULL, WAY,
	 "HOST:PORT:ADDRESS[,ADDRESS]: this address in place of the resolver's"},
	{"connect_to", TARGET, OPTION_ROUTE, T(connect_to), 3, 0, NULL, NULL, WAY,
	 "HOST:PORT:HOST:PORT: connect there instead, asking for the same"},
	{"interface", TARGET, OPTION_TEXT, T(interface), 0, 0, NULL, NULL, WAY,
	 "network interface or own address to use"},
	{"proxy", TARGET, OPTION_PROXY, T(proxy), 0, 0, NULL, NULL, WAY,
	 "address of a proxy: http, https, socks4, socks4a, socks5 or socks5h"},
	{"noproxy", TARGET, OPTION_TEXT, T(noproxy), 0, 0, NULL, NULL, WAY,
	 "hosts to reach without it, with commas"},
	{"unix_socket", TARGET, OPTION_PATH, T(unix_socket), 0, 0, NULL, NULL, WAY,
	 "socket file to connect to in place of the host"},
	{"follow", TARGET, OPTION_INTEGER, T(follow), 0, 50, NULL, "5", WAY,
	 "redirects to follow at most; 0: none"},
	{"compressed", TARGET, OPTION_BOOL, T(compressed), 0, 0, NULL, "no", WAY,
	 "ask for a compressed answer"},
	{"keepalive", TARGET, OPTION_CHOICE, T(keepalive), 0, 0, "no yes both", "no", WAY,
	 "keep the connection; no: what a new visitor feels; both: in turn"},
	{"max_bytes", TARGET, OPTION_SIZE, T(max_bytes), 1024, 1024 * MEBI, NULL, "1m", WAY,
	 "a decoded body larger than this is a failure"},

	{"expect_status", TARGET, OPTION_STATUS, T(expect_status), 0, 0, NULL, "200-299", CHECKS,
	 "status codes that are accepted, with commas"},
	{"expect_body", TARGET, OPTION_PATTERN, T(expect_body), 0, 0, NULL, NULL, CHECKS,
	 "the body: ~ REGEX, !~ REGEX, = EQUAL or what it contains; all must hold"},
	{"expect_header", TARGET, OPTION_PATTERN, T(expect_header), 1, 0, NULL, NULL, CHECKS,
	 "the same for an answer header: NAME: PATTERN; NAME: alone: it is there"},
	{"expect_json", TARGET, OPTION_JSON_RULE, T(expect_json), 0, 0, NULL, NULL, CHECKS,
	 "a JSON body: .path = VALUE (!= < <= > >= ~ !~), len(.path) > 3, has .path, ! has .path; all must hold"},
	{"expect_cert_days", TARGET, OPTION_INTEGER, T(expect_cert_days), 0, 3650, NULL, "21", CHECKS,
	 "warn when a certificate ends in fewer days; 0: never"},
	{"expect_http", TARGET, OPTION_CHOICE, T(expect_http), 0, 0, "any 1.0 1.1 2 3", "any", CHECKS,
	 "HTTP version that must have been spoken"},
	{"expect_ip", TARGET, OPTION_ADDRESSES, T(expect_ip), 0, 0, NULL, NULL, CHECKS,
	 "addresses or networks that the host must have, with commas"},
	{"slow", TARGET, OPTION_DURATION_US, T(slow_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "an answer that takes longer is slow; 0: no limit"},
	{"slow_dns", TARGET, OPTION_DURATION_US, T(slow_dns_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "the same for resolving the name"},
	{"slow_connect", TARGET, OPTION_DURATION_US, T(slow_connect_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "the same for the TCP connection"},
	{"slow_tls", TARGET, OPTION_DURATION_US, T(slow_tls_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "the same for the TLS handshake"},
	{"slow_wait", TARGET, OPTION_DURATION_US, T(slow_wait_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "the same for the wait from request to first byte"},
	{"slow_transfer", TARGET, OPTION_DURATION_US, T(slow_transfer_us), 0, HOUR_US, NULL, "0", CHECKS,
	 "the same from first to last byte"},

	{"down_after", TARGET, OPTION_RULE, T(down_after), 1, 64, NULL, "2", STATE,
	 "failed probes in a row until it is down; 3/5: three of the last five"},
	{"up_after", TARGET, OPTION_INTEGER, T(up_after), 1, 64, NULL, "1", STATE,
	 "good probes in a row until it is up again"},
	{"confirm", TARGET, OPTION_BOOL, T(confirm), 0, 0, NULL, "no", STATE,
	 "a first failure counts only when a second check by another path fails too"},
	{"depends", TARGET, OPTION_LIST, T(depends), 0, 0, NULL, NULL, STATE,
	 "targets without which this one cannot work, with commas: while one is down this one is unknown"},
	{"maintenance", TARGET, OPTION_WINDOW, T(maintenance), 0, 0, NULL, NULL, STATE,
	 "when it may be down: Sun 02:00-04:00 Asia/Seoul, Mon-Fri 22:00-02:00, 2026-12-24; once for each"},
	{"slo", TARGET, OPTION_SLO, T(slo), 0, 0, NULL, NULL, STATE,
	 "share of good time that is promised, such as 99.9% / 30d: its error budget is watched"},
	{"apdex", TARGET, OPTION_DURATION_US, T(apdex_us), 0, HOUR_US, NULL, "0", STATE,
	 "an answer within this time satisfies; 0: half of slow, or 500ms"},
	{"load", TARGET, OPTION_TEXT, T(load), 0, 0, "on off low high", "on", STATE,
	 "look for load situations: on: about doubled for 5 s, low: tripled, 20 s, high: 1.6 times, 3 s"},

	{"filter", VIEW, OPTION_TEXT, V(filter), 0, 0, NULL, "", LOOK,
	 "words that a row must have, as typed after /"},
	{"sort", VIEW, OPTION_TEXT, V(sort), 0, 0, NULL, "", LOOK,
	 "column to sort by, -p95: the other way round"},
	{"columns", VIEW, OPTION_TEXT, V(columns), 0, 0, NULL, "", LOOK,
	 "columns to show, with commas"},

	{"on", ALERT, OPTION_WORDS, A(on), 0, 0, "down up slow load calm cert burn flapping self", "down, up", PAGER,
	 "events to tell; up, calm and other ends are told only of what was told before"},
	{"webhook", ALERT, OPTION_PROXY, A(webhook), 0, 0, NULL, NULL, PAGER,
	 "address that gets the event as JSON"},
	{"format", ALERT, OPTION_CHOICE, A(format), 0, 0, "auto json slack discord", "auto", PAGER,
	 "shape of that JSON; auto: by the address"},
	{"command", ALERT, OPTION_PATH, A(command), 0, 0, NULL, NULL, PAGER,
	 "program to run without a shell, facts in its environment"},
	{"repeat", ALERT, OPTION_DURATION_MS, A(repeat_ms), 10 * 1000, 30 * DAY_MS, NULL, "0", PAGER,
	 "tell again while it lasts; 0: once"},
	{"gather", ALERT, OPTION_DURATION_MS, A(gather_ms), 0, 10 * MINUTE_MS, NULL, "2s", PAGER,
	 "what happens within this time makes one message"},
	{"gap", ALERT, OPTION_DURATION_MS, A(gap_ms), 0, 60 * MINUTE_MS, NULL, "10s", PAGER,
	 "time between two messages at least; what happens meanwhile makes one message"},
	{"limit", ALERT, OPTION_DURATION_MS, A(limit_ms), 100, 60 * MINUTE_MS, NULL, "30s", PAGER,
	 "how long a command may run"},

	{"url", SOURCE, OPTION_PROXY, S(url), 0, 0, NULL, NULL, ORIGIN,
	 "address of a Prometheus-compatible API"},
	{"bearer", SOURCE, OPTION_SECRET, S(bearer), 0, 0, NULL, NULL, ORIGIN,
	 "token for it; @FILE reads it from a file"},
	{"header", SOURCE, OPTION_HEADER, S(headers), 0, 0, NULL, NULL, ORIGIN,
	 "header of each request to it, such as 'X-Scope-OrgID: shop'"},
	{"match", SOURCE, OPTION_TEXT, S(match), 0, 0, NULL, "", ORIGIN,
	 "label matchers that its series must fit, such as group=\"shop\",job=~\"web.*\""},
	{"step", SOURCE, OPTION_DURATION_MS, S(step_ms), 1000, 10 * MINUTE_MS, NULL, "5s", ORIGIN,
	 "time between two looks at it"},
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= OPTION_COUNT_MAX, "room for all");

const struct option *option_find(enum option_scope scope, const char *name)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (option->scope == scope && option->name[0] == name[0] &&
		    strcmp(option->name, name) == 0)
			return option;
	}
	return NULL;
}

const char *option_nearest(enum option_scope scope, const char *word)
{
	const char *names[OPTION_COUNT_MAX];
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].scope == scope)
			names[count++] = option_table[i].name;
	return text_nearest(word, names, count);
}

const char *option_scope_name(enum option_scope scope)
{
	static const char *const names[OPTION_SCOPES] = {
		[OPTION_PROGRAM] = "[webmon]",		 [OPTION_TARGET] = "[target NAME]",
		[OPTION_ALERT] = "[alert NAME]",	 [OPTION_VIEW] = "[view.N]",
		[OPTION_SOURCE] = "[source prometheus]",
	};

	return names[scope];
}
