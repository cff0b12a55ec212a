/*
 * Our own network or theirs. A mutex over a table of hosts; all of it is O(hosts) only while
 * nothing is reached.
 */
#include "source/poll/network.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "model/config.h"
#include "model/names.h"
#include "model/wording.h"
#include "source/poll/witness.h"
#include "store/store.h"

enum area { AREA_LOOPBACK, AREA_PRIVATE, AREA_PUBLIC, AREAS };

#define HOSTS_LEAST   3	 /* that fail alike: two may be a coincidence */
#define HOSTS_ENOUGH  12 /* and nothing reached meanwhile: the others need not be waited for */
#define ASKED_AT_ONCE 8
#define ASK_AGAIN_US  2000000
#define PATIENCE_US   30000000
#define LATELY_US     10000000 /* beside three intervals: reached longer ago says nothing */
#define GRACE_US      3000000  /* it comes back in parts: neighbours and routes are learnt anew */
#define WITNESS_US    2000000  /* between two looks at them while the network is lost */

struct host {
	enum area area;
	struct address address;
	bool known;	     /* the address */
	uint32_t target;     /* the first of them: whom to ask */
	int64_t interval_us; /* the shortest of its targets */
	int64_t reached_us;  /* start of the newest check that got through; 0: never */
	int64_t failed_us;   /* and of the newest that did not; 0: none since */
	int64_t asked_us;
};

struct area_state {
	int64_t reached_us; /* start of the newest check that got through to any host */
	bool lost;
	int64_t lost_us;   /* when that was found out */
	int64_t first_us;  /* and since when it is */
	int64_t back_us;   /* the end of the last loss, with some grace ... */
	int64_t before_us; /* ... and start of the last check that got through before it */
	struct incident incident;
};

struct network {
	pthread_mutex_t mutex;
	struct store *store;
	bool utc;
	uint32_t target_count;
	uint32_t *host_of; /* by target */
	struct host *hosts;
	size_t host_count;
	struct area_state areas[AREAS];
	struct witnesses *witnesses; /* NULL: none */
	int64_t witnesses_asked_us;
	uint64_t version;
	void (*look)(void *user, uint32_t target);
	void *user;
};

/* ---- hosts ---- */

static bool is_connection(enum probe_class cls)
{
	return cls >= CLASS_DNS && cls <= CLASS_TIMEOUT_CONNECT;
}

/* Connected, but no answer: that may be a connection of before. */
static bool is_cut_off(enum probe_class cls)
{
	return cls >= CLASS_TIMEOUT_TLS && cls <= CLASS_TRUNCATED;
}

static enum area area_of(const struct address *address)
{
	static const uint8_t six_loopback[16] = {[15] = 1};
	const uint8_t *b = address->bytes;

	if (address->six)
		return memcmp(b, six_loopback, sizeof six_loopback) == 0 ? AREA_LOOPBACK
		       : (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
			       ? AREA_PRIVATE
			       : AREA_PUBLIC;
	if (b[0] == 127)
		return AREA_LOOPBACK;
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
			       (b[0] == 169 && b[1] == 254) || (b[0] == 100 && (b[1] & 0xc0) == 64)
		       ? AREA_PRIVATE
		       : AREA_PUBLIC;
}

/* The same machine under both families of its loopback. */
static struct address plain_address(const struct address *address)
{
	static const struct address loopback = {.bytes = {127, 0, 0, 1}};

	return address->six && area_of(address) == AREA_LOOPBACK ? loopback : *address;
}

static void set_address(struct host *host, const struct address *address)
{
	host->address = plain_address(address);
	host->area = area_of(address);
	host->known = true;
}

static void add_host(struct network *network, struct names *names, const struct target *target,
		     uint32_t index)
{
	uint32_t place = (uint32_t)names_add(names, target->host, network->host_count);
	struct host *host = &network->hosts[place];
	struct address address;

	network->host_of[index] = place;
	if (place == network->host_count) {
		network->host_count++;
		*host = (struct host){.area = AREA_PUBLIC, .target = index};
		host->interval_us = target->interval_ms * 1000;
		if (target->unix_socket || strcmp(target->host, "localhost") == 0)
			host->area = AREA_LOOPBACK;
		if (address_parse(&address, target->host))
			set_address(host, &address);
	}
	if (target->interval_ms * 1000 < host->interval_us)
		host->interval_us = target->interval_ms * 1000;
}

/* ---- hosts that fail alike; with the mutex held ---- */

struct count {
	size_t live, failing; /* hosts reached lately, and those of them that are not any more */
	struct address seen[HOSTS_ENOUGH];
	size_t distinct; /* addresses of the failing ones, counted up to HOSTS_ENOUGH */
	uint32_t targets;
};

static void count_address(struct count *count, const struct host *host)
{
	for (size_t i = 0; i < count->distinct; i++)
		if (memcmp(&count->seen[i], &host->address, sizeof host->address) == 0)
			return;
	if (count->distinct < HOSTS_ENOUGH)
		count->seen[count->distinct++] = host->address;
}

static bool is_live(const struct network *network, const struct host *host)
{
	return host->known && host->reached_us &&
	       host->reached_us >=
		       network->areas[host->area].reached_us - 3 * host->interval_us - LATELY_US;
}

static bool fails_since(const struct network *network, const struct host *host)
{
	return host->failed_us > network->areas[host->area].reached_us;
}

/* Of the area and of those beyond it: where these are reached, it is not our network. */
static struct count count_hosts(const struct network *network, enum area which)
{
	struct count count = {.live = 0};

	for (size_t i = 0; i < network->host_count; i++) {
		const struct host *host = &network->hosts[i];
		if (host->area < which || !is_live(network, host))
			continue;
		count.live++;
		if (!fails_since(network, host))
			continue;
		count.failing++;
		count_address(&count, host);
	}
	return count;
}

/* Those that have not been heard of since: a few at a time. */
static void ask_others(struct network *network, enum area which)
{
	int64_t now_us = clock_mono_us();
	int asked = 0;

	for (size_t i = 0; i < network->host_count && asked < ASKED_AT_ONCE; i++) {
		struct host *host = &network->hosts[i];
		if (host->area < which || !is_live(network, host) || fails_since(network, host))
			continue;
		asked++;
		if (now_us - host->asked_us < ASK_AGAIN_US)
			continue;
		host->asked_us = now_us;
		network->look(network->user, host->target);
	}
}

/* ---- lost and back; with the mutex held ---- */

static void tell(struct network *network, struct area_state *area, enum event_kind kind)
{
	store_tell(network->store, &area->incident, kind, STATE_UNKNOWN, clock_wall_ms());
	network->version++;
}

/* The time of day of a moment of the monotonic clock. */
static int64_t wall_of(int64_t at_us)
{
	return clock_wall_ms() - (clock_mono_us() - at_us) / 1000;
}

/* hosts: that fail; 0: the witnesses say so. */
static void lose(struct network *network, enum area which, size_t hosts)
{
	struct area_state *area = &network->areas[which];
	int64_t now_us = clock_mono_us(), first_us = now_us;
	char moment[FORMAT_MAX];

	for (size_t i = 0; i < network->host_count; i++) {
		const struct host *host = &network->hosts[i];
		if (host->area == which && fails_since(network, host) && host->failed_us < first_us)
			first_us = host->failed_us;
	}
	area->lost = true;
	area->lost_us = now_us;
	area->first_us = first_us;
	area->before_us = area->reached_us;
	area->incident = (struct incident){.target = UINT32_MAX,
					   .kind = INCIDENT_SELF,
					   .confirmed = true,
					   .cls = CLASS_LOCAL,
					   .count = (uint32_t)hosts,
					   .opened_ms = wall_of(first_us)};
	area->incident.last_ms = area->incident.opened_ms;
	for (uint32_t i = 0; i < network->target_count; i++)
		area->incident.targets += network->hosts[network->host_of[i]].area == which;
	format_stamp(moment, area->incident.opened_ms, STAMP_CLOCK, network->utc, 0);
	text_copy(area->incident.result, sizeof area->incident.result, "NETWORK");
	if (hosts)
		text_format(
			area->incident.detail, sizeof area->incident.detail,
			"this host lost its network at %s: %zu hosts fail alike, none is reached",
			moment, hosts);
	else
		text_format(area->incident.detail, sizeof area->incident.detail,
			    "this host lost its network at %s: no witness is reached", moment);
	tell(network, area, EVENT_SELF);
}

static void find_again(struct network *network, struct area_state *area)
{
	struct incident *incident = &area->incident;
	char length[40], moment[FORMAT_MAX];

	/* Both by the clock that nobody sets. */
	incident->opened_ms = wall_of(area->first_us);
	incident->closed_ms = incident->last_ms = clock_wall_ms();
	wording_length(length, sizeof length, incident->closed_ms - incident->opened_ms);
	format_stamp(moment, incident->opened_ms, STAMP_CLOCK, network->utc, 0);
	text_copy(incident->result, sizeof incident->result, "back");
	text_format(incident->detail, sizeof incident->detail,
		    "after %s: this host had lost its network at %s", length, moment);
	area->lost = false;
	area->back_us = clock_mono_us() + GRACE_US;
	tell(network, area, EVENT_SELF_OVER);
}

/* Nobody will look any more. Its words stay: that it is back is not known. */
static void leave(struct network *network, struct area_state *area)
{
	area->incident.opened_ms = wall_of(area->first_us);
	area->incident.closed_ms = area->incident.last_ms = clock_wall_ms();
	tell(network, area, EVENT_SELF_OVER);
}

/* ---- what is to be thought of a failure; with the mutex held ---- */

static enum network_state ask_witnesses(struct network *network, enum area which,
					int64_t failing_us)
{
	struct witnesses_answer answer = witnesses_answer(network->witnesses);

	if (answer.asked_us <= failing_us) {
		witnesses_ask(network->witnesses);
		return NETWORK_IN_DOUBT;
	}
	if (answer.stands)
		return NETWORK_STANDS;
	struct count count = count_hosts(network, which);
	if (count.failing < count.live && count.distinct < HOSTS_ENOUGH) {
		/* A target that can be reached is a witness too. */
		ask_others(network, which);
		return NETWORK_IN_DOUBT;
	}
	lose(network, which, 0);
	return NETWORK_LOST;
}

static enum network_state compare_hosts(struct network *network, enum area which)
{
	struct count count = count_hosts(network, which);

	if (count.live < HOSTS_LEAST)
		return NETWORK_STANDS;
	if (count.distinct >= HOSTS_LEAST &&
	    (count.failing == count.live || count.distinct >= HOSTS_ENOUGH)) {
		lose(network, which, count.failing);
		return NETWORK_LOST;
	}
	/* All live hosts fail, but they are one machine or two. */
	if (count.failing == count.live)
		return NETWORK_STANDS;
	ask_others(network, which);
	return NETWORK_IN_DOUBT;
}

static enum network_state judge(struct network *network, enum area which,
				const struct failing *failing)
{
	const struct area_state *own = &network->areas[which];

	/* Also for what began during a loss that is over, and ended after it. */
	if (own->lost)
		return NETWORK_LOST;
	if (failing->newest_us > own->before_us &&
	    failing->newest_us < own->back_us - (is_connection(failing->cls) ? 0 : GRACE_US))
		return NETWORK_LOST;
	if (!is_connection(failing->cls) || clock_mono_us() - failing->since_us > PATIENCE_US)
		return NETWORK_STANDS;
	for (enum area area = which; area < AREAS; area++)
		if (network->areas[area].reached_us > failing->newest_us)
			return NETWORK_STANDS;
	return network->witnesses ? ask_witnesses(network, which, failing->newest_us)
				  : compare_hosts(network, which);
}

/* ---- public ---- */

struct network *network_new(const struct config *config, struct store *store,
			    void (*look)(void *user, uint32_t target), void *user)
{
	struct network *network = x_calloc(1, sizeof *network);
	struct names *names = names_new(config->target_count);

	pthread_mutex_init(&network->mutex, NULL);
	network->store = store;
	network->utc = config->program.utc;
	network->look = look;
	network->user = user;
	network->target_count = (uint32_t)config->target_count;
	network->host_of = x_calloc(config->target_count + 1, sizeof *network->host_of);
	network->hosts = x_calloc(config->target_count + 1, sizeof *network->hosts);
	for (uint32_t i = 0; i < config->target_count; i++)
		add_host(network, names, &config->targets[i], i);
	names_free(names);
	network->witnesses = witnesses_new(&config->program.witness);
	return network;
}

void network_free(struct network *network)
{
	if (!network)
		return;
	witnesses_free(network->witnesses);
	for (enum area which = AREA_LOOPBACK; which < AREAS; which++)
		if (network->areas[which].lost)
			leave(network, &network->areas[which]);
	pthread_mutex_destroy(&network->mutex);
	free(network->host_of);
	free(network->hosts);
	free(network);
}

void network_note(struct network *network, uint32_t target, const struct network_news *news)
{
	pthread_mutex_lock(&network->mutex);
	struct host *host = &network->hosts[network->host_of[target]];
	struct area_state *area;

	if (is_connection(news->cls)) {
		if (news->began_us > host->failed_us)
			host->failed_us = news->began_us;
	} else if (!is_cut_off(news->cls)) {
		if (news->peer)
			set_address(host, news->peer);
		area = &network->areas[host->area];
		host->failed_us = 0;
		if (news->began_us > host->reached_us)
			host->reached_us = news->began_us;
		if (news->began_us > area->reached_us)
			area->reached_us = news->began_us;
		if (area->lost && news->began_us > area->lost_us)
			find_again(network, area);
	}
	pthread_mutex_unlock(&network->mutex);
}

void network_look(struct network *network, uint32_t target, const struct failing *failing,
		  struct network_view *view)
{
	char moment[FORMAT_MAX];

	pthread_mutex_lock(&network->mutex);
	enum area which = network->hosts[network->host_of[target]].area;
	const struct area_state *area = &network->areas[which];

	*view = (struct network_view){.state = judge(network, which, failing)};
	if (view->state == NETWORK_LOST) {
		/* Whatever began after the last check that got through. */
		view->since_ms = wall_of(area->reached_us && area->reached_us < area->first_us
						 ? area->reached_us
						 : area->first_us);
		format_stamp(moment, area->incident.opened_ms, STAMP_CLOCK, network->utc, 0);
		text_format(view->words, sizeof view->words, "this host lost its network at %s",
			    moment);
	}
	pthread_mutex_unlock(&network->mutex);
}

uint64_t network_version(struct network *network)
{
	pthread_mutex_lock(&network->mutex);
	uint64_t version = network->version;
	pthread_mutex_unlock(&network->mutex);
	return version;
}

void network_clock_set(struct network *network)
{
	pthread_mutex_lock(&network->mutex);
	for (enum area which = AREA_LOOPBACK; which < AREAS; which++) {
		struct area_state *area = &network->areas[which];

		if (!area->lost)
			continue;
		area->incident.opened_ms = area->incident.last_ms = wall_of(area->first_us);
		store_put_incident(network->store, &area->incident);
	}
	pthread_mutex_unlock(&network->mutex);
}

void network_tick(struct network *network)
{
	int64_t now_us = clock_mono_us();
	bool lost = false;

	pthread_mutex_lock(&network->mutex);
	for (enum area which = AREA_LOOPBACK; which < AREAS; which++)
		lost |= network->areas[which].lost;
	if (lost && network->witnesses) {
		struct witnesses_answer answer = witnesses_answer(network->witnesses);

		for (enum area which = AREA_LOOPBACK; which < AREAS; which++)
			if (network->areas[which].lost && answer.stands &&
			    answer.asked_us > network->areas[which].lost_us)
				find_again(network, &network->areas[which]);
		if (now_us - network->witnesses_asked_us > WITNESS_US) {
			network->witnesses_asked_us = now_us;
			witnesses_ask(network->witnesses);
		}
	}
	pthread_mutex_unlock(&network->mutex);
}
