/*
 * source/poll/resolve and route: answers come back to who asked, kept ones at once, cancelled ones
 * never; and libcurl gets the addresses in the form it needs. Only names that need no name server
 * are asked for.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/clock.h"
#include "model/sample.h"
#include "source/poll/resolve.h"
#include "source/poll/route.h"

#define PATIENCE_MS 10000

struct asker {
	struct resolver *resolver;
	struct resolver_client *client;
	int wake;
};

static void asker_init(struct asker *asker)
{
	asker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(asker->wake >= 0);
	asker->resolver = resolver_new(4);
	asker->client = resolver_attach(asker->resolver, asker->wake);
}

static void asker_fini(struct asker *asker)
{
	resolver_detach(asker->client);
	resolver_free(asker->resolver);
	close(asker->wake);
}

static struct lookup *await(struct asker *asker)
{
	int64_t until_us = clock_mono_us() + PATIENCE_MS * 1000;
	struct pollfd wait = {.fd = asker->wake, .events = POLLIN};
	struct lookup *lookup;
	uint64_t count;

	while (!(lookup = resolver_collect(asker->client))) {
		assert_true(clock_mono_us() < until_us);
		poll(&wait, 1, 100);
		if (read(asker->wake, &count, sizeof count) < 0)
			continue;
	}
	return lookup;
}

static void answers_once_from_the_system_then_from_memory(void **state)
{
	struct asker asker;
	struct lookup first = {.user = &asker}, second = {0};

	(void)state;
	asker_init(&asker);
	assert_false(resolver_ask(asker.client, &first, "127.0.0.1", FAMILY_ANY));
	assert_ptr_equal(await(&asker), &first);
	assert_int_equal(first.answer.error, 0);
	assert_int_equal(first.answer.count, 1);
	assert_int_equal(first.answer.addresses[0].six, 0);
	assert_true(first.answer.took_us >= 1);
	assert_true(resolver_ask(asker.client, &second, "127.0.0.1", FAMILY_ANY));
	assert_int_equal(second.answer.count, 1);
	assert_int_equal(second.answer.took_us, ABSENT_US);
	resolver_cancel(&first);
	resolver_cancel(&second);
	asker_fini(&asker);
}

static void tells_why_a_name_has_no_address(void **state)
{
	struct asker asker;
	struct lookup lookup = {0}, six = {0};

	(void)state;
	asker_init(&asker);
	/* A label of 64 characters is no name: no server is asked. */
	assert_false(resolver_ask(
		asker.client, &lookup,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid",
		FAMILY_ANY));
	assert_ptr_equal(await(&asker), &lookup);
	assert_int_not_equal(lookup.answer.error, 0);
	assert_int_equal(lookup.answer.count, 0);
	assert_true(strlen(answer_words(&lookup.answer)) > 0);
	/* No IPv6 address has an IPv4 host. */
	assert_false(resolver_ask(asker.client, &six, "127.0.0.1", FAMILY_6));
	assert_ptr_equal(await(&asker), &six);
	assert_int_not_equal(six.answer.error, 0);
	asker_fini(&asker);
}

static void a_cancelled_question_is_not_answered(void **state)
{
	struct asker asker;
	struct lookup cancelled[50], last = {0};

	(void)state;
	memset(cancelled, 0, sizeof cancelled);
	asker_init(&asker);
	for (size_t i = 0; i < 50; i++) {
		(void)resolver_ask(asker.client, &cancelled[i], "127.0.0.2", FAMILY_ANY);
		resolver_cancel(&cancelled[i]);
		resolver_cancel(&cancelled[i]);
	}
	if (!resolver_ask(asker.client, &last, "127.0.0.3", FAMILY_ANY))
		assert_ptr_equal(await(&asker), &last);
	assert_null(resolver_collect(asker.client));
	asker_fini(&asker);
}

static void many_may_ask_at_once(void **state)
{
	static struct lookup lookups[200];
	struct asker asker;
	size_t answered = 0, pending = 0;
	char name[32];

	(void)state;
	asker_init(&asker);
	for (size_t i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "127.0.1.%zu", i / 2);
		if (!resolver_ask(asker.client, &lookups[i], name, FAMILY_4))
			pending++;
	}
	while (answered < pending) {
		struct lookup *lookup = await(&asker);

		assert_int_equal(lookup->answer.count, 1);
		answered++;
	}
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(lookups[i].answer.addresses[0].bytes[3], i / 2);
	asker_fini(&asker);
}

/* ---- routes ---- */

static const char *const no_items[] = {NULL};

static struct target target_for(void)
{
	return (struct target){
		.host = "example.test",
		.port = 443,
		.resolve = {no_items, 0},
		.connect_to = {no_items, 0}
	   };
}

/* ---- slow look-ups ---- */

#define AT_ONCE 4

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t met = PTHREAD_COND_INITIALIZER;
static unsigned inside, most_inside;

/* In place of the C library's: names that end in ".slow" wait for others like them, as at a name server that is slow. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	typedef int real(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	real *library = NULL;
	struct timespec until;

	if (!name || !strstr(name, ".slow")) {
		*(void **)&library = dlsym(RTLD_NEXT, "getaddrinfo");
		return library(name, service, hints, list);
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1;
	pthread_mutex_lock(&mutex);
	if (++inside > most_inside)
		most_inside = inside;
	pthread_cond_broadcast(&met);
	while (most_inside < AT_ONCE && pthread_cond_timedwait(&met, &mutex, &until) == 0)
		;
	inside--;
	pthread_mutex_unlock(&mutex);
	return EAI_NONAME;
}

/* One thread waits for work, and four names come before it has woken: they do not stand in line behind each other. */
static void an_idle_thread_holds_up_no_burst(void **state)
{
	struct asker asker;
	struct lookup warm = {0}, lookups[AT_ONCE] = {{.user = NULL}};

	(void)state;
	asker_init(&asker);
	assert_false(resolver_ask(asker.client, &warm, "127.0.0.1", FAMILY_ANY));
	assert_ptr_equal(await(&asker), &warm);
	for (int i = 0; i < AT_ONCE; i++) {
		char name[20];

		snprintf(name, sizeof name, "%d.slow", i);
		assert_false(resolver_ask(asker.client, &lookups[i], name, FAMILY_ANY));
	}
	for (int i = 0; i < AT_ONCE; i++)
		assert_int_equal(await(&asker)->answer.error, EAI_NONAME);
	assert_int_equal(most_inside, AT_ONCE);
	asker_fini(&asker);
}

static void one_address_goes_by_connect_to(void **state)
{
	struct target target = target_for();
	struct answer answer = {.count = 1};
	struct curl_slist *connect_to, *resolve;
	struct route route;

	(void)state;
	assert_true(address_parse(&answer.addresses[0], "2001:db8::1"));
	assert_true(route_find(&route, &target, "example.test", 443));
	assert_false(route.numeric);
	assert_true(route_lists(&route, &answer, &connect_to, &resolve));
	assert_null(resolve);
	assert_string_equal(connect_to->data, "::[2001:db8::1]:443");
	curl_slist_free_all(connect_to);
	assert_true(route_find(&route, &target, "192.0.2.1", 443));
	assert_true(route.numeric);
	assert_true(route_lists(&route, &(struct answer){0}, &connect_to, &resolve));
	assert_null(connect_to);
	assert_null(resolve);
}

static void several_addresses_go_by_resolve(void **state)
{
	struct target target = target_for();
	struct answer answer = {.count = 2};
	struct curl_slist *connect_to, *resolve;
	struct route route;

	(void)state;
	assert_true(address_parse(&answer.addresses[0], "::1"));
	assert_true(address_parse(&answer.addresses[1], "127.0.0.1"));
	assert_true(route_find(&route, &target, "example.test", 443));
	assert_true(route_lists(&route, &answer, &connect_to, &resolve));
	assert_null(connect_to);
	assert_string_equal(resolve->data, "example.test:443:[::1],127.0.0.1");
	curl_slist_free_all(resolve);
}

static void options_change_the_way(void **state)
{
	const char *const mapped[] = {"other.test:443:wrong.test:1",
				      "example.test:443:inner.test:8443"};
	const char *const fixed[] = {"+inner.test:8443:192.0.2.1,[2001:db8::2]"};
	struct target target = target_for();
	struct curl_slist *connect_to, *resolve;
	struct route route;

	(void)state;
	target.connect_to = (struct text_list){mapped, 2};
	assert_true(route_find(&route, &target, "example.test", 443));
	assert_string_equal(route.host, "inner.test");
	assert_int_equal(route.port, 8443);
	target.resolve = (struct text_list){fixed, 1};
	assert_true(route_find(&route, &target, "example.test", 443));
	assert_int_equal(route.fixed.count, 2);
	assert_true(route_lists(&route, &route.fixed, &connect_to, &resolve));
	assert_string_equal(connect_to->data, "::inner.test:8443");
	assert_string_equal(resolve->data, "inner.test:8443:192.0.2.1,[2001:db8::2]");
	curl_slist_free_all(connect_to);
	curl_slist_free_all(resolve);
}

static void proxies_are_resolved_instead(void **state)
{
	struct target target = target_for();
	struct answer answer = {.count = 1};
	struct curl_slist *connect_to, *resolve;
	struct route route;

	(void)state;
	target.proxy = "http://proxy.test:3128";
	target.noproxy = "inner.test, .local";
	assert_true(route_find(&route, &target, "example.test", 443));
	assert_string_equal(route.host, "proxy.test");
	assert_int_equal(route.port, 3128);
	assert_true(address_parse(&answer.addresses[0], "192.0.2.9"));
	assert_true(route_lists(&route, &answer, &connect_to, &resolve));
	assert_null(connect_to);
	assert_string_equal(resolve->data, "proxy.test:3128:192.0.2.9");
	curl_slist_free_all(resolve);
	assert_true(route_find(&route, &target, "a.inner.test", 443));
	assert_string_equal(route.host, "a.inner.test");
	assert_true(route_find(&route, &target, "printer.local", 80));
	assert_string_equal(route.host, "printer.local");
}

static void localhost_is_both_loopbacks(void **state)
{
	struct target target = target_for();
	struct route route;

	(void)state;
	assert_true(route_find(&route, &target, "localhost", 5000));
	assert_int_equal(route.fixed.count, 2);
	assert_true(route_find(&route, &target, "app.LOCALHOST", 5000));
	assert_int_equal(route.fixed.count, 2);
	target.ip = WISH_IP_6;
	assert_true(route_find(&route, &target, "localhost", 5000));
	route_keep_family(&route, FAMILY_6);
	assert_int_equal(route.fixed.count, 1);
	assert_int_equal(route.fixed.addresses[0].six, 1);
	assert_true(route_find(&route, &target, "notlocalhost", 5000));
	assert_int_equal(route.fixed.count, 0);
}

static void families_take_turns_where_there_is_a_choice(void **state)
{
	struct target target = target_for();
	const char *fixed = "example.test:443:192.0.2.1";
	struct route route;

	(void)state;
	target.host = "example.test";
	target.ip = WISH_IP_BOTH;
	assert_int_equal(route_family(&target, 0), FAMILY_4);
	assert_int_equal(route_family(&target, 1), FAMILY_6);
	assert_int_equal(route_family(&target, 2), FAMILY_4);
	target.host = "192.0.2.1";
	assert_int_equal(route_family(&target, 1), FAMILY_ANY);
	target.host = "example.test";
	target.ip = WISH_IP_AUTO;
	assert_int_equal(route_family(&target, 1), FAMILY_ANY);
	target.resolve = (struct text_list){.items = &fixed, .count = 1};
	assert_true(route_find(&route, &target, "example.test", 443));
	route_keep_family(&route, FAMILY_4);
	assert_int_equal(route.fixed.count, 1);
	assert_int_equal(route.fixed.error, 0);
	route_keep_family(&route, FAMILY_6);
	assert_int_equal(route.fixed.count, 0);
	assert_int_not_equal(route.fixed.error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_once_from_the_system_then_from_memory),
		cmocka_unit_test(tells_why_a_name_has_no_address),
		cmocka_unit_test(a_cancelled_question_is_not_answered),
		cmocka_unit_test(many_may_ask_at_once),
		cmocka_unit_test(an_idle_thread_holds_up_no_burst),
		cmocka_unit_test(one_address_goes_by_connect_to),
		cmocka_unit_test(several_addresses_go_by_resolve),
		cmocka_unit_test(options_change_the_way),
		cmocka_unit_test(proxies_are_resolved_instead),
		cmocka_unit_test(localhost_is_both_loopbacks),
		cmocka_unit_test(families_take_turns_where_there_is_a_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
