/*
 * The fleet for tests of faces.
 */
#include "unit/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/wording.h"

#define HOUR_MS   3600000LL
#define DAY_MS    (24 * HOUR_MS)
#define CHECK_MS  5000
#define SPARSE_MS 300000 /* before the last hour */

enum story {
	STEADY,
	DOWN_503,
	TIMES_OUT,
	SLOW_TRANSFER,
	SLOW_WAIT,
	HAD_500,
	HAD_TIMEOUT,
	HAD_REFUSED,
	SWELLED,
	HANGS,
	PAUSED,
};

static const struct role {
	const char *name, *group;
	int usual_ms, status, cert_days; /* 0: plain http */
	enum story story;
	int64_t up_for_s; /* 0: as judged */
} cast[] = {
	{"checkout-api", "shop", 81, 200, 21, DOWN_503, 0},
	{"search", "shop", 142, 200, 83, TIMES_OUT, 0},
	{"media-cdn", "media", 212, 200, 140, SLOW_TRANSFER, 0},
	{"partner-gateway", "partner", 640, 200, 12, SLOW_WAIT, 0},
	{"auth", "shop", 36, 200, 83, STEADY, 3564000},
	{"billing", "shop", 94, 201, 83, HAD_500, 0},
	{"blog", "media", 204, 200, 61, STEADY, 1051200},
	{"cart", "shop", 58, 200, 83, STEADY, 3564000},
	{"catalogue", "shop", 70, 200, 83, STEADY, 558000},
	{"dns-over-https", "eu", 11, 200, 199, STEADY, 3564000},
	{"docs", "media", 149, 200, 61, STEADY, 266400},
	{"feeds", "media", 41, 304, 83, STEADY, 3564000},
	{"gateway-eu-1", "eu", 18, 200, 57, STEADY, 1670400},
	{"gateway-eu-2", "eu", 18, 200, 57, STEADY, 1670400},
	{"gateway-us-1", "us", 101, 200, 57, STEADY, 1670400},
	{"gateway-us-2", "us", 102, 200, 57, HAD_TIMEOUT, 0},
	{"geo", "eu", 25, 200, 83, STEADY, 3564000},
	{"graphql", "shop", 120, 200, 83, SWELLED, 33120},
	{"images", "media", 52, 200, 140, STEADY, 3564000},
	{"invoices", "shop", 180, 200, 83, STEADY, 97200},
	{"legacy-soap", "partner", 690, 200, 33, HANGS, 435600},
	{"login-page", "shop", 116, 200, 83, STEADY, 3564000},
	{"mail-relay", "eu", 31, 200, 57, STEADY, 3564000},
	{"maintenance-hook", "shop", 64, 200, 83, PAUSED, 0},
	{"metrics-ingest", "eu", 9, 204, 57, STEADY, 3564000},
	{"notifications", "shop", 45, 202, 83, STEADY, 691200},
	{"orders", "shop", 73, 200, 83, HAD_REFUSED, 0},
	{"plain-status", "eu", 4, 200, 0, STEADY, 3564000},
};

#define CAST (sizeof(cast) / sizeof(cast[0]))

static const struct role *role_of(size_t target)
{
	static const struct role extra = {"service", "eu", 60, 200, 57, STEADY, 3564000};

	return target < CAST ? &cast[target] : &extra;
}

/* splitmix64 */
static uint64_t next_random(struct scenario *scenario)
{
	uint64_t z = scenario->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static const struct status_range ok_status[] = {{200, 299}, {304, 304}};

static void init_target(struct scenario *scenario, size_t i)
{
	const struct role *role = role_of(i);
	struct target *target = &scenario->targets[i];

	if (i < CAST)
		text_copy(scenario->names[i], sizeof(scenario->names[i]), role->name);
	else
		text_format(scenario->names[i], sizeof(scenario->names[i]), "service-%02zu", i + 1);
	text_format(scenario->urls[i], sizeof(scenario->urls[i]), "%s://%s.example.com/health",
		    role->cert_days ? "https" : "http", scenario->names[i]);
	*target = (struct target){
		.name = scenario->names[i],
		.group = role->group,
		.url = scenario->urls[i],
		.url_shown = scenario->urls[i],
		.host = "example.com",
		.port = role->cert_days ? 443 : 80,
		.scheme = role->cert_days ? SCHEME_HTTPS : SCHEME_HTTP,
		.interval_ms = CHECK_MS,
		.timeout_ms = role->story == TIMES_OUT ? 5000 : 10000,
		.connect_timeout_ms = 5000,
		.method = role->story == DOWN_503 ? "POST" : "GET",
		.user_agent = "webmon/1.0",
		.verify = true,
		.follow = 5,
		.max_bytes = 1 << 20,
		.expect_status = ok_status,
		.expect_status_count = 2,
		.expect_status_text = "200-299, 304",
		.expect_cert_days = 22,
		.slow_us = role->story == SLOW_WAIT       ? 1500000
			   : role->story == SLOW_TRANSFER ? 600000
							  : 400000,
		.down_after = {.count = 2},
		.up_after = 1,
		.apdex_us = 500000,
		.load = "off", /* tests of faces give load verdicts themselves */
	};
	if (role->usual_ms > 300 && role->story != SLOW_WAIT)
		target->slow_us = 2000000;
}

void scenario_clock(int64_t after_ms)
{
	clock_freeze(SCENARIO_MONO_US + after_ms * 1000, SCENARIO_NOW_MS + after_ms);
}

void scenario_init(struct scenario *scenario, size_t targets)
{
	*scenario = (struct scenario){.random = 42};
	scenario->targets = x_calloc(targets + 1, sizeof(*scenario->targets));
	scenario->judges = x_calloc(targets + 1, sizeof(*scenario->judges));
	scenario->verdicts = x_calloc(targets + 1, sizeof(*scenario->verdicts));
	scenario->names = x_calloc(targets + 1, sizeof(*scenario->names));
	scenario->urls = x_calloc(targets + 1, sizeof(*scenario->urls));
	for (size_t i = 0; i < targets; i++) {
		init_target(scenario, i);
		judge_init(&scenario->judges[i], &scenario->verdicts[i]);
	}
	scenario->config = (struct config){
		.file = "prod.ini",
		.program = {.keep_ms = 2 * HOUR_MS,
			    .theme = "",
			    .utc = true,
			    .concurrency = 64,
			    .pollers = 1},
		.targets = scenario->targets,
		.target_count = targets,
	};
	scenario->store = store_open(&scenario->config);
	scenario->fleet = (struct fleet){.started_ms = SCENARIO_NOW_MS - DAY_MS - HOUR_MS};
	scenario_clock(0);
}

void scenario_fini(struct scenario *scenario)
{
	store_close(scenario->store);
	free(scenario->targets);
	free(scenario->judges);
	free(scenario->verdicts);
	free(scenario->names);
	free(scenario->urls);
	clock_thaw();
}

void scenario_push(struct scenario *scenario, size_t target, const struct sample *sample,
		   const char *detail)
{
	struct judgement judgement;

	store_push(scenario->store, target, sample);
	judge_sample(&scenario->judges[target], &scenario->targets[target], sample, detail,
		     &scenario->verdicts[target], &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
	scenario->fleet.probes++;
	scenario->fleet.failures += sample_is_failure(sample);
	store_put_fleet(scenario->store, 0, &scenario->fleet);
}

/* Phases in the proportions of the mock-up: 2, 11, 24, 1, 45, 1. */
static void share_phases(struct sample *sample, int32_t total_us, bool tls)
{
	static const int part[PHASE_COUNT] = {2, 11, 24, 1, 45, 1};
	int whole = 0, left = total_us;

	for (int i = 0; i < PHASE_COUNT; i++)
		whole += tls || i != PHASE_TLS ? part[i] : 0;
	for (int i = 0; i < PHASE_COUNT; i++) {
		if (!tls && i == PHASE_TLS)
			continue;
		sample->phase_us[i] =
			i == PHASE_TRANSFER ? left : (int32_t)((int64_t)total_us * part[i] / whole);
		left -= sample->phase_us[i];
	}
	sample->total_us = total_us;
}

struct sample scenario_good(int64_t at_ms, int32_t total_ms)
{
	struct sample sample = sample_blank(at_ms);

	sample.status = 200;
	sample.http = HTTP_1_1;
	sample.flags = SAMPLE_KERNEL;
	sample.bytes = 512;
	share_phases(&sample, total_ms * 1000, true);
	return sample;
}

struct sample scenario_bad(int64_t at_ms, enum probe_class cls, int status)
{
	struct sample sample = sample_blank(at_ms);

	sample.cls = cls;
	sample.status = (uint16_t)status;
	sample.flags = SAMPLE_KERNEL;
	if (status) {
		share_phases(&sample, 84000, true);
		sample.http = HTTP_1_1;
		sample.bytes = 91;
		return sample;
	}
	sample.phase_us[PHASE_DNS] = 3000;
	sample.phase_us[PHASE_CONNECT] = class_is_timeout(cls) ? 24000 : ABSENT_US;
	sample.total_us = class_is_timeout(cls) ? 5000000 : 4000;
	return sample;
}

static void push_good(struct scenario *scenario, size_t target, int64_t at_ms, double factor)
{
	const struct role *role = role_of(target);
	/* a long tail: mostly near the usual, now and then twice */
	double noise = (double)(next_random(scenario) % 1000) / 1000;
	double tail = noise > 0.95   ? 1 + 40 * (noise - 0.95)
		      : noise > 0.85 ? 0.4
		      : noise < 0.08 ? -0.25
				     : 0;
	double value_ms =
		role->usual_ms * factor * (0.94 + 0.12 * noise + tail / (factor > 2 ? 4 : 1));
	struct sample sample = scenario_good(at_ms, 1);
	const struct target *config = &scenario->targets[target];

	share_phases(&sample, (int32_t)(value_ms * 1000), config->scheme == SCHEME_HTTPS);
	sample.status = (uint16_t)role->status;
	if (role->story == SLOW_WAIT && factor > 2) {
		sample.phase_us[PHASE_TLS] /= 4;
		sample.phase_us[PHASE_WAIT] += sample.total_us / 4;
		sample.phase_us[PHASE_WAIT] -= sample.phase_us[PHASE_CONNECT];
	}
	if (role->story == SLOW_TRANSFER && factor > 2) {
		sample.bytes = 48000;
		sample.phase_us[PHASE_TLS] /= 4;
		sample.phase_us[PHASE_WAIT] /= 4;
		sample.phase_us[PHASE_TRANSFER] =
			sample.total_us - sample.phase_us[PHASE_WAIT] - sample.phase_us[PHASE_DNS] -
			sample.phase_us[PHASE_CONNECT] - sample.phase_us[PHASE_TLS] -
			sample.phase_us[PHASE_SEND];
	}
	if (sample.total_us > config->slow_us)
		sample.warnings |= WARN_SLOW;
	scenario_push(scenario, target, &sample, "");
}

static void push_bad(struct scenario *scenario, size_t target, int64_t at_ms, enum probe_class cls,
		     int status)
{
	static const struct {
		enum probe_class cls;
		const char *detail;
	} words[] = {
		{CLASS_TIMEOUT_FIRST_BYTE,
		 "no answer in 5 s, connected to 198.51.100.7:443 in 24 ms"},
		{CLASS_TIMEOUT_CONNECT, "connect to 192.0.2.41:443 timed out in 10 s"},
		{CLASS_REFUSED, "connection refused by 127.0.0.1:5000"},
	};
	struct sample sample = scenario_bad(at_ms, cls, status);
	char detail[160] = "";

	if (status)
		text_format(detail, sizeof(detail), "%d %s, wanted 200-299, 304", status,
			    status == 503 ? "Service Unavailable" : "Internal Server Error");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].cls == cls)
			text_copy(detail, sizeof(detail), words[i].detail);
	scenario_push(scenario, target, &sample, detail);
}

/* Where in the interval a target's checks lie. */
static int64_t phase_ms(size_t target)
{
	return (int64_t)(target * 37 % CHECK_MS) * 3 % CHECK_MS;
}

/* What happened `ago` milliseconds before the end. */
static void play_check(struct scenario *scenario, size_t target, int64_t ago_ms)
{
	int64_t at_ms = SCENARIO_NOW_MS - ago_ms, check = ago_ms / CHECK_MS;
	double factor = 1;

	switch (role_of(target)->story) {
	case DOWN_503:
		if (check < 27)
			push_bad(scenario, target, at_ms, CLASS_HTTP_STATUS, 503);
		else if (check >= 417 && check < 419)
			push_bad(scenario, target, at_ms, CLASS_HTTP_STATUS, 500);
		else if (check == 425)
			push_bad(scenario, target, at_ms, CLASS_TIMEOUT_FIRST_BYTE, 0);
		else
			push_good(scenario, target, at_ms, check >= 500 && check < 545 ? 2.6 : 1);
		return;
	case TIMES_OUT:
		if (check < 6) {
			push_bad(scenario, target, at_ms, CLASS_TIMEOUT_FIRST_BYTE, 0);
			return;
		}
		factor = check < 15 ? 2.2 : 1;
		break;
	case SLOW_TRANSFER:
		factor = check < 48 ? 5.4 : 1;
		break;
	case SLOW_WAIT:
		factor = check < 22 ? 4.6 : 1;
		break;
	case SWELLED:
		factor = check >= 14 && check < 19 ? 2.4 : 1;
		break;
	case HAD_500:
		if (check >= 31 && check < 34) {
			push_bad(scenario, target, at_ms, CLASS_HTTP_STATUS, 500);
			return;
		}
		factor = check >= 22 && check < 29 ? 1.8 : 1;
		break;
	case HAD_TIMEOUT:
		if (check == 30) {
			push_bad(scenario, target, at_ms, CLASS_TIMEOUT_CONNECT, 0);
			return;
		}
		break;
	case HAD_REFUSED:
		if (check >= 200 && check < 236) {
			push_bad(scenario, target, at_ms, CLASS_REFUSED, 0);
			return;
		}
		break;
	case PAUSED:
		if (ago_ms < 110 * 60000)
			return;
		break;
	case HANGS:
	case STEADY:
		break;
	}
	push_good(scenario, target, at_ms, factor);
}

static void put_cert(struct scenario *scenario, size_t target)
{
	const struct role *role = role_of(target);
	struct cert_facts facts = {
		.seen = true,
		.verified = true,
		.seen_at_ms = SCENARIO_NOW_MS,
		.not_before_ms = SCENARIO_NOW_MS - 69 * DAY_MS,
		.not_after_ms = SCENARIO_NOW_MS + role->cert_days * DAY_MS + HOUR_MS,
		.chain_not_after_ms = SCENARIO_NOW_MS + role->cert_days * DAY_MS + HOUR_MS,
		.chain_length = 3,
		.name_count = 3,
		.issuer = "R11, Let's Encrypt",
		.version = "TLS 1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.alpn = "h2",
	};
	struct judgement judgement;

	if (!role->cert_days)
		return;
	text_format(facts.subject, sizeof(facts.subject), "CN=%s.example.com",
		    scenario->names[target]);
	text_format(facts.names, sizeof(facts.names), "%s.example.com www.example.com",
		    scenario->names[target]);
	store_put_cert(scenario->store, target, &facts);
	judge_cert(&scenario->judges[target], &scenario->targets[target], &facts,
		   SCENARIO_NOW_MS - 235000, &scenario->verdicts[target], &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
}

void scenario_pause(struct scenario *scenario, size_t target, int64_t at_ms)
{
	struct judgement judgement;

	judge_pause(&scenario->judges[target], true, at_ms, &scenario->verdicts[target],
		    &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
}

/* Appends a text with its NUL; returns its offset. */
static uint16_t add_text(struct evidence *evidence, const char *text)
{
	uint16_t offset = evidence->used;

	evidence->used = (uint16_t)(evidence->used +
				    text_copy(evidence->text + offset,
					      sizeof(evidence->text) - offset, text) +
				    1);
	return offset;
}

static void put_evidence(struct scenario *scenario, size_t target, const struct sample *sample,
			 const char *const texts[7])
{
	struct evidence evidence = {.seen = true,
				    .number = scenario->verdicts[target].sample_count - 1,
				    .sample = *sample};

	evidence.detail = add_text(&evidence, texts[0]);
	evidence.curl = add_text(&evidence, texts[1]);
	evidence.address = add_text(&evidence, texts[2]);
	evidence.request = add_text(&evidence, texts[3]);
	evidence.status_line = add_text(&evidence, texts[4]);
	evidence.headers = add_text(&evidence, texts[5]);
	evidence.body = add_text(&evidence, texts[6]);
	evidence.body_bytes = strlen(texts[6]);
	evidence.changes = add_text(&evidence, sample->status == 503
						       ? "status 503, was 200\nserver: envoy, was nginx\n"
							 "content-length 91, was 15"
						       : "");
	evidence.command = add_text(&evidence, "curl -sS -i --max-time 10 -X POST -H 'authorization: •••' "
					       "https://checkout-api.example.com/health");
	store_put_evidence(scenario->store, target,
			   sample_is_good(sample) ? EVIDENCE_GOOD : EVIDENCE_BAD, &evidence);
}

static void put_failures(struct scenario *scenario)
{
	const char *const unavailable[7] = {
		"503 Service Unavailable, wanted 200-299, 304 after 84 ms",
		"",
		"203.0.113.7:443",
		"POST /health HTTP/1.1\nhost: checkout-api.example.com\nuser-agent: "
		"webmon/1.0\nauthorization: •••",
		"HTTP/1.1 503 Service Unavailable",
		"server: envoy\ndate: Sun, 22 Nov 2026 14:32:03 GMT\ncontent-type: "
		"text/plain\ncontent-length: 91\n"
		"retry-after: 5\nx-request-id: 9f1c2b7e-40d3-4c0e-8a5e-2f6f0b1d77aa",
		"upstream connect error or disconnect/reset before headers. retried and the latest "
		"reset reason: "
		"connection failure",
	};
	const char *const late[7] = {
		"no answer in 5 s, connected to 198.51.100.7:443 in 24 ms",
		"Operation timed out after 5000 milliseconds",
		"198.51.100.7:443",
		"GET /health HTTP/1.1\nhost: search.example.com\nuser-agent: webmon/1.0\naccept: "
		"*/*",
		"",
		"",
		"",
	};
	const char *const well[7] = {
		"",
		"",
		"203.0.113.9:443",
		"GET /health HTTP/1.1\nhost: auth.example.com",
		"HTTP/1.1 200 OK",
		"server: nginx\ncontent-type: application/json\ncontent-length: 15",
		"{\"status\":\"ok\"}",
	};
	struct sample sample = scenario_bad(SCENARIO_NOW_MS - phase_ms(0), CLASS_HTTP_STATUS, 503);

	put_evidence(scenario, 0, &sample, unavailable);
	sample = scenario_bad(SCENARIO_NOW_MS - phase_ms(1), CLASS_TIMEOUT_FIRST_BYTE, 0);
	if (scenario->config.target_count > 1)
		put_evidence(scenario, 1, &sample, late);
	sample = scenario_good(SCENARIO_NOW_MS, 36);
	if (scenario->config.target_count > 4)
		put_evidence(scenario, 4, &sample, well);
}

/* Longer than the day that was played: what a history file would say. */
static void put_since(struct scenario *scenario, size_t target)
{
	const struct role *role = role_of(target);
	struct verdict *verdict = &scenario->verdicts[target];

	text_copy(verdict->ip, sizeof(verdict->ip), "203.0.113.7");
	verdict->port = scenario->targets[target].port;
	if (role->up_for_s && verdict->state == STATE_UP)
		verdict->since_ms = SCENARIO_NOW_MS - role->up_for_s * 1000;
	store_put_verdict(scenario->store, target, verdict);
}

void scenario_play(struct scenario *scenario)
{
	size_t targets = scenario->config.target_count;

	for (int64_t ago = DAY_MS; ago > HOUR_MS; ago -= SPARSE_MS)
		for (size_t i = 0; i < targets; i++)
			play_check(scenario, i, ago + phase_ms(i));
	for (size_t i = 0; i < targets; i++)
		if (role_of(i)->story == PAUSED)
			scenario_pause(scenario, i, SCENARIO_NOW_MS - 110 * 60000);
	for (int64_t ago = HOUR_MS - CHECK_MS; ago >= 0; ago -= CHECK_MS)
		for (size_t i = 0; i < targets; i++)
			play_check(scenario, i, ago + phase_ms(i));
	for (size_t i = 0; i < targets; i++) {
		put_cert(scenario, i);
		put_since(scenario, i);
		store_put_pulse(scenario->store, i, SCENARIO_MONO_US + 3000000,
				role_of(i)->story == HANGS ? SCENARIO_MONO_US - 3200000 : 0);
	}
	put_failures(scenario);
}

size_t scenario_find(const struct scenario *scenario, const char *name)
{
	size_t i = 0;

	while (i < scenario->config.target_count && strcmp(scenario->names[i], name) != 0)
		i++;
	return i;
}
