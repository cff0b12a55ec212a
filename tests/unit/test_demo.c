/* The demo: what it plays is a function of seed and time, and over HTTP it does what it plays. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "demo/demo.h"
#include "demo/page.h"
#include "demo/play.h"
#include "model/config.h"

#define SEED	  7
#define REPLY_MAX (PAGE_IMAGE_BYTES + 4096)

/* ---- the play ---- */

static const struct endpoint *endpoint(const char *path)
{
	const struct endpoint *found = endpoint_by_path(path);

	assert_non_null(found);
	return found;
}

/* The first moment (ms) at which the endpoint's act with that number is on. */
static int64_t moment_of(const char *path, unsigned act)
{
	for (int64_t ms = 0; ms < 3600 * 1000; ms += 50) {
		struct scene scene = play_scene(endpoint(path), SEED, ms * 1000);

		if (scene.trouble != TROUBLE_NONE && scene.act == act)
			return ms + 50;
	}
	fail_msg("%s: act %u never comes", path, act);
	return 0;
}

static void same_seed_gives_the_same_day(void **state)
{
	unsigned other = 0;

	(void)state;
	for (size_t i = 0; i < endpoint_count; i++) {
		for (int64_t s = 0; s < 600; s += 7) {
			struct scene a = play_scene(&endpoint_table[i], SEED, s * 1000000);
			struct scene b = play_scene(&endpoint_table[i], SEED, s * 1000000);
			struct scene c = play_scene(&endpoint_table[i], SEED + 1, s * 1000000);

			assert_int_equal(a.trouble, b.trouble);
			assert_int_equal(a.delay_us, b.delay_us);
			assert_true(a.noise == b.noise);
			other += a.delay_us != c.delay_us;
		}
	}
	assert_true(other > 100);
}

static void each_trouble_is_played_by_somebody(void **state)
{
	bool played[TROUBLE_COUNT] = {false};

	(void)state;
	for (size_t i = 0; i < spell_count; i++)
		played[spell_table[i].trouble] = true;
	for (size_t i = TROUBLE_NONE + 1; i < TROUBLE_COUNT; i++)
		assert_true(played[i]);
}

static void first_spell_comes_at_its_second_and_each_later_one_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < spell_count; i++) {
		const struct spell *spell = &spell_table[i];
		unsigned acts = 0, seconds = 0, last = 0;

		assert_true(spell->length_s < spell->every_s / 2);
		for (int64_t s = 0; s < spell->first_s + 20 * spell->every_s; s++) {
			struct scene scene =
				play_scene(endpoint(spell->path), SEED, s * 1000000 + 500000);

			assert_int_equal(scene.trouble != TROUBLE_NONE &&
						 s < spell->first_s + spell->length_s,
					 s >= spell->first_s &&
						 s < spell->first_s + spell->length_s);
			if (scene.trouble == TROUBLE_NONE)
				continue;
			assert_int_equal(scene.trouble, spell->trouble);
			assert_true(scene.act < 20);
			acts += seconds == 0 || scene.act != last;
			last = scene.act;
			seconds++;
		}
		assert_int_equal(acts, 20);
		assert_in_range(seconds, 20 * spell->length_s - 19, 20 * spell->length_s + 19);
	}
}

static void trouble_is_there_within_the_first_quarter_of_a_minute(void **state)
{
	unsigned down = 0, slow = 0, well = 0;

	(void)state;
	for (size_t i = 0; i < endpoint_count; i++) {
		enum trouble trouble = play_scene(&endpoint_table[i], SEED, 14500000).trouble;

		slow += trouble == TROUBLE_SLOW;
		well += trouble == TROUBLE_NONE;
		down += trouble != TROUBLE_SLOW && trouble != TROUBLE_NONE;
	}
	assert_true(slow >= 1);
	assert_in_range(down, 1, 3);
	assert_true(well > 10);
}

static void typical_times_are_typical(void **state)
{
	(void)state;
	for (size_t i = 0; i < endpoint_count; i++) {
		const struct endpoint *e = &endpoint_table[i];
		double sum = 0;
		int count = 0;

		for (int64_t s = 0; s < 1000; s++) {
			struct scene scene = play_scene(e, SEED, s * 1000000);

			assert_true(scene.delay_us >= 0);
			if (scene.trouble == TROUBLE_SLOW || scene.trouble == TROUBLE_HANG)
				continue;
			sum += (double)scene.delay_us;
			count++;
		}
		assert_in_range((uintmax_t)(sum / count), e->typical_us * 9 / 10,
				e->typical_us * 14 / 10);
	}
}

static void load_swells_past_capacity_and_ebbs(void **state)
{
	unsigned above = 0;

	(void)state;
	for (int64_t s = 0; s < 180; s++)
		above += play_arrivals(100, s * 1000000) > 100;
	assert_in_range(above, 30, 80);
	assert_true(play_arrivals(100, 0) < 40);
}

/* ---- over HTTP ---- */

struct reply {
	char text[REPLY_MAX];
	size_t size; /* of all */
	int status;  /* 0: not a byte came */
	const char *body;
	size_t body_size;
};

static struct demo *start(int64_t at_ms)
{
	char why[200] = "";
	struct demo *demo = demo_start(0, SEED, why);

	if (demo == NULL)
		fail_msg("%s", why);
	demo_skip(demo, at_ms);
	return demo;
}

static int ask(const struct demo *demo, const char *path)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(demo_port(demo)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval limit = {.tv_sec = 15};
	char request[200];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int size = snprintf(request, sizeof request,
			    "GET %s HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n", path);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(fd, request, (size_t)size, MSG_NOSIGNAL), size);
	return fd;
}

static void hear(int fd, struct reply *reply)
{
	ssize_t got;

	memset(reply, 0, sizeof *reply);
	while ((got = recv(fd, reply->text + reply->size, sizeof reply->text - 1 - reply->size,
			   0)) > 0)
		reply->size += (size_t)got;
	close(fd);
	reply->body = memmem(reply->text, reply->size, "\r\n\r\n", 4);
	if (reply->body == NULL)
		return;
	reply->body += 4;
	reply->body_size = reply->size - (size_t)(reply->body - reply->text);
	assert_int_equal(sscanf(reply->text, "HTTP/1.1 %d", &reply->status), 1);
}

static void get(const struct demo *demo, const char *path, struct reply *reply)
{
	hear(ask(demo, path), reply);
}

static void well_pages_have_their_status(void **state)
{
	static const struct {
		const char *path;
		int status;
		const char *holds;
	} table[] = {
		{"/", 200, "<h1>Welcome</h1>"},
		{"/catalogue", 200, "Walking boots"},
		{"/cart", 200, "sku-20417"},
		{"/search?q=shoes", 200, "sku-20417"},
		{"/health", 200, "\"status\": \"healthy\""},
		{"/auth", 204, "X-Request-Id: "},
		{"/old", 302, "Location: /new"},
		{"/new", 200, "Welcome"},
		{"/retired", 410, "retired"},
		{"/nowhere", 404, "not found"},
		{"/media/playlist", 200, "sku"},
	};
	static struct reply reply;
	struct demo *demo = start(0);

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		get(demo, table[i].path, &reply);
		assert_int_equal(reply.status, table[i].status);
		assert_non_null(strstr(reply.text, table[i].holds));
	}
	get(demo, "/media/hero.jpg", &reply);
	assert_int_equal(reply.body_size, PAGE_IMAGE_BYTES);
	demo_stop(demo);
}

static void troubles_look_like_those_of_real_applications(void **state)
{
	static const struct {
		const char *path;
		unsigned act;
		int status;
		const char *holds;
	} table[] = {
		{"/api/checkout", 0, 500, "ZeroDivisionError: division by zero\n"},
		{"/api/checkout", 1, 500, "<p class=errormsg>psycopg2.OperationalError: "},
		{"/catalogue", 0, 500, "KeyError"},
		{"/payments", 0, 503, "\r\nRetry-After: 5\r\n"},
		{"/health", 0, 200, "\"status\": \"degraded\""},
		{"/reports", 0, 200, "sku"},
	};
	static struct reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct demo *demo = start(moment_of(table[i].path, table[i].act));

		get(demo, table[i].path, &reply);
		assert_int_equal(reply.status, table[i].status);
		assert_non_null(strstr(reply.text, table[i].holds));
		demo_stop(demo);
	}
}

static void cut_body_is_shorter_than_its_length(void **state)
{
	static struct reply reply;
	struct demo *demo = start(moment_of("/media/thumb/42", 0));

	(void)state;
	get(demo, "/media/thumb/42", &reply);
	assert_int_equal(reply.status, 200);
	assert_non_null(strstr(reply.text, "Content-Length: 49152\r\n"));
	assert_in_range(reply.body_size, 4096, PAGE_IMAGE_BYTES / 2);
	demo_stop(demo);
}

static void dripping_body_comes_whole(void **state)
{
	static struct reply reply;
	struct demo *demo = start(moment_of("/media/hero.jpg", 0));
	int64_t began_us = clock_mono_us();

	(void)state;
	get(demo, "/media/hero.jpg", &reply);
	assert_int_equal(reply.body_size, PAGE_IMAGE_BYTES);
	assert_true(clock_mono_us() - began_us >
		    500000); /* the pauses are at least that, however fast the machine */
	demo_stop(demo);
}

static void empty_reply_is_not_a_byte(void **state)
{
	static struct reply reply;
	struct demo *demo = start(moment_of("/soap/v1", 0));

	(void)state;
	get(demo, "/soap/v1", &reply);
	assert_int_equal(reply.size, 0);
	demo_stop(demo);
}

static void queue_is_bounded_and_turns_the_rest_away(void **state)
{
	static struct reply reply;
	int fds[200];
	int answered = 0, turned_away = 0;
	struct demo *demo = start(0);

	(void)state;
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		fds[i] = ask(demo, i % 2 ? "/cart" : "/orders");
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		hear(fds[i], &reply);
		answered += reply.status == 200;
		turned_away += reply.status == 503;
	}
	assert_int_equal(answered + turned_away, 200);
	assert_true(answered >= 120);
	assert_true(turned_away > 0);
	demo_stop(demo);
}

static void stops_at_once_while_requests_hang(void **state)
{
	static struct reply reply;
	int fds[60];
	struct demo *demo = start(moment_of("/search", 0));
	int64_t began_us;

	(void)state;
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		fds[i] = ask(demo, i % 3 == 0	? "/search"
				   : i % 3 == 1 ? "/cart"
						: "/media/hero.jpg");
	get(demo, "/", &reply); /* by now the server has seen those before it */
	assert_int_equal(reply.status, 200);
	began_us = clock_mono_us();
	demo_stop(demo);
	assert_true(clock_mono_us() - began_us < 5000000); /* they would hang for 20 s */
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		hear(fds[i], &reply);
}

static void client_that_went_away_harms_nothing(void **state)
{
	static struct reply reply;
	struct demo *demo = start(moment_of("/media/hero.jpg", 0));

	(void)state;
	for (int i = 0; i < 20; i++)
		close(ask(demo, i % 2 ? "/media/hero.jpg" : "/cart"));
	get(demo, "/media/hero.jpg", &reply);
	assert_int_equal(reply.body_size, PAGE_IMAGE_BYTES);
	demo_stop(demo);
}

static void taken_port_is_told(void **state)
{
	char why[200] = "";
	struct demo *demo = start(0);

	(void)state;
	assert_null(demo_start(demo_port(demo), SEED, why));
	assert_non_null(strstr(why, "Address already in use"));
	demo_stop(demo);
}

static void configuration_has_no_mistake_and_no_warning(void **state)
{
	struct demo *demo = start(0);
	char *text = demo_config(demo);
	struct config_request request = {.file = "demo", .text = text};
	struct errors errors = {0};
	struct config *config = config_load(&request, &errors);
	size_t watched = 0;

	(void)state;
	if (errors.count > 0)
		fail_msg("%s", errors.items[0].text);
	assert_non_null(config);
	for (size_t i = 0; i < endpoint_count; i++)
		watched += endpoint_table[i].name != NULL;
	assert_int_equal(config->target_count, watched);
	assert_string_equal(config->targets[0].name, "storefront");
	assert_int_equal(config->targets[0].interval_ms, 1000);
	assert_int_equal(config->targets[0].slow_us, 100000);
	assert_int_equal(config->targets[0].port, demo_port(demo));
	config_free(config);
	free(text);
	demo_stop(demo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_gives_the_same_day),
		cmocka_unit_test(each_trouble_is_played_by_somebody),
		cmocka_unit_test(first_spell_comes_at_its_second_and_each_later_one_once),
		cmocka_unit_test(trouble_is_there_within_the_first_quarter_of_a_minute),
		cmocka_unit_test(typical_times_are_typical),
		cmocka_unit_test(load_swells_past_capacity_and_ebbs),
		cmocka_unit_test(well_pages_have_their_status),
		cmocka_unit_test(troubles_look_like_those_of_real_applications),
		cmocka_unit_test(cut_body_is_shorter_than_its_length),
		cmocka_unit_test(dripping_body_comes_whole),
		cmocka_unit_test(empty_reply_is_not_a_byte),
		cmocka_unit_test(queue_is_bounded_and_turns_the_rest_away),
		cmocka_unit_test(stops_at_once_while_requests_hang),
		cmocka_unit_test(client_that_went_away_harms_nothing),
		cmocka_unit_test(taken_port_is_told),
		cmocka_unit_test(configuration_has_no_mistake_and_no_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
