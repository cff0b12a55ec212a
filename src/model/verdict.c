/*
 * The names of states and load levels, as JSON, log and metrics have them. Pure.
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

int64_t cert_days_left(int64_t end_ms, int64_t now_ms)
{
	int64_t left_ms = end_ms - now_ms;

	return left_ms >= 0 ? left_ms / DAY_MS : -((-left_ms + DAY_MS - 1) / DAY_MS);
}
