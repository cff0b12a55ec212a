#ifndef WEBMON_TESTS_FACE_FIXTURE_H
#define WEBMON_TESTS_FACE_FIXTURE_H
/*
 * A configuration and a store made of literals, for the tests of what faces print. Time stands still at NOW_MS.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/config.h"
#include "store/store.h"

#define NOW_MS 1795357927123 /* 2026-11-22T14:32:07.123Z */
#define TARGETS_MAX 64
#define DAY (24 * 60 * 60 * 1000LL)

struct fixture {
	struct config config;
	struct target targets[TARGETS_MAX];
	struct store *store;
};

static inline struct target *fixture_target(struct fixture *f, const char *name, const char *url)
{
	struct target *target = &f->targets[f->config.target_count++];

	*target = (struct target){
		.name = name,
		.group = "shop",
		.url = url,
		.url_shown = url,
		.host = "127.0.0.1",
		.port = 443,
		.scheme = strncmp(url, "https", 5) == 0 ? SCHEME_HTTPS : SCHEME_HTTP,
		.interval_ms = 5000,
		.timeout_ms = 10000,
		.connect_timeout_ms = 5000,
		.method = "GET",
		.user_agent = "webmon",
		.expect_status_text = "200-299",
		.expect_cert_days = 21,
		.slow_us = 400000,
		.apdex_us = 200000,
		.down_after = { .count = 2 },
		.up_after = 1,
		.load = "on",
	};
	f->config.targets = f->targets;
	return target;
}

static inline void fixture_open(struct fixture *f)
{
	f->config.file = "/etc/webmon/prod.ini";
	f->config.program.keep_ms = DAY;
	clock_freeze(1000000000, NOW_MS);
	f->store = store_open(&f->config);
}

static inline void fixture_close(struct fixture *f)
{
	store_close(f->store);
	clock_thaw();
}

/* A good answer over TLS: 2.1 + 11 + 24.3 + 0.9 + 45.1 + 1.012 ms. */
static inline struct sample good_sample(int64_t at_ms)
{
	struct sample sample = sample_blank(at_ms);

	sample.phase_us[PHASE_DNS] = 2100;
	sample.phase_us[PHASE_CONNECT] = 11003;
	sample.phase_us[PHASE_TLS] = 24301;
	sample.phase_us[PHASE_SEND] = 900;
	sample.phase_us[PHASE_WAIT] = 45100;
	sample.phase_us[PHASE_TRANSFER] = 1008;
	sample.total_us = 84412;
	sample.bytes = 91;
	sample.status = 200;
	sample.http = HTTP_2;
	return sample;
}

static inline struct sample failed_sample(int64_t at_ms, enum probe_class cls, uint16_t status)
{
	struct sample sample = sample_blank(at_ms);

	sample.phase_us[PHASE_DNS] = 1500;
	sample.total_us = 5000123;
	sample.cls = cls;
	sample.status = status;
	return sample;
}

static inline struct verdict a_verdict(enum state state, enum probe_class cls, uint16_t status)
{
	struct verdict verdict = {
		.state = state,
		.since_ms = NOW_MS - 134000,
		.cls = cls,
		.status = status,
		.sample_count = 1,
		.last_us = ABSENT_US,
		.usual_us = ABSENT_US,
	};

	return verdict;
}

/* Fills an evidence's text; each part is a field's offset and its words. */
static inline uint16_t evidence_add(struct evidence *evidence, const char *words)
{
	uint16_t at = evidence->used;

	evidence->used = (uint16_t)(at + text_copy(evidence->text + at, sizeof evidence->text - at, words) + 1);
	return at;
}

#endif
