/*
 * The names of states, load levels, incidents and events, wherever they are written. Pure.
 */
#include "model/verdict.h"

#include "base/units.h"

const char *const state_name[STATE_COUNT] = {
	[STATE_NEW] = "unknown", [STATE_UP] = "up",	      [STATE_SLOW] = "slow",
	[STATE_DOWN] = "down",	 [STATE_UNKNOWN] = "unknown", [STATE_PAUSED] = "paused",
};

const char *const load_level_name[] = {
	[LOAD_LEARNING] = "calm",
	[LOAD_CALM] = "calm",
	[LOAD_ELEVATED] = "elevated",
	[LOAD_SATURATED] = "saturated",
};

const char *const load_cause_name[] = {
	[LOAD_NONE] = "none", [LOAD_SERVER] = "server", [LOAD_NETWORK] = "network",
	[LOAD_DNS] = "dns",   [LOAD_CLIENT] = "client",
};

/* clang-format off */
const struct incident_info incident_table[INCIDENT_KINDS] = {
	[INCIDENT_DOWN]     = {"down",     "",         "failures"},
	[INCIDENT_SLOW]     = {"slow",     "SLOW",     "slow"},
	[INCIDENT_LOAD]     = {"loaded",   "LOAD",     "load"},
	[INCIDENT_CERT]     = {"cert",     "CERT",     "certificates"},
	[INCIDENT_PAUSED]   = {"paused",   "paused",   "pauses"},
	[INCIDENT_SELF]     = {"webmon",   "webmon",   "webmon's own"},
	[INCIDENT_FLAPPING] = {"flapping", "FLAPPING", "flapping"},
	[INCIDENT_BURN]     = {"burning",  "BUDGET",   "budgets"},
};

const struct event_info event_table[EVENT_KINDS] = {
	[EVENT_FAILED] =
		{"failed", "FAILED", "failed", "", INCIDENT_DOWN},
	[EVENT_DOWN] =
		{"down", "DOWN", "DOWN", "", INCIDENT_DOWN},
	[EVENT_UP] =
		{"up", "UP", "up again", "up again", INCIDENT_DOWN},
	[EVENT_SLOW] =
		{"slow", "SLOW", "SLOW", "slow", INCIDENT_SLOW},
	[EVENT_FAST] =
		{"fast", "FAST", "in time", "fast again", INCIDENT_SLOW},
	[EVENT_LOAD] =
		{"load", "LOAD", "LOAD", "load", INCIDENT_LOAD},
	[EVENT_CALM] =
		{"calm", "CALM", "calm", "calm again", INCIDENT_LOAD},
	[EVENT_CERT] =
		{"cert", "CERT", "CERT", "certificate", INCIDENT_CERT},
	[EVENT_CERT_RENEWED] =
		{"cert_renewed", "RENEWED", "renewed", "certificate renewed,", INCIDENT_CERT},
	[EVENT_PAUSED] =
		{"paused", "PAUSED", "paused", "paused", INCIDENT_PAUSED},
	[EVENT_RESUMED] =
		{"resumed", "RESUMED", "resumed", "resumed", INCIDENT_PAUSED},
	[EVENT_SELF] =
		{"self", "SELF", "webmon", "own trouble:", INCIDENT_SELF},
	[EVENT_SELF_OVER] =
		{"self_over", "SELF OVER", "over", "own trouble over", INCIDENT_SELF},
	[EVENT_FLAPPING] =
		{"flapping", "FLAPPING", "flapping", "flapping:", INCIDENT_FLAPPING},
	[EVENT_STEADY] =
		{"steady", "STEADY", "steady", "no longer flapping:", INCIDENT_FLAPPING},
	[EVENT_BURN] =
		{"burn", "BURN", "budget", "error budget:", INCIDENT_BURN},
	[EVENT_BURN_OVER] =
		{"burn_over", "BURN OVER", "over", "error budget: no longer burning", INCIDENT_BURN},
	[EVENT_CHANGED] =
		{"changed", "CHANGED", "changed", "changed:", INCIDENT_KINDS},
	[EVENT_ACKNOWLEDGED] =
		{"acknowledged", "ACKNOWLEDGED", "ack", "acknowledged:", INCIDENT_KINDS},
};
/* clang-format on */

int64_t cert_days_left(int64_t end_ms, int64_t now_ms)
{
	int64_t left_ms = end_ms - now_ms;

	return left_ms >= 0 ? left_ms / DAY_MS : -((-left_ms + DAY_MS - 1) / DAY_MS);
}

bool incident_is_open_at(const struct incident *incident, int64_t at_ms)
{
	return incident->closed_ms == 0 || incident->closed_ms > at_ms;
}
