/*
 * A sample taken apart for the load detector: three values, the outcome, and whose failure it was.
 * Pure.
 */
#include "model/load_look.h"

#include <math.h>

/* Over the usual: the first SYN was lost (RFC 6298: sent again after 1 s) */
#define RESENT_MS 900.0f

static enum load_outcome outcome_of_status(uint16_t status)
{
	if (status == 429)
		return OUTCOME_SHED;
	if (status == 503 || status == 529)
		return OUTCOME_BUSY;
	/* 520 to 524 are what large content networks say in place of 502 and 504. */
	if (status == 502 || status == 504 || (status >= 520 && status <= 524))
		return OUTCOME_UPSTREAM;
	return OUTCOME_FINE;
}

/* What a class of failure means for load; most mean nothing: a wrong body is no load. */
static enum load_outcome outcome_of(const struct sample *s)
{
	static const struct {
		enum probe_class cls;
		enum load_outcome outcome;
	} table[] = {
		{CLASS_DNS, OUTCOME_UNRESOLVED},
		{CLASS_REFUSED, OUTCOME_REFUSED},
		{CLASS_UNREACHABLE, OUTCOME_UNHEARD},
		{CLASS_TIMEOUT_CONNECT, OUTCOME_UNHEARD},
		{CLASS_TIMEOUT_TLS, OUTCOME_TIMEOUT},
		{CLASS_TIMEOUT_FIRST_BYTE, OUTCOME_TIMEOUT},
		{CLASS_TIMEOUT_HEADERS, OUTCOME_TIMEOUT},
		{CLASS_TIMEOUT_BODY, OUTCOME_TIMEOUT},
		{CLASS_RESET, OUTCOME_CUT},
		{CLASS_EMPTY_REPLY, OUTCOME_CUT},
		{CLASS_TRUNCATED, OUTCOME_CUT},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].cls == s->cls)
			return table[i].outcome;
	return s->cls == CLASS_HTTP_STATUS ? outcome_of_status(s->status) : OUTCOME_FINE;
}

static enum load_channel_name channel_of(enum load_outcome outcome)
{
	switch (outcome) {
	case OUTCOME_UNRESOLVED:
		return CHANNEL_DNS;
	case OUTCOME_UNHEARD:
		return CHANNEL_NETWORK;
	case OUTCOME_TIMEOUT:
	case OUTCOME_REFUSED:
	case OUTCOME_CUT:
		return CHANNEL_SERVER;
	case OUTCOME_FINE:
	case OUTCOME_SLOW:
	case OUTCOME_LATE:
	case OUTCOME_FAR:
	case OUTCOME_RESENT:
	case OUTCOME_RESENT_SLOW:
	case OUTCOME_RESENT_LATE:
	case OUTCOME_SHED:
	case OUTCOME_BUSY:
	case OUTCOME_UPSTREAM:
	case OUTCOME_NONE:
	case OUTCOMES:
		break;
	}
	return CHANNELS;
}

/*
 * The server's own share: what it took to the first byte, and in TLS, without the round trips. Both
 * round trips of TLS 1.2 are taken off, also from TLS 1.3: too little server time is a late alarm,
 * too much would call the network the server.
 */
static float server_ms(const struct sample *s, float trip_ms)
{
	float tls = ms_of(s->phase_us[PHASE_TLS]), wait = ms_of(s->phase_us[PHASE_WAIT]);

	if (wait < 0 && tls < 0)
		return -1;
	return fmaxf(0, wait - trip_ms) + fmaxf(0, tls - 2 * trip_ms);
}

/* A quick 500 is a fault in the program, one after a long wait a lock or a pool that was not to be
 * had. */
static bool is_long(const struct load *load, const struct load_rule *rule, float server)
{
	const struct load_channel *channel = &load->channel[CHANNEL_SERVER];
	float usual = channel_usual_ms(channel, &rule->channel[CHANNEL_SERVER]);

	return channel_is_ready(channel) && server > 2 * usual + rule->material_ms;
}

void look_at(struct look *look, const struct load *load, const struct load_rule *rule,
	     const struct sample *s)
{
	float connect = ms_of(s->phase_us[PHASE_CONNECT]), dns = ms_of(s->phase_us[PHASE_DNS]);
	const struct load_channel *network = &load->channel[CHANNEL_NETWORK];
	float trip = channel_usual_ms(network, &rule->channel[CHANNEL_NETWORK]), lost = 0;

	if (channel_is_ready(network))
		lost = fmaxf(0, fminf(connect, RESENT_MS) - trip);
	look->resent = channel_is_ready(network) && connect > trip + RESENT_MS;
	look->value[CHANNEL_NETWORK] = look->resent ? -1 : connect;
	look->value[CHANNEL_DNS] = dns < 0 ? -1 : fmaxf(0, dns - lost);
	look->value[CHANNEL_SERVER] = server_ms(s, look->resent || connect < 0 ? trip : connect);
	look->outcome = outcome_of(s);
	if (look->outcome == OUTCOME_FINE && s->status >= 500 &&
	    is_long(load, rule, look->value[CHANNEL_SERVER]))
		look->outcome = OUTCOME_BUSY;
	look->where = channel_of(look->outcome);
	look->over = look->outcome == OUTCOME_SHED || look->outcome == OUTCOME_BUSY ||
		     look->outcome == OUTCOME_UPSTREAM;
	look->failed = look->over || look->where != CHANNELS;
}
