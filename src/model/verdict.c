/*
 * The names of states and load levels, as JSON, log and metrics have them. Tables only.
 */
#include "model/verdict.h"

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
